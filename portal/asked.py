"""What one person is asked, with everything that its pages show."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import bindparam
from sqlalchemy import select as select_many
from sqlmodel import col, select

from config.calendars import PLACES
from config.dates import parse_duration
from config.terms import Position, StepKind
from engine.commands.delegate import may_take_back
from models.assignment import Answer, Assignment, AssignmentStatus, Decision, Document, Link
from models.cycle import Body, Cycle, CycleStatus, Membership, Person
from models.forms import read_form
from models.phase import Milestone, MilestoneStatus, Phase, Step
from models.queries import ANSWERS_TO
from models.rows import Query
from notifications.facts import SILENCE, SILENCE_EXTENDED
from portal.around import Around, Contact, load_around
from portal.papers import Papers, load_papers
from portal.words import Words, words
from tasks.late import takes_late
from tasks.phase import definition_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from datetime import date, datetime

    from sqlmodel import Session

    from config.calendars import Place
    from models.forms import Form

WITH_FILES = (StepKind.SUBMIT, StepKind.CONSULT, StepKind.DECIDE)
"""Questions that files can be handed in with: texts, replies, and extracts of minutes."""


class Standing(StrEnum):
    """Whether an answer can be given, and why not."""

    OPEN = "open"
    HELD = "held"  # a coordinator has stopped the cycle for a while
    ASKED_ANEW = "asked_anew"  # the matter came back in a new round, with a link of its own
    REVOKED = "revoked"  # the link was withdrawn
    EXPIRED = "expired"  # the question has been closed for longer than links show it
    CLOSED = "closed"  # the question is closed
    ENDED = "ended"  # the whole cycle is over


SHUT = (Standing.REVOKED, Standing.EXPIRED)
"""Where a link shows neither the question's documents nor its answers any more."""


@dataclass(frozen=True)
class Asked:
    """One assignment as its pages see it, at one instant."""

    link: Link
    assignment: Assignment
    step: Step
    phase: Phase
    cycle: Cycle
    body: Body
    membership: Membership
    person: Person
    milestone: Milestone | None
    documents: tuple[Document, ...]
    answers: tuple[Answer, ...]  # this assignment's own versions, oldest first
    areas: tuple[str, ...]  # names to confirm, one a line; empty when there are none
    taken_late: bool  # the question has closed, but this answer is still taken
    expired: bool  # the link has outlived the question by more than the grace
    now: datetime
    papers: Papers
    read: Callable[[], AbstractContextManager[Session]]  # the register, for what only some pages show

    @cached_property
    def say(self) -> Words:
        """The person's language."""
        return words(str(self.person.language))

    @cached_property
    def around(self) -> Around:
        """What stands around the question, as it is when a page first asks for it."""
        with self.read() as session:
            return load_around(session, self.assignment, self.step, self.phase, self.cycle, self.milestone)

    @property
    def contact(self) -> Contact:
        """Whom to ask."""
        return self.around.contact

    @cached_property
    def decisions(self) -> tuple[Decision, ...]:
        """What the answering body has resolved in this step."""
        mine = col(Decision.step_id) == self.step.id, col(Decision.body_id) == self.assignment.body_id
        with self.read() as session:
            return tuple(session.exec(select(Decision).where(*mine).order_by(col(Decision.round))))

    def with_papers(self) -> Asked:
        """The same, with its files and its draft as they are now."""
        with self.read() as session:
            return replace(self, papers=load_papers(session, self.link, self.documents, self.answers))

    @property
    def place(self) -> Place:
        """The cycle's calendar and clock."""
        return PLACES[self.cycle.place]

    @property
    def kind(self) -> StepKind:
        """What sort of question it is."""
        return self.step.kind

    @property
    def offers(self) -> tuple[Position, ...]:
        """The positions that can be taken."""
        return tuple(Position(offer) for offer in self.step.offers)

    @property
    def answer(self) -> Answer | None:
        """The answer that counts now."""
        return self.answers[-1] if self.answers else None

    @property
    def standing(self) -> Standing:
        """Whether an answer can be given. A link that was withdrawn shows nothing more of the question."""
        if self.link.revoked_at is not None or self.expired:
            return Standing.EXPIRED if self.link.revoked_at is None else Standing.REVOKED
        return self._standing_of_question()

    def _standing_of_question(self) -> Standing:
        if self.cycle.status is CycleStatus.HELD:
            return Standing.HELD
        if self.cycle.status is not CycleStatus.RUNNING:
            return Standing.ENDED
        if self.assignment.status in (AssignmentStatus.REOPENED, AssignmentStatus.SUPERSEDED):
            return Standing.ASKED_ANEW
        if self.assignment.status is AssignmentStatus.WITHDRAWN:
            return Standing.REVOKED
        if _closed(self.step) and not self.taken_late:
            return Standing.CLOSED
        return Standing.OPEN

    @property
    def can_take_back(self) -> bool:
        """Whether the question was handed over through this link, and can still come back."""
        return may_take_back(self.assignment, self.link)

    @property
    def due_day(self) -> date | None:
        """The last day for an answer."""
        return self.place.last_day_before(self.step.due_before) if self.step.due_before else None

    @property
    def overdue(self) -> bool:
        """Whether that day is over: an answer is taken and marked as late."""
        return self.taken_late or (self.step.due_before is not None and self.step.due_before <= self.now)

    @property
    def promised_before(self) -> date | None:
        """The day that was first promised, when the answer is due on another one now."""
        moved = self.milestone is not None and self.milestone.status is MilestoneStatus.MOVED
        if not moved or self.milestone is None or self.milestone.due_on != self.due_day:
            return None
        return self.milestone.promised if self.milestone.promised != self.due_day else None

    @cached_property
    def form(self) -> Form | None:
        """What the answer consists of beside the position, as the answering body fills it in."""
        return read_form(self.step.form, self.body.key)

    @cached_property
    def field_ids(self) -> dict[str, str]:
        """The id of each of the form's fields on a page: their names may hold dots, and be like other ids."""
        names = (field.name for field in self.form.fields()) if self.form else ()
        return {name: f"field-{number}" for number, name in enumerate(names, start=1)}

    @property
    def takes_files(self) -> bool:
        """Whether files can be handed in with the answer."""
        return self.kind in WITH_FILES

    @property
    def wants_text(self) -> bool:
        """Whether a plain text is handed in."""
        return Position.SUBMITS in self.offers and self.form is None

    @property
    def wants_items(self) -> bool:
        """Whether names are confirmed, one a line."""
        return bool(self.areas)

    @property
    def wants_day(self) -> bool:
        """Whether a body's decision is reported, which has a day of its own. A form asks for the day itself."""
        if self.form is not None:
            return False
        return self.kind is StepKind.DECIDE or (self.kind is StepKind.MEET and len(self.offers) > 1)

    def silence(self) -> str:
        """What happens without an answer, in the words of the mail."""
        then = str(self.step.missing.get("then", "close"))
        if self.taken_late:
            return self.say.terms(SILENCE["close"])
        if "extend" in self.step.missing and not self.step.extended:
            return self.say.terms(SILENCE_EXTENDED[then], days=parse_duration(str(self.step.missing["extend"])).days)
        return self.say.terms(SILENCE["hold" if self.overdue else then])


