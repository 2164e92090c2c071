"""Why a file is not taken."""

from __future__ import annotations

from enum import StrEnum


class Refusal(StrEnum):
    """What is wrong with a file; a page has words for each."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"  # more bytes than one file may have
    TOO_MANY = "too_many"  # more files than one answer may have
    TOGETHER_TOO_LARGE = "together_too_large"
    TYPE = "type"  # neither PDF, DOCX, ODT nor text
    NOT_UTF8 = "not_utf8"  # a text in another encoding
    DAMAGED = "damaged"  # of the right type, and cannot be opened
    MACROS = "macros"
    LOCKED = "locked"  # by a password
    SWELLS = "swells"  # becomes too large when unpacked: an archive bomb
    HIDDEN = "hidden"  # holds what does not belong into a file of its type: two types at once, paths, archives


class FileRefused(Exception):  # noqa: N818 - it is what has happened to the file
    """A file is not taken; nothing of it is kept. `detail` names what was found, where that helps."""

    def __init__(self, refusal: Refusal, detail: str = "") -> None:
        super().__init__(f"{refusal}: {detail}" if detail else str(refusal))
        self.refusal = refusal
        self.detail = detail
