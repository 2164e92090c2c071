"""What is taken and what is not: by content alone, and never with a fault of the program."""

from __future__ import annotations

import io
import os
import random
import time
from contextlib import suppress

import docx
import pytest

from campaigns.fuzz.files import mutated
from config.uploads import MEGABYTE, UploadLimits
from engine.documents.archive import MOST_MEMBERS
from engine.documents.given import take_file
from engine.documents.making import written_file
from engine.documents.names import shown_name
from engine.documents.refusals import FileRefused, Refusal
from engine.documents.types import TAKEN
from tests.documents import samples

LIMITS = UploadLimits()
MUTATIONS = int(os.environ.get("SAMSYN_TEST_MUTATIONS", "200"))
"""How many mutated files are tried; a campaign sets more."""
BOMB = b"\0" * (30 * MEGABYTE)
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'
SHEET = samples.packed({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"})
MACRO_TYPES = samples.members_of(samples.word())["[Content_Types].xml"].replace(
    samples.WORD_MAIN.encode(), b"application/vnd.ms-word.document.macroEnabled.main+xml"
)


@pytest.mark.parametrize("name", samples.GOOD)
def test_whole_files_are_taken_whatever_they_are_called(name: str) -> None:
    content = samples.GOOD[name]()
    given = take_file("C:\\Users\\anna\\Yttrande.exe", content, LIMITS)
    assert given.name == f"Yttrande{name[1:]}"
    assert given.media_type in {kind.media_type for kind in TAKEN}
    assert (given.size, given.content) == (len(content), content)


def png() -> bytes:
    return b"\x89PNG\r\n\x1a\n" + b"\0" * 100


REFUSED: dict[str, tuple[bytes, Refusal]] = {
    "empty": (b"", Refusal.EMPTY),
    "blank": (b" \n\n\t", Refusal.EMPTY),
    "picture": (png(), Refusal.TYPE),
    "program": (b"MZ\x90\0" + b"\0" * 100, Refusal.TYPE),
    "old Word": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, Refusal.TYPE),
    "HTML": (b"<!DOCTYPE html><html><script>alert(1)</script></html>", Refusal.TYPE),
    "RTF": (b"{\\rtf1\\ansi Hej}", Refusal.TYPE),
    "control characters": (b"text\x1b[31m", Refusal.TYPE),
    "Latin-1": ("Räksmörgås".encode("latin-1"), Refusal.NOT_UTF8),
    "UTF-16": ("Räksmörgås".encode("utf-16"), Refusal.NOT_UTF8),
    "NUL": (b"abc\0def", Refusal.TYPE),
    "cut PDF": (samples.pdf()[:-40], Refusal.DAMAGED),
    "PDF in name only": (b"%PDF-1.7\nhello\n", Refusal.DAMAGED),
    "PDF with nothing at its table": (b"%PDF-1.7\nhello\nstartxref\n9\n%%EOF\n", Refusal.DAMAGED),
    "PDF that goes on": (samples.pdf() + b"<script>alert(1)</script>", Refusal.DAMAGED),
    "PDF that is a program too": (b"MZ" + samples.pdf(), Refusal.TYPE),
    "plain archive": (samples.packed({"a.txt": b"x"}), Refusal.TYPE),
    "sheet": (SHEET, Refusal.TYPE),
    "macros": (samples.word_with({"word/vbaProject.bin": b"x"}), Refusal.MACROS),
    "macros elsewhere": (samples.word_with({"word/deep/VBAPROJECT.BIN": b"x"}), Refusal.MACROS),
    "macro type": (samples.word_with({"[Content_Types].xml": MACRO_TYPES}), Refusal.MACROS),
    "macros in ODT": (
        samples.packed({"mimetype": samples.ODT_TYPE, "META-INF/manifest.xml": samples.MANIFEST,
                        "content.xml": samples.CONTENT, "Basic/Standard/Module1.xml": b"<x/>"}, stored="mimetype"),
        Refusal.MACROS,
    ),
    "locked ODT": (
        samples.packed({"mimetype": samples.ODT_TYPE, "META-INF/manifest.xml": b"<m><encryption-data/></m>",
                        "content.xml": b"\x01\x02"}, stored="mimetype"),
        Refusal.LOCKED,
    ),
    "way out": (samples.word_with({"../../etc/cron.d/x": b"x"}), Refusal.HIDDEN),
    "absolute way": (samples.word_with({"/etc/cron.d/x": b"x"}), Refusal.HIDDEN),
    "way out on Windows": (samples.word_with({"..\\x": b"x"}), Refusal.HIDDEN),
    "drive": (samples.word_with({"c:x": b"x"}), Refusal.HIDDEN),
    "same name twice": (samples.word_with({"WORD/document.xml": b"<x/>"}), Refusal.HIDDEN),
    "entities": (samples.word_with({"word/document.xml": ENTITIES}), Refusal.HIDDEN),
    "a billion laughs": (samples.word_with({"word/styles.xml": LAUGHS}), Refusal.HIDDEN),
    "broken XML": (samples.word_with({"word/document.xml": b"<w:document>"}), Refusal.DAMAGED),
    "archive inside": (samples.word_with({"word/media/x.png": samples.packed({"a": b"x"})}), Refusal.HIDDEN),
    "archive embedded": (samples.word_with({"word/embeddings/a.xlsx": samples.packed({"a": b"x"})}), Refusal.HIDDEN),
    "ratio": (samples.word_with({"word/media/x.bin": BOMB}), Refusal.SWELLS),
    "ratio in an embedded sheet": (
        samples.word_with({"word/embeddings/a.xlsx": samples.packed({"[Content_Types].xml": b"<T/>", "x": BOMB})}),
        Refusal.SWELLS,
    ),
    "too much": (samples.word_with({f"m{n}.bin": os.urandom(1000) + b"\0" * 3 * MEGABYTE for n in range(40)}),
                 Refusal.SWELLS),
    "too many": (samples.word_with({f"m{n}": b"" for n in range(MOST_MEMBERS)}), Refusal.SWELLS),
    "overlapping": (samples.overlapping(), Refusal.HIDDEN),
    "claims less": (samples.lying(samples.word(), "word/document.xml", 10), Refusal.DAMAGED),
    "claims more": (samples.lying(samples.word(), "word/document.xml", 10_000_000), Refusal.DAMAGED),
    "something before": (samples.prefixed(samples.word(), b"PK\x03\x04" + b"x" * 100), Refusal.HIDDEN),
    "something behind": (samples.word() + b"#!/bin/sh\nrm -rf /\n", Refusal.HIDDEN),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_refused_with_the_reason(what: str) -> None:
    content, why = REFUSED[what]
    with pytest.raises(FileRefused) as refused:
        take_file("a.pdf", content, LIMITS)
    assert refused.value.refusal is why


def test_archive_inside_a_pdf_is_refused() -> None:
    """A file that is a PDF to one program and an archive to another."""
    archive = samples.prefixed(samples.odt(), samples.pdf())
    end = b"\nstartxref\n%d\n%%%%EOF\n" % samples.pdf().rindex(b"xref\n", 0, samples.pdf().rindex(b"startxref"))
    both = archive[:-2] + len(end).to_bytes(2, "little") + end  # the PDF's end is the archive's comment
    with pytest.raises(FileRefused) as refused:
        take_file("a.pdf", both, LIMITS)
    assert refused.value.refusal is Refusal.HIDDEN


def test_too_large_a_file_is_refused_before_it_is_looked_at() -> None:
    with pytest.raises(FileRefused) as refused:
        take_file("a.txt", b"a" * 11, UploadLimits(file_bytes=10))
    assert refused.value.refusal is Refusal.TOO_LARGE


def test_embedded_sheet_is_taken() -> None:
    """Word keeps the sheet behind a diagram as a file of its own."""
    assert take_file("a.docx", samples.word_with({"word/embeddings/Sheet1.xlsx": SHEET}), LIMITS).name == "a.docx"


def test_mutated_files_are_refused_or_are_what_they_seem() -> None:
    """Whatever arrives, there is an answer in words within a moment."""
    chance = random.Random(20130630)  # noqa: S311 - the same files each time
    taken = 0
    for _ in range(MUTATIONS):
        content = mutated(chance)
        begun = time.perf_counter()
        with suppress(FileRefused):
            given = take_file("x", content, LIMITS)
            taken += 1
            assert given.name.endswith(tuple(kind.extension for kind in TAKEN))
        assert time.perf_counter() - begun < 5
    assert 0 < taken < MUTATIONS


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\temp\\Beslut § 71.docx", "Beslut § 71.pdf"),
        ("faktura\u202efdp.exe", "fakturafdp.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie_ x=1.pdf"),
        ("...", "document.pdf"),
        ("", "document.pdf"),
        ("Protokoll 2013.09.11", "Protokoll 2013.09.11.pdf"),
        ("Protokoll.pdf.exe", "Protokoll.pdf"),
        ("o\u0308st.pdf", "öst.pdf"),
        ("å" * 300 + ".pdf", "å" * 100 + ".pdf"),
        ('"; filename=evil.sh', "; filename=evil.pdf"),
    ],
)
def test_names_are_cleaned(given: str, shown: str) -> None:
    assert shown_name(given, ".pdf") == shown


@pytest.mark.parametrize("name", ["förslag.docx", "förslag.txt"])
def test_files_that_the_programs_hand_in_are_real(name: str) -> None:
    text = "Förslag & bilaga\n<två>"
    content = written_file(name, text)
    assert content == written_file(name, text)
    assert take_file(name, content, LIMITS).name == name
    if name.endswith(".docx"):
        assert [line.text for line in docx.Document(io.BytesIO(content)).paragraphs] == text.split("\n")
