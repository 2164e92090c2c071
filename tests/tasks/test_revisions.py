"""A new version of a text: published by the coordinator, or made by the body that revises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from engine.commands.answer import BadAnswer, NoLongerOpen
from engine.commands.coordinate import CannotDo
from engine.commands.publish import publish
from models.assignment import Assignment, AssignmentStatus, Decision, Document
from models.notice import NoticeKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.tasks.world import World

DECISION = "adopt/decision"
PHASES = """
    phases:
      write: {kind: drafting, text: plan}
      adopt: {kind: adoption, after: write, text: plan, principals: towns%s}
"""


@pytest.fixture
def written(begin: Callable[[str], World]) -> World:
    """The plan is written, and three towns are asked."""
    world = begin(PHASES % "")
    world.reply("write/draft", "office", text="The plan.")
    return world


@pytest.fixture
def revised(begin: Callable[[str], World]) -> World:
    """The same, and the board revises what is referred back."""
    world = begin(PHASES % ", revised_by: board")
    world.reply("write/draft", "office", text="The plan.")
    return world


def issue(world: World, content: str = "A better plan.", **other: str) -> str:
    said = {"text": "plan", "reason": "the costs are in it", **other}
    return publish(world.register, "tiny", said["text"], content, reason=said["reason"], now=world.now, actor="office")


def versions(world: World) -> dict[str, str]:
    """The version that each town decided on last."""
    rows = sorted(world.rows(Decision), key=lambda row: row.round)
    return {row.body_id.rpartition("@")[2]: str(row.text).rpartition("@")[2] for row in rows}


def test_who_has_not_decided_decides_on_the_newest_version(written: World) -> None:
    """One has adopted, one has referred back, one has said nothing."""
    written.reply(DECISION, "berg")
    written.reply(DECISION, "krokom", "refer_back", "the costs are unknown")
    old = written.link(DECISION, "ragunda")
    assert issue(written) == "tiny/plan@2"
    written.look()
    states = sorted((row.body_id.rpartition("@")[2], row.round, row.status) for row in written.rows(Assignment))
    assert ("ragunda", 1, AssignmentStatus.SUPERSEDED) in states
    assert written.link(DECISION, "ragunda") != old
    told = [notice.data for notice in written.notices(NoticeKind.ASKED_AGAIN)]
    assert {"reason": "the costs are in it", "version": 2} in told
    for town in ("krokom", "ragunda"):
        written.reply(DECISION, town)
    assert versions(written) == {"berg": "1", "krokom": "2", "ragunda": "2"}
    outcome = written.phase("adopt").outcome or {}
    assert (outcome["detail"], outcome["documents"]) == ("3/3", ["tiny/plan@2"])
    assert written.holds()


def test_page_with_the_older_version_cannot_be_sent_any_more(written: World) -> None:
    """Nobody decides on a version that she did not read."""
    from config.terms import Position
    from engine.commands.answer import Reply, answer

    old = written.link(DECISION, "berg")
    issue(written)
    written.look()
    with pytest.raises(NoLongerOpen):
        answer(written.register, link_id=old, reply=Reply(Position.ADOPTS), nonce="late", now=written.now)


@pytest.mark.parametrize(
    ("content", "other", "message"),
    [
        ("The plan.", {}, "the same"),
        (" ", {}, "empty"),
        ("Other", {"text": "nothing"}, "there is no text"),
        ("Other", {"reason": " "}, "reason"),
    ],
)
def test_refused_publications(written: World, content: str, other: dict[str, str], message: str) -> None:
    """Nothing is written, and the message says why."""
    with pytest.raises(CannotDo, match=message):
        issue(written, content, **other)
    assert len(written.rows(Document)) == 1


def test_referral_goes_to_the_body_that_revises(revised: World) -> None:
    """It gets the reasons; the principal is asked again when the new version is there. The others go on."""
    revised.reply(DECISION, "krokom", "refer_back", "the costs are unknown")
    assert revised.silent(DECISION) == ["berg", "ragunda"]
    form = revised.step("adopt/revision").form or {}
    assert form["referred_back"] == [{"en": "Krokom: the costs are unknown"}]
    revised.reply(DECISION, "berg")
    revised.reply("adopt/revision", "board", text="A better plan.")
    [new] = [row for row in revised.rows(Document) if row.version == 2]
    assert (new.content, new.reason) == ("A better plan.", "Krokom: the costs are unknown")
    for town in ("krokom", "ragunda"):
        revised.reply(DECISION, town)
    assert versions(revised) == {"berg": "1", "krokom": "2", "ragunda": "2"}
    assert (revised.phase("adopt").outcome or {})["detail"] == "3/3"
    assert revised.holds()


def test_second_referral_makes_a_second_revision(revised: World) -> None:
    """Each has its own step, and nothing is done twice."""
    for number in (1, 2):
        revised.reply(DECISION, "krokom", "refer_back", "not yet")
        step = "adopt/revision" if number == 1 else "adopt/revision~2"
        revised.reply(step, "board", text=f"Plan {number + 1}.")
    assert revised.extra_passes() == 0
    for town in ("berg", "krokom", "ragunda"):
        revised.reply(DECISION, town)
    assert set(versions(revised).values()) == {"3"}


def test_tabled_matter_needs_no_revision(revised: World) -> None:
    """It is asked again at once."""
    revised.reply(DECISION, "krokom", "table")
    assert revised.silent(DECISION) == ["berg", "krokom", "ragunda"]
    assert not [key for key in revised.all_events() if key == "step_withdrawn"]


def test_published_version_makes_the_revision_needless(revised: World) -> None:
    """The coordinator was faster than the board: the board's question is withdrawn."""
    revised.reply(DECISION, "krokom", "refer_back", "the costs are unknown")
    issue(revised)
    revised.look()
    assert (revised.step("adopt/revision").outcome or {})["result"] == "withdrawn"
    assert revised.silent(DECISION) == ["berg", "krokom", "ragunda"]


