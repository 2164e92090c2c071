"""Save a draft: what has been typed and attached, from the moment it was sent, whatever is wrong with it.

A draft is no answer. It changes no state of the cycle, is not in the journal, and is shown to nobody but its writer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, bindparam, delete
from sqlalchemy.orm import defer
from sqlmodel import col, select

from config.uploads import UploadLimits
from engine.documents.given import GivenFile, room_for
from models.assignment import Assignment, AssignmentStatus
from models.cycle import Cycle, CycleStatus
from models.draft import Draft, DraftFile, draft_id
from models.files import FileContent
from models.phase import Step
from models.rows import row_by_key

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from sqlalchemy import Connection
    from sqlmodel import Session

    from engine.documents.refusals import Refusal
    from models.register import Register

DROP = (
    delete(DraftFile.__table__).where(col(DraftFile.draft_id) == bindparam("draft")),  # type: ignore[attr-defined]
    delete(Draft.__table__).where(col(Draft.id) == bindparam("draft")),  # type: ignore[attr-defined]
)
HOLD = select(Draft.revision).where(col(Draft.id) == bindparam("draft")).with_for_update()
MOST_OVERTAKEN = 10
"""Versions from other forms that are kept beside the newest."""


@dataclass(frozen=True)
class HeldDraft:
    """A draft as it stands; its files without their bytes."""

    typed: dict[str, Any]
    revision: int
    saved_at: datetime
    overtaken: tuple[dict[str, Any], ...]  # `typed` and `saved_at` of what another form saved over
    files: tuple[GivenFile, ...]


@dataclass(frozen=True)
class Save:
    """What one press of a button saves."""

    assignment_id: str
    person_id: str
    typed: dict[str, Any]
    seen: int = 0  # the revision that the form was opened with
    added: Sequence[GivenFile] = ()
    removed: frozenset[str] = frozenset()  # hashes
    begun_with: Sequence[GivenFile] = ()  # files of the present answer, which a first draft goes on from
    limits: UploadLimits = field(default_factory=UploadLimits)


@dataclass(frozen=True)
class Saved:
    """How it stands after that."""

    revision: int
    overtook: bool  # another form had been saved since this one was opened
    refused: tuple[tuple[str, Refusal], ...]  # names of files for which there was no room


def draft_of(session: Session, assignment_id: str, person_id: str) -> HeldDraft | None:
    """One person's draft of an answer."""
    found = row_by_key(session.connection(), Draft, draft_id(assignment_id, person_id))
    if found is None:
        return None
    files = tuple(_given(row) for row in _files(session, found.id, content=False))
    return HeldDraft(found.typed, found.revision, found.saved_at, tuple(found.overtaken), files)


def draft_files(session: Session, assignment_id: str, person_id: str) -> tuple[GivenFile, ...]:
    """The files of a draft with their bytes, as far as no earlier answer has brought them."""
    return tuple(_given(row) for row in _files(session, draft_id(assignment_id, person_id), content=True))


def content_of(session: Session, assignment_id: str, person_id: str, sha256: str) -> bytes | None:
    """The bytes of a file: those of a draft, or those that are kept with an answer or a document."""
    drafted = session.get(DraftFile, (draft_id(assignment_id, person_id), sha256))
    if drafted is not None and drafted.content is not None:
        return drafted.content
    kept = session.get(FileContent, sha256)
    return (kept.content or None) if kept is not None else None  # empty: disposed of


def save_draft(register: Register, save: Save, *, now: datetime) -> Saved:
    """Save what was sent. The last save wins; what another form had saved meanwhile is kept beside it."""
    with register.operate() as session:
        # Whoever saves the same draft at the same time waits here; on SQLite the transaction itself is the lock.
        session.exec(select(Assignment.id).where(col(Assignment.id) == save.assignment_id).with_for_update()).one()
        draft = session.get(Draft, draft_id(save.assignment_id, save.person_id))
        begun = draft is None
        if draft is None:
            draft = _begin(session, save, now)
        refused, changed = _change_files(session, draft.id, save)
        overtook = not begun and draft.revision != save.seen and draft.typed != save.typed
        if overtook:
            _put_aside(draft)
        elif not begun and draft.revision == save.seen:
            draft.overtaken = []  # it has been shown beside the form that is saved now
        if begun or changed or draft.typed != save.typed:
            draft.revision += 1
            draft.typed, draft.saved_at = save.typed, now
        return Saved(draft.revision, overtook, refused)


def drop_draft(session: Session, assignment_id: str, person_id: str) -> None:
    """Do away with a draft, if there is one, that has become an answer."""
    _drop_one(session.connection(), draft_id(assignment_id, person_id))


