"""Files as people make them, built here: small, whole, and openable by the programs that they are for."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

import docx
from pypdf import PdfWriter

if TYPE_CHECKING:
    from collections.abc import Callable

ODT_TYPE = b"application/vnd.oasis.opendocument.text"
WORD_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
TEXT = "Yttrande över planen.\n\nVi ställer oss bakom förslaget.\n".encode()
MANIFEST = (
    b'<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    b'<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text"/>'
    b"</manifest:manifest>"
)
CONTENT = (
    b'<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0">'
    b"<office:body><office:text/></office:body></office:document-content>"
)


def pdf() -> bytes:
    """A page, written by pypdf."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def word() -> bytes:
    """A document, written by python-docx."""
    document = docx.Document()
    document.add_heading("Yttrande")
    document.add_paragraph("Vi ställer oss bakom förslaget.")
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def odt() -> bytes:
    """The least that is a text of OpenDocument."""
    return packed({"mimetype": ODT_TYPE, "META-INF/manifest.xml": MANIFEST, "content.xml": CONTENT}, stored="mimetype")


def packed(members: dict[str, bytes], *, stored: str = "") -> bytes:
    """An archive of these members."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            member = zipfile.ZipInfo(name)  # of no particular day: the same members, the same bytes
            archive.writestr(member, content, zipfile.ZIP_STORED if name == stored else zipfile.ZIP_DEFLATED)
    return written.getvalue()


def members_of(content: bytes) -> dict[str, bytes]:
    """What an archive holds."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def word_with(extra: dict[str, bytes]) -> bytes:
    """The document with members added or replaced."""
    return packed({**members_of(word()), **extra})


def overlapping(copies: int = 50) -> bytes:
    """Many members that are all the same bytes, as in Fifield's bomb: the directory points to one place again."""
    inner = zlib.compressobj(9, zlib.DEFLATED, -15)
    plain = b"\0" * 1_000_000
    stored = inner.compress(plain) + inner.flush()
    crc, name = zlib.crc32(plain), b"mimetype"
    local = struct.pack(
        "<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 0x21, crc, len(stored), len(plain), len(name), 0
    )  # fmt: skip
    body = local + name + stored
    directory = b"".join(
        struct.pack(
            "<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 8, 0, 0x21, crc, len(stored), len(plain), len(name),
            0, 0, 0, 0, 0, 0,
        ) + name
        for _ in range(copies)
    )  # fmt: skip
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, copies, copies, len(directory), len(body), 0)
    return body + directory + end


def lying(content: bytes, name: str, size: int) -> bytes:
    """The archive with another size claimed for a member, in its local header and in the directory."""
    changed = bytearray(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        info = archive.getinfo(name)
    struct.pack_into("<I", changed, info.header_offset + 22, size)
    place = content.index(b"PK\x01\x02")
    while content[place + 46 : place + 46 + len(name)] != name.encode():
        place = content.index(b"PK\x01\x02", place + 4)
    struct.pack_into("<I", changed, place + 24, size)
    return bytes(changed)


def prefixed(content: bytes, before: bytes) -> bytes:
    """An archive behind something else, whose directory still fits."""
    written = io.BytesIO(before)
    written.seek(0, io.SEEK_END)
    with zipfile.ZipFile(written, "a") as archive:
        for name, member in members_of(content).items():
            archive.writestr(name, member)
    return written.getvalue()


GOOD: dict[str, Callable[[], bytes]] = {"a.pdf": pdf, "b.docx": word, "c.odt": odt, "d.txt": lambda: TEXT}
