"""Files as people hand them in: the bytes once, by their hash, and which answer brought them under which name."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from sqlalchemy import LargeBinary, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, col

from models.base import Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlmodel import Session


class FileContent(Row, table=True):
    """The bytes of a file, kept once for all that refer to them and written together with the first that does.

    The journal holds the hash only, in the rows that refer here; `models.verify` sees that the bytes still fit it.
    """

    __tablename__ = "file_content"

    sha256: str = Field(primary_key=True)
    size: int  # bytes
    content: bytes = Field(sa_type=LargeBinary)


class Attachment(Row, table=True):
    """A file that belongs to one version of an answer."""

    id: str = Field(primary_key=True)  # ANSWER!NUMBER
    cycle_id: str = Field(foreign_key="cycle.id", index=True)
    answer_id: str = Field(foreign_key="answer.id", index=True)
    number: int  # its place among the answer's files, from 1
    name: str  # as it is shown and saved, cleaned
    media_type: str
    size: int  # bytes
    sha256: str = Field(foreign_key="file_content.sha256", index=True)


def file_hash(content: bytes) -> str:
    """What a file is known by."""
    return hashlib.sha256(content).hexdigest()


def keep_content(session: Session, sha256: str, content: bytes) -> None:
    """Write the bytes if nobody has yet; two who bring the same file at once do not stand in each other's way.

    What was disposed of and is handed in anew is there again.
    """
    insert = (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert
    values = {"sha256": sha256, "size": len(content), "content": content}
    held = insert(FileContent).values(values)
    empty = col(FileContent.content) == b""
    session.execute(held.on_conflict_do_update(index_elements=["sha256"], set_={"content": content}, where=empty))


CHANGED = "changed behind the register's back"


def content_faults(
    session: Session, said: Mapping[str, Mapping[str, Mapping[str, Any]]], received: Iterable[tuple[str, int]]
) -> Iterator[str]:
    """What is wrong with the files that the journal tells of: gone, or no longer what was handed in.

    `said` is the state that the journal describes: table, key, columns; `received` are hash and size of what came with
    letters, which the journal knows by a commitment alone. What was disposed of by a decision that the journal knows is
    not missed.
    """
    disposed = {row["sha256"] for row in said.get("disposal", {}).values() if row["sha256"]}
    attached = ((row["sha256"], row["size"]) for row in said.get("attachment", {}).values())
    documents = ((row["file"], row["size"]) for row in said.get("document", {}).values() if row["file"])
    for sha256, size in sorted({*attached, *documents, *received}):
        kept = select(col(FileContent.content), col(FileContent.size)).where(col(FileContent.sha256) == sha256)
        found = session.execute(kept).one_or_none()
        if found is None:
            yield f"file_content {sha256}: the file is gone"
            continue
        content, counted = found
        gone = sha256 in disposed and content == b""
        whole = gone or (file_hash(content) == sha256 and len(content) == size)
        if not whole or counted != size:
            yield f"file_content {sha256}: {CHANGED}"
