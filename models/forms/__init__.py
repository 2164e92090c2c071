"""What a step's answer consists of beside its position: fields in sections, and what makes them complete.

A form is pure data on the step, `{"kind": …}` with its parameters; here it becomes sections to fill in and rules to
hold. Whoever shows a form, checks an answer, rehearses one or prints it reads the same sections, so that a new kind of
form needs nothing but its own file. An answer's content is flat: the name of each field, and the text in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.forms.alternatives import AlternativesForm
from models.forms.attestation import AnnouncementForm, AttestationForm
from models.forms.base import Fault, Field, Form, Section
from models.forms.compilation import CompilationForm
from models.forms.decision import DecisionForm
from models.forms.minutes import MinutesForm
from models.forms.new_day import NewDayForm
from models.forms.resolution import ResolutionForm
from models.forms.subjects import SubjectsForm

if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS: dict[str, type[Form]] = {
    "alternatives": AlternativesForm,
    "announcement": AnnouncementForm,
    "attestation": AttestationForm,
    "compilation": CompilationForm,
    "decision": DecisionForm,
    "minutes": MinutesForm,
    "new_day": NewDayForm,
    "resolution": ResolutionForm,
    "subjects": SubjectsForm,
}
"""Every kind of form, by its name on the step."""


def read_form(stored: Mapping[str, Any] | None, body: str = "") -> Form | None:
    """The form of a step, as the body of that key fills it in; None when position and comment are all there is."""
    if not stored:
        return None
    return KINDS[str(stored["kind"])].model_validate(stored).of(body)


__all__ = ["KINDS", "Fault", "Field", "Form", "Section", "read_form"]
