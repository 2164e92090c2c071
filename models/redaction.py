"""What is withheld from the public record: the register keeps it, and the record says that something is missing."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from models.base import PERSONAL, SECRET, Instant, Row


class Redaction(Row, table=True):
    """A passage, or the whole of an answer's words or of a document, that the public does not see; with the ground.

    The passage itself is what must not be seen, so the journal holds a commitment to it.
    """

    id: str = Field(primary_key=True)  # CYCLE/redaction-NUMBER
    cycle_id: str = Field(foreign_key="cycle.id", index=True)
    number: int
    answer_id: str | None = Field(default=None, foreign_key="answer.id", index=True)
    document_id: str | None = Field(default=None, foreign_key="document.id", index=True)
    passage: str = Field(default="", sa_column_kwargs=PERSONAL)  # empty: the whole
    ground: str  # the rule that it is withheld by, such as OSL 21:7
    made_at: datetime = Field(sa_type=Instant)
    lifted_at: datetime | None = Field(default=None, sa_type=Instant)
    lifted_for: str = ""  # why it is shown again
    salt: str = Field(sa_column_kwargs=SECRET)
