"""Who stands in the journal for what was typed; what commands say of what they have written; how they are listed."""

from __future__ import annotations

import os
import pwd
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import col, select

import cli
from engine.services import build_services
from models.account import SystemMailKind
from models.journal import JournalEntry
from models.notice import NoticeKind
from notifications.terms import MAILS
from shell.panels import PANELS
from shell.words import settings_now

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Said

    Run = Callable[..., Said]

ADDRESS = "kalle@region.example"


def rows(table: type[Any], order: Any) -> list[Any]:
    """A table of the register that the commands work on."""
    services = build_services(settings_now(), "shell")
    try:
        with services.register.read() as session:
            return list(session.exec(select(table).order_by(col(order))))
    finally:
        services.close()


def actors() -> list[str]:
    """Who stands behind each entry of the journal."""
    return [entry.actor for entry in rows(JournalEntry, JournalEntry.seq)]


@pytest.fixture
def started(samsyn: Run, tiny: Path) -> Run:
    """A cycle that the machine's user has started."""
    assert samsyn("start", tiny).code == 0
    return samsyn


def test_the_machine_s_user_stands_in_the_journal(started: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    own = pwd.getpwuid(os.getuid()).pw_name
    assert actors() == [f"shell:{own}"]
    monkeypatch.setenv("SUDO_USER", "kalle")  # who became the administrator, and not the administrator
    assert started("cancel", "tiny", "--reason", "no need").code == 0
    assert actors()[-1] == "shell:kalle"


def test_a_named_account_acts_under_its_id(started: Run) -> None:
    assert started("account", "add", ADDRESS, "--name", "Kalle").code == 0
    move = ("move", "tiny", "answers", "2099-03-09", "--reason", "snow")
    assert started("--as-account", ADDRESS.upper(), *move).code == 0
    assert actors()[-1].startswith("account:")
    assert ADDRESS not in actors()[-1]
    assert started("cancel", "tiny", "--reason", "no need").code == 0  # the next command is nobody's but the user's
    assert actors()[-1].startswith("shell:")


def test_an_account_that_is_not_there_does_nothing(started: Run) -> None:
    said = started("--as-account", "nobody@region.example", "cancel", "tiny", "--reason", "no need")
    assert said.code == 2
    assert "nobody@region.example" in said.err
    assert len(actors()) == 1


def test_files_that_are_written_are_told_of_beside_the_data(started: Run, tmp_path: Path) -> None:
    page, plan = tmp_path / "record.html", tmp_path / "plan.html"
    written = started("record", "tiny", "--out", page)
    assert (written.code, written.err) == (0, "")
    assert written.out == f"The record of tiny (html): written to {page}, {page.stat().st_size} bytes\n"
    planned = started("plan", tmp_path / "tiny.yaml", plan, "--html")
    assert f"The plan of tiny (html): written to {plan}, {plan.stat().st_size} bytes" in planned.out
    data = started("record", "tiny", "--format", "json")
    assert data.out.startswith("{")
    assert data.err.startswith("The record of tiny (json): written to standard output, ")


@pytest.mark.parametrize(("choice", "word"), [("--roll-dates", "moved to 2099-"), ("--accept-dates", "kept")])
def test_start_says_what_became_of_dates_that_landed_on_days_off(
    samsyn: Run, tiny: Path, choice: str, word: str
) -> None:
    said = samsyn("start", tiny, "--begin", "2099-01-14", choice)
    assert said.code == 0
    assert "2099-03-01 is" in said.out
    assert word in said.out


def test_every_command_is_listed_under_who_uses_it(samsyn: Run) -> None:
    listed = {name for names in PANELS.values() for name in names}
    known = {command.name or command.callback.__name__ for command in cli.app.registered_commands if command.callback}
    assert listed == known
    told = samsyn("--help").out
    places = [told.index(panel) for panel in PANELS]
    assert places == sorted(places)


def test_kinds_of_mail_are_said_in_words() -> None:
    """Every kind that there is has words, in the shell as on pages."""
    assert MAILS.keys() == {*NoticeKind, *SystemMailKind, "digest"}
    assert not [words for words in MAILS.values() if "_" in words]
