"""`samsyn …`: exit codes, JSON on stdout alone, and faults in one line each."""

from __future__ import annotations

import json
import sqlite3
from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from engine.demo import free_ports
from models.register import Register
from tests.registers import registers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Said

    Samsyn = Callable[..., Said]

YES, NO, UNUSABLE = 0, 1, 2


def data_of(said: Said) -> object:
    """What a program reads: all of stdout, and nothing beside it."""
    assert said.err == ""
    return json.loads(said.out)


def test_check_of_a_good_definition(samsyn: Samsyn) -> None:
    """The bundled one has warnings, and they are no errors."""
    said = samsyn("check", "jamtland-2012")
    assert said.code == YES
    assert "2013-06-30 is a Sunday" in said.out


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("sv", "30 juni 2013 är en söndag; dagen är överenskommen och ligger kvar"),
        ("da", "30. juni 2013 er en søndag; dagen er aftalt og bliver stående"),
        ("en", "30 June 2013 is a Sunday; it was agreed, so it stays"),
    ],
)
def test_check_speaks_the_language_that_is_asked_for(samsyn: Samsyn, language: str, words: str) -> None:
    """In text and in JSON, whose other members stay as they are."""
    assert words in samsyn("check", "jamtland-2012", "--language", language).out
    plain = data_of(samsyn("check", "jamtland-2012", "--json"))
    found = data_of(samsyn("check", "jamtland-2012", "--json", "--language", language))
    assert isinstance(plain, dict)
    assert isinstance(found, dict)
    assert any(words in one["message"] for one in found["findings"])
    for one, other in zip(found["findings"], plain["findings"], strict=True):
        assert {**one, "message": ""} == {**other, "message": ""}


def test_check_refuses_in_the_language_that_is_asked_for(samsyn: Samsyn, tmp_path: Path) -> None:
    """A fault keeps its place."""
    broken = tmp_path / "broken.yaml"
    broken.write_text("cycle: tiny\ntitle: T\nbegins: 2024-02-30\nlangauge: sv\n", encoding="utf-8")
    said = samsyn("check", broken, "--language", "sv")
    assert (said.code, said.out) == (UNUSABLE, "")
    assert f"{broken}:3:9: begins: dagen 2024-02-30 finns inte; februari 2024 har 29 dagar" in said.err
    assert f"{broken}:4:1: okänd nyckel ”langauge”; menade du ”language”?" in said.err
    unknown = samsyn("check", "jamtland-2012", "--language", "sv", "--date", "antagande=2014-01-01")
    assert unknown.code == UNUSABLE
    assert "det finns ingen milstolpe eller fas ”antagande”" in unknown.err


def test_check_as_json_has_the_contract_s_shape(samsyn: Samsyn) -> None:
    """Level, code, where, line and message of each."""
    found = data_of(samsyn("check", "jamtland-2012", "--json"))
    assert isinstance(found, dict)
    assert found["definition"] == "jamtland-2012"
    for finding in found["findings"]:
        assert set(finding) >= {"level", "code", "where", "line", "message"}
        assert finding["level"] in ("error", "warning", "info")
        assert finding["line"] > 1


@pytest.mark.parametrize("command", ["check", "rehearse", "start"])
def test_broken_definition_is_told_by_place(samsyn: Samsyn, tmp_path: Path, command: str) -> None:
    """FILE:LINE:COLUMN and what to write instead; no traceback, nothing on stdout, nothing written."""
    broken = tmp_path / "broken.yaml"
    broken.write_text("cycle: tiny\ntitle: T\nbegins: 2024-02-30\nlangauge: sv\n", encoding="utf-8")
    said = samsyn(command, broken)
    assert (said.code, said.out) == (UNUSABLE, "")
    lines = said.err.splitlines()
    assert any(line.startswith(f"{broken}:3:") and "there is no day 2024-02-30" in line for line in lines)
    assert any(line.startswith(f"{broken}:4:1: ") and "did you mean 'language'?" in line for line in lines)
    assert "Traceback" not in said.err
    assert not (tmp_path / "data").exists()


def test_unknown_definition(samsyn: Samsyn) -> None:
    """The nearest name is offered."""
    said = samsyn("check", "jamtland-2021")
    assert said.code == UNUSABLE
    assert "did you mean 'jamtland-2012'?" in said.err


def test_rehearse_as_json(samsyn: Samsyn, tmp_path: Path) -> None:
    """The whole cycle, and nothing is written anywhere."""
    found = data_of(samsyn("rehearse", "jamtland-2012", "--json"))
    assert isinstance(found, dict)
    assert (found["cycle"], found["outcome"], found["began"]) == ("jamtland-2012", "adopted", "2012-12-06")
    assert list(tmp_path.iterdir()) == []


