"""Verification: the journal's chain holds, the state tables are what it says they are, and files fit their hashes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, col, select

from models.added import added_by, with_added
from models.anchors import Head, head_faults
from models.assignment import Document
from models.chain import GENESIS, canonical, entry_hash
from models.cycle import Cycle
from models.files import CHANGED, Attachment, FileContent, content_faults, file_hash
from models.images import image
from models.journal import JournalEntry
from models.mail import ReceivedLetter
from models.tables import JOURNALED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path


UNREADABLE = (ValueError, KeyError, TypeError, AttributeError)
"""What comes of reading a value that nobody wrote through the register."""


@dataclass(frozen=True)
class Verification:
    """What was found in one cycle."""

    cycle: str
    entries: int
    head: str
    faults: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing was changed behind the register's back."""
        return not self.faults


def verify(
    session: Session, cycle_id: str, *, known: Iterable[Head] = (), migrations: Path | None = None
) -> Verification:
    """Recompute the chain, rebuild the rows from it, and compare; and hold it against heads that are known outside.

    `migrations` are those that the tables were made by; this version's, where it is None.
    """
    query = select(JournalEntry).where(col(JournalEntry.cycle_id) == cycle_id).order_by(col(JournalEntry.seq))
    try:
        entries = session.exec(query).all()
    except UNREADABLE as broken:
        return Verification(cycle_id, 0, GENESIS, (f"{cycle_id}: the journal cannot be read: {broken}",))
    faults = [
        *_chain_faults(cycle_id, entries),
        *head_faults(cycle_id, entries, known),
        *_state_faults(session, cycle_id, entries, migrations),
    ]
    return Verification(cycle_id, len(entries), entries[-1].hash if entries else GENESIS, tuple(faults))


def _chain_faults(cycle_id: str, entries: Any) -> Iterator[str]:
    previous = GENESIS
    if not entries:
        yield f"{cycle_id}: the journal is empty"
    for expected, entry in enumerate(entries, start=1):
        if entry.seq != expected:
            yield f"{cycle_id}: journal entry {expected} is missing before {entry.seq}"
            return
        digest = entry_hash(cycle_id, entry.seq, entry.at, entry.actor, entry.event, entry.body, previous)
        if entry.previous != previous or entry.hash != digest:
            yield f"{cycle_id}: journal entry {entry.seq} ({entry.event}) does not fit the chain"
            return
        previous = entry.hash


def rebuilt(entries: Any) -> dict[str, dict[str, dict[str, Any]]]:
    """The state that the journal describes: table, key, columns."""
    state: dict[str, dict[str, dict[str, Any]]] = {}
    for entry in entries:
        for table, key, _operation, values in json.loads(entry.body)["rows"]:
            state.setdefault(table, {}).setdefault(key, {}).update(values)
    return state


def _state_faults(session: Session, cycle_id: str, entries: Any, migrations: Path | None) -> Iterator[str]:
    try:
        said = rebuilt(entries)
    except UNREADABLE as broken:
        yield f"{cycle_id}: the journal cannot be read: {broken}"
        return
    for table in JOURNALED:
        name = str(table.__tablename__)
        try:
            rows: Sequence[Any] = session.exec(select(table).where(_scope(table) == cycle_id)).all()
        except UNREADABLE:
            yield from _unreadable(session, table, cycle_id)
            continue
        found = {row.id: json.loads(canonical(image(row, "insert")[3])) for row in rows}
        described = said.get(name, {})
        for row in rows:  # a row that was written before some of its columns were there
            if row.id in described and found[row.id].keys() - described[row.id].keys():
                described[row.id] = with_added(row, described[row.id], added_by(migrations))
        yield from _differences(name, described, found)
    yield from content_faults(session, said, _received(session, cycle_id))


def _received(session: Session, cycle_id: str) -> list[tuple[str, int]]:
    """The files that came with letters. Rows that cannot be read have been told of."""
    try:
        lists = session.exec(select(ReceivedLetter.attached).where(col(ReceivedLetter.cycle_id) == cycle_id)).all()
        return [(str(one["sha256"]), int(one["size"])) for attached in lists for one in attached]
    except UNREADABLE:
        return []


def stray_faults(session: Session) -> Iterator[str]:
    """What is wrong with files that no answer and no text refers to: bytes that nobody can have handed in.

    Such files may be there: they came with letters, or with a text that was looked over and never published. They are
    kept by their hash all the same, unless they have been disposed of.
    """
    stray = select(FileContent).where(
        col(FileContent.sha256).not_in(select(Attachment.sha256)),
        col(FileContent.sha256).not_in(select(Document.file).where(col(Document.file).is_not(None))),
    )
    for file in session.exec(stray):
        if file.content and (file_hash(file.content) != file.sha256 or len(file.content) != file.size):
            yield f"file_content {file.sha256}: {CHANGED}"


def _unreadable(session: Session, table: Any, cycle_id: str) -> Iterator[str]:
    """The columns that hold what the register could not have written."""
    for column in table.__table__.columns:
        try:
            session.exec(select(column).where(_scope(table) == cycle_id)).all()
        except UNREADABLE as broken:
            yield f"{table.__tablename__}: the column {column.name} holds what cannot be read: {broken}"


def _scope(table: Any) -> Any:
    return table.id if table is Cycle else table.cycle_id


def _differences(table: str, said: dict[str, Any], found: dict[str, Any]) -> Iterator[str]:
    for key in said.keys() - found.keys():
        yield f"{table} {key}: the row is gone"
    for key in found.keys() - said.keys():
        yield f"{table} {key}: a row that the journal does not know"
    for key in sorted(said.keys() & found.keys()):
        wrong = [c for c in found[key] if said[key].get(c) != found[key][c]]
        if wrong:
            yield f"{table} {key}: changed behind the register's back: {', '.join(sorted(wrong))}"
