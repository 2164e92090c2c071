"""One change is one transaction: all of it with its journal entry, or nothing."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from models.cycle import Body, Cycle, CycleStatus, Person
from models.journal import JournalEntry
from models.phase import Phase
from models.register import AlreadyThere, Register, UnknownCycle
from models.verify import verify
from tests.models.rows import ADDRESS, AT, NAME, SALT, a_body, a_cycle, a_person, begin
from tests.registers import registers

if TYPE_CHECKING:
    from sqlmodel import SQLModel


def rows(register: Register, table: type[SQLModel]) -> list[Any]:
    with register.read() as session:
        return list(session.exec(select(table)).all())


def journal(register: Register) -> list[JournalEntry]:
    return sorted(rows(register, JournalEntry), key=lambda entry: entry.seq)


def test_rows_and_journal_entry_are_written_together(register: Register) -> None:
    """What a change wrote is in the tables and in its entry, in the same words."""
    with register.change("c", at=AT, actor="anna") as change:
        change.add(a_body("board"))
        change.record("body_added", "c/@board")
    entry = journal(register)[-1]
    assert (entry.seq, entry.actor, entry.event, entry.at) == (2, "anna", "body_added", AT)
    [[table, key, operation, values]] = json.loads(entry.body)["rows"]
    assert (table, key, operation, values["name"]) == ("body", "c/@board", "insert", "board")


def test_update_is_journaled_by_the_columns_that_changed(register: Register) -> None:
    """An entry is no longer than what happened."""
    with register.change("c", at=AT, actor="test") as change:
        change.cycle.title = "Another title"
        change.record("cycle_renamed", "c")
    assert json.loads(journal(register)[-1].body)["rows"] == [["cycle", "c", "update", {"title": "Another title"}]]


@pytest.mark.parametrize("broken_at", ["before", "after"])
def test_exception_undoes_everything(register: Register, broken_at: str) -> None:
    """Rows that were flushed already go too, and there is no entry."""

    def fail() -> None:
        with register.change("c", at=AT, actor="test") as change:
            change.add(a_body("board"))
            change.record("body_added", "c/@board")
            if broken_at == "after":
                assert change.get(Body, "c/@board")
            raise KeyError("somebody's fault")

    with pytest.raises(KeyError):
        fail()
    assert rows(register, Body) == []
    assert len(journal(register)) == 1


def test_unknown_cycle_is_refused(register: Register) -> None:
    """A change belongs to a cycle that is there."""
    with (
        pytest.raises(UnknownCycle, match="there is no cycle 'elsewhere'"),
        register.change("elsewhere", at=AT, actor="test"),
    ):
        pytest.fail("the change began")


def test_same_name_twice_is_refused(register: Register) -> None:
    """The cycle that is there stays as it was."""
    with pytest.raises(AlreadyThere, match="choose another name"):
        begin(register)
    assert len(journal(register)) == 1


def test_uniqueness_is_told_in_one_kind_of_error(register: Register) -> None:
    """Two bodies of one key: the database refuses, and the caller sees `AlreadyThere`."""

    def twice() -> None:
        with register.change("c", at=AT, actor="test") as change:
            change.add(a_body("board"))
            other = a_body("board")
            other.id = "c/@other"
            change.add(other)
            change.record("body_added", "c/@board")

    with pytest.raises(AlreadyThere, match=r"(?i)unique"):
        twice()
    assert rows(register, Body) == []


def test_change_that_says_nothing_of_itself_is_refused(register: Register) -> None:
    """Rows without an event would be a history that nobody can read."""

    def silently() -> None:
        with register.change("c", at=AT, actor="test") as change:
            change.add(a_body("board"))

    with pytest.raises(AssertionError, match="without an event"):
        silently()
    assert rows(register, Body) == []


def test_change_that_does_nothing_leaves_no_entry(register: Register) -> None:
    """Looking is not changing."""
    with register.change("c", at=AT, actor="test") as change:
        assert change.get(Cycle, "c").title == "A cycle"
    assert len(journal(register)) == 1


def test_rows_are_never_deleted(register: Register) -> None:
    """What has been is part of the record."""
    with register.change("c", at=AT, actor="test") as change:
        change.add(a_body("board"))
        change.record("body_added", "c/@board")

    def delete() -> None:
        with register.change("c", at=AT, actor="test") as change:
            change.session.delete(change.get(Body, "c/@board"))
            change.record("body_deleted", "c/@board")

    with pytest.raises(AssertionError, match="never deleted"):
        delete()
    assert len(rows(register, Body)) == 1


def test_rows_may_be_added_before_what_they_refer_to(register: Register) -> None:
    """The order of foreign keys is the register's business, not the caller's."""
    from config.terms import Seat
    from models.cycle import Membership

    with register.change("c", at=AT, actor="test") as change:
        change.add(Membership(id="m", cycle_id="c", body_id="c/@board", person_id="c/p1", seat=Seat.CHAIR))
        change.add(a_person())
        change.add(a_body("board"))
        change.record("seat_taken", "m")
    with register.read() as session:
        assert verify(session, "c").holds


def test_what_was_added_is_visible_to_queries_of_the_change(register: Register) -> None:
    """A later part of a change can count on an earlier one."""
    with register.change("c", at=AT, actor="test") as change:
        change.add(a_body("board"))
        assert [body.key for body in change.session.exec(select(Body))] == ["board"]
        change.record("body_added", "c/@board")


def test_missing_row_is_told(register: Register) -> None:
    """`get` is for rows that must be there."""
    with register.change("c", at=AT, actor="test") as change, pytest.raises(LookupError, match="no body 'c/@none'"):
        change.get(Body, "c/@none")


def test_naive_instants_are_refused(register: Register) -> None:
    """An instant without a time zone is nobody's instant."""

    def naively() -> None:
        with register.change("c", at=AT, actor="test") as change:
            change.cycle.ended_at = datetime(2024, 2, 1)  # noqa: DTZ001 - the point of the test
            change.record("cycle_ended", "c")

    with pytest.raises(ValueError, match="an instant needs a time zone"):
        naively()
    assert rows(register, Cycle)[0].ended_at is None