def test_rehearse_for_people(samsyn: Samsyn, tiny: Path) -> None:
    """Phases and milestones in tables; signs in a title that mean something to the terminal mean nothing here."""
    said = samsyn("rehearse", tiny)
    assert said.code == YES
    assert "A tiny [cycle] [/x]" in said.out
    assert "✓ met" in said.out


def test_rehearsal_that_does_not_end_is_a_no(samsyn: Samsyn, tiny: Path, tmp_path: Path) -> None:
    """The report is printed all the same."""
    tiny.write_text(tiny.read_text(encoding="utf-8").replace("due: answers", "due: answers, missing: hold"), "utf-8")
    script = tmp_path / "script.yaml"
    script.write_text("default: {answers: false}\n", encoding="utf-8")
    said = samsyn("rehearse", tiny, "--script", script, "--json")
    assert said.code == NO
    assert json.loads(said.out)["outcome"] == "unfinished"


def test_broken_script(samsyn: Samsyn, tiny: Path, tmp_path: Path) -> None:
    """By its place, like a definition."""
    script = tmp_path / "script.yaml"
    script.write_text("answers:\n  - {step: ask/reply}\n", encoding="utf-8")
    said = samsyn("rehearse", tiny, "--script", script)
    assert said.code == UNUSABLE
    assert said.err.startswith(f"{script}:2:6: ")


@pytest.mark.parametrize("day", ["tomorrow", "2024-13-01"])
def test_impossible_first_day(samsyn: Samsyn, tiny: Path, day: str) -> None:
    """Told with an example."""
    said = samsyn("rehearse", tiny, "--begin", day)
    assert said.code == UNUSABLE
    assert "is no day" in said.err


def test_start_and_look(samsyn: Samsyn, tiny: Path) -> None:
    """Started once; a second time under the same name is refused, and changes nothing."""
    assert samsyn("start", tiny, "--as", "spring").code == YES
    again = samsyn("start", tiny, "--as", "spring")
    assert again.code == UNUSABLE
    assert again.err.startswith("samsyn: there is a cycle 'spring' already")
    [cycle] = data_of(samsyn("cycles", "--json"))["cycles"]  # type: ignore[index]
    assert (cycle["cycle"], cycle["status"]) == ("spring", "running")
    found = data_of(samsyn("status", "spring", "--json"))
    assert isinstance(found, dict)
    assert found["journal"] == {**found["journal"], "entries": 1, "verified": True}


def test_lists_for_people(samsyn: Samsyn, tiny: Path) -> None:
    """Definitions and cycles, with their titles as they were written."""
    assert "No cycle has been started." in samsyn("cycles").out
    samsyn("start", tiny)
    assert "A tiny [cycle] [/x]" in samsyn("cycles").out
    assert "A tiny [cycle] [/x]" in samsyn("status", "tiny").out
    assert samsyn("status").code == YES


def test_participants_with_faults_start_nothing(samsyn: Samsyn, tiny: Path, tmp_path: Path) -> None:
    """All faults at once, by line; and no register is even made."""
    people = tmp_path / "people.csv"
    people.write_text("body,seat,address\nberg,contact,nobody\nbergen,contact,a@b.example\n", encoding="utf-8")
    said = samsyn("start", tiny, "--participants", people)
    assert said.code == UNUSABLE
    assert [line.partition(": ")[0] for line in said.err.splitlines()] == [f"{people}:2", f"{people}:3"]
    assert data_of(samsyn("cycles", "--json"))["cycles"] == []  # type: ignore[index]


def test_start_says_whom_no_mail_reaches(samsyn: Samsyn, tiny: Path, tmp_path: Path) -> None:
    """Seats without a person have an address that looks like one."""
    assert "3 addresses are made up" in samsyn("start", tiny).out
    people = tmp_path / "people.csv"
    seats = [f"{body},contact,registrator@{body}.se" for body in ("office", "berg", "krokom")]
    people.write_text("\n".join(["body,seat,address", *seats]), encoding="utf-8")
    assert "made up" not in samsyn("start", tiny, "--as", "named", "--participants", people).out


def test_start_says_how_a_missing_date_is_given(samsyn: Samsyn) -> None:
    """A bundled definition is not for editing."""
    said = samsyn("start", "svom-remiss")
    assert said.code == UNUSABLE
    assert said.err.endswith(", or add --date remiss=DAY\n")


def test_verify_holds(samsyn: Samsyn, tiny: Path) -> None:
    """For one cycle and for all."""
    samsyn("start", tiny)
    assert samsyn("verify").code == YES
    [result] = data_of(samsyn("verify", "tiny", "--json"))  # type: ignore[misc]
    assert (result["cycle"], result["holds"], result["faults"]) == ("tiny", True, [])


