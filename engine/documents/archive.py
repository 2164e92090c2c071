"""Archives: every member is unpacked with a limit before anything in it is believed.

The headers of an archive are claims. So the members' places are compared with each other, and sizes and checksums are
taken from what comes out (PKWARE APPNOTE 6.3.10, 4.3 and 4.4).
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from config.uploads import MEGABYTE
from engine.documents.refusals import FileRefused, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_MEMBERS = 2_000
MOST_UNPACKED = 100 * MEGABYTE
MOST_RATIO = 150
"""Times that content may be larger than what is stored, counted from a megabyte on; Deflate reaches 1032."""
CHUNK = 64 * 1024
LOCAL = struct.Struct("<4s5H3I2H")
LOCAL_SIGNATURE = b"PK\x03\x04"
END_SIGNATURE = b"PK\x05\x06"
END_SIZE = 22
FILE_KIND, LINK = 0o170000, 0o120000
"""Of the Unix mode in the external attributes (4.4.15)."""
MOST_BETWEEN = 24
"""Bytes between two members: a data descriptor (4.3.9)."""
PACKED = (b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"BZh", b"\xfd7zXZ\x00")
"""How archives begin."""


@dataclass(frozen=True)
class Member:
    """A file in an archive, and where it lies."""

    name: str
    start: int  # of its local header
    content_at: int
    info: zipfile.ZipInfo

    @property
    def end(self) -> int:
        """Where its packed content ends."""
        return self.content_at + self.info.compress_size


def unpacked(content: bytes, *, most: int = MOST_UNPACKED) -> dict[str, bytes]:
    """The members of an archive by name, as they really are.

    Raises:
        FileRefused: it is damaged, locked, too large when unpacked, or made to be read in two ways.
    """
    members = _members(content)
    _see_that_nothing_is_hidden(content, members)
    found: dict[str, bytes] = {}
    left = most
    for member in members:
        found[member.name] = _unpack(content, member, left)
        left -= len(found[member.name])
    swollen = most - left
    if swollen > MEGABYTE and swollen > MOST_RATIO * len(content):
        raise FileRefused(Refusal.SWELLS)
    return found


def is_packed(content: bytes) -> bool:
    """Whether something is an archive itself."""
    return content.startswith(PACKED)


def _members(content: bytes) -> list[Member]:
    """The members in the order in which they lie."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError, struct.error) as broken:
        raise FileRefused(Refusal.DAMAGED) from broken
    if len(infos) > MOST_MEMBERS:
        raise FileRefused(Refusal.SWELLS)
    if not content[-END_SIZE:].startswith(END_SIGNATURE):  # something stands behind the archive
        raise FileRefused(Refusal.HIDDEN)
    return sorted((_member(content, info) for info in infos), key=lambda member: member.start)


def _member(content: bytes, info: zipfile.ZipInfo) -> Member:
    _see_that_name_is_plain(info)
    if info.flag_bits & 0x1:
        raise FileRefused(Refusal.LOCKED)
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise FileRefused(Refusal.DAMAGED)
    header = content[info.header_offset : info.header_offset + LOCAL.size]
    if len(header) < LOCAL.size or not header.startswith(LOCAL_SIGNATURE):
        raise FileRefused(Refusal.DAMAGED)
    fields = LOCAL.unpack(header)
    name_length, extra_length = fields[9], fields[10]
    name_at = info.header_offset + LOCAL.size
    encoding = "utf-8" if info.flag_bits & 0x800 else "cp437"
    if content[name_at : name_at + name_length].decode(encoding, "replace") != info.orig_filename:
        raise FileRefused(Refusal.HIDDEN, info.filename)
    return Member(info.filename, info.header_offset, name_at + name_length + extra_length, info)


def _see_that_name_is_plain(info: zipfile.ZipInfo) -> None:
    """No way out of the folder into which somebody may unpack it, and no link."""
    name = info.orig_filename
    parts = name.rstrip("/").split("/")
    leads_out = name.startswith("/") or "\\" in name or ":" in name or "\0" in name or not name
    if leads_out or any(part in ("", ".", "..") for part in parts):
        raise FileRefused(Refusal.HIDDEN, name[:80])
    if (info.external_attr >> 16) & FILE_KIND == LINK:
        raise FileRefused(Refusal.HIDDEN, name[:80])


def _see_that_nothing_is_hidden(content: bytes, members: list[Member]) -> None:
    """The members fill the archive from its first byte, one after the other, each under a name of its own."""
    names = [member.name.casefold() for member in members]
    if not members or len(set(names)) < len(names):
        raise FileRefused(Refusal.HIDDEN)
    directory = content.find(b"PK\x01\x02", members[-1].end)
    ends = [0, *(member.end for member in members)]
    starts = [*(member.start for member in members), directory]
    for end, start in zip(ends, starts, strict=True):
        if start < end:  # they overlap: the same bytes are unpacked again and again
            raise FileRefused(Refusal.SWELLS)
        if start - end > MOST_BETWEEN or (end == 0 and start != 0):
            raise FileRefused(Refusal.HIDDEN)


def _unpack(content: bytes, member: Member, most: int) -> bytes:
    """What a member holds, at most so many bytes, and with the size and the checksum that it claims."""
    out = bytearray()
    for part in _parts(content[member.content_at : member.end], member.info.compress_type):
        out += part
        if len(out) > most:
            raise FileRefused(Refusal.SWELLS)
        if len(out) > member.info.file_size:
            raise FileRefused(Refusal.DAMAGED)
    if len(out) != member.info.file_size or zlib.crc32(out) != member.info.CRC:
        raise FileRefused(Refusal.DAMAGED)
    return bytes(out)


def _parts(packed: bytes, method: int) -> Iterator[bytes]:
    if method == zipfile.ZIP_STORED:
        yield packed
        return
    inflating = zlib.decompressobj(-zlib.MAX_WBITS)
    waiting = packed
    try:
        while waiting and not inflating.eof:
            yield inflating.decompress(waiting, CHUNK)
            waiting = inflating.unconsumed_tail
    except zlib.error as broken:
        raise FileRefused(Refusal.DAMAGED) from broken
    if not inflating.eof or inflating.unused_data:
        raise FileRefused(Refusal.DAMAGED)
