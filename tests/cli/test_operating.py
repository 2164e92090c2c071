"""`samsyn backup`, `restore` and `doctor` as an administrator types them."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Said

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ports of our own, so that what else runs on this machine is not looked at."""
    for name in ("PORTAL", "MAILBOX", "PREFECT"):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            monkeypatch.setenv(f"SAMSYN_{name}_PORT", str(probe.getsockname()[1]))


def test_backup_and_restore_into_another_folder(samsyn: Callable[..., Said], tiny: Path, tmp_path: Path) -> None:
    """What was there is there again, and says that it holds."""
    assert samsyn("start", tiny, "--as", "kept").code == 0
    said = samsyn("backup", tmp_path / "b.samsyn")
    assert (said.code, "1 cycle" in said.out, "keep it like a password" in said.out) == (0, True, True)
    said = samsyn("restore", tmp_path / "b.samsyn", "--into", tmp_path / "elsewhere")
    assert said.code == 0
    assert "kept: " in said.out
    assert "entries, holds" in said.out
    assert (tmp_path / "elsewhere" / "samsyn.db").exists()
    assert (tmp_path / "elsewhere" / "secret.key").stat().st_mode & 0o777 == 0o600


def test_backup_and_restore_for_programs(samsyn: Callable[..., Said], tiny: Path, tmp_path: Path) -> None:
    """JSON on stdout alone."""
    samsyn("start", tiny, "--as", "kept")
    made = json.loads(samsyn("backup", tmp_path / "b.samsyn", "--without-key", "--json").out)
    assert (made["cycles"], made["database"], "secret.key" in made["files"]) == (1, "sqlite", False)
    done = json.loads(samsyn("restore", tmp_path / "b.samsyn", "--into", tmp_path / "e", "--json").out)
    assert [(one["cycle"], one["holds"]) for one in done["verified"]] == [("kept", True)]


@pytest.mark.usefixtures("samsyn")
def test_restore_over_a_cycle_needs_force(tiny: Path, tmp_path: Path) -> None:
    """One line on stderr, exit code 2; with --force what was there is kept. Each is a process, as when typed."""
    assert typed("start", tiny, "--as", "kept").returncode == 0
    assert typed("backup", tmp_path / "b.samsyn").returncode == 0
    said = typed("restore", tmp_path / "b.samsyn")
    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr == "samsyn: the register there has 1 cycle; use --force to put the backup in its place\n"
    said = typed("restore", tmp_path / "b.samsyn", "--force")
    assert (said.returncode, "before-restore-" in said.stdout) == (0, True), said.stderr


def typed(*arguments: object) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own."""
    command = [sys.executable, "-m", "cli", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=environment)


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_what_cannot_be_used_is_told_in_a_line(samsyn: Callable[..., Said], tmp_path: Path, command: str) -> None:
    """No register; no backup."""
    said = samsyn(command, tmp_path / "b.samsyn")
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert said.err.startswith("samsyn: ")


def test_doctor_says_no_for_what_does_not_work(samsyn: Callable[..., Said]) -> None:
    """Exit code 1; every fault with how to mend it."""
    said = samsyn("doctor")
    assert (said.code, "Start it with: samsyn portal." in said.out) == (1, True)
    found = json.loads(samsyn("doctor", "--json").out)
    assert {one["level"] for one in found} <= {"ok", "warning", "error"}
    assert all(bool(one["mend"]) != one["well"] for one in found)