def test_verify_says_what_was_changed(samsyn: Samsyn, tiny: Path, tmp_path: Path) -> None:
    """Table, row and column."""
    samsyn("start", tiny)
    register = Register(registers.at(tmp_path / "data" / "samsyn.db"))
    with register.writing.begin() as connection:
        connection.execute(text("UPDATE milestone SET due_on = '2099-04-01'"))
    register.close()
    said = samsyn("verify")
    assert said.code == NO
    assert "milestone tiny/:answers: changed behind the register's back: due_on" in said.out


@pytest.mark.sqlite
def test_verify_misses_a_cycle_that_was_taken_away(samsyn: Samsyn, tiny: Path, tmp_path: Path) -> None:
    """The journal still knows it, though no table does."""
    samsyn("start", tiny)
    with sqlite3.connect(tmp_path / "data" / "samsyn.db") as connection:
        connection.execute("DELETE FROM cycle")
    connection.close()
    said = samsyn("verify")
    assert said.code == NO
    assert "cycle tiny: the row is gone" in said.out


def test_verify_of_nothing(samsyn: Samsyn) -> None:
    """There is no such cycle, and that is said; an empty register holds."""
    said = samsyn("verify", "nothing")
    assert (said.code, said.out, said.err) == (UNUSABLE, "", "samsyn: there is no cycle 'nothing'\n")
    assert samsyn("verify").code == YES


def test_coordinator_s_acts(samsyn: Samsyn, tiny: Path) -> None:
    """Moved and cancelled, each with its reason; what cannot be done says why."""
    samsyn("start", tiny)
    assert "answers" in samsyn("move", "tiny", "answers", "2099-04-01", "--reason", "the board met late").out
    found = data_of(samsyn("status", "tiny", "--json"))
    assert found["milestones"][0]["due"] == "2099-04-01"  # type: ignore[index]
    assert samsyn("move", "tiny", "answer", "2099-04-01", "--reason", "r").code == UNUSABLE
    assert samsyn("close", "tiny", "ask/replies", "--reason", "r").code == UNUSABLE
    assert samsyn("cancel", "tiny", "--reason", "merged").code == YES
    assert data_of(samsyn("status", "tiny", "--json"))["status"] == "cancelled"  # type: ignore[index]
    assert samsyn("verify").code == YES


def test_reason_is_required(samsyn: Samsyn, tiny: Path) -> None:
    """It is part of the record."""
    samsyn("start", tiny)
    assert samsyn("cancel", "tiny").code == UNUSABLE
    said = samsyn("cancel", "tiny", "--reason", " ")
    assert (said.code, "give a reason" in said.err) == (UNUSABLE, True)


@pytest.mark.parametrize(
    "typed",
    [
        ("bogus",),
        ("record",),
        ("status", "tiny", "--bogus"),
        ("plan", "jamtland-2012", "--begin", "2027-13-01"),
        ("plan", "jamtland-2012", "--date", "remiss"),
        ("start", "jamtland-2012", "--begin", "2027-01-11", "--roll-dates", "--participants", "nowhere.csv"),
        ("rehearse", "jamtland-2012", "--script", "nowhere.yaml"),
        ("status", "nothing"),
        ("restore", "nowhere.samsyn"),
        ("check", "jamtland-2012", "--language", "fi"),
    ],
)
def test_a_slip_of_the_keyboard_is_told_in_one_line(samsyn: Samsyn, typed: tuple[str, ...]) -> None:
    """Neither a box nor a traceback; the file's name stands in it once."""
    said = samsyn(*typed)
    assert (said.code, said.out) == (UNUSABLE, "")
    assert said.err.count("\n") == 1
    assert said.err.count("nowhere") <= 1
    assert "Value error" not in said.err


def test_broken_settings(samsyn: Samsyn, tmp_path: Path) -> None:
    """The setting is named, and where it came from."""
    (tmp_path / "samsyn.toml").write_text("portal_port = 'high'\n", encoding="utf-8")
    said = samsyn("cycles")
    assert (said.code, said.out) == (UNUSABLE, "")
    assert "portal_port (samsyn.toml)" in said.err


def test_doctor_on_an_empty_machine(samsyn: Samsyn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says no, as data too, and makes nothing; also where an installation runs at the usual ports."""
    monkeypatch.setenv("SAMSYN_MAILBOX_PORT", str(free_ports(1)[0]))
    said = samsyn("doctor", "--json")
    assert said.code == NO
    assert {"python", "register", "mail server"} <= {found["what"] for found in json.loads(said.out)}
    assert not (tmp_path / "data").exists()


def test_version(samsyn: Samsyn) -> None:
    """What a backup names too."""
    said = samsyn("--version")
    assert (said.code, said.out) == (YES, f"samsyn {version('samsyn')}\n")


def test_help_without_arguments(samsyn: Samsyn) -> None:
    """Every command has a line."""
    said = samsyn("--help")
    assert said.code == YES
    for command in ("check", "rehearse", "start", "status", "verify", "up", "demo", "worker", "portal", "doctor"):
        assert f" {command} " in said.out
