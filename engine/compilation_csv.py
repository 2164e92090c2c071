"""The compilation of a consultation as a spreadsheet: one row for each consultee and subject."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from config.base import in_language
from notifications.form_words import COLUMNS, NO_REPLY, NOT_TAKEN_SHORT, ON_THE_WHOLE, TAKEN_SHORT, YES
from notifications.i18n import tongue
from notifications.terms import position_words
from tasks.compilation import Standing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notifications.i18n import Tongue
    from tasks.compilation import Compilation, ConsulteeRow, Treatment

BYTE_ORDER_MARK = "\ufeff"
"""Without it, spreadsheet programs read UTF-8 as something else."""
FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""What a cell must not begin with: spreadsheet programs compute it (CWE-1236), some of them in full width as well."""


def compilation_rows(compilation: Compilation, language: str) -> list[list[str]]:
    """Headings, then a row for each consultee on each subject, and for each remark on the whole."""
    say = tongue(language)
    return [[say(heading) for heading in COLUMNS.values()], *_rows(compilation, say)]


def compilation_csv(compilation: Compilation, language: str) -> str:
    """The rows as text/csv (RFC 4180), separated as spreadsheet programs on the continent expect."""
    written = io.StringIO()
    rows = compilation_rows(compilation, language)
    csv.writer(written, delimiter=";").writerows([[harmless(cell) for cell in row] for row in rows])
    return BYTE_ORDER_MARK + written.getvalue()


def harmless(cell: str) -> str:
    """The cell as text that no spreadsheet program takes for a formula."""
    return f"'{cell}" if cell.lstrip(" ").startswith(FORMULA) else cell


def _rows(compilation: Compilation, say: Tongue) -> Iterator[list[str]]:
    for item in compilation.items:
        title = in_language(item.title, say.language, compilation.language) if item.title else say(ON_THE_WHOLE)
        for voice in item.voices:
            row = compilation.consultee(voice.body)
            position = position_words(voice.position, say) if voice.position else say(NO_REPLY)
            yield [title, row.name, position, voice.comment, *_treated(voice.treatment, say), *_circumstances(row, say)]
    for row in compilation.consultees:
        if row.comment:
            treated = _treated(row.treatment, say)
            yield [say(ON_THE_WHOLE), row.name, "", row.comment, *treated, *_circumstances(row, say)]


def _treated(treatment: Treatment | None, say: Tongue) -> list[str]:
    return [say(TAKEN_SHORT if treatment.taken else NOT_TAKEN_SHORT), treatment.why] if treatment else ["", ""]


def _circumstances(row: ConsulteeRow, say: Tongue) -> list[str]:
    received = row.received_on.isoformat() if row.received_on else ""
    approved = row.approved_on.isoformat() if row.approved_on else ""
    late = say(YES) if row.standing is Standing.LATE else ""
    return [received, late, row.organ, approved, row.paragraph, ", ".join(file.name for file in row.files)]
