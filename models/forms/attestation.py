"""Attesting minutes paragraph by paragraph, and saying when the attestation was announced."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict

from models.forms.base import Fault, Field, FieldKind, Form, Label, Section
from models.forms.checking import is_day

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ATTESTED, REFUSED = "attested", "refused"
REASON_MISSING = "Write why the paragraph cannot be attested."
ANNOUNCED_EARLIER = "The notice cannot be older than the attestation: %(day)s."


class Paragraph(BaseModel):
    """A paragraph to attest."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: int
    title: Label
    cited: str = ""  # as the body's minutes number it: § 71, pkt. 14

    def name(self, what: str) -> str:
        """The name of one of the paragraph's fields."""
        return f"paragraph.{self.number}.{what}"


class AttestationForm(Form):
    """What an attestor says of each paragraph."""

    kind: Literal["attestation"] = "attestation"
    paragraphs: tuple[Paragraph, ...]

    def sections(self) -> tuple[Section, ...]:
        """A section for each paragraph."""
        return tuple(_section(paragraph) for paragraph in self.paragraphs)

    def faults(self, content: Mapping[str, str], position: str) -> Iterator[Fault]:
        """Besides what is missing: a refusal without a reason."""
        yield from super().faults(content, position)
        for number in self.refused(content):
            name = f"paragraph.{number}.reason"
            if not str(content.get(name, "")).strip():
                yield Fault(name, REASON_MISSING)

    def refused(self, content: Mapping[str, str]) -> list[int]:
        """The paragraphs that the attestor does not attest."""
        return [p.number for p in self.paragraphs if str(content.get(p.name("answer"), "")).strip() == REFUSED]


def _section(paragraph: Paragraph) -> Section:
    title = paragraph.title
    mark = paragraph.cited or f"§ {paragraph.number}"
    named = f"{mark} {title}" if isinstance(title, str) else {code: f"{mark} {said}" for code, said in title.items()}
    choices = ((ATTESTED, "I attest it"), (REFUSED, "I do not attest it"))
    return Section(
        named,
        (
            Field(paragraph.name("answer"), "Attestation", FieldKind.CHOICE, choices, required=True),
            Field(paragraph.name("reason"), "The reason, if you do not attest it", FieldKind.TEXT),
        ),
    )


class AnnouncementForm(Form):
    """When the attestation was announced on the notice board (KL 8:12)."""

    kind: Literal["announcement"] = "announcement"
    attested_on: date

    def sections(self) -> tuple[Section, ...]:
        """One day."""
        day = Field("announced_on", "The notice was put up on", FieldKind.DAY, required=True, past=True)
        return (Section("Public notice", (day,)),)

    def faults(self, content: Mapping[str, str], position: str) -> Iterator[Fault]:
        """Besides what is missing: a notice from before there was anything to announce."""
        yield from super().faults(content, position)
        said = str(content.get("announced_on", "")).strip()
        if is_day(said) and date.fromisoformat(said) < self.attested_on:
            yield Fault("announced_on", ANNOUNCED_EARLIER, (("day", self.attested_on.isoformat()),))
