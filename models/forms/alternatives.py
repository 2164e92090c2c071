"""The form of a commission: what it must clarify and keep to, and perhaps alternatives of which one is recommended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from models.forms.base import Fault, Field, FieldKind, Form, Label, Section

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

INCOMPLETE = "Write this for every alternative, or leave the whole alternative empty."
NONE_WRITTEN = "Write at least one alternative."
NONE_RECOMMENDED = "Recommend one of the alternatives. None is recommended now."
TWO_RECOMMENDED = "Recommend only one of the alternatives. %(count)s are recommended now."
PARTS: tuple[tuple[str, Label, FieldKind], ...] = (
    ("title", "Name of the alternative", FieldKind.LINE),
    ("description", "Description", FieldKind.TEXT),
    ("advantages", "Advantages", FieldKind.TEXT),
    ("disadvantages", "Disadvantages", FieldKind.TEXT),
)
MUST_CLARIFY = "To be clarified"
MUST_LEAD_TO = "What it must lead to"
MUST_NOT_COVER = "What it must not cover"
REFERRED_BACK = "Why it was referred back"
REASONS = "Reasons for the recommendation"
INQUIRIES = "Further inquiries that are proposed"
TEXT_HINT = "Write or paste the whole text. It becomes a document in the record."

Words = dict[str, str]


class AlternativesForm(Form):
    """A commission. Without alternatives, one text is handed in."""

    kind: Literal["alternatives"] = "alternatives"
    at_most: int = 0  # how many alternatives; none: one text
    must_clarify: tuple[Words, ...] = ()
    must_lead_to: tuple[Words, ...] = ()
    must_not_cover: tuple[Words, ...] = ()
    referred_back: tuple[Words, ...] = ()  # who referred an earlier version back, and why
    further_inquiries: bool = False

    def brief(self) -> tuple[tuple[Label, tuple[Label, ...]], ...]:
        """The terms of the commission, as they travel with the question."""
        return self._terms()

    def _terms(self) -> tuple[tuple[str, tuple[Words, ...]], ...]:
        terms = (
            (REFERRED_BACK, self.referred_back),
            (MUST_CLARIFY, self.must_clarify),
            (MUST_LEAD_TO, self.must_lead_to),
            (MUST_NOT_COVER, self.must_not_cover),
        )
        return tuple((title, points) for title, points in terms if points)

    def sections(self) -> tuple[Section, ...]:
        """What it must keep to, what is handed in, each point that must be clarified, and further inquiries."""
        return (*self._bounds(), *self._proposal(), *self._clarified(), *self._inquiries())

    def _bounds(self) -> Iterator[Section]:
        """Points that are read and not filled in."""
        for title, points in self._terms():
            if title != MUST_CLARIFY:
                yield Section(title, (), lead=listed(points))

    def _proposal(self) -> Iterator[Section]:
        if not self.at_most:
            yield Section("The text", (Field("text", "Text", FieldKind.TEXT, required=True, hint=TEXT_HINT),))
            return
        for number in range(1, self.at_most + 1):
            parts = [Field(name(number, part), label, kind) for part, label, kind in PARTS]
            chosen = Field(name(number, "recommended"), "This alternative is recommended", FieldKind.CHECK)
            yield Section(HEADINGS[number - 1], (*parts, chosen))
        yield Section("The recommendation", (Field("reasons", REASONS, FieldKind.TEXT, required=True),))

    def _clarified(self) -> Iterator[Section]:
        if self.must_clarify:
            points = enumerate(self.must_clarify, start=1)
            fields = tuple(Field(f"clarified-{n}", dict(point), FieldKind.TEXT, required=True) for n, point in points)
            yield Section(MUST_CLARIFY, fields)

    def _inquiries(self) -> Iterator[Section]:
        if self.further_inquiries:
            yield Section("Further inquiries", (Field("inquiries", INQUIRIES, FieldKind.TEXT),))

    def written(self, content: Mapping[str, str]) -> list[int]:
        """The numbers of the alternatives that anything has been written of."""
        parts = [part for part, _, _ in PARTS]
        numbers = range(1, self.at_most + 1)
        return [n for n in numbers if any(content.get(name(n, part), "").strip() for part in (*parts, "recommended"))]

    def faults(self, content: Mapping[str, str], position: str) -> Iterator[Fault]:
        """Each alternative is whole, with advantages and disadvantages; exactly one is recommended."""
        yield from super().faults(content, position)
        if not self.at_most:
            return
        written = self.written(content)
        if not written:
            yield Fault(name(1, "title"), NONE_WRITTEN)
            return
        for number in written:
            for part, _, _ in PARTS:
                if not content.get(name(number, part), "").strip():
                    yield Fault(name(number, part), INCOMPLETE)
        yield from self._recommending_faults(content, written)

    def _recommending_faults(self, content: Mapping[str, str], written: list[int]) -> Iterator[Fault]:
        chosen = [number for number in written if content.get(name(number, "recommended"), "").strip()]
        if not chosen:
            yield Fault(name(written[0], "recommended"), NONE_RECOMMENDED)
        elif len(chosen) > 1:
            yield Fault(name(chosen[1], "recommended"), TWO_RECOMMENDED, (("count", str(len(chosen))),))

    def rehearsed(self, wishes: Mapping[str, str], today: str) -> dict[str, str]:
        """Two alternatives where there may be two, the first of them recommended."""
        usual = {
            name(number, part): f"{part} {number}"
            for number in range(1, min(2, self.at_most) + 1)
            for part, _, _ in PARTS
        }
        chosen = {name(1, "recommended"): "yes"} if self.at_most else {}
        return super().rehearsed({**usual, **chosen, **wishes}, today)

    def document(self, content: Mapping[str, str], say: Callable[[Label], str]) -> str:
        """The whole submission as a text that can be read without the form."""
        parts = [*self._alternatives_in_words(content, say)] if self.at_most else [content.get("text", "")]
        for number, point in enumerate(self.must_clarify, start=1):
            parts.append(f"{say(dict(point))}\n{content.get(f'clarified-{number}', '').strip()}")
        if content.get("inquiries", "").strip():
            parts.append(f"{say(INQUIRIES)}\n{content['inquiries'].strip()}")
        return "\n\n".join(parts)

    def _alternatives_in_words(self, content: Mapping[str, str], say: Callable[[Label], str]) -> Iterator[str]:
        for number in self.written(content):
            recommended = content.get(name(number, "recommended"), "").strip()
            mark = f" ({say('recommended')})" if recommended else ""
            yield f"{say(HEADINGS[number - 1])}: {content.get(name(number, 'title'), '').strip()}{mark}"
            for part, label, _ in PARTS[1:]:
                text = content.get(name(number, part), "").strip()
                yield text if part == "description" else f"{say(label)}\n{text}"
        yield f"{say(REASONS)}\n{content.get('reasons', '').strip()}"


HEADINGS = tuple(f"Alternative {number}" for number in range(1, 10))
"""Message ids, each marked for translation in `notifications.form_words`."""


def name(number: int, part: str) -> str:
    """The field of a part of an alternative."""
    return f"alternative-{number}-{part}"


def listed(points: tuple[Words, ...]) -> Words:
    """Several points as one text, by language."""
    languages = dict.fromkeys(language for point in points for language in point)
    return {
        language: "\n".join(f"• {point.get(language) or next(iter(point.values()))}" for point in points)
        for language in languages
    }
