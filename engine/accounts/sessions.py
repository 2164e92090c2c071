"""Who is signed in: sessions in the register, so that they can be ended from here and not only by the browser."""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from models.account import Account, DeskSession
from models.register import RegisterBusy
from models.tokens import token_hash

if TYPE_CHECKING:
    from datetime import datetime

    from models.register import Register

SEEN_TO = timedelta(minutes=1)
"""How exactly it is known when somebody was last here: not every page is a write."""
MOST_SAID = 10


@dataclass(frozen=True)
class Limits:
    """How long a session lasts: without a page, and at all."""

    idle: timedelta = timedelta(hours=1)
    absolute: timedelta = timedelta(hours=12)


@dataclass(frozen=True)
class SignedIn:
    """A live session and whose it is."""

    session_id: str
    account: Account


def open_session(register: Register, account_id: str, *, via: str, now: datetime, limits: Limits) -> str:
    """Begin a session; returns what the cookie holds. Sessions that are over are cleared away."""
    token = secrets.token_urlsafe(32)
    with register.operate() as session:
        session.execute(delete(DeskSession).where(col(DeskSession.ends_at) < now))
        session.add(
            DeskSession(
                id=token_hash(token), account_id=account_id, via=via, opened_at=now, seen_at=now,
                ends_at=now + limits.absolute,
            )
        )  # fmt: skip
    return token


def find_session(register: Register, token: str, *, now: datetime, limits: Limits) -> SignedIn | None:
    """The session that a cookie opens, if it is alive and its account is not revoked."""
    if not token:
        return None
    with register.read() as session:
        found = session.get(DeskSession, token_hash(token))
        if found is None or found.ended_at is not None or found.ends_at <= now or found.seen_at + limits.idle <= now:
            return None
        account = session.get_one(Account, found.account_id)
        if account.revoked_at is not None:
            return None
    if now - found.seen_at >= SEEN_TO:
        # To have been seen is worth no failure: at the next request it is written down.
        with suppress(DBAPIError, RegisterBusy), register.operate() as session:
            session.get_one(DeskSession, found.id).seen_at = now
    return SignedIn(found.id, account)


def end_session(register: Register, session_id: str, now: datetime) -> None:
    """Sign out."""
    with register.operate() as session:
        found = session.get(DeskSession, session_id)
        if found is not None and found.ended_at is None:
            found.ended_at = now


def say_next(register: Register, session_id: str, message: dict[str, Any]) -> None:
    """Keep a message for the next page of this session; what it tells of has been done, also where it is not kept."""
    with suppress(DBAPIError, RegisterBusy), register.operate() as session:
        found = session.get_one(DeskSession, session_id)
        found.said = [*found.said, message][-MOST_SAID:]


def take_said(register: Register, session_id: str) -> list[dict[str, Any]]:
    """The messages for this page, each given out once."""
    with register.read() as session:
        found = session.get(DeskSession, session_id)
        said = list(found.said) if found else []
    if said:
        with register.operate() as session:
            session.get_one(DeskSession, session_id).said = []
    return said
