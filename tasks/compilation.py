"""The compilation of a consultation as values: who said what on which subject, and what became of each remark.

It is read from the answers themselves, so that it says the same on a page, in a document and in a spreadsheet, and
takes up a late reply by itself.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from config.calendars import PLACES
from config.terms import Position, StepKind
from models.assignment import Answer, Assignment, AssignmentStatus
from models.cycle import Body
from models.files import Attachment
from models.forms import read_form
from models.forms.compilation import SUMMARY_NAME, TAKEN, Remark
from models.forms.subjects import Item, SubjectsForm
from models.phase import Step
from tasks.late import awaits_late, later_step

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlmodel import Session

    from models.cycle import Cycle
    from models.phase import Phase

SUPPORTING = (Position.SUPPORTS, Position.SUPPORTS_WITH_CHANGES)
WHOLE = Item(name="", title={})
"""What a position is taken on where the definition names no subjects: the material as a whole."""


class State(StrEnum):
    """How far a consultation has come."""

    COLLECTING = "collecting"  # replies come in; they are not shown yet
    COMPILING = "compiling"  # the time is over; late replies are still taken
    CLOSED = "closed"  # nothing is added any more


class Standing(StrEnum):
    """Whether a consultee has replied. Silence is a state of its own, never consent."""

    AWAITED = "awaited"
    IN_TIME = "in_time"
    LATE = "late"
    NO_REPLY = "no_reply"


@dataclass(frozen=True)
class Treatment:
    """What became of a remark."""

    taken: bool
    why: str


@dataclass(frozen=True)
class Voice:
    """What a consultee says of one item: its position (None is no reply), its remark, and what became of that."""

    body: str  # the consultee's key
    position: str | None
    comment: str = ""
    treatment: Treatment | None = None


@dataclass(frozen=True)
class ItemRow:
    """A subject or an activity, with every consultee's voice on it."""

    name: str
    title: dict[str, str]  # by language; empty for the material as a whole
    voices: tuple[Voice, ...]

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many took each position."""
        taken = Counter(voice.position for voice in self.voices if voice.position)
        return {str(position): taken[position] for position in Position if taken[position]}

    @cached_property
    def by_body(self) -> dict[str, Voice]:
        """What each consultee says of it."""
        return {voice.body: voice for voice in self.voices}

    @property
    def supporting(self) -> int:
        """How many support it, with or without changes."""
        return sum(self.counts.get(position, 0) for position in SUPPORTING)


@dataclass(frozen=True)
class ConsulteeRow:
    """A consultee, and the circumstances of its reply."""

    key: str
    name: str
    standing: Standing
    received_on: date | None = None
    comment: str = ""  # on the whole, beside those on the subjects
    treatment: Treatment | None = None
    organ: str = ""  # which of its organs approved the reply
    approved_on: date | None = None
    paragraph: str = ""
    files: tuple[Attachment, ...] = ()  # handed in with the reply


@dataclass(frozen=True)
class Compilation:
    """A consultation's replies, put together."""

    cycle: str
    cycle_title: str
    language: str
    phase: str
    title: str
    state: State
    compiles: bool  # whether somebody says what becomes of the remarks
    summary: str
    consultees: tuple[ConsulteeRow, ...]
    items: tuple[ItemRow, ...]

    @property
    def positions(self) -> int:
        """How many positions have been taken in all."""
        return sum(sum(item.counts.values()) for item in self.items)

    @property
    def replied(self) -> int:
        """How many consultees have replied."""
        return sum(row.standing in (Standing.IN_TIME, Standing.LATE) for row in self.consultees)

    @cached_property
    def _by_key(self) -> dict[str, ConsulteeRow]:
        return {row.key: row for row in self.consultees}

    def consultee(self, key: str) -> ConsulteeRow:
        """A consultee by its key."""
        return self._by_key[key]

    def voice(self, item: ItemRow, key: str) -> Voice:
        """What a consultee says of an item."""
        return item.by_body[key]


@dataclass(frozen=True)
class Replied:
    """A consultee with its answer, as the register has them."""

    body: Body
    assignment: Assignment
    answer: Answer | None
    files: tuple[Attachment, ...] = ()


def read_compilation(
    session: Session, cycle: Cycle, phase: Phase, treatments: Mapping[str, Any] | None = None
) -> Compilation | None:
    """The compilation of a consultation phase as it stands; None while nobody has been asked.

    `treatments` is what becomes of the remarks, where it is not final in the register yet.
    """
    asked = select(Step).where(col(Step.phase_id) == phase.id, col(Step.kind) == StepKind.CONSULT)
    step = session.exec(asked.order_by(col(Step.id))).first()
    if step is None:
        return None
    came = read_replies(session, step)
    content = _treatments(session, step) if treatments is None else treatments
    return Compilation(
        cycle=cycle.id, cycle_title=cycle.title, language=str(cycle.language), phase=phase.key, title=phase.title,
        state=_state(session, step), compiles=step.late_until is not None,
        summary=str(content.get(SUMMARY_NAME, "")),
        consultees=tuple(_consultee(cycle, step, reply, content) for reply in came),
        items=tuple(_item(step, item, came, content) for item in items_of(step)),
    )  # fmt: skip


