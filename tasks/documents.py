"""Texts and their versions: written on a page, or handed in as files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from sqlmodel import col, select

from models.assignment import Document
from models.files import Attachment, file_hash

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel import Session

    from models.assignment import Answer, Assignment
    from models.change import Change
    from models.phase import Step
    from tasks.phase import AnyPhase


class AnyFile(Protocol):
    """What an attachment, a file of a draft and a file that is a document have in common."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def media_type(self) -> str: ...  # noqa: D102
    @property
    def size(self) -> int: ...  # noqa: D102
    @property
    def sha256(self) -> str: ...  # noqa: D102


def store_document(
    phase: AnyPhase, change: Change, key: str, *, title: str, content: str, step_id: str | None, reason: str = "",
    answer: Answer | None = None,
) -> str:  # fmt: skip
    """Keep a new version of a text; returns its id, which says key and version. `reason` is why there is a new one.

    The files of the `answer` that brought it go along, each as a document of its own that is part of the text.
    Where nothing was written, the first file is the text.
    """
    files = list(attachments_of(change.session, answer.id)) if answer else []
    itself = files.pop(0) if files and not content.strip() else None
    text = _version(phase, change, key, title, content, itself)
    text.from_step, text.reason = step_id, reason
    text.from_answer = answer.id if answer else None
    for number, file in enumerate(files, start=1):
        part = _version(phase, change, f"{key}.file-{number}", f"{title}: {file.name}", "", file)
        part.from_step, part.from_answer, part.part_of = text.from_step, text.from_answer, text.id
    return text.id


def store_file(phase: AnyPhase, change: Change, key: str, *, title: str, file: AnyFile, reason: str) -> str:
    """Keep a file, whose bytes are kept already, as the new version of a text; returns its id."""
    text = _version(phase, change, key, title, "", file)
    text.reason = reason
    return text.id


def _version(
    phase: AnyPhase, change: Change, key: str, title: str, content: str, file: AnyFile | None
) -> Document:  # fmt: skip
    """The next version under a key, which replaces the one before it."""
    held = select(Document.version).where(col(Document.cycle_id) == change.cycle.id, col(Document.key) == key)
    last = max(change.session.exec(held).all(), default=0)
    written = content.encode()
    document = Document(
        id=f"{change.cycle.id}/{key}@{last + 1}", cycle_id=change.cycle.id, key=key, version=last + 1, title=title,
        content=content, sha256=file_hash(written), size=len(written), created_at=phase.now,
        replaces=f"{change.cycle.id}/{key}@{last}" if last else None,
    )  # fmt: skip
    if file is not None:
        document.sha256 = document.file = file.sha256
        document.media_type, document.size, document.file_name = file.media_type, file.size, file.name
    return change.add(document)


def attachments_of(session: Session, answer_id: str) -> Sequence[Attachment]:
    """The files of one version of an answer, in their order."""
    mine = select(Attachment).where(col(Attachment.answer_id) == answer_id)
    return session.exec(mine.order_by(col(Attachment.number))).all()


def parts_of(session: Session, document_id: str) -> Sequence[Document]:
    """The files that were handed in with a text, in their order."""
    return session.exec(select(Document).where(col(Document.part_of) == document_id).order_by(col(Document.key))).all()


def latest(phase: AnyPhase, key: str) -> tuple[str, ...]:
    """The newest version of a text as a list of one, or nothing while there is none."""
    with phase.register.read() as session:
        newest = newest_of(session, phase.cycle.id, key)
    return (newest.id,) if newest else ()


def newest_of(session: Session, cycle_id: str, key: str) -> Document | None:
    """The newest version of a text."""
    versions = select(Document).where(col(Document.cycle_id) == cycle_id, col(Document.key) == key)
    return session.exec(versions.order_by(col(Document.version).desc())).first()


def text_of(step: Step, assignment: Assignment) -> str | None:
    """The version of the text that one assignment is about."""
    return assignment.text or (step.about[-1] if step.about else None)


def key_of(document_id: str) -> str:
    """The name of the text that a document is a version of."""
    return document_id.partition("/")[2].rpartition("@")[0]