def test_minority_refers_back_once(written: World) -> None:
    """KL 5:50: a third of those present, and the second time a majority."""
    third: dict[str, Any] = {"votes_for": "15", "votes_against": "30"}
    written.reply(DECISION, "berg", "refer_back", "the costs are unknown", **third)
    with pytest.raises(BadAnswer, match="once before"):
        written.reply(DECISION, "berg", "refer_back", "still unknown", **third)
    written.reply(DECISION, "berg", "adopts", votes_for="30", votes_against="15")
    assert written.holds()


def test_decision_carries_day_paragraph_votes_and_addition(written: World) -> None:
    """As the form says them; the day of the meeting is the day of the decision."""
    report: dict[str, Any] = {"meeting_on": "2024-01-10", "paragraph": "71", "votes_for": "20", "votes_against": "3"}
    written.reply(DECISION, "berg", "adopts_with_addition", "because", addition="With care.", **report)
    for town in ("krokom", "ragunda"):
        written.reply(DECISION, town)
    row = next(row for row in written.rows(Decision) if row.body_id.endswith("berg"))
    assert (row.decided_on.isoformat(), row.paragraph, row.addition) == ("2024-01-10", "§ 71", "With care.")
    assert row.tally == {"approve": 20, "reject": 3, "abstain": 0}


def test_alternatives_become_a_readable_document(begin: Callable[[str], World]) -> None:
    """A commission's terms are on its form, and what is handed in is one text."""
    world = begin(
        """
        phases:
          review:
            kind: drafting
            text: structure
            terms: {must_clarify: [Mandate], must_not_cover: [Other areas], further_inquiries: true}
            alternatives: {at_most: 2}
        """
    )
    form = world.step("review/draft").form or {}
    assert (form["at_most"], form["must_clarify"]) == (2, [{"en": "Mandate"}])
    parts = {"title": "One arena", "description": "All", "advantages": "Simple", "disadvantages": "Large"}
    content: dict[str, Any] = {f"alternative-1-{part}": text for part, text in parts.items()}
    rest: dict[str, Any] = {"reasons": "It is simple.", "clarified-1": "The council decides."}
    with pytest.raises(BadAnswer, match="None is recommended"):
        world.reply("review/draft", "office", **content, **rest)
    content["alternative-1-recommended"] = "yes"
    world.reply("review/draft", "office", **content, **rest)
    [document] = world.rows(Document)
    assert "Alternative 1: One arena (recommended)" in document.content
    assert document.content.endswith("Mandate\nThe council decides.")
