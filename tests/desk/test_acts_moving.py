"""The preview of a move against what the same move does, over the bundled cases, milestones and days."""

from __future__ import annotations

import json
import random
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import SQLModel, col, select

from config.check_dates import date_risks
from config.loader import load_named
from config.terms import Position
from engine.commands.answer import BadAnswer, Reply, answer
from engine.commands.coordinate import move_milestone
from engine.commands.on_behalf import CURRENT
from engine.commands.start import start_cycle
from engine.desk.dangers import Peril, dated
from engine.desk.moving import preview
from flows import FLOWS
from models.assignment import Assignment, Link
from models.cycle import Cycle
from models.journal import JournalEntry
from models.notice import Notice, NoticeKind
from models.phase import Milestone, Step
from models.phase import Phase as PhaseRow
from models.register import Register
from models.tables import JOURNALED
from tasks.phase import Phase, perform_plainly
from tests.registers import registers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from engine.desk.moving import Move

pytestmark = pytest.mark.long

CASES = {
    # The case, how many days after its beginning, and what it is here for.
    "jamtland-2012": (0, 60, 150),  # groups, a consultation, two rounds
    "rsr-samverkan": (0, 20),  # a meeting's day
    "midtjylland-2015": (0, 45),  # a mandate
    "pks-2021": (0, 30),
    "vasternorrland-rus-2019": (0,),  # dates that follow from events
}
SECRET = "a secret for tests"
SEED = 20130630


class Running:
    """A bundled cycle some days after its beginning; whoever can has answered."""

    def __init__(self, folder: Path, name: str, days: int) -> None:
        self.slug = name
        self.register = Register(registers.at(folder / "register.sqlite"))
        SQLModel.metadata.create_all(self.register.engine)
        definition = load_named(name)
        self.now = definition.where.at(definition.begins, definition.send_at).astimezone(UTC)
        start_cycle(self.register, definition, slug=name, at=self.now, actor="test")
        self._pass()
        for _ in range(days):
            self.now += timedelta(days=1)
            self._answer()
            self._pass()

    def _pass(self) -> None:
        for _ in range(20):
            with self.register.read() as session:
                due = session.exec(select(PhaseRow).where(col(PhaseRow.wake_at) <= self.now)).all()
            if not due:
                return
            for row in due:
                FLOWS[row.kind].run(
                    Phase(self.register, row.id, now=self.now, secret_key=SECRET, perform=perform_plainly)
                )

    def _answer(self) -> None:
        with self.register.read() as session:
            query = (
                select(Step, Link)
                .join(Assignment, col(Assignment.step_id) == col(Step.id))
                .join(Link, col(Link.assignment_id) == col(Assignment.id))
                .where(col(Step.settled_at).is_(None), col(Assignment.status).in_(CURRENT[:1]))
            )
            waiting = list(session.exec(query).all())
        for step, link in waiting:
            if step.form is None and step.not_before is None:
                said = Reply(Position(step.offers[0]), content={"text": "Förslag."} if step.kind == "submit" else {})
                try:
                    answer(self.register, link_id=link.id, reply=said, nonce=link.id, now=self.now)
                except BadAnswer:
                    continue

    def cycle(self) -> Cycle:
        """The cycle's row."""
        with self.register.read() as session:
            return session.get_one(Cycle, self.slug)

    def movable(self) -> list[Milestone]:
        """The milestones that can be moved."""
        with self.register.read() as session:
            query = select(Milestone).where(col(Milestone.met_on).is_(None), col(Milestone.due_on).is_not(None))
            return list(session.exec(query.where(col(Milestone.status) != "waived").order_by(col(Milestone.ordinal))))

    def state(self) -> dict[str, Any]:
        """Every journaled row."""
        with self.register.read() as session:
            rows = {str(t.__tablename__): [row.model_dump() for row in session.exec(select(t))] for t in JOURNALED}
            return {**rows, "journal": [row.model_dump() for row in session.exec(select(JournalEntry))]}


def said_by_journal(running: Running) -> list[dict[str, Any]]:
    """The events of the newest entry."""
    with running.register.read() as session:
        newest = session.exec(select(JournalEntry).order_by(col(JournalEntry.seq).desc())).first()
    assert newest is not None
    return list(json.loads(newest.body)["events"])


def iso(day: date | datetime | None) -> str | None:
    """As the journal writes days."""
    return day.isoformat() if day else None


