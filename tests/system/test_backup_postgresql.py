"""Backup and restore of a register in a real PostgreSQL."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, text

from engine.backup.archive import BackupError
from engine.backup.databases import in_use
from engine.backup.make import back_up
from engine.backup.restore import restore
from models.register import Register
from tests.engine.going_on import OnDisk, settings_in

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.system

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
USER = "postgres"
WHERE = sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")))


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A cluster of its own on a free port of loopback; gives the start of its URLs."""
    initdb, ctl = needed("initdb"), needed("pg_ctl")
    folder = Path(mkdtemp(prefix="samsyn-pg-", dir="/tmp"))
    try:
        as_postgres("chown", "-R", USER, str(folder), root=True)
        as_postgres(initdb, "-D", f"{folder}/data", "-A", "trust", "-U", USER, "--no-sync")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        as_postgres(ctl, "-D", f"{folder}/data", "-o", options, "-l", f"{folder}/log", "-w", "start")
        try:
            yield f"postgresql+psycopg://{USER}@127.0.0.1:{port}"
        finally:
            as_postgres(ctl, "-D", f"{folder}/data", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def test_cycle_goes_on_from_a_backup_in_another_database(server: str, tmp_path: Path) -> None:
    """The same end; nothing is sent twice; a database that is in use is left alone."""
    settings = settings_in(tmp_path / "a", database_url=created(server, "here"))
    cycle = OnDisk.begun(settings, "jamtland-2012")
    cycle.on_to(date(2013, 6, 20))
    manifest = back_up(settings, tmp_path / "kept.samsyn", NOW)
    assert (manifest.database, manifest.cycles) == ("postgresql", 1)
    assert in_use(settings.database_url)
    with pytest.raises(BackupError, match="another process has the register open"):
        restore(settings, tmp_path / "kept.samsyn", NOW, force=True)
    cycle.register.close()
    elsewhere = settings_in(tmp_path / "b", database_url=created(server, "there"))
    assert restore(elsewhere, tmp_path / "kept.samsyn", NOW).holds
    cycle.on(Register(elsewhere.database_url))
    told = cycle.to_the_end()
    cycle.register.close()
    assert (told["outcome"], told["journal"]["verified"]) == ("adopted", True)
    assert len(cycle.post.taken) == len(set(cycle.post.taken))
    with pytest.raises(BackupError, match="has 1 cycle; use --force"):
        restore(elsewhere, tmp_path / "kept.samsyn", NOW)
    done = restore(elsewhere, tmp_path / "kept.samsyn", NOW, force=True)
    assert done.holds
    assert done.kept is not None


def test_backup_of_another_kind_of_database_is_refused(server: str, tmp_path: Path) -> None:
    """In words."""
    settings = settings_in(tmp_path / "a")
    OnDisk.begun(settings, "svom-remiss", date(2027, 1, 11)).register.close()
    back_up(settings, tmp_path / "kept.samsyn", NOW)
    other = settings_in(tmp_path / "b", database_url=created(server, "other"))
    with pytest.raises(BackupError, match="the backup is of sqlite, and SAMSYN_DATABASE_URL names postgresql"):
        restore(other, tmp_path / "kept.samsyn", NOW)


def created(server: str, name: str) -> str:
    """An empty database."""
    engine = create_engine(f"{server}/{USER}", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return f"{server}/{name}"


def as_postgres(*command: str, root: bool = False) -> None:
    """A program, as the user that PostgreSQL runs as; it refuses to be root."""
    switch = ["runuser", "-u", USER, "--"] if os.geteuid() == 0 and not root else []
    if root and os.geteuid() != 0:
        return
    done = subprocess.run(
        [*switch, *command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False, cwd="/"
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def needed(program: str) -> str:
    """A program of PostgreSQL's; without it the test is skipped, and in CI it fails."""
    found = shutil.which(program, path=os.pathsep.join([os.environ["PATH"], *WHERE]))
    if found is not None:
        return found
    reason = f"{program} is not installed: apt-get install postgresql"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
