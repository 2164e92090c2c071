"""The decisions as comma-separated values: a row for every principal in every round, and for every other decision."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from config.terms import Position
from engine.compilation_csv import BYTE_ORDER_MARK, harmless
from engine.record.matrix import Standpoint
from engine.record.words import say_in
from notifications.i18n import N_, tongue
from notifications.terms import binding_words, position_words, result_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.record.matrix import Matrix, Round, TextVersion
    from engine.record.parts import DecisionRecord, Record
    from notifications.i18n import Tongue

COLUMNS = (
    N_("Phase"), N_("Body"), N_("Round"), N_("Decision"), N_("Force"), N_("Date"), N_("Paragraph"), N_("Text"),
    N_("Version"), N_("SHA-256"), N_("For"), N_("Against"), N_("Abstained"), N_("Reason"), N_("Addition"),
    N_("Reservations"),
)  # fmt: skip
STANDPOINTS = {
    Standpoint.NOT_ASKED: N_("not asked yet"),
    Standpoint.UNDECIDED: N_("no decision reported yet"),
    Standpoint.REPORTED: N_("not final"),
    Standpoint.NO_REPLY: N_("no reply, which is never consent"),
    Standpoint.WITHDRAWN: N_("the question was withdrawn"),
    Standpoint.DECIDED: N_("final"),
}


def record_rows(record: Record, language: str) -> list[list[str]]:
    """Headings, then the rows."""
    say, terms = say_in(language), tongue(language)
    rows = [row for matrix in record.adoptions for row in _principals(matrix, say, terms)]
    adopted = {matrix.phase for matrix in record.adoptions}
    rows += [_decision(one, terms) for one in record.decisions if one.phase_key not in adopted]
    return [[say(heading) for heading in COLUMNS], *rows]


def record_csv(record: Record, language: str) -> str:
    """The rows as text/csv (RFC 4180), separated as spreadsheet programs on the continent expect."""
    written = io.StringIO()
    rows = record_rows(record, language)
    csv.writer(written, delimiter=";").writerows([[harmless(cell) for cell in row] for row in rows])
    return BYTE_ORDER_MARK + written.getvalue()


def outcome_words(outcome: str, terms: Tongue) -> str:
    """A decision's outcome, which is a position or a result."""
    return position_words(outcome, terms) if outcome in set(Position) else result_words(outcome, terms)


def _principals(matrix: Matrix, say: Tongue, terms: Tongue) -> Iterator[list[str]]:
    for principal in matrix.principals:
        for one in principal.rounds:
            asked = "" if one.standpoint is Standpoint.NOT_ASKED else str(one.number)
            day = one.on.isoformat() if one.on else ""
            force = binding_words(one.position or "adopts", "adopts", terms)
            yield [
                matrix.title, principal.name, asked, _said(one, say, terms), force, day,
                one.paragraph, *_text(one.text), *_votes(one.tally), one.reason, one.addition, one.reservations,
            ]  # fmt: skip


def _said(one: Round, say: Tongue, terms: Tongue) -> str:
    standpoint = say(STANDPOINTS[one.standpoint])
    if not one.position:
        return standpoint
    position = position_words(one.position, terms)
    return position if one.standpoint is Standpoint.DECIDED else f"{position} ({standpoint})"


def _decision(one: DecisionRecord, terms: Tongue) -> list[str]:
    return [
        one.phase, one.body, str(one.round), outcome_words(one.outcome, terms),
        binding_words(one.outcome, one.force, terms),
        one.decided_on.isoformat(), one.paragraph, *_text(one.text), *_votes(one.tally), one.reason, one.addition,
        one.reservations,
    ]  # fmt: skip


def _text(text: TextVersion | None) -> list[str]:
    return [text.title, str(text.version), text.sha256] if text else ["", "", ""]


def _votes(votes: dict[str, int]) -> list[str]:
    return [str(votes[name]) if name in votes else "" for name in ("approve", "reject", "abstain")]
