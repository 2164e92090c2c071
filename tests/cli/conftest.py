"""The command line, run in this process on a data folder of its own."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.registers import POSTGRESQL, registers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TINY = """\
cycle: tiny
title: "A tiny [cycle] [/x]"
language: en
begins: 2099-01-15
coordinator: office
bodies:
  office: {name: The office, seats: {contact: 1}}
  towns: {name: The towns, each: [berg, krokom], seats: {contact: 1}}
milestones:
  answers: {by: 2099-03-02}
phases:
  ask: {kind: consultation, consultees: towns, due: answers}
"""


@dataclass(frozen=True)
class Said:
    """How a command ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def samsyn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Runs `samsyn …` as its entry point does."""
    import cli

    for name in os.environ:
        if name.startswith(("SAMSYN_", "PREFECT_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("SAMSYN_DATA_DIR", str(tmp_path / "data"))
    if registers.kind == POSTGRESQL:
        monkeypatch.setenv("SAMSYN_DATABASE_URL", registers.at(tmp_path / "data" / "samsyn.db"))

    def run(*arguments: Any) -> Said:
        monkeypatch.setattr(sys, "argv", ["samsyn", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        told = capsys.readouterr()
        code = ended.value.code
        return Said(code if isinstance(code, int) else 0 if code is None else 1, told.out, told.err)

    return run


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A file with a small definition whose days are all to come."""
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY, encoding="utf-8")
    return path
