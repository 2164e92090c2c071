"""The compilation of a consultation: for each remark in the replies, whether it is taken, and why."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from models.forms.base import Field, FieldKind, Form, Section

TAKEN, NOT_TAKEN = "taken", "not_taken"
TREATMENTS = ((TAKEN, "Taken"), (NOT_TAKEN, "Not taken"))
TREATMENT = "What becomes of the remark?"
WHY = "Why?"
SUMMARY_TITLE = "The replies as a whole"
SUMMARY = "Summary"
SUMMARY_HINT = "What the replies say together, and what follows from them. It stands first in the compilation."
SUMMARY_NAME = "summary"


class Remark(BaseModel):
    """Something that a consultee remarked, in its own words."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    """The body's key, and after a dot the item's name; the body's key alone for a comment on the whole."""
    title: dict[str, str]
    """Who remarked on what, and with which position, by language."""
    words: dict[str, str]
    """The comment, by the one language that it is in."""

    @property
    def treatment(self) -> str:
        """The name of the field that says whether it is taken."""
        return f"{self.name}.{TAKEN}"

    @property
    def why(self) -> str:
        """The name of the field that says why."""
        return f"{self.name}.why"


class CompilationForm(Form):
    """A section for each remark, and one for a summary. It grows when a late reply brings remarks."""

    kind: Literal["compilation"] = "compilation"
    remarks: tuple[Remark, ...] = ()

    def sections(self) -> tuple[Section, ...]:
        """The remarks in the order of the consultees, then the summary."""
        return (*map(_section, self.remarks), SUMMARY_SECTION)


SUMMARY_SECTION = Section(SUMMARY_TITLE, (Field(SUMMARY_NAME, SUMMARY, FieldKind.TEXT, hint=SUMMARY_HINT),))


def _section(remark: Remark) -> Section:
    return Section(
        remark.title,
        (
            Field(remark.treatment, TREATMENT, FieldKind.CHOICE, choices=TREATMENTS, required=True),
            Field(remark.why, WHY, FieldKind.TEXT, required=True),
        ),
        lead=remark.words,
    )
