"""A reply to a consultation: on each subject and each activity a position with its comment, and who approved it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict

from config.terms import POSITIONS, REASONED, Position, StepKind
from models.forms.base import Fault, Field, FieldKind, Form, Label, Section
from models.forms.checking import is_day

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

POSITION_WORDS: dict[Position, str] = {
    Position.SUPPORTS: "Supports",
    Position.SUPPORTS_WITH_CHANGES: "Supports with changes",
    Position.OPPOSES: "Opposes",
    Position.REFRAINS: "Refrains from giving an opinion",
}
CHOICES = tuple((str(position), POSITION_WORDS[position]) for position in POSITIONS[StepKind.CONSULT])
POSITION = "What is your position?"
COMMENT = "Comment"
COMMENT_HINT = "Required when you oppose or support with changes: say what should be changed, or why."
COMMENT_MISSING = "Write what should be changed, or why. It is required with the position that you have chosen."
APPROVAL = "Approval of the reply"
APPROVAL_LEAD = "A reply is approved inside the answering body before it is sent."
ORGAN = "Which organ approved the reply?"
ORGAN_HINT = "For instance the municipal board."
APPROVED_ON = "On which day?"
PARAGRAPH = "Paragraph of the minutes"
PARAGRAPH_HINT = "For instance § 25. Leave it empty when the reply was approved by delegation."


class Item(BaseModel):
    """One thing that a position is taken on: a subject, or an activity under one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    """The subject's key; of an activity `subject.activity`."""
    title: dict[str, str]
    """By language; an activity's begins with its subject's."""

    @property
    def position(self) -> str:
        """The name of the field with the position."""
        return f"{self.name}.position"

    @property
    def comment(self) -> str:
        """The name of the field with the comment."""
        return f"{self.name}.comment"


class SubjectsForm(Form):
    """Position and comment on each item; a comment is required with changes and opposition."""

    kind: Literal["subjects"] = "subjects"
    items: tuple[Item, ...]
    approved_inside: bool = False

    def sections(self) -> tuple[Section, ...]:
        """One section for each item, and one for the approval."""
        return (*map(_section, self.items), *((APPROVED,) if self.approved_inside else ()))

    def faults(self, content: Mapping[str, str], position: str) -> Iterator[Fault]:
        """Beside what is missing or does not fit: a position that needs a reason and has none."""
        yield from super().faults(content, position)
        for item in self.items:
            if content.get(item.position, "").strip() in REASONED and not content.get(item.comment, "").strip():
                yield Fault(item.comment, COMMENT_MISSING)

    def decided_on(self, content: Mapping[str, str]) -> date | None:
        """The day on which the reply was approved."""
        said = content.get("approval.day", "").strip()
        return date.fromisoformat(said) if is_day(said) else None

    def rehearsed(self, wishes: Mapping[str, str], today: str) -> dict[str, str]:
        """As any form; who is made to take a position that needs a reason also writes one."""
        filled = super().rehearsed(wishes, today)
        for item in self.items:
            if filled.get(item.position) in REASONED and not filled.get(item.comment):
                filled[item.comment] = item.comment
        return filled


APPROVED = Section(
    APPROVAL,
    (
        Field("approval.organ", ORGAN, FieldKind.LINE, required=True, hint=ORGAN_HINT),
        Field("approval.day", APPROVED_ON, FieldKind.DAY, required=True, past=True),
        Field("approval.paragraph", PARAGRAPH, FieldKind.LINE, hint=PARAGRAPH_HINT),
    ),
    lead=APPROVAL_LEAD,
)


def _section(item: Item) -> Section:
    title: Label = item.title
    return Section(
        title,
        (
            Field(item.position, POSITION, FieldKind.CHOICE, choices=CHOICES, required=True),
            Field(item.comment, COMMENT, FieldKind.TEXT, hint=COMMENT_HINT, sometimes=True),
        ),
    )