def test_instants_come_back_in_utc(register: Register) -> None:
    """The database may forget the zone; the register does not."""
    from zoneinfo import ZoneInfo

    local = datetime(2024, 7, 1, 0, 0, tzinfo=ZoneInfo("Europe/Stockholm"))
    with register.change("c", at=AT, actor="test") as change:
        change.cycle.ended_at = local
        change.record("cycle_ended", "c")
    with register.read() as session:
        ended = session.get(Cycle, "c").ended_at  # type: ignore[union-attr]
    assert ended == local
    assert ended.utcoffset() == timedelta(0)


def test_terms_outside_the_vocabulary_are_refused(register: Register) -> None:
    """A status is one of those that the register knows."""

    def wrongly() -> None:
        with register.change("c", at=AT, actor="test") as change:
            change.cycle.status = "paused"  # type: ignore[assignment]
            change.record("cycle_paused", "c")

    with pytest.raises(ValueError, match="'paused' is not a valid CycleStatus"):
        wrongly()
    assert rows(register, Cycle)[0].status is CycleStatus.RUNNING


def test_address_and_name_are_in_the_journal_as_commitments_only(register: Register) -> None:
    """The journal stays when a person has to be forgotten, so it never held what must go."""
    with register.change("c", at=AT, actor="test") as change:
        change.add(a_person())
        change.record("person_added", "c/p1")
    with register.change("c", at=AT, actor="test") as change:
        change.get(Person, "c/p1").address = f"new.{ADDRESS}"
        change.record("address_changed", "c/p1")
    text = "".join(entry.body for entry in journal(register))
    for personal in (ADDRESS, "region.example", NAME, "Anna"):
        assert personal not in text
    assert text.count('"address":"sha256:') == 2


def test_salt_is_nowhere_in_the_journal(register: Register) -> None:
    """Who has the journal alone cannot try addresses against the commitments."""
    with register.change("c", at=AT, actor="test") as change:
        change.add(a_person())
        change.record("person_added", "c/p1")
    text = "".join(entry.body for entry in journal(register))
    assert SALT not in text
    assert '"salt"' not in text


def test_reading_never_writes(on_disk: Register) -> None:
    """Nothing done to rows of a reader's session is kept; PostgreSQL refuses it at once."""
    with suppress(DBAPIError), on_disk.read() as session:
        session.get(Cycle, "c").title = "Scribbled"  # type: ignore[union-attr]
        session.flush()
    assert rows(on_disk, Cycle)[0].title == "A cycle"


@pytest.mark.sqlite
def test_reader_inside_a_change_is_refused_in_memory(register: Register) -> None:
    """There they share one connection, and the reader's end would undo the change without a word."""

    def read_within() -> None:
        with register.change("c", at=AT, actor="test") as change:
            change.cycle.title = "Another title"
            change.record("cycle_renamed", "c")
            rows(register, Cycle)

    with pytest.raises(AssertionError, match="a reader was opened inside a change"):
        read_within()
    assert rows(register, Cycle)[0].title == "A cycle"


def test_two_writers_at_once_have_a_serial_order(url: str, on_disk: Register) -> None:
    """Two portals change one cycle at the same time: every change is there, in one chain without a gap."""
    each = 15

    def write(who: str) -> None:
        mine = Register(url)
        for number in range(each):
            with mine.change("c", at=AT, actor=who) as change:
                change.cycle.title = f"{change.cycle.title.split()[0]} {int(change.cycle.title.split()[1]) + 1}"
                change.record("counted", "c", number=number)
        mine.close()

    with on_disk.change("c", at=AT, actor="test") as change:
        change.cycle.title = "Count 0"
        change.record("count_begun", "c")
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(write, who) for who in ("one", "two")]:
            done.result()
    entries = journal(on_disk)
    assert [entry.seq for entry in entries] == list(range(1, 2 * each + 3))
    assert rows(on_disk, Cycle)[0].title == f"Count {2 * each}"
    with on_disk.read() as session:
        assert verify(session, "c").holds


def test_two_cycles_have_journals_of_their_own(register: Register) -> None:
    """Each chain begins at one."""
    begin(register, "d")
    assert [(entry.cycle_id, entry.seq) for entry in rows(register, JournalEntry)] == [("c", 1), ("d", 1)]


def test_phase_without_predecessors_wakes_at_once(register: Register) -> None:
    """The next look is computed with the change that makes it necessary, and stored beside it."""
    from config.terms import PhaseKind

    with register.change("c", at=AT, actor="test") as change:
        phase = Phase(
            id="c/a", cycle_id="c", key="a", kind=PhaseKind.DRAFTING, ordinal=1, title="A", after=[], opens_on=None
        )
        change.add(phase)
        change.wake("c/a")
        change.record("phase_planned", "c/a")
    assert rows(register, Phase)[0].wake_at == AT


def test_cycle_without_a_journal_entry_cannot_begin() -> None:
    """`begin_cycle` is a change like any other."""
    empty = registers.fresh()

    def silently() -> None:
        with empty.begin_cycle(a_cycle(), at=AT, actor="test"):
            pass

    with pytest.raises(AssertionError, match="without an event"):
        silently()
    assert rows(empty, Cycle) == []
    empty.close()
