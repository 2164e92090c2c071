"""Bringing the register's tables up to date, with Alembic.

Several processes may start at once: whoever comes first does it under the database's own lock, the rest find it done.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from models.register import Register

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

MIGRATIONS = Path(__file__).parent / "migrations"
ADVISORY_LOCK = 0x5A4D5359
"""PostgreSQL's name for the lock."""


def upgrade(url: str) -> None:
    """Make the tables of the database at `url` those of this version. Does nothing where they are."""
    register = Register(url)
    try:
        with register.writing.connect() as connection, connection.begin():
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ADVISORY_LOCK})
            command.upgrade(configuration(connection), "head")
    finally:
        register.close()


def configuration(connection: Connection) -> Config:
    """Alembic's settings for one connection."""
    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS))
    settings.attributes["connection"] = connection
    return settings
