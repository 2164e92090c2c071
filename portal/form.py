"""What is typed into an answer's form, and what is wrong with it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from config.dates import YEARS
from config.terms import REASONED, Position
from engine.commands.answer import MAX_TEXT, BadAnswer, Reply, check_reply, is_the_text
from models.forms import Form
from models.phase import Step
from notifications.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.documents.given import GivenFile
    from models.assignment import Answer
    from portal.asked import Asked

FORMAT_CHARACTERS = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127, 0xFFFE, 0xFFFF))
"""Signs that no text needs, and that PostgreSQL (NUL) or XML (1.0, 2.2) refuses; tab and line feed stay."""

BEFORE, AFTER = ("position", "decided_on"), ("text", "items", "comment")
"""The fields that every answer may have, in the order of the page: before and after those of the step's form."""
OWN = frozenset((*BEFORE, *AFTER, "csrf", "sealed", "revision", "do", "files"))
"""Names of the page; all others are fields of the step's form."""
MESSAGES = {
    "position": N_("Choose one of the answers."),
    "comment": N_("Write the reason. It is required with the answer that you have chosen."),
    "text": N_("Write or paste the text, or attach it as a file."),
    "decided_on": N_("The decision lies in the future. Give the day when it was made."),
}
"""What is wrong, by the field that the register names."""
TOO_LONG = N_("The text is too long: at most %(most)s characters.")
NO_DAY = N_("Write the day with year, month and day, for instance 2013-09-11.")
NO_ITEMS = N_("Write at least one name, one on each line.")
TWICE = N_("The same name stands twice: %(name)s. Write it once.")


@dataclass(frozen=True)
class Fault:
    """Something that has to be mended in one field; `of_form` when it is one of the step's form."""

    field: str
    message: str
    values: tuple[tuple[str, str], ...] = ()
    of_form: bool = False


@dataclass(frozen=True)
class Typed:
    """The fields as they were typed; kept so that nothing has to be written twice."""

    position: str = ""
    comment: str = ""
    text: str = ""
    items: str = ""
    decided_on: str = ""
    fields: dict[str, str] = field(default_factory=dict)  # of the step's form, by name

    @classmethod
    def from_form(cls, form: Mapping[str, str]) -> Typed:
        """What a form brought."""
        own = {name: tidy(form.get(name, "")) for name in (*BEFORE, *AFTER)}
        return cls(**own, fields={name: tidy(text) for name, text in form.items() if name not in OWN})

    @classmethod
    def from_answer(cls, answer: Answer) -> Typed:
        """What was answered before, to be changed."""
        text, items = (str(answer.content.get(name, "")) for name in ("text", "items"))
        day = answer.decided_on.isoformat() if answer.decided_on else ""
        fields = {name: str(said) for name, said in answer.content.items() if name not in OWN}
        return cls(str(answer.position), answer.comment, text, items, day, fields)

    @classmethod
    def first(cls, asked: Asked) -> Typed:
        """How the form looks at first: the draft, the present answer, or what is proposed. No position is chosen."""
        if asked.papers.draft is not None:
            return cls.from_json(asked.papers.draft.typed)
        if asked.answer is not None:
            return cls.from_answer(asked.answer)
        proposed = {field.name: field.first for field in asked.form.fields()} if asked.form else {}
        return cls(items="\n".join(asked.areas), fields=proposed)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Typed:
        """What a draft or a seal holds."""
        return cls(**{name: value for name, value in content.items() if name in cls.__dataclass_fields__})

    def to_json(self) -> dict[str, Any]:
        """For a draft, and for the seal of the review page."""
        return asdict(self)

    @property
    def anything(self) -> bool:
        """Whether somebody has written something that must not be lost."""
        return any((self.comment, self.text, self.items, *self.fields.values()))


def tidy(text: str) -> str:
    """The text with one kind of line break, and without signs that cannot be stored."""
    storable = text.encode("utf-8", "replace").decode()
    return storable.replace("\r\n", "\n").replace("\r", "\n").translate(FORMAT_CHARACTERS).strip()


def read_reply(
    asked: Asked, typed: Typed, files: tuple[GivenFile, ...] | None = None
) -> tuple[Reply | None, list[Fault]]:  # fmt: skip
    """The reply that was typed and attached, or every fault in it; the files are the draft's where none are given."""
    files = asked.papers.files if files is None else files
    faults = [*_too_long(typed), *_item_faults(asked, typed)]
    faults += _as_a_file(files, [*_text_faults(asked, typed), *_form_faults(asked, typed)], typed)
    day, day_fault = _day(asked, typed)
    faults += [day_fault] if day_fault else []
    position = _position(asked, typed)
    if position is None:
        return None, _in_order(asked, [Fault("position", MESSAGES["position"]), *faults])
    reply = Reply(position, typed.comment, _content(asked, typed), day, files)
    known = {fault.field for fault in faults}
    faults += [fault for fault in _register_faults(asked, reply) if fault.field not in known]
    return (None, _in_order(asked, faults)) if faults else (reply, [])


