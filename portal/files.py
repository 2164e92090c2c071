"""Files on pages: what they are called, why one is not taken, and how they are given out."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from babel.numbers import format_decimal
from starlette.responses import Response

from config.uploads import MEGABYTE
from engine.documents.refusals import Refusal
from notifications.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.requests import Request

    from config.uploads import UploadLimits
    from portal.words import Words
    from tasks.documents import AnyFile

KILOBYTE = 1024
NOT_MODIFIED = 304
CSP_OF_A_FILE = "sandbox; default-src 'none'"
"""A file is saved and not shown; should a browser show it all the same, nothing in it does anything."""
TYPES = {
    "application/pdf": N_("PDF"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": N_("Word (DOCX)"),
    "application/vnd.oasis.opendocument.text": N_("OpenDocument (ODT)"),
    "text/plain": N_("text"),
}
REFUSALS = {
    Refusal.EMPTY: N_("“%(name)s” is empty. Choose the file again, or another one."),
    Refusal.TOO_LARGE: N_("“%(name)s” is too large: at most %(file)s for one file."),
    Refusal.TOO_MANY: N_("“%(name)s” is one file too many: at most %(files)s with one answer."),
    Refusal.TOGETHER_TOO_LARGE: N_("There is no room for “%(name)s”: at most %(total)s for all files together."),
    Refusal.TYPE: N_("“%(name)s” is of a type that is not taken%(found)s. Save it as PDF, DOCX, ODT or plain text."),
    Refusal.NOT_UTF8: N_("“%(name)s” is no text in UTF-8. Save it with the encoding UTF-8, or as PDF."),
    Refusal.DAMAGED: N_("“%(name)s” is damaged or not complete. Open it, save it anew and try again."),
    Refusal.MACROS: N_("“%(name)s” contains macros. Save it without them, or as PDF."),
    Refusal.LOCKED: N_("“%(name)s” is protected by a password. Save it without one."),
    Refusal.SWELLS: N_("“%(name)s” becomes far too large when it is unpacked. Save it as PDF."),
    Refusal.HIDDEN: N_("“%(name)s” contains something that does not belong in it. Save it as PDF, and try again."),
}
"""What is wrong with a file, and what to do about it."""
LONGEST_NAME = 80


@dataclass(frozen=True)
class ShownFile:
    """A file in a list, with its address."""

    name: str
    about: str  # type and size: `PDF, 1.4 MB`
    sha256: str
    address: str


def shown_files(files: Iterable[AnyFile], folder: str, say: Words) -> list[ShownFile]:
    """Files in a list; `folder` is the address that their hashes are put behind."""
    return [ShownFile(file.name, about(file, say), file.sha256, f"{folder}/{file.sha256}") for file in files]


def about(file: AnyFile, say: Words) -> str:
    """Type and size of a file."""
    return f"{say(TYPES[file.media_type])}, {size_words(file.size, say.language)}"


def size_words(size: int, language: str) -> str:
    """A size in bytes as people say it; a megabyte is 1024 kilobytes."""
    if size >= MEGABYTE:
        return f"{format_decimal(round(size / MEGABYTE, 1), locale=language)} MB"
    return f"{format_decimal(max(1, round(size / KILOBYTE)), locale=language)} kB"


def refusal_words(given: str, refusal: Refusal, detail: str, limits: UploadLimits, say: Words) -> str:
    """Why a file is not taken, with its name as far as it can be shown."""
    sizes = {"file": limits.file_bytes, "total": limits.total_bytes}
    return say(
        REFUSALS[refusal], name=_plain(given)[:LONGEST_NAME], files=limits.files,
        found=f" ({detail})" if detail else "",
        **{name: size_words(size, say.language) for name, size in sizes.items()},
    )  # fmt: skip


def _plain(given: str) -> str:
    """A name as it was given, without folders and without signs that are not seen."""
    base = given.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in base if unicodedata.category(sign)[0] != "C").strip()


def give_out(request: Request, file: AnyFile, content: bytes, *, public: bool) -> Response:
    """A file to be saved (RFC 6266). What is public may be asked for again with its hash; the rest is kept nowhere."""
    headers = {
        "Content-Disposition": disposition(file.name),
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": CSP_OF_A_FILE,
        "Cache-Control": "public, no-cache" if public else "no-store",
        "ETag": f'"{file.sha256}"',
    }
    if public and _known(request, file.sha256):
        return Response(status_code=NOT_MODIFIED, headers=headers)
    charset = "; charset=utf-8" if file.media_type == "text/plain" else ""
    return Response(content, headers={**headers, "Content-Type": f"{file.media_type}{charset}"})


def _known(request: Request, sha256: str) -> bool:
    """Whether the browser has the file already (RFC 9110, 13.1.2)."""
    tags = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    return f'"{sha256}"' in tags or "*" in tags


def disposition(name: str) -> str:
    """`attachment` with a name: for old programs in ASCII, for all others as it is (RFC 8187)."""
    decomposed = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    ascii_name = "".join(sign if sign.isalnum() or sign in " ._-()," else "_" for sign in decomposed).strip()
    return f"attachment; filename=\"{ascii_name or 'document'}\"; filename*=UTF-8''{quote(name, safe='')}"