def _closed(step: Step) -> bool:
    return step.settled_at is not None or step.closing is not None


GRACE = timedelta(days=90)
"""How long a link shows what became of a closed question, where no setting says otherwise."""


def _expired(cycle: Cycle, step: Step, now: datetime, grace: timedelta) -> bool:
    """Whether a link has outlived its question. While the question waits for an answer, it never has."""
    ends = [instant for instant in (step.settled_at, cycle.ended_at) if instant is not None]
    return bool(ends) and max(ends[0], step.due_before or ends[0]) + grace <= now


BEHIND = Query(
    select_many()
    .select_from(Assignment)
    .join(Step, col(Step.id) == col(Assignment.step_id))
    .join(Cycle, col(Cycle.id) == col(Assignment.cycle_id))
    .join(Phase, col(Phase.id) == col(Step.phase_id))
    .join(Body, col(Body.id) == col(Assignment.body_id))
    .join(Membership, col(Membership.id) == col(Assignment.membership_id))
    .join(Person, col(Person.id) == bindparam("person"))
    .outerjoin(Milestone, (col(Milestone.cycle_id) == Step.cycle_id) & (col(Milestone.key) == Step.milestone))
    .where(col(Assignment.id) == bindparam("assignment")),
    Assignment, Step, Cycle, Phase, Body, Membership, Person, Milestone,
)  # fmt: skip
"""What every page of a link shows, in one query instead of eight."""


def load_asked(
    session: Session, link: Link, now: datetime, grace: timedelta = GRACE, *,
    read: Callable[[], AbstractContextManager[Session]],
) -> Asked:  # fmt: skip
    """Everything behind a link. Other people's answers are not among it."""
    connection = session.connection()
    behind = BEHIND.first(connection, {"assignment": link.assignment_id, "person": link.person_id})
    assert behind is not None  # noqa: S101 - foreign keys
    assignment, step, cycle, phase, body, membership, person, milestone = behind.rows
    about = [*step.about[:-1], assignment.text] if assignment.text else step.about
    documents = tuple(found for key in about if (found := session.get(Document, key)) is not None)
    versions = tuple(answer for _, (answer,) in ANSWERS_TO.all(connection, {"assignment": assignment.id}))
    return Asked(
        link=link,
        assignment=assignment,
        step=step,
        phase=phase,
        cycle=cycle,
        body=body,
        membership=membership,
        person=person,
        milestone=milestone,
        documents=documents,
        answers=versions,
        areas=tuple(_areas(session, cycle, phase, step)),
        taken_late=_closed(step) and takes_late(session, step, assignment),
        expired=_expired(cycle, step, now, grace),
        now=now,
        papers=load_papers(session, link, documents, versions),
        read=read,
    )


def _areas(session: Session, cycle: Cycle, phase: Phase, step: Step) -> Sequence[str]:
    """The names to confirm: those of the group that the definition calls the phase's areas."""
    if step.kind is not StepKind.CONFIRM or not step.key.startswith("areas"):
        return ()
    outcome = getattr(definition_of(cycle.definition).phases[phase.key], "outcome", None)
    group = getattr(outcome, "areas", None)
    present = select(Body.name).where(
        col(Body.cycle_id) == cycle.id, col(Body.group) == group, col(Body.withdrawn).is_(False)
    )
    return session.exec(present.order_by(col(Body.ordinal))).all()
