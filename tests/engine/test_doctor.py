"""The doctor looks at everything, changes nothing, and says how to mend what is wrong."""

from __future__ import annotations

import socket
import sqlite3
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from config.settings import Settings
from engine.doctor import Examined, examine
from models.migrate import upgrade

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2024, 1, 15, tzinfo=UTC)


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An installation of which nothing is there yet."""
    monkeypatch.chdir(tmp_path)
    ports = {name: free_port() for name in ("portal_port", "mailbox_port", "prefect_port")}
    return Settings(data_dir=tmp_path / "not" / "there" / "yet", **ports)


def found(settings: Settings) -> dict[str, Examined]:
    """What the doctor says, by what was looked at."""
    return {one.what: one for one in examine(settings, NOW)}


def test_empty_machine(settings: Settings, tmp_path: Path) -> None:
    """Nothing runs, and that is told; what is made at the first start is no fault."""
    said = found(settings)
    assert {what for what, one in said.items() if not one.well} == {"mail server", "Prefect", "portal"}
    assert all(one.mend for one in said.values() if not one.well)
    assert not any(one.mend for one in said.values() if one.well)
    assert list(tmp_path.iterdir()) == []


def test_register_that_is_up_to_date(settings: Settings) -> None:
    """With how much waits."""
    settings.data_dir.mkdir(parents=True)
    upgrade(settings.database_url)
    said = found(settings)
    assert said["register"].well
    assert said["phases"].said == "0 waiting, 0 due now"
    assert said["mail queue"].well


def test_file_that_is_no_database(settings: Settings) -> None:
    """One finding, no traceback."""
    settings.data_dir.mkdir(parents=True)
    (settings.data_dir / "samsyn.db").write_bytes(b"this is no database, and long enough to show it" * 100)
    said = found(settings)
    assert not said["register"].well
    assert "SAMSYN_DATABASE_URL" in said["register"].mend


def test_empty_database(settings: Settings) -> None:
    """Somebody made the file and nothing else; looking makes no tables."""
    settings.data_dir.mkdir(parents=True)
    path = settings.data_dir / "samsyn.db"
    sqlite3.connect(path).close()
    path.touch()
    assert "first start" in found(settings)["register"].said
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    connection.close()


def test_key_that_others_can_read(settings: Settings) -> None:
    """The links of every participant hang on it."""
    from config.secret import FILE

    settings.data_dir.mkdir(parents=True)
    key = settings.data_dir / FILE
    key.write_text("k" * 43, encoding="utf-8")
    key.chmod(0o644)
    said = found(settings)["secret key"]
    assert (said.well, said.mend) == (False, f"chmod 600 {key}")
    key.chmod(0o600)
    assert found(settings)["secret key"].well