def drop_seen(connection: Connection, draft: str, revision: int) -> None:
    """Do away with a draft as it was read; one that has been saved over since then stays.

    On SQLite nobody saves while another changes the register; on PostgreSQL the two meet here, at the draft's row.
    """
    if connection.execute(HOLD, {"draft": draft}).scalar() == revision:
        _drop_one(connection, draft)


def _drop_one(connection: Connection, draft: str) -> None:
    for statement in DROP:
        connection.execute(statement, {"draft": draft})


def dispose_of_drafts(register: Register, *, now: datetime, kept_for: timedelta) -> int:
    """Do away with drafts of questions that can no longer be answered and closed so long ago; returns how many."""
    before = now - kept_for
    closed = (  # of one draft at a time: there are few of them, and very many questions
        select(Assignment.id)
        .join(Step, col(Step.id) == col(Assignment.step_id))
        .join(Cycle, col(Cycle.id) == col(Assignment.cycle_id))
        .where(col(Assignment.id) == col(Draft.assignment_id))
        .where(
            ((col(Step.settled_at) < before) & col(Step.late_until).is_(None))
            | ((col(Cycle.ended_at) < before) & (col(Cycle.status) != CycleStatus.RUNNING))
            | col(Assignment.status).in_((AssignmentStatus.WITHDRAWN, AssignmentStatus.SUPERSEDED))
        )
    )
    over = select(Draft.id).where(col(Draft.saved_at) < before, closed.exists())
    with register.read() as session:
        ids = list(session.exec(over))
    if ids:
        with register.operate() as session:
            _drop(session, col(Draft.id).in_(ids))
    return len(ids)


def _begin(session: Session, save: Save, now: datetime) -> Draft:
    draft = Draft(
        id=draft_id(save.assignment_id, save.person_id), assignment_id=save.assignment_id, person_id=save.person_id,
        revision=0, typed=save.typed, saved_at=now,
    )  # fmt: skip
    session.add(draft)
    session.flush()
    for number, given in enumerate(save.begun_with, start=1):
        session.add(_row(draft.id, number, given.bare))
    session.flush()
    return draft


def _change_files(session: Session, draft: str, save: Save) -> tuple[tuple[tuple[str, Refusal], ...], bool]:
    """Take files away and add new ones; the same content counts once."""
    if save.removed:
        gone = (col(DraftFile.draft_id) == draft) & col(DraftFile.sha256).in_(save.removed)
        session.execute(delete(DraftFile).where(gone))
    rows = _files(session, draft, content=False)
    held = [_given(row) for row in rows]
    number = max((row.number for row in rows), default=0)
    refused: list[tuple[str, Refusal]] = []
    for new in save.added:
        if any(new.sha256 == file.sha256 for file in held):
            continue
        if (why := room_for(tuple(held), new, save.limits)) is not None:
            refused.append((new.name, why))
            continue
        number += 1
        held.append(new)
        session.add(_row(draft, number, new))
    return tuple(refused), bool(save.removed) or len(held) != len(rows)


def _put_aside(draft: Draft) -> None:
    before = {"typed": draft.typed, "saved_at": draft.saved_at.isoformat()}
    draft.overtaken = [*draft.overtaken, before][-MOST_OVERTAKEN:]


def _files(session: Session, draft: str, *, content: bool) -> Sequence[DraftFile]:
    mine = select(DraftFile).where(col(DraftFile.draft_id) == draft).order_by(col(DraftFile.number))
    if not content:
        mine = mine.options(defer(DraftFile.content, raiseload=True))  # type: ignore[arg-type]
    return session.exec(mine).all()


def _given(row: DraftFile) -> GivenFile:
    content = row.__dict__.get("content")  # absent where it was not asked for
    return GivenFile(row.name, row.media_type, row.size, row.sha256, content)


def _row(draft: str, number: int, given: GivenFile) -> DraftFile:
    return DraftFile(
        draft_id=draft, sha256=given.sha256, number=number, name=given.name, media_type=given.media_type,
        size=given.size, content=given.content,
    )  # fmt: skip


def discard_of_cycle(session: Session, cycle_id: str) -> None:
    """Drop every draft of a cycle, with its files, within a change that does more."""
    of_cycle = select(Assignment.id).where(col(Assignment.cycle_id) == cycle_id)
    _drop(session, col(Draft.assignment_id).in_(of_cycle))


def _drop(session: Session, which: ColumnElement[bool]) -> None:
    drafts = select(Draft.id).where(which)
    session.execute(delete(DraftFile).where(col(DraftFile.draft_id).in_(drafts)))
    session.execute(delete(Draft).where(which))
