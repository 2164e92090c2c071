"""Rows that go past the session: read as it reads them, written as it writes them, and refused as it refuses them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import bindparam
from sqlalchemy import select as select_rows
from sqlalchemy.exc import ProgrammingError
from sqlmodel import col, select

from bench.work import asked, begin, cycle_of, reply
from models.cycle import Body, Cycle, Membership, Person
from models.images import columns
from models.journal import JournalEntry
from models.notice import Notice, NoticeKind
from models.phase import Milestone, Step
from models.queries import STEPS_OF_PHASE
from models.register import AlreadyThere
from models.rows import Query, row_by_key
from models.tables import JOURNALED
from models.verify import verify
from portal.unavailable import is_unavailable
from tests.models.rows import AT, a_body
from tests.registers import registers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from models.change import Change
    from models.register import Register


@pytest.fixture
def answered() -> Iterator[Register]:
    """A cycle of two phases, `x`; the first has been answered by one of three."""
    opened = registers.fresh()
    begin(opened, cycle_of(2, 3, begins=AT.date()), "x", AT)
    reply(opened, asked(opened, "x")[0], AT)
    yield opened
    opened.close()


def held(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name, _, _ in columns(type(row))}


def test_rows_are_read_as_a_session_reads_them(answered: Register) -> None:
    """Every column of every row: instants, terms, days, JSON and what is missing."""
    seen = set()
    for table in JOURNALED:
        with answered.read() as session:
            expected = {row.id: held(row) for row in session.exec(select(table)).all()}  # type: ignore[attr-defined]
            for key, values in expected.items():
                row = row_by_key(session.connection(), table, key)
                assert row is not None
                assert held(row) == values
                seen.add(table)
    assert {Cycle, Body, Person, Membership, Milestone, Step, Notice} <= seen


def test_row_that_is_not_there_is_none(answered: Register) -> None:
    """By its key, and beside others where an outer join finds none."""
    beside = Query(
        select_rows(col(Body.name))
        .select_from(Body)
        .outerjoin(Membership, (col(Membership.body_id) == Body.id) & (col(Membership.ordinal) == 99))
        .where(col(Body.id) == bindparam("body")),
        Membership,
    )
    with answered.read() as session:
        assert row_by_key(session.connection(), Body, "nobody") is None
        assert beside.first(session.connection(), {"body": "nobody"}) is None
        found = beside.first(session.connection(), {"body": "x/@office"})
    assert found == ({"name": "The office"}, (None,))


def change_titles(change: Change, *, opened_first: bool) -> None:
    if opened_first:
        change.session.get(Step, "x/ask-0/replies")
    [step] = change.find(STEPS_OF_PHASE, phase="x/ask-0")
    step.closing = "enough"
    again = change.get(Step, step.id)
    assert again is step
    assert change.session.get(Step, step.id) is step
    assert [row.closing for row in change.find(STEPS_OF_PHASE, phase="x/ask-0")] == ["enough"]
    assert change.session.exec(select(Step.closing).where(col(Step.id) == step.id)).one() == "enough"
    change.record("noted", step.id)


@pytest.mark.parametrize("opened_first", [False, True])
def test_each_row_is_one_however_it_was_found(answered: Register, opened_first: bool) -> None:  # noqa: FBT001
    """By key, by query or by the session, before it was opened and after; and what is set in it is written once."""
    with answered.change("x", at=AT, actor="test") as change:
        change_titles(change, opened_first=opened_first)
    with answered.read() as session:
        assert session.get_one(Step, "x/ask-0/replies").closing == "enough"
        body = session.exec(select(JournalEntry.body).order_by(col(JournalEntry.seq).desc())).first()
        assert str(body).count('"closing":"enough"') == 1
        assert verify(session, "x").holds


def test_row_that_was_added_is_found_in_the_same_change(answered: Register) -> None:
    """By its key, and by the session; what is set in it afterwards is written too."""
    with answered.change("x", at=AT, actor="test") as change:
        added = change.add(a_body("late", "x"))
        assert change.get(Body, "x/@late") is added
        added.name = "Latecomers"
        assert change.session.get(Body, "x/@late") is added
        change.record("body_added", added.id)
    with answered.read() as session:
        assert session.get_one(Body, "x/@late").name == "Latecomers"
        assert verify(session, "x").holds


def test_changed_row_that_is_gone_undoes_the_change(answered: Register) -> None:
    """Somebody has taken it out of the table by hand: nothing is written, and it is said."""

    def rename() -> None:
        with answered.change("x", at=AT, actor="test") as change:
            change.add(a_body("new", "x"))
            milestone = change.get(Milestone, "x/:done-1")
            change.session.connection().exec_driver_sql("DELETE FROM milestone WHERE id = 'x/:done-1'")
            milestone.words = "no more"
            change.record("noted", milestone.id)

    with pytest.raises(AssertionError, match="0 rows of milestone were there, and 1 changed"):
        rename()
    with answered.read() as session:
        assert session.get(Milestone, "x/:done-1") is not None
        assert session.get(Body, "x/@new") is None


def test_refusal_among_several_statements_undoes_all_of_them(answered: Register) -> None:
    """Also on PostgreSQL, where they are sent together."""

    def again() -> None:
        with answered.change("x", at=AT, actor="test") as change:
            change.add(a_body("new", "x"))
            change.add(a_body("office", "x"))
            change.record("noted", "x")

    with pytest.raises(AlreadyThere, match="refused by the register"):
        again()
    with answered.read() as session:
        assert session.get(Body, "x/@new") is None
        assert verify(session, "x").holds


def test_what_a_driver_refuses_is_said_as_sqlalchemy_says_it(answered: Register) -> None:
    """A fault of the program is none of the database's state: the portal tells people to come back only for those."""
    with answered.read() as session, pytest.raises(ProgrammingError) as refused:
        row_by_key(session.connection(), Body, {"a": "dictionary"})  # type: ignore[arg-type]
    assert not is_unavailable(refused.value)


def test_rows_are_made_of_what_a_table_has() -> None:
    """What it has not is refused, and what each row has of its own is nobody else's."""
    with pytest.raises(TypeError, match="Body has no nickname"):
        Body(id="x", nickname="y")
    one, other = (Notice(id=name, kind=NoticeKind.ASKED) for name in ("one", "other"))
    one.data["only"] = "mine"
    assert (other.data, other.occurrence, other.step_id) == ({}, 1, None)
