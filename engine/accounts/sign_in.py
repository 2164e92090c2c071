"""Signing in by mail: a link that lives ten minutes and counts once.

Asking for a link takes the same work whether the address has an account or not, and says the same. Opening the link
changes nothing, because mail scanners open links; only the button on its page does.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, func
from sqlmodel import col, select

from engine.accounts.accounts import find_account
from models.account import Account, SignIn, SystemMail, SystemMailKind
from models.tokens import sign_in_token, token_hash

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from models.register import Register

LIVES = timedelta(minutes=10)
MOST_ALIVE = 5
"""Links of one account that can be used at the same time: whoever asks for more has these in the mailbox already, and
nobody is sent a hundred by somebody else."""
KEPT = timedelta(days=1)
"""How long a request is kept after it has expired."""


def ask_to_sign_in(register: Register, address: str, *, secret_key: str, now: datetime, wanted: str = "") -> None:
    """Owe the address a mail with a link, if it has an account and fewer than `MOST_ALIVE` links.

    `now` is the machine's; `wanted` is a desk page.
    """
    sign_in_id = secrets.token_urlsafe(32)
    token = sign_in_token(sign_in_id, secret_key)
    with register.operate() as session:
        session.execute(delete(SignIn).where(col(SignIn.expires_at) < now - KEPT))
        account = _to_be_mailed(session, find_account(session, address), now)
        asked = SignIn(
            id=sign_in_id, account_id=account.id if account else None, token_sha256=token_hash(token), wanted=wanted,
            asked_at=now, expires_at=now + LIVES,
        )  # fmt: skip
        session.add(asked)
        if account is not None:
            session.add(_mail(register, asked, account))


def _to_be_mailed(session: Session, account: Account | None, now: datetime) -> Account | None:
    """The account, unless it has links enough; it is counted also where there is none, which takes the same work."""
    alive = select(func.count()).where(
        col(SignIn.account_id) == (account.id if account else ""), col(SignIn.used_at).is_(None),
        col(SignIn.expires_at) > now,
    )  # fmt: skip
    return account if session.exec(alive).one() < MOST_ALIVE else None


def _mail(register: Register, asked: SignIn, account: Account) -> SystemMail:
    return SystemMail(
        id=secrets.token_urlsafe(18),
        kind=SystemMailKind.SIGN_IN,
        account_id=account.id,
        subject_id=asked.id,
        created_at=asked.asked_at,
        expires_at=asked.expires_at,
        message_id=f"<{secrets.token_urlsafe(18)}@{register.mail_domain}>",
        next_attempt_at=asked.asked_at,
    )


def usable_sign_in(session: Session, token: str, now: datetime) -> SignIn | None:
    """The request whose link ends with this token, while it can be used. Looks, and changes nothing."""
    digest = token_hash(token)
    found = session.exec(select(SignIn).where(col(SignIn.token_sha256) == digest)).first()
    if found is None or not hmac.compare_digest(found.token_sha256, digest):
        return None
    if found.used_at is not None or found.expires_at <= now or found.account_id is None:
        return None
    account = session.get_one(Account, found.account_id)
    return None if account.revoked_at is not None else found


def use_sign_in(register: Register, token: str, now: datetime) -> SignIn | None:
    """Use a link up. Of two who press its button at once, one gets in; None for the other, and for a dead link."""
    with register.operate() as session:  # the transaction writes from its beginning, so it is alone
        found = usable_sign_in(session, token, now)
        if found is not None:
            # On PostgreSQL two may have read the same row: the second waits here, and sees that it is used.
            locked = select(SignIn).where(col(SignIn.id) == found.id).with_for_update()
            found = session.exec(locked.execution_options(populate_existing=True)).one()
            if found.used_at is not None:
                return None
            found.used_at = now
        return found
