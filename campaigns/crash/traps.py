"""Lays a trap in this process, around the product's own steps: the database, the mail server, passes in Prefect."""

from __future__ import annotations

import threading
from email import message_from_bytes
from functools import wraps
from typing import TYPE_CHECKING, Any, NoReturn

from aiosmtplib import SMTP
from sqlalchemy import Connection, Engine, event
from sqlalchemy.pool import Pool

from campaigns.crash.boundaries import RECORDED, Boundary, Trap
from models import driver
from notifications import transport
from notifications.outbox import Mailer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

WRITES = ("INSERT", "UPDATE", "DELETE")
JOURNAL = "INSERT INTO journal "
WROTE = "crash_wrote"
"""Under which a connection remembers what its transaction has written: nothing, notes, or a change."""


def lay(trap: Trap) -> None:
    """Around everything that the worker and the portal have in common."""
    _around_commits(trap)
    _around_sending(trap)
    _around_recording(trap)


def _around_commits(trap: Trap) -> None:
    """Transactions that write. What only reads and is committed all the same, changes nothing by its end."""
    committed = threading.local()

    @event.listens_for(Engine, "after_cursor_execute")
    def executed(connection: Connection, cursor: Any, statement: str, *_: object) -> None:
        if statement.startswith(WRITES) and cursor.rowcount != 0:
            connection.info.setdefault(WROTE, False)

    execute = driver.execute

    @wraps(execute)
    def executing(connection: Connection, text: str, values: Any) -> Any:
        if text.startswith(WRITES):
            connection.info[WROTE] = text.startswith(JOURNAL) or connection.info.get(WROTE, False)
        return execute(connection, text, values)

    driver.execute = executing

    @event.listens_for(Engine, "commit")
    def committing(connection: Connection) -> None:
        committed.change = connection.info.pop(WROTE, None)
        if committed.change is not None:
            trap.cross(Boundary.CHANGE_WRITTEN if committed.change else Boundary.NOTE_WRITTEN)

    @event.listens_for(Engine, "rollback")
    def rolled_back(connection: Connection) -> None:
        connection.info.pop(WROTE, None)

    @event.listens_for(Pool, "checkin")
    def after(*_: object) -> None:
        change, committed.change = getattr(committed, "change", None), None
        if change is not None:
            trap.cross(Boundary.CHANGE_COMMITTED if change else Boundary.NOTE_COMMITTED)


def _around_sending(trap: Trap) -> None:
    """The library's own conversation with the mail server."""

    class Trapped(SMTP):
        async def rcpt(self, *args: Any, **options: Any) -> Any:
            trap.cross(Boundary.BEFORE_RCPT)
            return await super().rcpt(*args, **options)

        async def data(self, message: Any, **options: Any) -> Any:
            raw = message.encode() if isinstance(message, str) else message
            trap.cross(Boundary.BEFORE_DATA, str(message_from_bytes(raw)["Message-ID"]))
            response = await super().data(message, **options)
            trap.cross(Boundary.MAIL_ACCEPTED)
            return response

    transport.SMTP = Trapped  # type: ignore[attr-defined]


def _around_recording(trap: Trap) -> None:
    """Which mails are over: a crash after this repeats none of them."""
    record = Mailer._record  # noqa: SLF001

    @wraps(record)
    def recorded(self: Mailer, name: str, results: Any, tally: Any) -> None:
        record(self, name, results, tally)
        if results:
            trap.note(RECORDED, *(notice_id for notice_id, _ in results))

    Mailer._record = recorded  # type: ignore[method-assign]  # noqa: SLF001


def lay_in_prefect(trap: Trap) -> None:
    """Around the worker's word with Prefect. What Prefect is told by environment must have been set before."""
    from prefect.exceptions import Pause

    from engine import prefect_flows
    from engine.dispatcher import Dispatcher

    suspend = prefect_flows.suspend

    @wraps(suspend)
    def suspending(message: str) -> NoReturn:
        trap.cross(Boundary.BEFORE_SUSPENDING)
        try:
            suspend(message)
        except Pause:
            trap.cross(Boundary.SUSPENDED)
            raise

    prefect_flows.suspend = suspending
    Dispatcher._start = _resuming(trap, Dispatcher._start)  # type: ignore[method-assign]  # noqa: SLF001


def _resuming(trap: Trap, start: Callable[..., Awaitable[None]]) -> Any:
    @wraps(start)
    async def resuming(self: Any, claim: Any) -> None:
        trap.cross(Boundary.BEFORE_RESUMING)
        await start(self, claim)
        trap.cross(Boundary.RESUMED)

    return resuming
