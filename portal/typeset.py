"""Setting a document: data into a Typst template, out comes a PDF that everybody can read (PDF/UA-1, ISO 14289-1).

The compiler itself refuses to write a document that does not conform. It has its own fonts and asks no network. What
people have written goes in as data and is never taken for markup.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import typst

from portal.pages import TEMPLATES

if TYPE_CHECKING:
    from datetime import datetime

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""Signs that are no letters: they are left out."""
BEYOND = re.compile("[^\n\x20-\u052f\u1e00-\u1fff\u2000-\u206f\u20a0-\u20bf\u2190-\u2199\u2713\u2717]")
"""Signs that the fonts may lack: written with their numbers where one of them is lacking."""
LACKING = "could not be displayed"
"""What the compiler says then (ISO 14289-1, 7.21.8: no sign without a glyph)."""


def typeset(template: str, data: dict[str, Any], *, at: datetime) -> bytes:
    """The document, as the bytes of a file. The same data gives the same bytes.

    Args:
        template: a file of `templates/`.
        data: what it reads as `record`.
        at: when the document's content came about, for its metadata.
    """
    source = (TEMPLATES / template).read_bytes()
    try:
        return _compiled(source, cleaned(data, CONTROL, ""), at)
    except typst.TypstError as refused:
        if LACKING not in str(refused):
            raise
    return _compiled(source, cleaned(cleaned(data, CONTROL, ""), BEYOND, None), at)


def cleaned(value: Any, signs: re.Pattern[str], instead: str | None) -> Any:
    """A value with other signs in all its words; without anything `instead`, with their numbers: `[U+1F600]`."""
    if isinstance(value, str):
        return signs.sub(lambda found: f"[U+{ord(found[0]):04X}]" if instead is None else instead, value)
    if isinstance(value, dict):
        return {key: cleaned(one, signs, instead) for key, one in value.items()}
    if isinstance(value, list):
        return [cleaned(one, signs, instead) for one in value]
    return value


def _compiled(source: bytes, data: dict[str, Any], at: datetime) -> bytes:
    compiler = typst.Compiler(input=source, ignore_system_fonts=True, sys_inputs={"record": json.dumps(data)})
    made = compiler.compile(format="pdf", pdf_standards=["ua-1"], timestamp=int(at.timestamp()))
    assert isinstance(made, bytes)  # noqa: S101 - without an output file it is
    return made