def read_replies(session: Session, step: Step) -> list[Replied]:
    """Every consultee that was asked, with the answer that counts, in the order of the bodies."""
    given = select(Answer).join(Assignment, col(Assignment.id) == col(Answer.assignment_id))
    versions = session.exec(given.where(col(Assignment.step_id) == step.id).order_by(col(Answer.version)))
    latest = {answer.assignment_id: answer for answer in versions}
    asked = select(Body, Assignment).join(Assignment, col(Assignment.body_id) == col(Body.id))
    mine = asked.where(col(Assignment.step_id) == step.id, col(Assignment.status) != AssignmentStatus.WITHDRAWN)
    pairs = session.exec(mine.order_by(col(Body.ordinal), col(Assignment.round)))
    files = _files_of(session, latest.values())
    found = ((body, assignment, latest.get(assignment.id)) for body, assignment in pairs)
    return [Replied(body, asked, answer, files.get(answer.id, ()) if answer else ()) for body, asked, answer in found]


def _files_of(session: Session, answers: Iterable[Answer]) -> dict[str, tuple[Attachment, ...]]:
    """The files of these answers, by the answer's id."""
    mine = select(Attachment).where(col(Attachment.answer_id).in_([answer.id for answer in answers]))
    found: dict[str, tuple[Attachment, ...]] = {}
    for file in session.exec(mine.order_by(col(Attachment.answer_id), col(Attachment.number))):
        found[file.answer_id] = (*found.get(file.answer_id, ()), file)
    return found


def items_of(step: Step) -> tuple[Item, ...]:
    """What the step asks a position on."""
    form = read_form(step.form)
    return (form.items if isinstance(form, SubjectsForm) else ()) or (WHOLE,)


def remarks_of(compilation: Compilation) -> Iterator[tuple[ConsulteeRow, ItemRow | None, str]]:
    """Every remark: whose, on which item (None is the whole), and in which words."""
    for row in compilation.consultees:
        if row.comment:
            yield row, None, row.comment
        for item in compilation.items:
            if said := compilation.voice(item, row.key).comment:
                yield row, item, said


def _state(session: Session, step: Step) -> State:
    if step.settled_at is None:
        return State.COLLECTING
    return State.COMPILING if awaits_late(session, step) else State.CLOSED


def _treatments(session: Session, step: Step) -> dict[str, Any]:
    """What the compiler said of the remarks, once that is final."""
    later = session.get(Step, later_step(step)) if step.late_until else None
    if later is None or later.settled_at is None:
        return {}
    given = select(Answer).join(Assignment, col(Assignment.id) == col(Answer.assignment_id))
    last = given.where(col(Assignment.step_id) == later.id).order_by(col(Answer.version).desc())
    answer = session.exec(last).first()
    return answer.content if answer else {}


def _treatment(content: Mapping[str, Any], body: str, item: str = "") -> Treatment | None:
    remark = Remark(name=remark_name(body, item), title={}, words={})
    said = content.get(remark.treatment)
    return Treatment(said == TAKEN, str(content.get(remark.why, ""))) if said else None


def remark_name(body: str, item: str = "") -> str:
    """What a remark is called in the compiler's form."""
    return f"{body}.{item}" if item else body


def _consultee(cycle: Cycle, step: Step, reply: Replied, content: Mapping[str, Any]) -> ConsulteeRow:
    key, answer = reply.body.key, reply.answer
    standing = _standing(step, reply)
    if answer is None or step.settled_at is None:
        return ConsulteeRow(key, reply.body.name, standing)
    said, on_the_whole = answer.content, items_of(step) != (WHOLE,)
    return ConsulteeRow(
        key, reply.body.name, standing, PLACES[cycle.place].today(answer.received_at),
        comment=answer.comment if on_the_whole else "",
        treatment=_treatment(content, key) if on_the_whole else None,
        organ=str(said.get("approval.organ", "")), paragraph=str(said.get("approval.paragraph", "")),
        approved_on=date.fromisoformat(said["approval.day"]) if said.get("approval.day") else None,
        files=reply.files,
    )  # fmt: skip


def _standing(step: Step, reply: Replied) -> Standing:
    if reply.answer is not None:
        return Standing.LATE if reply.assignment.late else Standing.IN_TIME
    return Standing.AWAITED if step.settled_at is None else Standing.NO_REPLY


def _item(step: Step, item: Item, came: Sequence[Replied], content: Mapping[str, Any]) -> ItemRow:
    return ItemRow(item.name, item.title, tuple(_voice(step, item, reply, content) for reply in came))


def _voice(step: Step, item: Item, reply: Replied, content: Mapping[str, Any]) -> Voice:
    """A consultee's voice; unheard until the question has closed, so that nobody answers after others."""
    key, answer = reply.body.key, reply.answer
    if answer is None or step.settled_at is None:
        return Voice(key, None)
    treatment = _treatment(content, key, item.name)
    if item is WHOLE:
        return Voice(key, str(answer.position), answer.comment, treatment)
    said = answer.content
    position, comment = (str(said.get(name, "")).strip() for name in (item.position, item.comment))
    return Voice(key, position or None, comment, treatment)
