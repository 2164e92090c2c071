"""A step's life: it asks, people answer, it settles."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from config.terms import Position
from engine.commands.answer import BadAnswer, LinkUnknown, NoLongerOpen, Reply, answer
from models.assignment import Answer, AssignmentStatus, Document
from models.notice import NoticeKind
from models.phase import MilestoneStatus, PhaseStatus
from models.register import AlreadyThere

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.tasks.world import World

TOWNS = ("berg", "krokom", "ragunda")


def test_opening_asks_everybody_once(consultation: World) -> None:
    """An assignment, a link and a mail for each; the step knows how many it waits for."""
    step = consultation.step("ask/replies")
    assert (step.asked, step.answered, step.settled_at) == (3, 0, None)
    assert [n.person_id for n in consultation.notices(NoticeKind.ASKED)] == ["tiny/p6", "tiny/p7", "tiny/p8"]
    assert consultation.silent("ask/replies") == list(TOWNS)


def test_deadline_includes_all_of_the_last_day(consultation: World) -> None:
    """1 March ends at the next local midnight, 23:00 UTC in winter."""
    assert consultation.step("ask/replies").due_before == datetime(2024, 3, 1, 23, tzinfo=UTC)


def test_last_answer_settles_the_step_and_meets_the_milestone(consultation: World) -> None:
    """Not before: until then the phase waits."""
    for day, town in enumerate(TOWNS, start=20):
        assert consultation.phase("ask").status is PhaseStatus.OPEN
        consultation.go(f"2024-01-{day}")
        consultation.reply("ask/replies", town)
    assert consultation.phase("ask").status is PhaseStatus.CLOSED
    milestone = consultation.milestone("answers")
    assert (milestone.status, str(milestone.met_on)) == (MilestoneStatus.MET, "2024-01-22")


def test_outcome_counts_the_positions(consultation: World) -> None:
    """Each position by how many took it."""
    for town, position in zip(TOWNS, ("supports", "opposes", "supports"), strict=True):
        consultation.reply("ask/replies", town, position, "because")
    outcome = consultation.phase("ask").outcome or {}
    assert (outcome["result"], outcome["counts"], outcome["detail"]) == (
        "replied",
        {"opposes": 1, "supports": 2},
        "3/3",
    )


def test_everybody_who_answers_gets_a_receipt_at_once(consultation: World) -> None:
    """Also at night: the participant is at the keyboard."""
    consultation.go("2024-01-20", "23:30")
    consultation.reply("ask/replies", "berg")
    [receipt] = consultation.notices(NoticeKind.RECEIPT)
    assert receipt.send_from == consultation.now


def test_answer_can_be_changed_until_the_step_closes(consultation: World) -> None:
    """Each version stays; the last one counts."""
    consultation.reply("ask/replies", "berg", "opposes", "too dear")
    consultation.reply("ask/replies", "berg", "supports")
    for town in ("krokom", "ragunda"):
        consultation.reply("ask/replies", town)
    versions = {(row.version, str(row.position)) for row in consultation.rows(Answer) if "/berg" in row.assignment_id}
    assert versions == {(1, "opposes"), (2, "supports")}
    assert (consultation.phase("ask").outcome or {})["counts"] == {"supports": 3}


def test_changed_answer_counts_once(consultation: World) -> None:
    """Two versions from one town are not two towns."""
    for position in ("supports", "refrains", "supports"):
        consultation.reply("ask/replies", "berg", position)
    assert consultation.step("ask/replies").answered == 1


def test_same_submission_twice_is_one_answer(consultation: World) -> None:
    """A double click, or a browser that sends again, gets the receipt of the first time."""
    first = consultation.reply("ask/replies", "berg", nonce="once")
    length = consultation.journal_length()
    consultation.now += timedelta(minutes=5)
    again = consultation.reply("ask/replies", "berg", "refrains", nonce="once")
    assert again == first
    assert consultation.journal_length() == length


def test_nonce_of_somebody_else_acknowledges_nothing(consultation: World) -> None:
    """A receipt is for one's own answer."""
    consultation.reply("ask/replies", "berg", nonce="once")
    with pytest.raises(AlreadyThere):
        consultation.reply("ask/replies", "krokom", nonce="once")
    assert consultation.silent("ask/replies") == ["krokom", "ragunda"]


def test_answer_after_closing_is_refused_and_leaves_no_trace(consultation: World) -> None:
    """It gets a clear refusal, not an error."""
    link = consultation.link("ask/replies", "berg")
    consultation.go("2024-03-02")
    length = consultation.journal_length()
    with pytest.raises(NoLongerOpen):
        answer(consultation.register, link_id=link, reply=Reply(Position.SUPPORTS), nonce="late", now=consultation.now)
    assert consultation.journal_length() == length
    assert consultation.rows(Answer) == []


