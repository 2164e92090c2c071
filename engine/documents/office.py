"""DOCX and ODT: archives with known parts, without macros, whose XML declares no entities.

Sources: ECMA-376 part 2 (Open Packaging Conventions), OpenDocument 1.3 part 2 (packages).
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax import ContentHandler, SAXException

from defusedxml import DefusedXmlException
from defusedxml.sax import parseString

from config.uploads import MEGABYTE
from engine.documents.archive import MOST_UNPACKED, is_packed, unpacked
from engine.documents.refusals import FileRefused, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from xml.sax.xmlreader import AttributesImpl

TYPES_PART = "[Content_Types].xml"
WORD_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
SHEET_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
ODT_TYPE = b"application/vnd.oasis.opendocument.text"
MOST_SHEETS = 30 * MEGABYTE
"""Of a workbook when it is unpacked: many times what twenty thousand people need."""
MANIFEST = "META-INF/manifest.xml"
EMBEDDED = "word/embeddings/"
"""Where a DOCX keeps other office documents, such as the sheet behind a diagram."""
MACRO_PARTS = ("vbaproject.bin", "vbadata.xml", "vbaprojectsignature.bin")
MACRO_FOLDERS = ("basic/", "scripts/")
"""Where an ODT keeps its macros."""


class Types(ContentHandler):
    """The types of a package's parts: by part name, and by extension."""

    def __init__(self) -> None:
        super().__init__()
        self.overrides: dict[str, str] = {}
        self.defaults: dict[str, str] = {}

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 - the library's name
        """A declaration."""
        kind = attrs.get("ContentType", "")
        if name.endswith("Override"):
            self.overrides[attrs.get("PartName", "").lstrip("/")] = kind
        elif name.endswith("Default"):
            self.defaults[attrs.get("Extension", "")] = kind

    @property
    def all(self) -> list[str]:
        """Every type that is declared."""
        return [*self.overrides.values(), *self.defaults.values()]


def check_docx(content: bytes) -> None:
    """See that an archive is a Word document without macros.

    Raises:
        FileRefused: it is not, or not only.
    """
    parts = unpacked(content)
    main = _main_parts(parts, WORD_MAIN)
    if "_rels/.rels" not in parts:
        raise FileRefused(Refusal.DAMAGED)
    _check_parts(parts, main)


def check_xlsx(content: bytes) -> None:
    """See that an archive is a workbook without macros.

    Raises:
        FileRefused: it is not, or not only.
    """
    parts = unpacked(content, most=MOST_SHEETS)
    main = _main_parts(parts, SHEET_MAIN)
    _check_parts(parts, main)


def check_odt(content: bytes) -> None:
    """See that an archive is a text of OpenDocument without macros.

    Raises:
        FileRefused: it is not, or not only.
    """
    parts = unpacked(content)
    _see_that_there_are_no_macros(parts)
    if parts.get("mimetype") != ODT_TYPE:
        raise FileRefused(Refusal.TYPE, ".zip")
    if MANIFEST not in parts or "content.xml" not in parts:
        raise FileRefused(Refusal.DAMAGED)
    if b"encryption-data" in parts[MANIFEST]:
        raise FileRefused(Refusal.LOCKED)
    _check_parts(parts, ["content.xml"])


def _check_parts(parts: Mapping[str, bytes], main: list[str]) -> None:
    """Every part that is XML can be read; no part is an archive, but for documents that Word embeds."""
    left = MOST_UNPACKED - sum(map(len, parts.values()))
    for name, content in parts.items():
        if name.endswith((".xml", ".rels")) or name in main:
            _read_xml(content, ContentHandler())
        elif is_packed(content):
            if not name.startswith(EMBEDDED):
                raise FileRefused(Refusal.HIDDEN, name[:80])
            left -= _check_embedded(content, left)


def _check_embedded(content: bytes, most: int) -> int:
    """An embedded document is an office document too; one level deep. Returns its size when unpacked."""
    inner = unpacked(content, most=max(most, 0))
    _see_that_there_are_no_macros(inner)
    if TYPES_PART not in inner or any(map(is_packed, inner.values())):
        raise FileRefused(Refusal.HIDDEN, EMBEDDED)
    types = Types()
    _read_xml(inner[TYPES_PART], types)
    if any("macroenabled" in kind.lower() for kind in types.all):
        raise FileRefused(Refusal.MACROS)
    return sum(map(len, inner.values()))


def _see_that_there_are_no_macros(parts: Mapping[str, bytes]) -> None:
    for name in map(str.lower, parts):
        if name.rpartition("/")[2] in MACRO_PARTS or (name.startswith(MACRO_FOLDERS) and not name.endswith("/")):
            raise FileRefused(Refusal.MACROS)


def _read_xml(content: bytes, handler: ContentHandler) -> None:
    """Read XML to its end; entities, document types and addresses outside are refused (CWE-611, CWE-776)."""
    try:
        parseString(content, handler, forbid_dtd=True)
    except DefusedXmlException as unsafe:
        raise FileRefused(Refusal.HIDDEN, "DTD") from unsafe
    except (SAXException, ValueError, LookupError, AssertionError) as broken:
        raise FileRefused(Refusal.DAMAGED) from broken


def _other_office(types: Types) -> str:
    """The extension of another program's file, where it is one."""
    known = {"spreadsheetml": ".xlsx", "presentationml": ".pptx", "wordprocessingml.template": ".dotx"}
    return next((extension for mark, extension in known.items() if any(mark in kind for kind in types.all)), ".zip")


def _main_parts(parts: Mapping[str, bytes], kind: str) -> list[str]:
    """The names of the parts that make an Office package what it says (ECMA-376 part 2, 10.1).

    Raises:
        FileRefused: it holds macros, is something else, or lacks what it names.
    """
    _see_that_there_are_no_macros(parts)
    if TYPES_PART not in parts:
        raise FileRefused(Refusal.TYPE, ".zip")
    types = Types()
    _read_xml(parts[TYPES_PART], types)
    if any("macroenabled" in one.lower() for one in types.all):
        raise FileRefused(Refusal.MACROS)
    main = [part for part, said in types.overrides.items() if said == kind]
    if not main:
        raise FileRefused(Refusal.TYPE, _other_office(types))
    if any(part not in parts for part in main):
        raise FileRefused(Refusal.DAMAGED)
    return main
