"""`samsyn doctor`: what is misconfigured, and how to mend it."""

from __future__ import annotations

import shutil
import smtplib
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, func, select

from config.mailserver import Security
from config.secret import FILE as KEY_FILE
from engine.prefect_settings import api_url
from engine.services import development_mailbox
from models.notice import Delivery, DeliveryStatus
from models.phase import Phase
from models.register import Register, table_names
from models.tables import JOURNALED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from config.settings import Settings

SQLITE = "sqlite:///"
LITTLE_SPACE = 500 * 2**20
"""Bytes on the disk below which a person should act."""


@dataclass(frozen=True)
class Examined:
    """One thing that was looked at."""

    what: str
    well: bool
    said: str
    mend: str = ""


def examine(settings: Settings, now: datetime) -> list[Examined]:
    """Look at everything that Samsyn needs; nothing is changed."""
    return [
        _python(),
        _disk(settings),
        _key(settings),
        *_register(settings, now),
        _mail(settings),
        _prefect(settings),
        _portal(settings),
    ]


def _python() -> Examined:
    version = ".".join(str(part) for part in sys.version_info[:3])
    well = sys.version_info >= (3, 11)
    return Examined("python", well, version, "" if well else "Install Python 3.11, 3.12 or 3.13.")


def _disk(settings: Settings) -> Examined:
    folder = next(place for place in (settings.data_dir, *settings.data_dir.absolute().parents) if place.exists())
    free = shutil.disk_usage(folder).free
    said = f"{free / 2**30:.1f} GiB free at {settings.data_dir}"
    return Examined(
        "disk", free > LITTLE_SPACE, said, "" if free > LITTLE_SPACE else "Make room, or set SAMSYN_DATA_DIR."
    )


def _key(settings: Settings) -> Examined:
    if settings.secret_key is not None:
        return Examined("secret key", well=True, said="from the settings")
    path = settings.data_dir / KEY_FILE
    if not path.exists():
        return Examined("secret key", well=True, said="none yet; it is made at the first start")
    shared = path.stat().st_mode & 0o077
    mend = f"chmod 600 {path}" if shared else ""
    return Examined("secret key", not shared, f"{path}, {'readable by others' if shared else 'for its owner'}", mend)


def _register(settings: Settings, now: datetime) -> Iterator[Examined]:
    file = settings.database_url.removeprefix(SQLITE)
    if settings.database_url.startswith(SQLITE) and not Path(file).exists():  # looking would make it
        yield Examined("register", well=True, said=f"{settings.database_url}: none yet; it is made at the first start")
        return
    register = Register(settings.database_url)
    shown = register.engine.url.render_as_string(hide_password=True)
    try:
        missing = {str(table.__tablename__) for table in JOURNALED} - table_names(register)
        if missing:
            yield Examined("register", well=True, said=f"{shown}: empty; the tables are made at the first start")
            return
        yield Examined("register", well=True, said=shown)
        yield from _work(register, now)
    except SQLAlchemyError as broken:
        yield Examined(
            "register", well=False, said=f"{shown}: {broken.__class__.__name__}", mend="See SAMSYN_DATABASE_URL."
        )
    finally:
        register.close()


def _work(register: Register, now: datetime) -> Iterator[Examined]:
    with register.read() as session:
        waiting = session.exec(select(func.count()).where(col(Phase.wake_at).is_not(None))).one()
        due = session.exec(select(func.count()).where(col(Phase.wake_at) <= now)).one()
        failed = session.exec(select(func.count()).where(col(Delivery.status) == DeliveryStatus.FAILED)).one()
        queued = session.exec(select(func.count()).where(col(Delivery.status) == DeliveryStatus.QUEUED)).one()
    yield Examined("phases", well=True, said=f"{waiting} waiting, {due} due now")
    mend = "" if not failed else "Some addresses do not work; see the coordinator's list."
    yield Examined("mail queue", not failed, f"{queued} queued, {failed} undeliverable", mend)


def _mail(settings: Settings) -> Examined:
    server = settings.smtp or development_mailbox(settings)
    where = f"{server.security}://{server.host}:{server.port}"
    kind = smtplib.SMTP_SSL if server.security is Security.TLS else smtplib.SMTP
    try:
        with kind(server.host, server.port, timeout=5) as smtp:
            smtp.noop()
    except (OSError, smtplib.SMTPException) as unreachable:
        mend = "Start it with: samsyn up" if settings.smtp is None else "See SAMSYN_SMTP_URL."
        return Examined("mail server", well=False, said=f"{where}: {unreachable}", mend=mend)
    return Examined("mail server", well=True, said=where)


def _prefect(settings: Settings) -> Examined:
    return _answers("Prefect", f"{api_url(settings)}/health", "Start it with: samsyn up, or see PREFECT_API_URL.")


def _portal(settings: Settings) -> Examined:
    address = f"http://{settings.portal_host}:{settings.portal_port}/healthz"
    return _answers("portal", address, "Start it with: samsyn portal, or samsyn up.")


def _answers(what: str, address: str, mend: str) -> Examined:
    try:
        code = httpx.get(address, timeout=5).status_code
    except httpx.HTTPError as unreachable:
        return Examined(what, well=False, said=f"{address}: {unreachable}", mend=mend)
    return Examined(what, code == httpx.codes.OK, f"{address} answers {code}", "" if code == httpx.codes.OK else mend)
