"""What a batch of notices is about, read from the register in one query for each table and not one for each mail."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import select as select_values
from sqlmodel import Session, SQLModel, col, select

from config.terms import ANSWERING_SEATS, Seat
from models.anchors import Head, heads
from models.assignment import Answer, Assignment, Document, Link
from models.cycle import Body, Cycle, Membership, Person
from models.files import Attachment
from models.meeting import Meeting, MinutesItem
from models.notice import Delivery, Notice, NoticeKind
from models.phase import Milestone, Phase, Step
from models.rows import Query, among, is_among, rows_among

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

RowT = TypeVar("RowT", bound=SQLModel)
BEGINNING = (NoticeKind.ASKED, NoticeKind.ASKED_AGAIN)
"""The first mail of an assignment is of one of these kinds; the others join its thread."""


@dataclass(frozen=True)
class Coordinator:
    """Whom to ask: the body that coordinates, and the person who answers for it."""

    body: str
    name: str | None
    address: str | None


@dataclass
class Rows:
    """Rows by primary key, unless said otherwise."""

    cycles: dict[str, Cycle] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    phases: dict[str, Phase] = field(default_factory=dict)
    steps: dict[str, Step] = field(default_factory=dict)
    assignments: dict[str, Assignment] = field(default_factory=dict)
    memberships: dict[str, Membership] = field(default_factory=dict)
    bodies: dict[str, Body] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)  # of documents
    body_names: dict[tuple[str, str], str] = field(default_factory=dict)  # by cycle and the body's key
    milestones: dict[tuple[str, str], Milestone] = field(default_factory=dict)  # by cycle and key
    meeting: dict[str, str] = field(default_factory=dict)  # the name of the body that meets, by step
    meetings: dict[str, Meeting] = field(default_factory=dict)  # by the step that calls to it
    items: dict[str, list[MinutesItem]] = field(default_factory=dict)  # a meeting's agenda in order, by meeting
    links: dict[str, Link] = field(default_factory=dict)  # live ones, by assignment
    answers: dict[tuple[str, int], Answer] = field(default_factory=dict)  # by assignment and version
    files: dict[str, list[str]] = field(default_factory=dict)  # names, by answer
    threads: dict[str, str] = field(default_factory=dict)  # the Message-ID of the first mail, by assignment
    responses: dict[str, str] = field(default_factory=dict)  # what a mail server said of a mail, by its notice
    coordinators: dict[str, Coordinator] = field(default_factory=dict)  # by cycle
    heads: dict[str, Head] = field(default_factory=dict)  # where the journal stands, by cycle
    agenda: dict[str, list[Phase]] = field(default_factory=dict)  # a concluded cycle's phases in order, by cycle


def load(session: Session, notices: Sequence[Notice]) -> Rows:
    """Everything that the letters for these notices quote."""
    rows = Rows()
    cycle_ids = {notice.cycle_id for notice in notices}
    rows.cycles = _by_id(session, Cycle, cycle_ids)
    rows.people = _by_id(session, Person, (notice.person_id for notice in notices))
    rows.assignments = _by_id(session, Assignment, (notice.assignment_id for notice in notices))
    rows.people |= _by_id(session, Person, _handed_between(rows, notices))
    rows.coordinators = _coordinators(session, cycle_ids)
    rows.heads = heads(session, cycle_ids)
    _load_steps(session, rows, notices)
    _load_askings(session, rows, notices, cycle_ids)
    _load_by_kind(session, rows, notices)
    return rows


def _by_id(session: Session, table: type[RowT], ids: Iterable[str | None]) -> dict[str, RowT]:
    found = rows_among(session.connection(), table, "id", {key for key in ids if key})
    return {row.id: row for row in found}  # type: ignore[attr-defined]


def _handed_between(rows: Rows, notices: Sequence[Notice]) -> Iterator[str | None]:
    """The people whom letters name beside their recipients: who answers instead of whom."""
    for assignment in rows.assignments.values():
        yield from (assignment.person_id, assignment.delegated_from, assignment.replaces)
    for notice in notices:
        yield notice.data.get("person")
        yield notice.data.get("substitute")


def _coordinators(session: Session, cycle_ids: set[str]) -> dict[str, Coordinator]:
    number, wanted = among(cycle_ids)
    found: dict[str, list[tuple[Seat | None, Coordinator]]] = {}
    for said, (held_by, person) in _coordinating(number).all(session.connection(), wanted):
        cycle_id, body = said["cycle"], said["body"]
        seat = held_by.seat if held_by else None  # an outer join: the seat may be empty
        who = Coordinator(body, person.name, person.address) if person else Coordinator(body, None, None)
        found.setdefault(cycle_id, []).append((seat, who))
    return {cycle_id: min(held, key=lambda one: _rank(one[0]))[1] for cycle_id, held in found.items()}


@cache
def _coordinating(number: int) -> Query:
    """The bodies that coordinate so many cycles, with their people."""
    bodies: Any = (
        select_values(col(Cycle.id).label("cycle"), col(Body.name).label("body"))
        .select_from(Cycle)
        .join(Body, (col(Body.cycle_id) == Cycle.id) & (col(Body.group) == Cycle.coordinator))
        .outerjoin(Membership, (col(Membership.body_id) == Body.id) & col(Membership.ended).is_(False))
        .outerjoin(Person, col(Person.id) == Membership.person_id)
        .where(is_among(col(Cycle.id), number), col(Body.withdrawn).is_(False))
        .order_by(col(Body.ordinal), col(Membership.ordinal))
    )
    return Query(bodies, Membership, Person)


def _rank(seat: Seat | None) -> int:
    return ANSWERING_SEATS.index(seat) if seat in ANSWERING_SEATS else len(ANSWERING_SEATS)


def _load_steps(session: Session, rows: Rows, notices: Sequence[Notice]) -> None:
    from_assignments = [assignment.step_id for assignment in rows.assignments.values()]
    rows.steps = _by_id(session, Step, [*(notice.step_id for notice in notices), *from_assignments])
    phase_ids = {notice.phase_id for notice in notices} | {step.phase_id for step in rows.steps.values()}
    rows.phases = _by_id(session, Phase, phase_ids)
    documents = {key for step in rows.steps.values() for key in step.about}
    documents |= {key for notice in notices for key in notice.data.get("documents", ())}
    documents |= {assignment.text for assignment in rows.assignments.values() if assignment.text}
    if documents:
        titles = select(Document.id, Document.title).where(col(Document.id).in_(documents))
        rows.titles = {key: title for key, title in session.exec(titles)}  # noqa: C416 - rows, not pairs


def _load_askings(session: Session, rows: Rows, notices: Sequence[Notice], cycle_ids: set[str]) -> None:
    """Assignments with who answers for whom, their links and the first mail of their thread."""
    named = any(notice.data.get("milestone") for notice in notices)
    if named or any(step.milestone for step in rows.steps.values()):
        held = session.exec(select(Milestone).where(col(Milestone.cycle_id).in_(cycle_ids)))
        rows.milestones = {(row.cycle_id, row.key): row for row in held}
    if not rows.assignments:
        return
    asked = rows.assignments.values()
    rows.memberships = _by_id(session, Membership, (one.membership_id for one in asked))
    rows.bodies = _by_id(session, Body, (one.body_id for one in asked))
    issued = rows_among(session.connection(), Link, "assignment_id", rows.assignments)
    rows.links = {link.assignment_id: link for link in issued if link.revoked_at is None}
    # Whoever is asked for the first time begins the thread.
    later = {n.assignment_id for n in notices if n.kind is not NoticeKind.ASKED or n.occurrence > 1} - {None}
    rows.threads = _threads(session, cycle_ids, later) if later else {}


def _threads(session: Session, cycle_ids: set[str], assignments: set[str | None]) -> dict[str, str]:
    """The Message-ID of the first mail, by assignment."""
    first = (
        select(Notice.subject_id, Delivery.message_id)
        .join(Delivery, col(Delivery.notice_id) == Notice.id)
        .where(
            col(Notice.cycle_id).in_(cycle_ids),  # these three are the beginning of an index
            col(Notice.kind).in_(BEGINNING),
            col(Notice.subject_id).in_(assignments),
        )
        .order_by(col(Notice.created_at).desc(), col(Notice.id).desc())
    )
    return {subject: message_id for subject, message_id in session.exec(first)}  # noqa: C416


def _load_by_kind(session: Session, rows: Rows, notices: Sequence[Notice]) -> None:
    of_kind: dict[NoticeKind, list[Notice]] = {}
    for notice in notices:
        of_kind.setdefault(notice.kind, []).append(notice)
    if receipts := [n.assignment_id for n in of_kind.get(NoticeKind.RECEIPT, []) if n.assignment_id]:
        found = session.exec(select(Answer).where(col(Answer.assignment_id).in_(receipts)))
        rows.answers = {(answer.assignment_id, answer.version): answer for answer in found}
        _load_files(session, rows)
    if failed := {notice.data.get("notice") for notice in of_kind.get(NoticeKind.UNDELIVERED, [])}:
        said = select(Delivery.notice_id, Delivery.response).where(col(Delivery.notice_id).in_(failed))
        rows.responses = {notice_id: response or "" for notice_id, response in session.exec(said)}
    if meetings := {n.step_id for n in of_kind.get(NoticeKind.SUMMONED, []) if n.step_id}:
        who = select(Assignment.step_id, Body.name).join(Body, col(Body.id) == Assignment.body_id)
        found_bodies = session.exec(who.where(col(Assignment.step_id).in_(meetings)))
        rows.meeting = {step_id: name for step_id, name in found_bodies}  # noqa: C416
    _load_meetings(session, rows, [*of_kind.get(NoticeKind.SUMMONED, []), *of_kind.get(NoticeKind.CALLED_OFF, [])])
    _load_for_coordinators(session, rows, of_kind)


def _load_files(session: Session, rows: Rows) -> None:
    """The names of the files that came with the answers, in their order."""
    ids = [answer.id for answer in rows.answers.values()]
    mine = select(Attachment.answer_id, Attachment.name).where(col(Attachment.answer_id).in_(ids))
    for answer_id, name in session.exec(mine.order_by(col(Attachment.answer_id), col(Attachment.number))):
        rows.files.setdefault(answer_id, []).append(name)


def _load_meetings(session: Session, rows: Rows, calls: Sequence[Notice]) -> None:
    """The meetings that people are called to, with the bodies' names and the agendas."""
    steps = {notice.step_id for notice in calls if notice.step_id}
    if not steps:
        return
    query = select(Meeting, Body.name).join(Body, col(Body.id) == Meeting.body_id)
    for meeting, name in session.exec(query.where(col(Meeting.step_id).in_(steps))):
        rows.meetings[meeting.step_id] = meeting
        rows.meeting[meeting.step_id] = name
    ids = [meeting.id for meeting in rows.meetings.values() if meeting.formal]
    items = select(MinutesItem).where(col(MinutesItem.meeting_id).in_(ids)).order_by(col(MinutesItem.ordinal))
    for item in session.exec(items) if ids else ():
        rows.items.setdefault(item.meeting_id, []).append(item)


def _load_for_coordinators(session: Session, rows: Rows, of_kind: dict[NoticeKind, list[Notice]]) -> None:
    kinds = (NoticeKind.MISSED, NoticeKind.REFERRED_BACK, NoticeKind.NO_DECISION)
    told = [notice for kind in kinds for notice in of_kind.get(kind, [])]
    if told:
        names = select(Body.cycle_id, Body.key, Body.name)
        cycles = {notice.cycle_id for notice in told}
        for cycle_id, key, name in session.exec(names.where(col(Body.cycle_id).in_(cycles))):
            rows.body_names[cycle_id, key] = name
    if ended := {notice.cycle_id for notice in of_kind.get(NoticeKind.CONCLUDED, [])}:
        query = select(Phase).where(col(Phase.cycle_id).in_(ended)).order_by(col(Phase.ordinal))
        for phase in session.exec(query):
            rows.agenda.setdefault(phase.cycle_id, []).append(phase)
