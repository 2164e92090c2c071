"""A fault in a definition is told with its place and with what to write instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from config.definition import Adoption, Definition
from config.loader import (
    LARGEST,
    DefinitionError,
    bundled,
    dump,
    find,
    load,
    load_named,
    load_placed,
    parse_dumped,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FAULTS = [
    # what is replaced, by what, the place, and words of the message
    (
        "kind: drafting",
        "kind: draftin",
        "14:11",
        "phases.first.kind: there is no kind of phase 'draftin'; did you mean 'drafting'?",
    ),
    ("    kind: drafting\n", "", "13:3", "the key 'kind' is missing; write one of project_description, goal_setting"),
    ("consultees: board", "consultees: bord", "20:17", "there is no body 'bord'; did you mean 'board'?"),
    ("consultees: board", "consultees: [office, bord]", "20:26", "there is no body 'bord'"),
    ("due: answers", "due: answer", "21:10", "there is no milestone 'answer'; did you mean 'answers'?"),
    ("after: first", "after: frist", "19:12", "there is no phase 'frist'; did you mean 'first'?"),
    ("    text: draft", "    text: draft\n    after: second", "16:12", "first -> second -> first"),
    ("by: 2024-03-01", "by: 2023-02-29", "11:17", "there is no day 2023-02-29; February 2023 has 28 days"),
    ("by: 2024-03-01", "by: 2024-13", "11:17", "there is no month 13"),
    ("by: 2024-03-01", "by: soon", "11:17", "'soon' is no date; write a day (2013-06-30)"),
    ("by: 2024-03-01", "by: 2024-03-01, on: 2024-03-02", "11:3", "has on and by; write exactly one"),
    ("by: 2024-03-01", "by: +1w after nowhere.closed", "11:17", "nothing here is called 'nowhere.closed'"),
    ("by: 2024-03-01", "by: +9999m after begins", "11:17", "more than fifty years away"),
    ("begins: 2024-01-15", "begins: 2024", "3:9", "'2024' is no day; write year, month and day"),
    ("begins: 2024-01-15", "begins: 2024-02-30", "3:9", "there is no day 2024-02-30"),
    ("begins: 2024-01-15", "begins: 1824-01-15", "3:9", "outside the years 1900 to 2199"),
    ("cycle: small", "cycle: small\ncycle: big", "2:1", "the key 'cycle' is there already, at line 1, column 1"),
    ("phases:", "fases:", "12:1", "unknown key 'fases'; did you mean 'phases'?"),
    ("coordinator: office", "coordinatr: office", "1:1", "the key 'coordinator' is missing"),
    ("coordinator: office", "coordinator: *o", "4:14", "'*o' refers to another place; write the value out"),
    ("coordinator: office", "coordinator: &o office", "4:14", "'&o' is an anchor"),
    ("coordinator: office", "coordinator: !!str office", "4:14", "'!!str' is a tag"),
    ("coordinator: office", "<<: {a: b}", "4:1", "'<<' would merge another place into this one"),
    ("coordinator: office", "coordinator: Kansli Öst", "4:14", "write 'kansli-ost'"),
    ("coordinator: office", "coordinator:", "4:1", "nothing stands here"),
    ("chair: 1", "chair: many", "9:20", "'many' stands here; write a whole number"),
    ("chair: 1", "chair: -1", "9:20", "'-1' is too small; at least 0"),
    ("chair: 1", "chair: " + "9" * 9000, "9:20", "write a whole number"),
    ("chair: 1", "chair: {a: b}", "9:13", "keys with values stand here; write a word or number or a list"),
    ("chair: 1", "chari: 1", "9:13", "there is no choice 'chari'; did you mean 'chair'?"),
    ("chair: 1", "member: 1", "9:5", "names the seat 'member' twice"),
    ("chair: 1", "chair: [nobody]", "9:21", "'nobody' is no e-mail address"),
    ("chair: 1", 'chair: ["{n}@b.example"]', "9:21", "the placeholder {n} is not known here; write {body} only"),
    (
        "title: A small",
        "addresses: '{seat.__class__}@x.example'\ntitle: A small",
        "2:12",
        "{seat.__class__} is not known",
    ),
    ("title: A small", "addresses: '{seat@x.example'\ntitle: A small", "2:12", "a brace without its partner"),
    ("title: A small", "addresses: 'no address'\ntitle: A small", "2:12", "which is no e-mail address"),
    ("title: A small cycle", "title: {no: En liten}", "2:9", "there is no choice 'no'; it may be sv, da or en"),
    ("title: A small cycle", "title: {}", "2:1", "is too short"),
    ("title: A small cycle", "title: ''", "2:8", "is empty; write the text"),
    ("title: A small cycle", "title: a: b", "2:9", "a colon cannot stand here"),
    ("title: A small cycle", "title: [a", "3:7", "closing ] is missing"),
    ("title: A small cycle", "\ttitle: A", "2:1", "a tab stands here; indent with spaces"),
    ("title: A small cycle", "title: @home", "2:8", "put the text in quotes"),
    ("title: A small", "send_at: 8\ntitle: A small", "2:10", "'8' is no time of day; write hours and minutes"),
    ("title: A small", "reminders: [2w, often]\ntitle: A small", "2:17", "'often' is no span of time"),
    ("title: A small", "place: NO\ntitle: A small", "2:8", "there is no choice 'NO'; it may be SE or DK"),
    (
        "due: answers",
        "due: answers\n    asks: {reply: X}",
        "22:12",
        "there is no step 'reply'; did you mean 'replies'?",
    ),
    ("due: answers", "due: answers\n    missing: {extend: 5}", "22:23", "'5' is no span of time"),
    ("due: answers", "due: answers\n    missing: wait", "22:14", "there is no choice 'wait'"),
    ("due: answers", "due: answers\n    [a]: b", "22:5", "a key must be a word"),
    ("due: answers", "due: answers\n  - item", "22:3", "the indentation does not fit"),
    ("due: answers\n", "due: answers\n---\na: b\n", "22:1", "a second document begins here"),
    ("  office: {", "  board: {", "7:3", "the key 'board' is there already, at line 6, column 3"),
]


@pytest.mark.parametrize(("old", "new", "place", "words"), FAULTS, ids=[f[1].strip()[:40] for f in FAULTS])
def test_a_fault_is_told_with_its_place_and_its_remedy(
    small: str, faults_of: Callable[[str], list[str]], old: str, new: str, place: str, words: str
) -> None:
    assert old in small
    lines = faults_of(small.replace(old, new, 1))
    assert any(line.startswith(f"f.yaml:{place}: ") and words in line for line in lines), lines


@pytest.mark.parametrize(("old", "new", "place", "words"), FAULTS, ids=[f[1].strip()[:40] for f in FAULTS])
def test_no_message_speaks_of_the_machinery(
    small: str, faults_of: Callable[[str], list[str]], old: str, new: str, place: str, words: str
) -> None:
    text = "\n".join(faults_of(small.replace(old, new, 1)))
    for jargon in ("Input should", "pydantic", "http", "Traceback", "NoneType", "<one>", "<list>", "<mapping>"):
        assert jargon not in text


def test_a_cycle_has_a_bearable_number_of_seats(small: str, faults_of: Callable[[str], list[str]]) -> None:
    each = ", ".join(f"b{n}" for n in range(41))
    text = small.replace("name: The board", f"name: The board\n    each: [{each}]").replace(
        "members: 2", "members: 500"
    )
    assert "at most 20000 can take part" in "\n".join(faults_of(text))


def test_all_faults_are_told_at_once(small: str, faults_of: Callable[[str], list[str]]) -> None:
    text = small.replace("kind: drafting", "kind: x").replace("begins: 2024", "begins: 20").replace("chair", "char")
    assert [line.split(":")[1] for line in faults_of(text)] == ["3", "9", "14"]


def test_what_fits_together_is_checked_beside_what_is_refused_in_the_text(
    small: str, faults_of: Callable[[str], list[str]]
) -> None:
    text = small.replace("cycle: small", "cycle: small\ncycle: big").replace("due: answers", "due: nothing")
    assert [line.split(":")[1] for line in faults_of(text)] == ["2", "22"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("# only a comment\n", "is empty"),
        ("- a list", "a definition is made of keys with values"),
        ("just words", "a definition is made of keys with values"),
        ("a: \x00", "U+0000 cannot stand in a text file"),
        ("\ud800", "U+D800 cannot stand in a text file"),
        ("%YAML 9.9\n---\na: b", "cannot be read"),
        ("[" * 1000, "nested more than 40 levels deep"),
        ("a:\n" + "".join(" " * n + "a:\n" for n in range(1, 100)), "nested more than 40 levels deep"),
        ("[" + "a," * 300_000 + "]", "holds more than 100000 values"),
        ("a" * (LARGEST + 1), "larger than 1 MiB"),
        ("{" * 10, "a value is missing here"),
        ("phases: {a: {kind: {b: c}}}", "names no kind of phase"),
        ("bodies: {a: {name: x, seats: [1]}}", "a list stands here"),
    ],
)
def test_any_text_is_refused_in_words(faults_of: Callable[[str], list[str]], text: str, words: str) -> None:
    assert words in "\n".join(faults_of(text))


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("cycle: ä".encode("latin-1"), ":1:8: is not UTF-8 text here"),
        ("cycle: ä".encode("utf-16"), ":1:1: is not UTF-8 text here"),
        (bytes(range(128)), "cannot stand in a text file"),
        (bytes(range(256)), ":2:118: is not UTF-8 text here"),
        (b"x" * (LARGEST + 1), "larger than 1 MiB"),
    ],
)
def test_a_file_that_is_no_text_is_refused_in_words(tmp_path: Path, raw: bytes, words: str) -> None:
    (tmp_path / "f.yaml").write_bytes(raw)
    with pytest.raises(DefinitionError, match=words):
        load(tmp_path / "f.yaml")


def test_a_byte_order_mark_does_no_harm(tmp_path: Path, small: str) -> None:
    (tmp_path / "f.yaml").write_text(small, encoding="utf-8-sig")
    assert load(tmp_path / "f.yaml") == load("f.yaml", small) == load("f.yaml", f"\ufeff{small}")


@pytest.mark.parametrize("name", ["missing.yaml", ".", "nul\0.yaml", "x" * 5000 + ".yaml"])
def test_a_file_that_cannot_be_opened_is_a_fault(name: str) -> None:
    with pytest.raises(DefinitionError, match="cannot be read"):
        load(name)


def test_an_unknown_name_gets_the_nearest_bundled_one() -> None:
    with pytest.raises(DefinitionError, match="did you mean 'jamtland-2012'"):
        find("jamtland-2013")


def test_a_file_is_found_by_its_path(tmp_path: Path, small: str) -> None:
    (tmp_path / "mine.yaml").write_text(small, encoding="utf-8")
    assert load_named(str(tmp_path / "mine.yaml")).cycle == "small"


@pytest.mark.parametrize("name", sorted(bundled()))
def test_every_bundled_definition_loads_under_its_own_name(name: str) -> None:
    assert load_named(name).cycle == name


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2024-06-30", "2024-06-30"),
        ("2024-04", "2024-04"),
        ("2024-33", "2024-33"),
        ("2024-Q1", "2024-33"),
        ("2024-02/2024-03", "2024-02/2024-03"),
        ("../2024-08-15", "../2024-08-15"),
        ("'2024-06-30'", "2024-06-30"),
        ("+6w after first.closed", "+6w after first.closed"),
    ],
)
def test_dates_need_no_quotes(changed: Callable[..., Definition], written: str, read: str) -> None:
    assert changed(("by: 2024-03-01", f"by: {written}")).milestones["answers"].date == read


@pytest.mark.parametrize("written", ["08:30", "8:30", "'08:30'"])
def test_a_time_of_day_is_not_a_number(changed: Callable[..., Definition], written: str) -> None:
    assert str(changed(("begins:", f"send_at: {written}\nbegins:")).send_at) == "08:30:00"


def test_words_that_yaml_once_took_for_truth_are_words(changed: Callable[..., Definition]) -> None:
    assert changed(("title: A small cycle", "title: no")).title == "no"
    assert changed(("title: A small cycle", "title: 2013")).title == "2013"


def test_seats_may_be_written_in_the_plural(changed: Callable[..., Definition]) -> None:
    assert changed() == changed(("members: 2", "member: 2"))


def test_the_places_of_parts_are_kept(small: str) -> None:
    places = load_placed("f.yaml", small).places
    assert places.place(("phases", "second")).line == 17
    assert (places.spot(("phases", "second", "due")).line, places.spot(("phases", "second", "due")).column) == (21, 10)


def test_a_dumped_definition_comes_back_equal(small: str) -> None:
    for definition in (load_named("jamtland-2012"), load("f.yaml", small)):
        assert parse_dumped(dump(definition)) == definition
        assert dump(parse_dumped(dump(definition))) == dump(definition)
        assert Definition.model_validate_json(definition.model_dump_json(by_alias=True)) == definition
        assert Definition.model_validate_json(definition.model_dump_json()) == definition


@pytest.mark.parametrize("text", ["", "[]", "{}", "nul", '{"cycle": 3}', "[" * 100_000])
def test_something_else_than_a_dumped_definition_is_refused(text: str) -> None:
    with pytest.raises(DefinitionError):
        parse_dumped(text)


def test_the_bundled_cycle_says_what_its_source_says() -> None:
    cycle = load_named("jamtland-2012")
    assert [phase.kind.value for phase in cycle.phases.values()] == [
        "project_description", "goal_setting", "adoption", "reference_groups", "consultation", "adoption",
    ]  # fmt: skip
    second = cycle.phases["antagande-tillampning"]
    assert isinstance(second, Adoption)
    assert second.predecessors == ("avstamning", "antagande-inriktning")
    assert len(cycle.members_of["huvudman"]) == 9
    assert {key: milestone.date for key, milestone in cycle.milestones.items() if not milestone.inferred} == {
        "malsattning-klar": "2013-02/2013-03",
        "beslutsprocess-klar": "2013-09",
        "gruppernas-start": "2013-04",
        "gruppernas-arbete-klart": "2013-06-30",
        "avstamning": "2013-08-15",
        "beslutsmote": "2013-09-11",
        "overlamnande": "2013-10",
        "klar-att-anvandas": "2014-33",
    }
    assert all(milestone.words for milestone in cycle.milestones.values())
