"""Where the codes in addresses lead: written down before a mail that carries them is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import postgresql, sqlite

from models.mail import MailCode
from models.tokens import code_for, token_hash

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel import Session

    from models.tokens import CodePurpose

INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def store_codes(session: Session, cycle_id: str, codes: Sequence[tuple[CodePurpose, str]], secret_key: str) -> None:
    """Remember where these codes lead. Several senders may write down the same one; the first does."""
    rows = [
        {
            "code_sha256": token_hash(code_for(purpose, subject, secret_key)),
            "purpose": purpose,
            "cycle_id": cycle_id,
            "subject_id": subject,
        }
        for purpose, subject in codes
    ]
    if rows:
        insert = INSERT[session.get_bind().dialect.name]
        session.execute(insert(MailCode).values(rows).on_conflict_do_nothing())


def find_code(session: Session, code: str, purpose: CodePurpose) -> MailCode | None:
    """Where a code leads, if it was ever given out for that purpose."""
    found = session.get(MailCode, token_hash(code.strip().lower()))
    return found if found is not None and found.purpose is purpose else None
