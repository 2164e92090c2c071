"""The agenda of a meeting, edited before the body is called and after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlmodel import SQLModel, col, select

from config.loader import load_named
from engine.commands.agenda import Entry, edit_agenda, entries_of
from engine.commands.coordinate import CannotDo, ChangedMeanwhile
from engine.commands.start import start_cycle
from flows import FLOWS
from models.meeting import Meeting, MeetingStatus, MinutesItem
from models.notice import Notice, NoticeKind
from models.phase import Phase as PhaseRow
from models.phase import Step
from models.register import Register
from models.verify import verify
from tasks.phase import Phase, perform_plainly
from tests.registers import registers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

SLUG = "rsr-samverkan"


class Called:
    """A cycle with a formal meeting, at the hour at which something last happened."""

    def __init__(self, folder: Path) -> None:
        self.register = Register(registers.at(folder / "register.sqlite"))
        SQLModel.metadata.create_all(self.register.engine)
        definition = load_named(SLUG)
        self.now: datetime = definition.where.at(definition.begins, definition.send_at)
        start_cycle(self.register, definition, slug=SLUG, at=self.now, actor="test")

    def until(self, status: MeetingStatus) -> Meeting:
        """Pass after pass, each at the instant for which it is wanted, until a meeting stands like that."""
        for _ in range(60):
            with self.register.read() as session:
                found = session.exec(select(Meeting).where(col(Meeting.status) == status)).first()
                due = select(PhaseRow).where(col(PhaseRow.wake_at).is_not(None)).order_by(col(PhaseRow.wake_at))
                row = session.exec(due).first()
            if found is not None:
                return found
            assert row is not None
            assert row.wake_at is not None
            self.now = max(self.now, row.wake_at)
            FLOWS[row.kind].run(
                Phase(self.register, row.id, now=self.now, secret_key="x" * 32, perform=perform_plainly)
            )
        raise AssertionError(f"no meeting was {status}")

    def edit(self, meeting: Meeting, entries: list[Entry], seen: list[Entry] | None = None) -> bool:
        """Edit the agenda as it is seen."""
        known = entries_of(self.register, meeting, self.now) if seen is None else seen
        return edit_agenda(
            self.register, meeting.id, entries, seen=known, reason="Ett ärende till", now=self.now, actor="account:x"
        )

    def summonses(self) -> list[Notice]:
        """The calls that went out."""
        with self.register.read() as session:
            return list(session.exec(select(Notice).where(col(Notice.kind) == NoticeKind.SUMMONED)))


@pytest.fixture
def called(tmp_path: Path) -> Iterator[Called]:
    """The bundled case with a regional council's meeting."""
    made = Called(tmp_path)
    yield made
    made.register.close()


def test_before_the_call_the_agenda_is_planned_anew_and_called_with(called: Called) -> None:
    meeting = called.until(MeetingStatus.PLANNED)
    known = entries_of(called.register, meeting, called.now)
    wanted = [known[0], Entry("", "Budget i tid"), *known[2:]]
    assert not called.edit(meeting, wanted)
    assert called.summonses() == []
    summoned = called.until(MeetingStatus.SUMMONED)
    titles = [entry.title for entry in entries_of(called.register, summoned, called.now)]
    assert titles == [entry.title for entry in wanted]
    with called.register.read() as session:
        kept = session.get_one(MinutesItem, f"{meeting.id}/{known[-1].key}")
        assert verify(session, SLUG).holds
    assert kept.title


def test_after_the_call_it_goes_out_anew_with_another_number(called: Called) -> None:
    meeting = called.until(MeetingStatus.SUMMONED)
    known, first = entries_of(called.register, meeting, called.now), called.summonses()
    assert called.edit(meeting, [known[0], Entry("", "Extra ärende"), *known[1:]])
    anew = [notice for notice in called.summonses() if notice.data.get("sequence") == 1]
    assert {notice.person_id for notice in anew} == {notice.person_id for notice in first}
    assert all(notice.data["agenda"] for notice in anew)
    with called.register.read() as session:
        assert session.get_one(Meeting, meeting.id).sequence == 1
        asked = session.exec(
            select(Step).where(col(Step.key) == "minutes", col(Step.phase_id) == meeting.phase_id)
        ).all()
        assert verify(session, SLUG).holds
    assert [[item["title"]["sv"] for item in (step.form or {})["items"]][1] for step in asked] == ["Extra ärende"]
    assert [entry.title for entry in entries_of(called.register, meeting, called.now)][1] == "Extra ärende"
    with pytest.raises(CannotDo):
        called.edit(meeting, known[1:])
    with pytest.raises(ChangedMeanwhile):
        called.edit(meeting, known, seen=known)


def test_what_is_held_is_not_edited(called: Called) -> None:
    meeting = called.until(MeetingStatus.SUMMONED)
    with called.register.change(SLUG, at=called.now, actor="test") as change:
        change.get(Meeting, meeting.id).status = MeetingStatus.HELD
        change.record("minutes_recorded", meeting.id)
    with pytest.raises(CannotDo):
        called.edit(meeting, entries_of(called.register, meeting, called.now))