def agrees(running: Running, shown: Move, before: dict[str, Any], known: set[str]) -> None:
    """See that the journal, the questions and the mails say what was shown, and no more."""
    events = said_by_journal(running)
    moved = {(event["subject"], event["was"], event["to"]) for event in events if event["event"] == "milestone_moved"}
    assert moved == {(one.milestone.id, iso(one.was), iso(one.to)) for one in shown.dates}
    called = {(event["subject"], event["was"], event["to"]) for event in events if event["event"] == "meeting_moved"}
    assert called == {(one.meeting.id, iso(one.was), iso(one.to)) for one in shown.meetings if one.called}
    after = running.state()
    ends = {row["id"]: row["due_before"] for row in before["step"]}
    changed = {
        (row["id"], row["due_before"]) for row in after["step"] if row["due_before"] != ends[row["id"]] and row["asked"]
    }
    assert changed == {(one.step.id, one.to) for one in shown.deadlines}
    days = {row["id"]: row["day"] for row in before["meeting"]}
    assert {(row["id"], row["day"]) for row in after["meeting"] if row["day"] != days[row["id"]]} == {
        (one.meeting.id, one.to) for one in shown.meetings
    }
    with running.register.read() as session:
        owed = {notice.id: notice for notice in session.exec(select(Notice)) if notice.id not in known}
    assert {notice.kind for notice in owed.values()} <= {NoticeKind.MOVED, NoticeKind.SUMMONED}
    assert set(owed) == {told.notice for told in shown.told}
    assert len({notice.person_id for notice in owed.values()}) == shown.people


def moves(running: Running, many: int) -> Iterator[tuple[Milestone, date]]:
    """Random milestones and days, near and far, earlier and later."""
    chance = random.Random(f"{SEED}-{running.slug}-{running.now}")  # noqa: S311 - a choice of cases, no secret
    for _ in range(many):
        movable = running.movable()
        if not movable:
            return
        milestone = chance.choice(movable)
        assert milestone.due_on is not None
        yield milestone, milestone.due_on + timedelta(days=chance.choice([-30, -3, 0, 1, 2, 6, 7, 30, 45, 200]))


@pytest.mark.parametrize(("name", "days"), [(name, days) for name, many in CASES.items() for days in many])
def test_what_is_shown_is_what_happens(tmp_path: Path, name: str, days: int) -> None:
    running = Running(tmp_path, name, days)
    count = 0
    for milestone, to in moves(running, 12):
        before = running.state()
        known = {row["id"] for row in before["notice"]}
        shown = preview(running.register, running.cycle(), milestone.key, to, reason="Skäl", now=running.now)
        assert running.state() == before  # looking changes nothing
        moved = move_milestone(
            running.register, name, milestone.key, to, reason="Skäl", now=running.now, actor="test"
        )  # fmt: skip
        assert set(moved) == {one.milestone.key for one in shown.dates}
        if moved:
            agrees(running, shown, before, known)
            count += 1
    assert count > 3
    running.register.close()


def test_a_day_off_a_mandate_and_a_later_phase_are_told(tmp_path: Path) -> None:
    running = Running(tmp_path, "midtjylland-2015", 0)
    cycle, perils = running.cycle(), set()
    for milestone in running.movable():
        assert milestone.due_on is not None
        for later in (365, 366, 367, 368, 369):
            to = milestone.due_on + timedelta(days=later)
            found = preview(running.register, cycle, milestone.key, to, reason="x", now=running.now)
            perils |= {danger.peril for danger in found.dangers}
    assert perils >= {Peril.MANDATE, Peril.CLOSED_DAY, Peril.ORDER}
    past = preview(
        running.register, cycle, running.movable()[0].key, cycle.begins - timedelta(days=9), reason="x", now=running.now
    )
    assert Peril.PAST in {danger.peril for danger in past.dangers}
    running.register.close()


def test_dangers_that_were_there_before_are_not_told_again(tmp_path: Path) -> None:
    running = Running(tmp_path, "jamtland-2012", 0)
    milestone = running.movable()[0]
    assert milestone.due_on is not None
    found = preview(running.register, running.cycle(), milestone.key, milestone.due_on, reason="x", now=running.now)
    assert (found.dates, found.told, found.dangers) == ((), (), ())
    running.register.close()


@pytest.mark.parametrize("name", CASES)
def test_the_definition_with_the_register_s_days_is_the_definition(name: str) -> None:
    """Unmoved, it says the same dangers as the definition itself."""
    definition = load_named(name)
    days = {key: m.window.latest if m.window else None for key, m in definition.milestones.items()}
    assert list(date_risks(dated(definition, days))) == list(date_risks(definition))
