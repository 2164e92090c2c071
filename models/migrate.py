"""Bringing the register's tables up to date, with Alembic.

Several processes may start at once: whoever comes first does it under the database's own lock, the rest find it done.
"""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from models.register import Register, RegisterError

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

log = logging.getLogger("samsyn.register")

MIGRATIONS = Path(__file__).parent / "migrations"
ADVISORY_LOCK = 0x5A4D5359
"""PostgreSQL's name for the lock."""


class NewerRegister(RegisterError):  # noqa: N818
    """The database was made by a later version of this program."""


@dataclass(frozen=True)
class Revision:
    """Which tables a database has, and which this program works with. `found` is None for an empty database."""

    found: str | None
    wanted: str
    known: bool

    @property
    def current(self) -> bool:
        """Whether there is nothing to do."""
        return self.found == self.wanted

    def refuse_newer(self) -> None:
        """Go no further with tables that this program does not know.

        Raises:
            NewerRegister: the database was made by a later version.
        """
        if not self.known:
            raise NewerRegister(
                f"the register was made by a newer Samsyn: its tables are of revision {self.found}, and this program "
                f"knows up to {self.wanted}; install that version again, or restore a backup from before the upgrade"
            )


def upgrade(url: str, migrations: Path = MIGRATIONS, *, keep_copy: bool = True) -> None:
    """Make the tables of the database at `url` those of this version. Does nothing where they are.

    A SQLite register that has tables already is copied first, beside itself, unless `keep_copy` is off.

    Raises:
        NewerRegister: the database was made by a later version; nothing was changed.
        RegisterError: rows would refer to nothing afterwards; nothing was changed.
    """
    register = Register(url)
    try:
        if not revision(register, migrations).current:
            _upgrade(register, migrations, keep_copy=keep_copy)
    finally:
        register.close()


def revision(register: Register, migrations: Path = MIGRATIONS) -> Revision:
    """Where the tables stand; nothing is changed."""
    with register.engine.connect() as connection:
        return _revision(connection, migrations)


def _revision(connection: Connection, migrations: Path) -> Revision:
    return known_revision(MigrationContext.configure(connection).get_current_revision(), migrations)


def known_revision(found: str | None, migrations: Path = MIGRATIONS) -> Revision:
    """What this program knows of a revision that was found somewhere."""
    scripts = ScriptDirectory(str(migrations))
    known = found is None or found in {script.revision for script in scripts.walk_revisions()}
    return Revision(found, str(scripts.get_current_head()), known)


def _upgrade(register: Register, migrations: Path, *, keep_copy: bool) -> None:
    with register.writing.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:  # a table that is made anew is dropped first, which must not take along what refers to it
            _driver(connection).execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            if not sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ADVISORY_LOCK})
            standing = _revision(connection, migrations)
            standing.refuse_newer()
            if standing.current:
                return  # another process has done it while this one waited
            if keep_copy and standing.found is not None:
                _announce(connection, standing)
            command.upgrade(configuration(connection, migrations), "head")
            if sqlite:
                _check_references(connection)


def _announce(connection: Connection, standing: Revision) -> None:
    """Say that tables change, and keep a copy of what they hold where that costs nothing."""
    words = "the register's tables are brought from revision %s to %s; %s"
    file = connection.engine.url.database
    if connection.dialect.name != "sqlite" or not file:
        log.warning(words, standing.found, standing.wanted, "for a way back, use the backup made before the upgrade")
        return
    copy = Path(f"{file}.before-{standing.wanted}")
    copy.touch(mode=0o600)
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)  # a reader: it sees what was there before this transaction
    log.warning(words, standing.found, standing.wanted, f"a copy from before is kept at {copy}")


def _check_references(connection: Connection) -> None:
    broken = sorted({str(row[0]) for row in connection.execute(text("PRAGMA foreign_key_check"))})
    if broken:
        raise RegisterError(f"the migration would leave rows that refer to nothing, in: {', '.join(broken)}")


def _driver(connection: Connection) -> Any:
    return connection.connection.dbapi_connection


def configuration(connection: Connection, migrations: Path = MIGRATIONS) -> Config:
    """Alembic's settings for one connection."""
    settings = Config()
    settings.set_main_option("script_location", str(migrations).replace("%", "%%"))
    settings.attributes["connection"] = connection
    return settings


__all__ = ["MIGRATIONS", "NewerRegister", "Revision", "configuration", "known_revision", "revision", "upgrade"]
