"""The record as a document: tagged for screen readers (PDF/UA-1), whole in itself, and set from data alone.

No validator of the standard is at hand here, so its structure is looked at piece by piece; the compiler refuses to
write what does not conform.
"""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from config.terms import Position
from engine.commands.answer import Reply
from engine.record.facts import record_of
from portal.record_blocks import cell, facts, heading, line, lines, table
from portal.record_pdf import record_pdf
from portal.typeset import typeset
from tests.portal.conftest import SLUG, World

if TYPE_CHECKING:
    from collections.abc import Iterator

DECISION = "antagande-inriktning/decision"
AT = datetime(2024, 1, 15, 7, tzinfo=UTC)
MARKUP = '#panic("x") *bold* $x^2$ \\ `raw` = Heading @ref <label> #read("/etc/passwd") https://a.example'


def document(*blocks: dict[str, Any], title: str = "A title") -> bytes:
    """A document of these blocks."""
    data = {
        "title": title, "author": "Nobody", "keywords": [], "changed": [2024, 1, 15], "lang": "sv", "own": "sv",
        "eyebrow": "", "footer": "", "blocks": list(blocks),
    }  # fmt: skip
    return typeset("record.typ", data, at=AT)


def text_of(made: bytes) -> str:
    """All words of a document, on one line."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages).split())


def elements(node: Any) -> Iterator[Any]:
    """Every element of a structure tree (ISO 32000-1, 14.7.2)."""
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        found = kid.get_object()
        if isinstance(found, dict) and "/S" in found:
            yield found
            yield from elements(found)


@pytest.fixture
def reader(deciding: World) -> PdfReader:
    """The record of a cycle in which one principal has referred a text back."""
    deciding.say(deciding.link(DECISION, "berg"), Reply(Position.REFERS_BACK, "Utred kostnaden"))
    deciding.run()
    return PdfReader(io.BytesIO(record_pdf(record_of(deciding.register, SLUG), "sv", "https://samsyn.example")))


def test_says_of_itself_what_it_is(reader: PdfReader) -> None:
    """ISO 14289-1, 5, 7.1 and 7.2: identification, title shown, language."""
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] is True or root["/MarkInfo"]["/Marked"].value is True
    assert root["/Lang"] == "sv"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert reader.metadata.title == "Redovisning: Länsgemensam hälso- och sjukvårdspolitik för Jämtlands län"
    assert reader.metadata.author == "Projektkontoret"
    xmp = root["/Metadata"].get_object().get_data().decode()
    assert re.search(r"<pdfuaid:part>\s*1\s*</pdfuaid:part>", xmp)
    assert "Länsgemensam" in xmp


def test_its_structure_has_headings_and_tables_with_heads(reader: PdfReader) -> None:
    found = list(elements(reader.trailer["/Root"]["/StructTreeRoot"]))
    kinds = Counter(str(one["/S"]) for one in found)
    assert kinds["/Document"] == 1
    assert kinds["/H1"] >= 6
    tables = [one for one in found if one["/S"] == "/Table"]
    assert len(tables) >= 5
    for one in tables:
        inside = list(elements(one))
        heads = [cell for cell in inside if cell["/S"] == "/TH"]
        rows = [row for row in inside if row["/S"] == "/TR"]
        assert heads, "a table without a head"
        assert all("Column" in str(cell["/A"]) for cell in heads)
        assert all(len([c for c in elements(row) if c["/S"] in ("/TD", "/TH")]) == len(heads) for row in rows)


def test_everything_on_its_pages_is_tagged_or_an_artifact(reader: PdfReader) -> None:
    """ISO 14289-1, 7.1: no mark on the page outside of marked content."""
    shows = {b"Tj", b"TJ", b"'", b'"', b"S", b"f", b"f*", b"B", b"Do", b"sh"}
    for page in reader.pages:
        depth = 0
        for _, operator in page.get_contents().operations:  # type: ignore[union-attr]
            depth += (operator in (b"BDC", b"BMC")) - (operator == b"EMC")
            assert operator not in shows or depth > 0, operator
        assert page["/Tabs"] == "/S"
        assert "/StructParents" in page


def test_all_its_fonts_are_inside(reader: PdfReader) -> None:
    fonts = [font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
        kept = inner["/FontDescriptor"].keys() & {"/FontFile", "/FontFile2", "/FontFile3"}
        assert kept, font["/BaseFont"]
        assert "/ToUnicode" in font


def test_says_what_the_page_says(deciding: World, reader: PdfReader) -> None:
    said = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    for expected in ("Utred kostnaden", "Återremitterar", "februari–mars 2013", "EDTF 2013-06-30", "Milstolpar"):
        assert expected in said
    assert record_of(deciding.register, SLUG).journal_head in said.replace(" ", "")
    assert "https://samsyn.example/record/jamtland-2012" in said


def test_the_same_record_is_the_same_bytes(deciding: World) -> None:
    record = record_of(deciding.register, SLUG)
    assert record_pdf(record, "sv") == record_pdf(record, "sv")


@pytest.mark.parametrize("language", ["sv", "da", "en"])
def test_every_language_can_be_set(deciding: World, language: str) -> None:
    made = PdfReader(io.BytesIO(record_pdf(record_of(deciding.register, SLUG), language)))
    assert made.trailer["/Root"]["/Lang"] == language


def test_words_are_never_taken_for_markup() -> None:
    blocks = [
        heading(MARKUP), lines(MARKUP), facts([(MARKUP, MARKUP)]), table([(MARKUP, 1.0)], [[cell(line(MARKUP))]])
    ]  # fmt: skip
    said = text_of(document(*blocks, title=MARKUP))
    assert said.count('#panic("x")') == 6  # the title, and once wherever it stands
    assert said.count('#read("/etc/passwd")') == 6
    assert "root:" not in said


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=80))
def test_any_text_can_be_set(words: str) -> None:
    assert document(lines(line(words)), table([("A", 1.0)], [[cell(line(words))]])).startswith(b"%PDF-1.7")


def test_a_sign_without_a_glyph_is_written_with_its_number() -> None:
    assert "[U+1F600] Åre [U+4E2D]" in text_of(document(lines("\U0001f600 Åre 中")))


def test_what_people_in_the_north_write_needs_no_number() -> None:
    letters = "ÅÄÖåäöÆØæøÞþÐð ČčĐđŊŋŠšŦŧŽž Łódź Ğ ș § – ” … € ½"
    assert letters in text_of(document(lines(letters)))


def test_long_tables_repeat_their_heads() -> None:
    rows = [[cell(f"row {number}")] for number in range(120)]
    made = PdfReader(io.BytesIO(document(table([("THE HEAD", 1.0)], rows))))
    assert len(made.pages) > 1
    assert all("THE HEAD" in page.extract_text() for page in made.pages)
    assert json.dumps(made.metadata and made.metadata.title) == '"A title"'
