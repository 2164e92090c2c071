"""What has been disposed of, as the record says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from config.calendars import PLACES
from engine.record.parts import DisposalRecord
from models.assignment import Document
from models.disposal import Disposal

if TYPE_CHECKING:
    from sqlmodel import Session

    from models.cycle import Cycle


def disposals_of(session: Session, cycle: Cycle) -> tuple[DisposalRecord, ...]:
    """Every disposal, oldest first."""
    made = select(Disposal, Document.title).outerjoin(Document, col(Document.id) == col(Disposal.document_id))
    mine = made.where(col(Disposal.cycle_id) == cycle.id).order_by(col(Disposal.number))
    zone = PLACES[cycle.place]
    return tuple(
        DisposalRecord(row.number, str(row.what), title or "", row.sha256, row.count, row.decision, zone.today(row.at))
        for row, title in session.exec(mine)
    )
