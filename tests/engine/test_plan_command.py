"""`samsyn plan`, and `samsyn start` with dates that somebody has to decide on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner, Result

from cli import app
from tests.engine.test_plan import STRATEGY

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.long

TEXT = """\
cycle: small
title: A small cycle
begins: 2024-01-15
coordinator: office
bodies: {office: {name: The office, seats: {contact: 1}}}
milestones:
  drafted: {by: 2024-03-01}
phases:
  write: {kind: drafting, author: office, text: t, due: drafted, in: 2024-01-15/2024-03-01}
"""


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SAMSYN_DATA_DIR", str(tmp_path / "data"))
    file = tmp_path / "small.yaml"
    file.write_text(TEXT, encoding="utf-8")
    return file


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def test_the_table_fits_eighty_columns(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    small.write_text(STRATEGY, encoding="utf-8")
    shown = run("plan", small, "--slip", "debatpapir=+6w")
    assert shown.exit_code == 0
    assert all(len(line) <= 80 for line in shown.stdout.splitlines())
    assert "Medio (mandate)" in " ".join(shown.stdout.split())


def test_json_stands_alone_on_stdout_and_shows_what_is_to_be_decided(small: Path) -> None:
    shown = run("plan", small, "--json", "--begin", "2027-01-14")
    assert json.loads(shown.stdout)["to_decide"] == []
    shown = run("plan", small, "--json", "--begin", "2027-01-13")
    assert json.loads(shown.stdout)["to_decide"] == [
        {"where": "drafted", "day": "2027-02-28", "is": "a Sunday", "proposal": "2027-03-01"}
    ]


@pytest.mark.parametrize(("form", "begins"), [("--ics", "BEGIN:VCALENDAR\r\n"), ("--html", "<!DOCTYPE html>\n")])
def test_a_form_goes_to_a_file_or_to_stdout(small: Path, form: str, begins: str) -> None:
    file = small.with_suffix(".out")
    assert str(file) in run("plan", small, file, form).stdout.replace("\n", "")  # a line says what was written
    assert file.read_bytes().decode().startswith(begins)
    assert run("plan", small, form).stdout_bytes.decode().startswith(begins)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--slip", "draftd=+1w"], "did you mean 'drafted'?"),
        (["--slip", "drafted"], "is no slip"),
        (["--json", "--ics"], "one of --json, --ics and --html"),
        (["--date", "nothing=2024-03-04"], "there is no milestone or phase"),
    ],
)
def test_what_cannot_be_used_is_said_and_ends_with_two(small: Path, words: list[str], message: str) -> None:
    refused = run("plan", small, *words)
    assert refused.exit_code == 2
    assert message in refused.stderr


def test_a_cycle_does_not_start_before_its_closed_days_are_decided_on(small: Path) -> None:
    refused = run("start", small, "--begin", "2027-01-13")
    assert refused.exit_code == 2
    day, advice = refused.stderr.splitlines()
    assert day == "drafted: 2027-02-28 is a Sunday; the next working day is 2027-03-01"
    assert all(way in advice for way in ("--accept-dates", "--roll-dates", "--date"))


@pytest.mark.parametrize(
    ("words", "due"),
    [
        (["--accept-dates"], "2027-02-28"),
        (["--roll-dates"], "2027-03-01"),
        (["--date", "drafted=2027-02-26"], "2027-02-26"),
    ],
)
def test_each_decision_is_kept(small: Path, words: list[str], due: str) -> None:
    assert run("start", small, "--begin", "2027-01-13", *words).exit_code == 0
    started = json.loads(run("status", "small", "--json").stdout)
    assert [milestone["due"] for milestone in started["milestones"]] == [due]


def test_an_inferred_date_is_shown_and_confirmed(small: Path) -> None:
    small.write_text(TEXT.replace("2024-03-01}\nphases", "2024-03-01, inferred: true}\nphases"), encoding="utf-8")
    assert run("start", small, "--begin", "2027-01-14").exit_code == 0
    assert "inferred" in run("status", "small").stdout
    assert run("confirm", "small", "drafted").exit_code == 0
    assert "inferred" not in run("status", "small").stdout
