"""A principal that refers back or tables has not ended the matter: it is asked again, and nothing else stops."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models.assignment import AssignmentStatus
from models.meeting import Meeting, MeetingStatus
from models.notice import NoticeKind
from models.phase import PhaseStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.tasks.world import World

DECISION = "adopt/decision"


def test_only_that_principal_is_asked_again(adoption: World) -> None:
    """The first assignment stays as it was answered; a new one waits, with a link of its own."""
    adoption.reply(DECISION, "krokom")
    first = adoption.link(DECISION, "berg")
    adoption.reply(DECISION, "berg", "refer_back", "the costs are unknown")
    rounds = [(row.membership_id.rpartition("@")[2], row.round, row.status) for row in adoption.asked(DECISION)]
    assert rounds == [
        ("berg.secretary-1", 1, AssignmentStatus.REOPENED),
        ("berg.secretary-1", 2, AssignmentStatus.OPEN),
        ("krokom.secretary-1", 1, AssignmentStatus.ANSWERED),
        ("ragunda.secretary-1", 1, AssignmentStatus.OPEN),
    ]
    assert adoption.link(DECISION, "berg") != first
    [again] = adoption.notices(NoticeKind.ASKED_AGAIN)
    assert again.data == {"position": "refer_back", "reason": "the costs are unknown"}
    [told] = adoption.notices(NoticeKind.REFERRED_BACK)
    assert (told.person_id, told.data["body"]) == ("tiny/p1", "berg")


def test_referral_is_in_the_record_before_the_matter_ends(adoption: World) -> None:
    """Who, when and why, without any force."""
    adoption.reply(DECISION, "berg", "refer_back", "the costs are unknown")
    assert adoption.decisions() == {"berg": ["refer_back"]}


def test_outcome_waits_and_counts_the_last_round_only(adoption: World) -> None:
    """Twice back and then adopted is adopted."""
    for town in ("krokom", "ragunda"):
        adoption.reply(DECISION, town)
    adoption.go("2024-01-20")
    adoption.reply(DECISION, "berg", "refer_back", "the costs are unknown")
    adoption.go("2024-01-27")
    adoption.reply(DECISION, "berg", "table", "")
    assert adoption.phase("adopt").status is PhaseStatus.OPEN
    adoption.go("2024-02-03")
    adoption.reply(DECISION, "berg", "adopts")
    outcome = adoption.phase("adopt").outcome or {}
    assert (outcome["result"], outcome["counts"]) == ("adopted", {"adopts": 3})
    assert adoption.decisions()["berg"] == ["refer_back", "table", "adopts"]
    assert [row.round for row in adoption.asked(DECISION) if "berg" in row.membership_id] == [1, 2, 3]


def test_referral_that_is_taken_back_at_once_reopens_nothing(adoption: World) -> None:
    """The later answer counts, if it comes before anybody has acted on the first one."""
    adoption.reply(DECISION, "berg", "refer_back", "the costs are unknown", look=False)
    adoption.reply(DECISION, "berg", "adopts", look=False)
    adoption.look()
    assert [row.round for row in adoption.asked(DECISION)] == [1, 1, 1]
    assert adoption.decisions() == {}
    assert adoption.holds()


def test_later_answer_may_be_a_referral(adoption: World) -> None:
    """Adopted in the committee, referred back by the council."""
    adoption.reply(DECISION, "berg", "adopts")
    adoption.reply(DECISION, "berg", "refer_back", "the council wants more")
    assert adoption.silent(DECISION) == ["berg", "krokom", "ragunda"]


def test_silence_after_a_referral_is_no_reply(begin: Callable[[str], World]) -> None:
    """A deadline that closes takes nobody's referral for consent."""
    world = begin(
        """
        milestones:
          decided: {by: 2024-03-01}
        phases:
          adopt: {kind: adoption, text: plan, principals: towns, due: decided, missing: close}
        """
    )
    for town in ("krokom", "ragunda"):
        world.reply(DECISION, town)
    world.reply(DECISION, "berg", "refer_back", "the costs are unknown")
    world.go("2024-03-02")
    outcome = world.phase("adopt").outcome or {}
    assert (outcome["result"], outcome["counts"], outcome["missing"]) == ("not_adopted", {"adopts": 2}, ["berg"])


def test_tabled_ruling_is_taken_at_another_meeting(begin: Callable[[str], World]) -> None:
    """The body meets once more, on the day that its secretary gives, and is asked once more."""
    world = begin(
        """
        milestones:
          meeting: {on: 2024-02-14}
        phases:
          ask: {kind: consultation, consultees: towns, ruling_by: board, meeting: meeting}
        """
    )
    for town in ("berg", "krokom", "ragunda"):
        world.reply("ask/replies", town)
    world.go("2024-02-14")
    world.reply("ask/ruling", "board.secretary", "table")
    assert world.phase("ask").status is PhaseStatus.OPEN
    world.reply("ask/new-day", "board.secretary", day="2024-02-28")
    world.go("2024-02-28")
    world.reply("ask/ruling-2", "board.secretary", "approves")
    assert sorted((row.day.isoformat(), row.status) for row in world.rows(Meeting) if row.day) == [
        ("2024-02-14", MeetingStatus.HELD), ("2024-02-28", MeetingStatus.HELD),
    ]  # fmt: skip
    assert (world.phase("ask").outcome or {})["result"] == "approved"


@pytest.mark.parametrize(
    ("rule", "adopting", "outcome"),
    [
        ("all", 3, "adopted"), ("all", 2, "not_adopted"),
        ("each", 1, "adopted"), ("each", 0, "not_adopted"),
        ("{at_least: 2}", 2, "adopted"), ("{at_least: 2}", 1, "not_adopted"),
    ],
)  # fmt: skip
def test_rule_across_principals(begin: Callable[[str], World], rule: str, adopting: int, outcome: str) -> None:
    """All must adopt, each stands for itself, or so many of them."""
    world = begin(f"phases: {{adopt: {{kind: adoption, text: plan, principals: towns, adopted_when: {rule}}}}}\n")
    for number, town in enumerate(("berg", "krokom", "ragunda")):
        adopts = "adopts_with_addition" if number == 0 else "adopts"
        world.reply(DECISION, town, adopts if number < adopting else "declines", "in our words")
    assert (world.phase("adopt").outcome or {})["result"] == outcome
    assert world.report()["outcome"] == outcome


def test_force_of_a_decision(adoption: World) -> None:
    """Who adopts adopts; everything else is noted."""
    for town, position in (("berg", "adopts"), ("krokom", "adopts_with_addition"), ("ragunda", "declines")):
        adoption.reply(DECISION, town, position, "in our words")
    forces = {decision["body"]: decision["force"] for decision in adoption.report()["decisions"]}
    assert forces == {"berg": "adopts", "krokom": "adopts", "ragunda": "noted"}
