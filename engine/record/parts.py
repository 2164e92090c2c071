"""The public record as plain values: what was promised, what was decided, and who was silent.

Everything that is said of the record, on the page, in the document and in the formats for programs, is said from here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from config.calendars import PLACES

if TYPE_CHECKING:
    from datetime import date, datetime

    from config.publicity import People, Retention
    from engine.record.matrix import Matrix, TextVersion
    from engine.record.meetings import MeetingRecord
    from models.files import Attachment
    from tasks.compilation import Compilation


@dataclass(frozen=True)
class BodyRecord:
    """A body that takes part."""

    key: str
    name: str
    ruleset: str


@dataclass(frozen=True)
class SeatRecord:
    """A seat of a body that somebody holds, and who, as far as the record may say."""

    body: str  # the body's key
    seat: str
    number: int
    person: str = ""  # tells one holder from another; empty where the record names nobody
    holder: str = ""  # the name


@dataclass(frozen=True)
class PhaseRecord:
    """How far a phase has come."""

    key: str
    title: str
    kind: str
    status: str
    opens_on: date | None  # planned
    opened_on: date | None
    closed_on: date | None
    result: str | None
    detail: str  # such as 7/9
    missing: tuple[str, ...]  # names of the bodies that did not answer
    not_yet_adopted: str | None  # the adoption that runs beside the phase, whose text it works from
    replies: bool  # whether consultees have been asked, so that there is a page of their replies


@dataclass(frozen=True)
class MilestoneRecord:
    """A promise, and what became of it."""

    key: str
    title: dict[str, str]  # by language; empty where only the key names it
    words: str | None
    edtf: str
    promise: str  # on, by, in
    inferred: bool
    earliest: date | None
    promised: date | None
    due_on: date | None
    status: str
    met_on: date | None
    missing: tuple[str, ...]  # names of the bodies that were silent


@dataclass(frozen=True)
class DecisionRecord:
    """What a body resolved."""

    id: str
    phase: str  # the phase's title
    phase_key: str
    body: str
    body_key: str
    round: int
    force: str
    outcome: str  # a position, or approved / rejected
    decided_on: date
    text: TextVersion | None
    reason: str
    tally: dict[str, int]
    paragraph: str = ""
    addition: str = ""
    reservations: str = ""
    answer: str | None = None  # the id of the answer that reported it
    files: tuple[Attachment, ...] = ()  # what came with that answer, such as an extract of the minutes


@dataclass(frozen=True)
class DocumentRecord:
    """One version of a text or a file: where it came from, and what it can be known by."""

    id: str
    key: str
    title: str
    version: int
    sha256: str
    media_type: str
    size: int  # bytes
    file_name: str
    created_at: datetime
    replaces: int | None  # the version before it
    part_of: str | None  # the id of the text that it was handed in with
    phase: str  # the title of the phase that it comes from; empty where a coordinator published it
    body: str  # who handed it in, where one body did
    reason: str  # why there is a new version
    retention: Retention
    disposed_on: date | None


@dataclass(frozen=True)
class WithheldRecord:
    """Something that the public does not see: where, and by which rule."""

    number: int
    where: str  # the text, or the body whose answer it is and the phase
    whole: bool  # all of it, and not only a passage
    ground: str
    on: date


@dataclass(frozen=True)
class DisposalRecord:
    """What was disposed of, and who decided so."""

    number: int
    what: str
    document: str  # its title, where it was one document
    sha256: str | None
    count: int
    decision: str
    on: date


@dataclass(frozen=True)
class Record:
    """Everything that the public may see of a cycle."""

    slug: str
    title: str
    language: str
    place: str
    registry_no: str | None
    coordinator: str
    coordinator_key: str
    status: str
    outcome: str | None
    begins: date
    started_at: datetime
    ended_at: datetime | None
    people: People
    bodies: tuple[BodyRecord, ...]
    phases: tuple[PhaseRecord, ...]
    milestones: tuple[MilestoneRecord, ...]
    adoptions: tuple[Matrix, ...]
    meetings: tuple[MeetingRecord, ...]
    decisions: tuple[DecisionRecord, ...]
    consultations: tuple[Compilation, ...]
    documents: tuple[DocumentRecord, ...]
    journal_entries: int
    journal_head: str  # SHA-256 of the newest entry
    changed_at: datetime  # when that entry was written
    seats: tuple[SeatRecord, ...] = ()
    withheld: tuple[WithheldRecord, ...] = ()
    disposals: tuple[DisposalRecord, ...] = field(default=())

    def cited(self, paragraph: int | None) -> str:
        """How the bodies' minutes number an item: § 71, pkt. 14."""
        return PLACES[self.place].in_minutes(paragraph) if paragraph else "–"
