"""The commission of a draft: its terms and alternatives, as the form that is filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.phases import Terms
from models.forms.alternatives import AlternativesForm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config.base import Text
    from config.definition import Drafting
    from models.forms import Form
    from tasks.phase import Phase


def commission(phase: Phase[Drafting]) -> Form | None:
    """The form of a draft with terms or alternatives; None where a plain text is all that is asked."""
    says = phase.says
    if says.terms is None and not says.alternatives:
        return None
    terms = says.terms or Terms()
    return AlternativesForm(
        at_most=says.most_alternatives,
        must_clarify=_by_language(phase, terms.must_clarify),
        must_lead_to=_by_language(phase, terms.must_lead_to),
        must_not_cover=_by_language(phase, terms.must_not_cover),
        further_inquiries=terms.further_inquiries,
    )


def _by_language(phase: Phase[Drafting], points: Sequence[Text]) -> tuple[dict[str, str], ...]:
    """The definition's words, each under its language."""
    own = phase.definition.language
    said = ({own: point} if isinstance(point, str) else point for point in points)
    return tuple({str(language): text for language, text in words.items()} for words in said)
