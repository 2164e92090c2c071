"""PDF: what can be told without reading the pages (ISO 32000-2, 7.5)."""

from __future__ import annotations

import io
import re
import zipfile

from engine.documents.refusals import FileRefused, Refusal

HEADER = re.compile(rb"%PDF-[12]\.\d")
TRAILER = re.compile(rb"startxref\s+(\d{1,10})\s+%%EOF\s*\Z")
TAIL = 2048
"""Bytes at the end in which the trailer must stand."""
TABLE = re.compile(rb"\s*(xref\s|\d+\s+\d+\s+obj\b)")
"""How the cross-reference table begins, or the stream that holds it."""


def check_pdf(content: bytes) -> None:
    """See that a PDF has its header, its end, and its cross-reference table where it says.

    Raises:
        FileRefused: it is damaged or cut off, or it is something else at the same time.
    """
    trailer = TRAILER.search(content[-TAIL:])
    if not HEADER.match(content) or trailer is None:
        raise FileRefused(Refusal.DAMAGED)
    start = int(trailer[1])
    if not 0 < start < len(content) or not TABLE.match(content[start : start + 64]):
        raise FileRefused(Refusal.DAMAGED)
    if zipfile.is_zipfile(io.BytesIO(content)):  # both a PDF and an archive, by which program opens it
        raise FileRefused(Refusal.HIDDEN, ".zip")
