"""A register in PostgreSQL: how connections to it are opened, and which of its refusals can be tried again."""

from __future__ import annotations

from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event, make_url
from sqlalchemy.exc import InvalidatePoolError

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect, Engine
    from sqlalchemy.exc import DBAPIError
    from sqlalchemy.pool import ConnectionPoolEntry

CLIENT: dict[str, Any] = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""How soon we notice that the server's host is gone: half a minute. libpq's names; seconds, and the last in ms."""
SERVER = {
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "20s",
    "idle_in_transaction_session_timeout": "5min",
    "lock_timeout": "30s",
}
"""How soon the server notices that ours is, and lets go of what it had locked; by default that takes two hours. A
process that was stopped in the middle of a change may keep others waiting for five minutes; a writer waits for a lock
as long as on SQLite."""
TRY_AGAIN = {
    "40001",  # serialization_failure
    "40P01",  # deadlock_detected
    "55P03",  # lock_not_available
}
"""SQLSTATEs that say that others write (PostgreSQL's documentation, appendix A)."""
IDLE = 1.0
"""Seconds after which a connection that nobody has used is asked whether it is still there: a round trip each time."""
PUT_BY = "samsyn_put_by"
SNAPSHOT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
"""Execution options of a reader: what it sees stays as it was when it began."""


def open_engine(url: str, connections: int) -> Engine:
    """Connections that notice when the other end is gone; what the address itself says of them stands."""
    said = make_url(url).query
    ours = {name: value for name, value in CLIENT.items() if name not in said}
    options = " ".join(f"-c {name}={value}" for name, value in SERVER.items())
    theirs = said.get("options", "")
    arguments = {**ours, "options": f"{options} {theirs}".strip()}
    engine = create_engine(url, max_overflow=connections, connect_args=arguments)
    event.listen(engine, "checkin", _put_by)
    event.listen(engine, "checkout", partial(_ask_whether_it_is_there, engine.dialect))
    return engine


def _put_by(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info[PUT_BY] = monotonic()


def _ask_whether_it_is_there(dialect: Dialect, connection: Any, record: ConnectionPoolEntry, _fairy: Any) -> None:
    """Where this one is gone, the pool takes new connections in the place of all that it has."""
    if monotonic() - record.info.get(PUT_BY, monotonic()) < IDLE:
        return
    known: Any = dialect.loaded_dbapi
    try:
        dialect.do_ping(connection)
    except known.Error as gone:
        raise InvalidatePoolError from gone


def can_be_tried_again(refused: DBAPIError) -> bool:
    """Whether it was refused only because others were writing."""
    return getattr(refused.orig, "sqlstate", None) in TRY_AGAIN


__all__ = ["SNAPSHOT", "can_be_tried_again", "open_engine"]
