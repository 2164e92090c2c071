"""The compilation of a consultation as a plain text, to be kept and read as a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.base import in_language
from notifications.dates import plain_day
from notifications.form_words import (
    APPROVED_BY,
    LATE_REPLY,
    NO_REPLY,
    NOT_TAKEN_BECAUSE,
    OF_CONSULTEES,
    ON_THE_WHOLE,
    SUPPORT_IT,
    TAKEN_BECAUSE,
)
from notifications.terms import position_words
from tasks.compilation import Standing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notifications.i18n import Tongue
    from tasks.compilation import Compilation, ConsulteeRow, ItemRow, Treatment


def compilation_text(compilation: Compilation, say: Tongue) -> str:
    """Summary, who replied, and subject by subject who said what and what became of it."""
    parts = [compilation.summary] if compilation.summary else []
    replied = say(OF_CONSULTEES, replied=compilation.replied, asked=len(compilation.consultees))
    parts.append("\n".join([replied, *(_reply(row, say) for row in compilation.consultees)]))
    parts += ["\n".join(_item(compilation, item, say)) for item in compilation.items]
    whole = [line for row in compilation.consultees for line in _remark(row.name, row.comment, row.treatment, say)]
    return "\n\n".join([*parts, "\n".join([say(ON_THE_WHOLE), *whole])] if whole else parts)


def _reply(row: ConsulteeRow, say: Tongue) -> str:
    if row.received_on is None:
        return f"- {row.name}: {say(NO_REPLY)}"
    came = plain_day(row.received_on, say.language)
    late = f", {say(LATE_REPLY)}" if row.standing is Standing.LATE else ""
    return f"- {row.name}: {came}{late}{_approval(row, say)}"


def _approval(row: ConsulteeRow, say: Tongue) -> str:
    if not row.organ or row.approved_on is None:
        return ""
    paragraph = f", {row.paragraph}" if row.paragraph else ""
    words = say(APPROVED_BY, organ=row.organ, day=plain_day(row.approved_on, say.language))
    return f"; {words}{paragraph}"


def _item(compilation: Compilation, item: ItemRow, say: Tongue) -> Iterator[str]:
    yield in_language(item.title, compilation.language, compilation.language) if item.title else say(ON_THE_WHOLE)
    yield say(SUPPORT_IT, supporting=item.supporting, asked=len(item.voices))
    for voice in item.voices:
        name = compilation.consultee(voice.body).name
        position = position_words(voice.position, say) if voice.position else say(NO_REPLY)
        yield from _remark(f"{name}: {position}", voice.comment, voice.treatment, say, always=True)


def _remark(who: str, words: str, treatment: Treatment | None, say: Tongue, *, always: bool = False) -> Iterator[str]:
    if words or always:
        yield f"- {who}. {words}" if words else f"- {who}"
    if treatment is not None:
        yield "  " + say(TAKEN_BECAUSE if treatment.taken else NOT_TAKEN_BECAUSE, why=treatment.why)
