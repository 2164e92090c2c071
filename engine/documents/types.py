"""The types of files that are taken, recognised by their content. A name or a declared type says nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import puremagic

from engine.documents.office import check_docx, check_odt
from engine.documents.pdf import check_pdf
from engine.documents.refusals import FileRefused, Refusal
from engine.documents.text import check_text

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class FileType:
    """A type that is taken."""

    extension: str
    media_type: str
    check: Callable[[bytes], None]  # raises FileRefused


PDF = FileType(".pdf", "application/pdf", check_pdf)
DOCX = FileType(".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", check_docx)
ODT = FileType(".odt", "application/vnd.oasis.opendocument.text", check_odt)
TEXT = FileType(".txt", "text/plain", check_text)
TAKEN = (PDF, DOCX, ODT, TEXT)

ODT_MARK = b"mimetypeapplication/vnd.oasis.opendocument.text"
"""Where the first local header of a package ends: its first member's name and content (OpenDocument 1.3-2, 3.3)."""
NAME_AT = 30
"""Where the name of a zip file's first member stands (APPNOTE 4.3.7)."""
SURE = 0.5
"""From this confidence on, a signature in what could be text tells another type: HTML, RTF, PostScript."""
UTF16 = (b"\xff\xfe", b"\xfe\xff")
"""How a text begins that is in UTF-16, as some programs save it."""
WEAK = (".txt", ".csv", ".md", ".eml", "")
"""Signatures that a plain text may have."""


def recognised(content: bytes) -> FileType:
    """The type of a file that can be taken.

    Raises:
        FileRefused: it cannot.
    """
    if not content:
        raise FileRefused(Refusal.EMPTY)
    found = _by_signature(content)
    found.check(content)
    return found


def _by_signature(content: bytes) -> FileType:
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"PK\x03\x04"):
        return ODT if content[NAME_AT : NAME_AT + len(ODT_MARK)] == ODT_MARK else DOCX
    if content.startswith(UTF16):
        raise FileRefused(Refusal.NOT_UTF8)
    extension, confidence = _other_type(content)
    if extension and (confidence >= SURE or not _may_be_text(content)):
        raise FileRefused(Refusal.TYPE, extension)
    if b"\0" in content:
        raise FileRefused(Refusal.TYPE)
    return TEXT


def _may_be_text(content: bytes) -> bool:
    try:
        return "\0" not in content.decode("utf-8")
    except UnicodeDecodeError:
        return False


def _other_type(content: bytes) -> tuple[str, float]:
    """What a signature says, as an extension, and how surely; nothing for what may be a text."""
    try:
        found = puremagic.magic_string(content[: 64 * 1024])
    except (puremagic.PureError, ValueError):
        return "", 0.0
    best = next((match for match in found if match.extension not in WEAK), None)
    return (best.extension, best.confidence) if best else ("", 0.0)