def _as_a_file(files: tuple[GivenFile, ...], faults: list[Fault], typed: Typed) -> list[Fault]:
    """The faults that are left when the text is attached instead of written."""
    return [fault for fault in faults if not is_the_text(fault.field, typed.fields, files)]


def _in_order(asked: Asked, faults: list[Fault]) -> list[Fault]:
    """The faults in the order of their fields on the page."""
    own = ((name, True) for name in asked.field_ids)
    page = [*((name, False) for name in BEFORE), *own, *((name, False) for name in AFTER)]
    place = {where: number for number, where in enumerate(page)}
    return sorted(faults, key=lambda fault: place[fault.field, fault.of_form])


def _form_faults(asked: Asked, typed: Typed) -> list[Fault]:
    """What is missing or does not fit in the fields of the step's form, the first of each field."""
    if asked.form is None:
        return []
    content = asked.form.tidy(typed.fields)
    early = asked.form.early_days(content, asked.place.today(asked.now).isoformat())
    chosen = _position(asked, typed)  # without it only the fields themselves can be looked at
    faults = asked.form.faults(content, chosen) if chosen else Form.faults(asked.form, content, "")
    found = [*faults, *early]
    first = {fault.field: fault for fault in reversed(found)}
    return [Fault(fault.field, fault.message, fault.values, of_form=True) for fault in first.values()]


def _position(asked: Asked, typed: Typed) -> Position | None:
    return next((offer for offer in asked.offers if offer == typed.position), None)


def _content(asked: Asked, typed: Typed) -> dict[str, Any]:
    """What the answer carries beside its position; fields that the form does not show are left out."""
    if asked.form is not None:
        return dict(asked.form.tidy(typed.fields))
    if asked.wants_text:
        return {"text": typed.text}
    return {"items": "\n".join(lines_of(typed.items))} if asked.wants_items else {}


def lines_of(items: str) -> list[str]:
    """The names, one a line, without the blank ones."""
    return [" ".join(line.split()) for line in items.splitlines() if line.strip()]


def _too_long(typed: Typed) -> Iterator[Fault]:
    for name in ("comment", "text", "items"):
        if len(getattr(typed, name)) > MAX_TEXT:
            yield Fault(name, TOO_LONG, (("most", f"{MAX_TEXT:,}".replace(",", " ")),))


def _text_faults(asked: Asked, typed: Typed) -> Iterator[Fault]:
    """Here the text itself is wanted; the register would also take a comment for it."""
    if asked.wants_text and not typed.text:
        yield Fault("text", MESSAGES["text"])


def _item_faults(asked: Asked, typed: Typed) -> Iterator[Fault]:
    if not asked.wants_items:
        return
    lines = lines_of(typed.items)
    if not lines:
        yield Fault("items", NO_ITEMS)
    folded = [line.casefold() for line in lines]
    twice = next((line for number, line in enumerate(lines) if line.casefold() in folded[:number]), None)
    if twice:
        yield Fault("items", TWICE, (("name", twice[:80]),))


def _day(asked: Asked, typed: Typed) -> tuple[date | None, Fault | None]:
    if not asked.wants_day or not typed.decided_on:
        return None, None
    try:
        day = date.fromisoformat(typed.decided_on)
    except ValueError:
        return None, Fault("decided_on", NO_DAY)
    return (day, None) if day.year in YEARS else (None, Fault("decided_on", NO_DAY))


def _register_faults(asked: Asked, reply: Reply) -> list[Fault]:
    """What the register would refuse: asked again with each fault mended, so that all of them are told at once."""
    faults = []
    step = _without_form(asked.step)
    # Length has been looked at, field by field; the register names one field for all of them.
    reply = replace(
        reply,
        comment=reply.comment[:MAX_TEXT],
        content={k: v[:MAX_TEXT] for k, v in reply.content.items()} if asked.form is None else {"text": "-"},
    )
    for _ in range(len(MESSAGES)):
        try:
            check_reply(step, reply, asked.place.today(asked.now))
        except BadAnswer as bad:
            faults.append(Fault(bad.where, MESSAGES[bad.where]))
            reply = _mended(reply, bad.where)
        else:
            break
    return faults


def _without_form(step: Step) -> Step:
    """The question without its form, whose faults have been looked at field by field."""
    return step if step.form is None else Step(**{**step.model_dump(), "form": None})


def _mended(reply: Reply, where: str) -> Reply:
    if where == "decided_on":
        return replace(reply, decided_on=None)
    return replace(reply, comment="-") if where == "comment" else replace(reply, content={"text": "-"})


def reasoned(asked: Asked) -> list[Position]:
    """The offers that must come with words."""
    return [offer for offer in asked.offers if offer in REASONED]
