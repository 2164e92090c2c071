"""Which addresses mail is taken for: those that codes lead to, and no others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.tokens import CodePurpose
from notifications.codes import find_code
from notifications.sender import BOUNCES, REPLIES

if TYPE_CHECKING:
    from sqlmodel import Session

PURPOSES = {REPLIES: CodePurpose.REPLY, BOUNCES: CodePurpose.BOUNCE}


@dataclass(frozen=True)
class Destination:
    """Where a mail belongs."""

    purpose: CodePurpose
    cycle_id: str
    subject_id: str  # an assignment for a reply, a notice for a bounce


def destination(session: Session, address: str, domain: str) -> Destination | None:
    """Where an address leads; None for one that we never gave out. Case does not matter: servers may change it."""
    local, _, given_domain = address.strip().lower().rpartition("@")
    name, _, code = local.partition("+")
    purpose = PURPOSES.get(name)
    if purpose is None or given_domain != domain.lower() or not code:
        return None
    found = find_code(session, code, purpose)
    return Destination(purpose, found.cycle_id, found.subject_id) if found else None