def test_answer_between_deadline_and_closing_is_taken_and_marked_late(adoption: World) -> None:
    """Receipt counts when it reached the system; late answers are taken until the phase closes."""
    adoption.go("2024-03-01", "23:59")
    adoption.reply("adopt/decision", "berg")
    adoption.go("2024-03-02", "00:00")
    adoption.reply("adopt/decision", "krokom")
    late = {row.assignment_id.rpartition("/")[2]: row.late for row in adoption.rows(Answer)}
    assert late == {"berg.secretary-1": False, "krokom.secretary-1": True}
    assert [row.late for row in adoption.asked("adopt/decision")] == [False, True, False]


def test_unknown_link_is_refused(consultation: World) -> None:
    """Wrong, mistyped and never issued look the same."""
    with pytest.raises(LinkUnknown):
        answer(
            consultation.register, link_id="none", reply=Reply(Position.SUPPORTS), nonce="n", now=consultation.now
        )  # fmt: skip


@pytest.mark.parametrize(
    ("position", "comment", "where"),
    [("adopts", "", "position"), ("opposes", "  ", "comment"), ("supports", "x" * 100_001, "comment")],
    ids=["not offered", "no reason", "too long"],
)
def test_incomplete_answer_is_refused_and_leaves_no_trace(
    consultation: World, position: str, comment: str, where: str
) -> None:
    """The refusal names the field."""
    with pytest.raises(BadAnswer) as refused:
        consultation.reply("ask/replies", "berg", position, comment)
    assert refused.value.where == where
    assert consultation.rows(Answer) == []


def test_decision_cannot_be_reported_before_it_is_made(adoption: World) -> None:
    """Tomorrow's decision is not a decision."""
    link = adoption.link("adopt/decision", "berg")
    tomorrow = adoption.place.today(adoption.now) + timedelta(days=1)
    with pytest.raises(BadAnswer, match="before it is made"):
        answer(
            adoption.register, link_id=link, reply=Reply(Position.ADOPTS, decided_on=tomorrow), nonce="n",
            now=adoption.now,
        )  # fmt: skip


def test_each_text_handed_in_becomes_a_document(begin: Callable[[str], World]) -> None:
    """Several authors get a document each, and the next phase is given them."""
    world = begin(
        """
        phases:
          groups: {kind: reference_groups, groups: towns, text: proposals}
          gather: {kind: drafting, after: groups, text: plan}
        """
    )
    for town in TOWNS:
        world.reply("groups/proposals", town, text=f"{town} proposes")
    documents = {row.id: row.content for row in world.rows(Document)}
    assert documents == {f"tiny/proposals.{town}@1": f"{town} proposes" for town in TOWNS}
    assert sorted(world.step("gather/draft").about) == sorted(documents)


def test_proposal_without_consensus_is_asked_for_again(begin: Callable[[str], World]) -> None:
    """As `~2`, with a new text and a new vote; the first stays in the record, as no decision and no rejection."""
    world = begin("phases: {describe: {kind: project_description, author: office, approved_by: board}}\n")
    for attempt, position in (("", "rejects"), ("~2", "approves")):
        world.reply(f"describe/description{attempt}", "office", text=f"version {attempt or 1}")
        for seat in ("chair-1", "member-1", "member-2"):
            world.reply(f"describe/approval{attempt}", f"board.{seat}", position, "because")
    assert sorted(world.decisions()["board"]) == ["approved", "no_decision"]
    assert [row.version for row in world.rows(Document)] == [1, 2]
    assert world.step("describe/approval~2").about == ["tiny/project-description@2"]
    assert world.phase("describe").status is PhaseStatus.CLOSED


def test_one_person_in_two_seats_is_summoned_once(begin: Callable[[str], World]) -> None:
    """A chair who is her own secretary gets one invitation to the meeting."""
    from tests.tasks.world import HEAD, World, tiny

    head = HEAD + "  duo: {name: Duo, seats: {chair: [eva@duo.example], secretary: [eva@duo.example]}}\n"
    world = World(
        tiny(
            """
            phases:
              goals: {kind: goal_setting, body: duo, in: 2024-01/2024-03, outcome: {text: plan}}
            """,
            head,
        )
    )
    assert len(world.notices(NoticeKind.SUMMONED)) == 1
    world.register.close()


def test_question_to_a_body_without_people_waits(begin: Callable[[str], World]) -> None:
    """Nobody can have approved it; the coordinator has to act."""
    from tests.tasks.world import HEAD, World, tiny

    head = HEAD + "  empty: {name: Nobody, rules: unanimous}\n"
    world = World(tiny("phases: {p: {kind: project_description, author: empty, approved_by: empty}}\n", head))
    assert world.phase("p").status is PhaseStatus.OPEN
    assert world.decisions() == {}
    assert world.next_wake() is None
    world.register.close()


def test_assignment_says_where_it_is(adoption: World) -> None:
    """Open, answered; and who was silent at closing is told so and never counted."""
    adoption.reply("adopt/decision", "berg")
    statuses = [row.status for row in adoption.asked("adopt/decision")]
    assert statuses == [AssignmentStatus.ANSWERED, AssignmentStatus.OPEN, AssignmentStatus.OPEN]
