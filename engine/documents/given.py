"""A file that has been handed in and found good."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.documents.names import shown_name
from engine.documents.refusals import FileRefused, Refusal
from engine.documents.types import recognised
from models.files import file_hash

if TYPE_CHECKING:
    from config.uploads import UploadLimits


@dataclass(frozen=True)
class GivenFile:
    """A file with its cleaned name and its recognised type; `content` is None where the bytes are kept already."""

    name: str
    media_type: str
    size: int  # bytes
    sha256: str
    content: bytes | None = None

    @property
    def bare(self) -> GivenFile:
        """The same without its bytes."""
        return replace(self, content=None)


def take_file(name: str, content: bytes, limits: UploadLimits) -> GivenFile:
    """Look a file over.

    Raises:
        FileRefused: it is not taken.
    """
    if len(content) > limits.file_bytes:
        raise FileRefused(Refusal.TOO_LARGE)
    found = recognised(content)
    return GivenFile(
        shown_name(name, found.extension), found.media_type, len(content), file_hash(content), content
    )  # fmt: skip


def room_for(held: tuple[GivenFile, ...], new: GivenFile, limits: UploadLimits) -> Refusal | None:
    """Why one file more is too much, or nothing."""
    if len(held) >= limits.files:
        return Refusal.TOO_MANY
    if sum(file.size for file in held) + new.size > limits.total_bytes:
        return Refusal.TOGETHER_TOO_LARGE
    return None
