"""How each kind of database is copied while others write to it, and put back.

SQLite has an interface for it; for PostgreSQL its own programs do it, which must be at least as new as the server.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, make_url, text

from engine.backup.archive import POSTGRESQL, SQLITE, BackupError

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

OWN = "samsyn.example"


def is_sqlite(url: str) -> bool:
    """Whether a database URL names a file."""
    return make_url(url).get_backend_name() == "sqlite"


def file_of(url: str) -> Path:
    """The file of a SQLite register."""
    return Path(str(make_url(url).database))


def copy_out(url: str, folder: Path) -> Path:
    """A consistent copy of the database, in `folder`. Whoever reads or writes meanwhile is not kept waiting.

    Raises:
        BackupError: it cannot be read, or the program that copies it is missing or fails.
    """
    return _copy_sqlite(file_of(url), folder / SQLITE) if is_sqlite(url) else _dump(make_url(url), folder / POSTGRESQL)


def _copy_sqlite(file: Path, copy: Path) -> Path:
    if not file.exists():
        raise BackupError(f"{file}: there is no register yet")
    copy.touch(mode=0o600)
    try:
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)  # all pages in one step: one state, and in WAL mode nobody waits for it
            target.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it
    except sqlite3.Error as broken:
        raise BackupError(f"{file}: cannot be copied: {broken}") from broken
    return copy


def _dump(url: URL, copy: Path) -> Path:
    _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={copy}")
    return copy


def put_back(copy: Path, url: str) -> None:
    """Make the database at `url` what the copy is. Nobody else may have it open; see `in_use`.

    Raises:
        BackupError: it cannot be written, or the program that does it is missing or fails. It is as it was before.
    """
    if not is_sqlite(url):
        clean = ("--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction")
        _run("pg_restore", make_url(url), *clean, str(copy))
        return
    file = file_of(url)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    try:
        with closing(sqlite3.connect(copy)) as source, closing(sqlite3.connect(file)) as target:
            source.backup(target)  # one transaction of the target: all of it or nothing
            target.execute("PRAGMA journal_mode=WAL")
    except sqlite3.Error as broken:
        raise BackupError(f"{file}: cannot be written: {broken}") from broken


def in_use(url: str) -> bool:
    """Whether another process has the database open."""
    if not is_sqlite(url):
        others = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = "
                      "'client backend' AND pid <> pg_backend_pid()")  # fmt: skip
        engine = create_engine(url)
        try:
            with engine.connect() as connection:
                return bool(connection.execute(others).scalar())
        finally:
            engine.dispose()
    return file_of(url).exists() and _open_elsewhere(file_of(url))


def _open_elsewhere(file: Path) -> bool:
    """Leaving WAL needs the file for oneself: it fails as long as anybody else has it open."""
    with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError as held:
            return "locked" in str(held)
        except sqlite3.DatabaseError:
            return False  # no database at all
        with suppress(sqlite3.OperationalError):  # somebody has just come
            connection.execute("PRAGMA journal_mode=WAL")
    return False


def _run(program: str, url: URL, *arguments: str) -> None:
    found = shutil.which(program)
    if found is None:
        raise BackupError(f"{program} is not installed; it comes with PostgreSQL's client programs")
    where = url.set(drivername="postgresql", password=None).render_as_string()
    secret = {"PGPASSWORD": url.password} if url.password else {}  # not among the arguments, which everybody can see
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL's, found on the path
        [found, f"--dbname={where}", *arguments],
        env={**os.environ, **secret}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise BackupError(f"{program} fails: {(done.stderr or done.stdout).strip()}")
