"""The register, and the work that waits in it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select

from engine.clock import RegisterClock
from engine.doctor.findings import broken, look, well
from engine.waiting import waiting_work
from models.journal import ClockRow, PhaseRun
from models.migrate import revision
from models.register import Register

if TYPE_CHECKING:
    from collections.abc import Iterator

    from config.settings import Settings
    from engine.doctor.findings import Examined
    from engine.waiting import Work

SQLITE = "sqlite:///"
LATE = timedelta(minutes=2)
"""How long after its look was due a phase may still be without one: the worker looks every second."""
MAIL_LATE = timedelta(minutes=15)
"""The same for mails, of which many may be due at once."""
MANY_ATTEMPTS = 3


def register(settings: Settings, now: datetime) -> Iterator[Examined]:
    """Whether it is there, whole and writable, and whether its work gets done. `now` is the machine's time."""
    file = settings.database_url.removeprefix(SQLITE)
    if settings.database_url.startswith(SQLITE) and not Path(file).exists():  # looking would make it
        yield well("register", f"{settings.database_url}: none yet; it is made at the first start")
        return
    opened = Register(settings.database_url)
    try:
        yield from _examined(opened, now)
    except SQLAlchemyError as fault:
        said = f"{_shown(opened)}: {fault.__class__.__name__}: {_first_line(fault)}"
        yield broken("register", said, "See SAMSYN_DATABASE_URL, and whether who runs Samsyn may write there.")
    finally:
        opened.close()


def _examined(opened: Register, now: datetime) -> Iterator[Examined]:
    standing, shown = revision(opened), _shown(opened)
    if not standing.known:
        mend = "Install the version that made it, or restore a backup from before the upgrade."
        yield broken("register", f"{shown}: made by a newer Samsyn (revision {standing.found})", mend)
        return
    if standing.found is None:
        yield well("register", f"{shown}: empty; the tables are made at the first start")
        return
    if not standing.current:
        said = f"{shown}: revision {standing.found}; the next start brings it to {standing.wanted}"
        yield look("register", said, "Keep a backup first: samsyn backup FILE")
        return
    _try_to_write(opened)
    yield well("register", shown)
    yield from _work(opened, now)


def _try_to_write(opened: Register) -> None:
    """Take the writer's lock and give it back."""
    with opened.writing.connect() as connection, connection.begin() as transaction:
        if connection.dialect.name == "postgresql":  # a temporary table is refused by a server that only follows
            connection.execute(text("CREATE TEMPORARY TABLE samsyn_doctor (nothing integer) ON COMMIT DROP"))
        else:
            connection.execute(text("UPDATE alembic_version SET version_num = version_num"))
        transaction.rollback()


def _work(opened: Register, now: datetime) -> Iterator[Examined]:
    with opened.read() as session:
        stepped = session.get(ClockRow, 1)
        failing = session.exec(select(PhaseRun).where(col(PhaseRun.failures) > 0)).all()
        work = waiting_work(session, RegisterClock(opened).now() if stepped else now)
    if stepped:
        said = f"a demonstration's, at {stepped.now:%Y-%m-%d %H:%M} UTC: it goes on only when somebody sets it"
        yield look("cycle clock", said, "An installation that people use must have none; begin with an empty register.")
    yield _phases(work)
    yield from (_failing(run) for run in failing)
    yield _mail_queue(work)


def _phases(work: Work) -> Examined:
    said = f"{work.waiting} waiting, {work.due} due now"
    if work.lag > LATE:
        mend = "The worker does not run, or cannot reach Prefect. Start it with: samsyn worker; see its log."
        return broken("phases", f"{said}, the first of them for {_length(work.lag)}", mend)
    return well("phases", said)


def _failing(run: PhaseRun) -> Examined:
    said = f"{run.phase_id}: its pass failed {run.failures} times: {run.last_error}"
    mend = "It is tried again by itself; see the worker's log."
    return broken("pass", said, mend) if run.failures >= MANY_ATTEMPTS else look("pass", said, mend)


def _mail_queue(work: Work) -> Examined:
    said = f"{work.queued} queued, {work.undeliverable} undeliverable"
    if work.mail_lag > MAIL_LATE:
        mend = f"See 'mail server', and whether the worker runs. {work.mail_error or ''}".strip()
        return broken("mail queue", f"{said}, the oldest due for {_length(work.mail_lag)}", mend)
    if work.undeliverable:
        return look("mail queue", said, "Some addresses do not work; coordinators see which on the desk.")
    return well("mail queue", said)


def _length(lag: timedelta) -> str:
    minutes = int(lag.total_seconds()) // 60
    return f"{minutes} minutes" if minutes < 180 else f"{minutes // 60} hours"  # noqa: PLR2004 - three hours


def _shown(opened: Register) -> str:
    return opened.engine.url.render_as_string(hide_password=True)


def _first_line(fault: SQLAlchemyError) -> str:
    return str(getattr(fault, "orig", None) or fault).partition("\n")[0]
