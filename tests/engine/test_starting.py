"""A cycle is started whole or not at all, and participants' files are told all their faults."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlmodel import select

from config.terms import Language, PhaseKind
from engine.commands.participants import BadParticipants, read_participants
from engine.commands.start import resolve_dates, start_cycle
from engine.starting.content import proposed_slug
from models.cycle import Cycle, Membership, Person
from models.journal import JournalEntry
from models.phase import Phase
from models.register import AlreadyThere, Register
from tests.tasks.world import tiny

if TYPE_CHECKING:
    from pathlib import Path

    from config.definition import Definition

HEADER = "body,seat,number,address,name,language\n"


@pytest.fixture
def definition() -> Definition:
    """Three towns are asked."""
    return tiny("phases: {ask: {kind: consultation, consultees: towns}}\n")


def begin(register: Register, definition: Definition, slug: str = "tiny", **more: object) -> None:
    at = definition.where.start_of(definition.begins)
    start_cycle(register, definition, slug=slug, at=at, actor="coordinator", **more)  # type: ignore[arg-type]


def people(register: Register) -> dict[str, str]:
    """Who holds which seat."""
    query = select(Membership.id, Person.address).join(Person, Person.id == Membership.person_id)  # type: ignore[arg-type]
    with register.read() as session:
        return {seat.rpartition("@")[2]: address for seat, address in session.exec(query)}


def faults(tmp_path: Path, definition: Definition, text: str) -> list[str]:
    """The faults of a file, without its name."""
    path = tmp_path / "people.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadParticipants) as refused:
        read_participants(path, definition)
    return [line.removeprefix(str(path)) for line in str(refused.value).splitlines()]


def test_counted_seats_have_addresses_of_the_pattern(register: Register, definition: Definition) -> None:
    """A rehearsal needs nobody's real address."""
    begin(register, definition)
    assert people(register)["board.member-2"] == "member-2@board.example"


def test_same_name_twice_changes_nothing(register: Register, definition: Definition) -> None:
    """The first cycle stays as it is."""
    begin(register, definition)
    with pytest.raises(AlreadyThere):
        begin(register, definition)
    with register.read() as session:
        assert len(session.exec(select(JournalEntry)).all()) == 1


def test_same_definition_may_run_twice_under_two_names(register: Register, definition: Definition) -> None:
    """Each keeps the definition that it started with."""
    begin(register, definition, "spring")
    begin(register, definition, "autumn")
    with register.read() as session:
        assert {cycle.definition_name for cycle in session.exec(select(Cycle))} == {"tiny"}


def test_start_that_fails_half_way_leaves_nothing(register: Register, definition: Definition) -> None:
    """A body that stands twice, which no file could say: no cycle, no rows, no entry."""
    towns = definition.bodies["towns"]
    twice = definition.model_copy(update={"bodies": {**definition.bodies, "more-towns": towns}})
    with pytest.raises(AlreadyThere):
        begin(register, twice)
    with register.read() as session:
        for table in (Cycle, Membership, JournalEntry):
            assert session.exec(select(table)).all() == []


def test_relative_dates_are_known_when_their_anchor_is() -> None:
    """From the first day and from other milestones at once, from a phase when it closes."""
    definition = tiny(
        """
        milestones:
          first: {by: "+2w after begins"}
          second: {by: "+1m after first"}
          third: {by: "+1w after ask.closed"}
        phases:
          ask: {kind: consultation, consultees: towns}
        """
    )
    known = resolve_dates(definition)
    assert (known["first"], known["second"]) == (date(2024, 1, 29), date(2024, 2, 29))
    assert "third" not in known


def test_file_of_participants_replaces_the_holders_of_seats(
    register: Register, definition: Definition, tmp_path: Path
) -> None:
    """The others keep the addresses of the definition."""
    path = tmp_path / "people.csv"
    path.write_text(f"{HEADER}berg,secretary,,eva@berg.example.se,Eva Ek,en\n", encoding="utf-8-sig")
    [held] = read_participants(path, definition)
    assert (held.name, held.language, held.ordinal) == ("Eva Ek", Language.EN, 1)
    begin(register, definition, participants=[held])
    assert people(register)["berg.secretary-1"] == "eva@berg.example.se"
    assert people(register)["krokom.secretary-1"] == "secretary@krokom.example"


def test_all_faults_of_a_file_are_told_with_their_lines(definition: Definition, tmp_path: Path) -> None:
    """Also after an empty line, and two of one line."""
    text = (
        f"{HEADER}berg,secretary,1,no address,,\n\nberg,boss,1,a@b.example,,\n"
        "berg,secretary,one,a@b.example,,\nbergen,secretary,1,a@b.example,,\nberg,secretary,2,a@b.example,,\n"
        "berg,secretary,1,nobody,,xx\n"
    )
    told = faults(tmp_path, definition, text)
    assert [line.split(":")[1] for line in told] == ["2", "4", "5", "6", "7", "8", "8"]
    assert "'no address' is no e-mail address" in told[0]
    assert "there is no seat 'boss'" in told[1]
    assert "'one' is no number" in told[2]
    assert "no seat secretary 2 in 'berg'" in told[4]


@pytest.mark.parametrize("text", ["", "name,mail\nEva,eva@berg.example\n"])
def test_first_line_names_the_columns(definition: Definition, tmp_path: Path, text: str) -> None:
    """Otherwise nothing can be told of the rest."""
    [told] = faults(tmp_path, definition, text)
    assert told.startswith(":1: the first line must name the columns body, seat")


def test_file_that_is_not_there(definition: Definition, tmp_path: Path) -> None:
    """One line, no traceback."""
    with pytest.raises(BadParticipants, match="cannot be read"):
        read_participants(tmp_path / "none.csv", definition)


def test_a_proposed_short_name_is_not_cut_off_after_a_small_word() -> None:
    """What is too long ends with a word that says something."""
    title = "Länsgemensam hälso- och sjukvårdspolitik för Jämtlands län"
    assert proposed_slug(title, date(2027, 1, 11)) == "lansgemensam-halso-och-sjukvardspolitik-2027"
    assert proposed_slug("Vi och vår by", date(2027, 1, 11)) == "vi-och-var-by-2027"


@pytest.mark.parametrize(
    ("after", "opens", "told"),
    [
        ([], date(2027, 1, 11), date(2027, 1, 11)),
        (["ask"], date(2027, 1, 11), None),
        (["ask"], date(2027, 3, 1), date(2027, 3, 1)),
    ],
)
def test_a_phase_that_only_waits_for_others_has_no_first_day(after: list[str], opens: date, told: date | None) -> None:
    """The cycle's own first day is not promised for what comes last in it."""
    phase = Phase(id="c/b", cycle_id="c", key="b", kind=PhaseKind.DRAFTING, ordinal=2, title="B", after=after)
    phase.opens_on = opens
    assert phase.first_day(date(2027, 1, 11)) == told
