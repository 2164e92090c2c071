"""What a restored register must not still believe: who holds what, and what Prefect shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, update

from models.account import DeskSession, SignIn, SystemMail
from models.journal import PhaseRun
from models.notice import Delivery

if TYPE_CHECKING:
    from models.register import Register

NOBODY = {"lease_owner": None, "lease_until": 0.0}


def release(register: Register) -> None:
    """Let go of all that processes held when the backup was made, and forget Prefect's runs and people's sessions.

    Phases get new runs, or the old ones when Prefect still has them. Whoever was signed in to the desk signs in again:
    a session that was ended after the backup must not come back.
    """
    with register.operate() as session:
        for table in (Delivery, SystemMail):
            session.execute(update(table).values(**NOBODY))
        unseen = {"flow_run_id": None, "artifact_id": None, "stale": True, "not_before": 0.0}
        session.execute(update(PhaseRun).values(**NOBODY, **unseen))
        for gone in (DeskSession, SignIn):
            session.execute(delete(gone))
