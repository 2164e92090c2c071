"""The matrix of an adoption: what each principal has decided, round by round."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from sqlmodel import SQLModel, col, select

from config.calendars import PLACES
from config.terms import PhaseKind, StepKind
from models.assignment import Answer, Assignment, AssignmentStatus
from models.phase import Step
from tasks.decisions import reported
from tasks.documents import text_of
from tasks.phase import definition_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from sqlmodel import Session

    from models.cycle import Body, Cycle
    from models.files import Attachment
    from models.phase import Phase

RowT = TypeVar("RowT", bound=SQLModel)


class Standpoint(StrEnum):
    """How firm a principal's line in the matrix is."""

    NOT_ASKED = "not_asked"  # the phase has not opened
    UNDECIDED = "undecided"  # asked; nothing has been reported
    REPORTED = "reported"  # reported; can be changed until the question closes
    DECIDED = "decided"  # final
    NO_REPLY = "no_reply"  # closed in silence, which is never consent
    WITHDRAWN = "withdrawn"  # asked by mistake


@dataclass(frozen=True)
class TextVersion:
    """Which version of a text was decided on."""

    key: str
    title: str
    version: int
    sha256: str


@dataclass(frozen=True)
class Round:
    """One time that a principal was asked."""

    number: int
    standpoint: Standpoint
    position: str | None = None
    on: date | None = None  # when the principal decided, otherwise when its report came
    reason: str = ""
    late: bool = False
    text: TextVersion | None = None
    paragraph: str = ""  # in the principal's minutes
    addition: str = ""
    tally: dict[str, int] = field(default_factory=dict)
    reservations: str = ""
    answer: str | None = None  # the id of the answer that reported it
    files: tuple[Attachment, ...] = ()  # what came with it, once it is final


@dataclass(frozen=True)
class PrincipalRecord:
    """A principal, and every round in which it was asked; the last one counts."""

    key: str
    name: str
    rounds: tuple[Round, ...]

    @property
    def latest(self) -> Round:
        """The round that counts."""
        return self.rounds[-1]


@dataclass(frozen=True)
class Matrix:
    """An adoption phase across its principals."""

    phase: str
    title: str
    status: str
    result: str | None
    text: TextVersion | None
    principals: tuple[PrincipalRecord, ...]

    @property
    def asked(self) -> bool:
        """Whether any principal has been asked yet."""
        return any(one.latest.standpoint is not Standpoint.NOT_ASKED for one in self.principals)

    @property
    def adopting(self) -> int:
        """How many have adopted so far."""
        return sum(p.latest.position in ("adopts", "adopts_with_addition") for p in self.principals)


def matrices(
    session: Session, cycle: Cycle, phases: Sequence[Phase], bodies: Sequence[Body], texts: Mapping[str, TextVersion],
    extracts: Mapping[str, tuple[Attachment, ...]],
) -> tuple[Matrix, ...]:  # fmt: skip
    """The matrix of every adoption phase."""
    adoptions = [phase for phase in phases if phase.kind is PhaseKind.ADOPTION]
    return tuple(_with_files(_matrix(session, cycle, phase, bodies, texts), extracts) for phase in adoptions)


def _with_files(matrix: Matrix, extracts: Mapping[str, tuple[Attachment, ...]]) -> Matrix:
    """The matrix with what principals handed in, where their decision is final."""

    def of(turn: Round) -> Round:
        final = turn.standpoint is Standpoint.DECIDED
        return replace(turn, files=extracts.get(turn.answer or "", ()) if final else ())

    asked = tuple(replace(one, rounds=tuple(of(turn) for turn in one.rounds)) for one in matrix.principals)
    return replace(matrix, principals=asked)


def _matrix(
    session: Session, cycle: Cycle, phase: Phase, bodies: Sequence[Body], texts: Mapping[str, TextVersion]
) -> Matrix:
    steps = session.exec(
        select(Step).where(col(Step.phase_id) == phase.id, col(Step.kind) == StepKind.DECIDE).order_by(col(Step.id))
    ).all()
    step = steps[-1] if steps else None
    text = texts.get(step.about[-1]) if step is not None and step.about else None
    rounds = _rounds(session, cycle, step, texts) if step is not None else {}
    asked = [body for body in bodies if body.id in rounds] or _principals(cycle, phase, bodies)
    not_asked = (Round(1, Standpoint.NOT_ASKED),)
    return Matrix(
        phase=phase.key,
        title=phase.title,
        status=str(phase.status),
        result=(phase.outcome or {}).get("result"),
        text=text,
        principals=tuple(PrincipalRecord(b.key, b.name, tuple(rounds.get(b.id, not_asked))) for b in asked),
    )


def _principals(cycle: Cycle, phase: Phase, bodies: Sequence[Body]) -> list[Body]:
    """Who will be asked, as things stand."""
    groups = principals_of(cycle, phase)
    return [body for body in bodies if body.group in groups and not body.withdrawn]


def principals_of(cycle: Cycle, phase: Phase) -> set[str]:
    """The groups of bodies of which each decides for itself in a phase."""
    named = getattr(definition_of(cycle.definition).phases[phase.key], "principals", ())
    return {named} if isinstance(named, str) else set(named)


def _rounds(session: Session, cycle: Cycle, step: Step, texts: Mapping[str, TextVersion]) -> dict[str, list[Round]]:
    """Every round of the step, by the body that was asked; without those that a newer version of the text overtook."""
    asked = select(Assignment).where(
        col(Assignment.step_id) == step.id, col(Assignment.status) != AssignmentStatus.SUPERSEDED
    )
    in_order = session.exec(asked.order_by(col(Assignment.round), col(Assignment.id))).all()
    given = (
        select(Answer)
        .join(Assignment, col(Assignment.id) == col(Answer.assignment_id))
        .where(col(Assignment.step_id) == step.id)
        .order_by(col(Answer.version))
    )
    latest = {answer.assignment_id: answer for answer in session.exec(given)}
    found: dict[str, list[Round]] = {}
    for assignment in in_order:
        made = _round(cycle, step, assignment, latest.get(assignment.id), texts.get(text_of(step, assignment) or ""))
        found.setdefault(assignment.body_id, []).append(made)
    return found


def _round(cycle: Cycle, step: Step, asked: Assignment, given: Answer | None, text: TextVersion | None) -> Round:
    standpoint = _standpoint(step, asked)
    if given is None:
        return Round(asked.round, standpoint)
    on = given.decided_on or PLACES[cycle.place].today(given.received_at)
    made = reported(given, PLACES[cycle.place])
    return Round(
        asked.round, standpoint, str(given.position), on, given.comment, given.late, text,
        paragraph=made.paragraph, addition=made.addition, tally=made.tally, reservations=made.reservations,
        answer=given.id,
    )  # fmt: skip


def _standpoint(step: Step, asked: Assignment) -> Standpoint:
    if asked.status is AssignmentStatus.ANSWERED:
        return Standpoint.DECIDED if step.settled_at is not None else Standpoint.REPORTED
    return {
        AssignmentStatus.OPEN: Standpoint.UNDECIDED,
        AssignmentStatus.REOPENED: Standpoint.DECIDED,
        AssignmentStatus.NO_REPLY: Standpoint.NO_REPLY,
    }.get(asked.status, Standpoint.WITHDRAWN)
