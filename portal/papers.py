"""The files and the draft behind a link: what comes with the question, what was answered, what is not sent in yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.commands.draft import draft_of
from engine.documents.given import GivenFile
from tasks.documents import attachments_of, parts_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel import Session

    from engine.commands.draft import HeldDraft
    from models.assignment import Answer, Document, Link


@dataclass(frozen=True)
class Papers:
    """Files by what they belong to, without their bytes."""

    read_first: dict[str, tuple[GivenFile, ...]]  # of the documents to read first, by the document's id
    given: tuple[GivenFile, ...]  # of the answer that counts now
    draft: HeldDraft | None  # this person's own

    @property
    def files(self) -> tuple[GivenFile, ...]:
        """The files of the form as it stands: the draft's, or those of the present answer."""
        return self.given if self.draft is None else self.draft.files

    @property
    def unsent(self) -> tuple[GivenFile, ...]:
        """The draft's files that no answer has brought: they are nobody's but their writer's."""
        sent = {file.sha256 for file in self.given}
        return tuple(file for file in self.draft.files if file.sha256 not in sent) if self.draft else ()

    def find(self, sha256: str) -> GivenFile | None:
        """One of all these files, by its hash."""
        every = (*self.files, *self.given, *(file for files in self.read_first.values() for file in files))
        return next((file for file in every if file.sha256 == sha256), None)


def load_papers(session: Session, link: Link, documents: Sequence[Document], answers: Sequence[Answer]) -> Papers:
    """What belongs to a link. Other people's drafts are not among it."""
    attached = attachments_of(session, answers[-1].id) if answers else ()
    return Papers(
        read_first={document.id: tuple(_files_of(session, document)) for document in documents},
        given=tuple(GivenFile(file.name, file.media_type, file.size, file.sha256) for file in attached),
        draft=draft_of(session, link.assignment_id, link.person_id),
    )


def _files_of(session: Session, document: Document) -> list[GivenFile]:
    """The file that a document is, and those that were handed in with it."""
    files = (as_file(part) for part in (document, *parts_of(session, document.id)))
    return [file for file in files if file is not None]


def as_file(document: Document) -> GivenFile | None:
    """A document as a file; None where it was written on a page."""
    if document.file is None:
        return None
    return GivenFile(document.file_name or document.title, document.media_type, document.size, document.file)
