"""Answer an assignment: through its link, or by the coordinator on somebody's behalf."""

from __future__ import annotations

from dataclasses import dataclass, field
from hmac import compare_digest
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func
from sqlalchemy import select as select_many
from sqlmodel import col, select

from config.calendars import PLACES
from config.terms import REASONED, REOPENING, Position, StepKind
from engine.commands.draft import drop_seen
from models.assignment import Answer, Assignment, AssignmentStatus, Link
from models.cycle import CycleStatus
from models.draft import Draft
from models.files import Attachment, keep_content
from models.forms import read_form
from models.notice import Notice, NoticeKind
from models.phase import Step
from models.register import RegisterError, UnknownCycle
from models.rows import Query
from models.schedule import ready
from models.tokens import token_hash
from tasks.compile import grow
from tasks.late import takes_late

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from sqlmodel import Session

    from engine.documents.given import GivenFile
    from models.change import Change
    from models.register import Register

NO_HASH = "0" * 64
"""What a token is compared with when there is no link: the same work as for a wrong one."""
MAX_TEXT = 100_000
"""Characters in a comment or a text; longer ones are handed in as documents."""


BEHIND = Query(
    select_many(
        col(Link.revoked_at), col(Draft.id).label("draft"), col(Draft.typed), col(Draft.revision),
        col(Answer.version), col(Answer.received_at), col(Answer.late), col(Answer.position),
        select(func.count()).where(col(Answer.assignment_id) == col(Link.assignment_id))
        .correlate(Link).scalar_subquery().label("given"),
    )
    .select_from(Link)
    .join(Assignment, col(Assignment.id) == col(Link.assignment_id))
    .join(Step, col(Step.id) == col(Assignment.step_id))
    .outerjoin(Draft, (col(Draft.assignment_id) == Assignment.id) & (col(Draft.person_id) == Link.person_id))
    .outerjoin(Answer, (col(Answer.assignment_id) == Assignment.id) & (col(Answer.nonce) == bindparam("nonce")))
    .where(col(Link.id) == bindparam("link")),
    Assignment,
    Step,
)  # fmt: skip
"""A link's assignment and step, its person's draft, the answer that a nonce has given, and how many were given."""


class LinkUnknown(RegisterError):  # noqa: N818
    """No such link. Wrong, mistyped and never issued look the same."""


class NoLongerOpen(RegisterError):  # noqa: N818
    """The step has closed, or the link was withdrawn: the answer cannot be taken, and the page says what became."""


class BadAnswer(RegisterError):  # noqa: N818
    """The answer is not complete; `field` says where."""

    def __init__(self, where: str, message: str) -> None:
        super().__init__(message)
        self.where = where


@dataclass(frozen=True)
class Reply:
    """What somebody answers."""

    position: Position
    comment: str = ""
    content: dict[str, Any] = field(default_factory=dict)
    decided_on: date | None = None
    files: tuple[GivenFile, ...] = ()


@dataclass(frozen=True)
class Receipt:
    """What was recorded."""

    assignment: str
    version: int
    received_at: datetime
    late: bool
    position: Position


def link_by_token(session: Session, token: str) -> Link:
    """The link that a token opens.

    Raises:
        LinkUnknown: none does.
    """
    digest = token_hash(token)
    found = session.exec(select(Link).where(col(Link.token_sha256) == digest)).first()
    if not compare_digest(found.token_sha256 if found else NO_HASH, digest) or found is None:
        raise LinkUnknown("no such link")
    return found


def check_reply(step: Step, reply: Reply, today: date, *, body: str = "") -> None:
    """See that an answer is complete, before anything is written. `body` is the key of the body that answers.

    Raises:
        BadAnswer: it is not; `where` names the form's field.
    """
    if str(reply.position) not in step.offers:
        raise BadAnswer("position", f"'{reply.position}' is not offered here; there are: {', '.join(step.offers)}")
    if reply.position in REASONED and not reply.comment.strip():
        raise BadAnswer("comment", f"'{reply.position}' has to be explained; write why, as the comment")
    form = read_form(step.form, body)
    if form is not None:
        early = form.early_days(reply.content, today.isoformat())
        for fault in (*form.faults(reply.content, str(reply.position)), *early):
            if is_the_text(fault.field, reply.content, reply.files):
                continue
            raise BadAnswer(fault.field, fault.message % dict(fault.values))
    elif reply.position is Position.SUBMITS and not _says_something(reply):
        raise BadAnswer("text", "write the text, or attach it as a file")
    for where, written in (("comment", reply.comment), ("text", str(reply.content.get("text", "")))):
        if len(written) > MAX_TEXT:
            raise BadAnswer(where, f"at most {MAX_TEXT:,} characters")
    if reply.decided_on is not None and reply.decided_on > today:
        raise BadAnswer("decided_on", "a decision cannot be reported before it is made")


def is_the_text(where: str, content: Mapping[str, Any], files: Sequence[GivenFile]) -> bool:
    """Whether a field that lacks something is the text, which may be handed in as a file instead."""
    return where == "text" and bool(files) and not str(content.get("text", "")).strip()


def _says_something(reply: Reply) -> bool:
    return bool(reply.files or (str(reply.content.get("text", "")) or reply.comment).strip())


def answer(
    register: Register, *, link_id: str, reply: Reply, nonce: str, now: datetime, via: str = "portal",
    typed: dict[str, Any] | None = None,
) -> Receipt:  # fmt: skip
    """Record an answer through a link. The same nonce again returns what it recorded the first time.

    `typed` is the draft that the answer was made of; a draft that has been saved over it since is left.

    Raises:
        LinkUnknown, NoLongerOpen, BadAnswer: nothing was written.
    """
    try:
        with register.change_behind(link_id, BEHIND, at=now, nonce=nonce) as (change, (said, (assignment, _))):
            if said["version"] is not None:
                return Receipt(assignment.id, *(said[name] for name in ("version", "received_at", "late", "position")))
            if said["revoked_at"] is not None:
                raise NoLongerOpen("the link has been withdrawn")
            if said["draft"] is not None and typed in (None, said["typed"]):
                drop_seen(change.connection, said["draft"], said["revision"])
            return record_answer(
                change, assignment.id, reply, nonce=nonce, by=change.actor, via=via, version=said["given"] + 1
            )
    except UnknownCycle as unknown:
        raise LinkUnknown("no such link") from unknown


def record_answer(
    change: Change, assignment_id: str, reply: Reply, *, nonce: str, by: str, via: str, version: int,
    received_at: datetime | None = None,
) -> Receipt:  # fmt: skip
    """Write an answer and what follows from it: the step's count, the receipt, the phase's next look.

    It counts from `received_at`, when it reached the organisation, where that was before it is written down.
    """
    received_at = received_at or change.at
    assignment = change.get(Assignment, assignment_id)
    step = change.get(Step, assignment.step_id)
    place = PLACES[change.cycle.place]
    _see_that_it_is_open(change, step, assignment)
    who = assignment.body_id.rpartition("@")[2]
    check_reply(step, reply, place.today(change.at), body=who)
    form = read_form(step.form, who)
    closed = step.settled_at is not None
    late = closed or (step.due_before is not None and received_at >= step.due_before)
    row = change.add(
        Answer(
            id=f"{assignment_id}#{version}",
            cycle_id=change.cycle.id,
            assignment_id=assignment_id,
            version=version,
            position=reply.position,
            comment=reply.comment.strip(),
            content=reply.content,
            decided_on=reply.decided_on or (form.decided_on(reply.content) if form else None),
            received_at=received_at,
            late=late,
            via=via,
            by=by,
            nonce=nonce,
        )
    )
    _attach(change, row, reply.files)
    _count(change, step, assignment, reply, late=late)
    change.record("answer_received", assignment_id, version=version, position=str(reply.position), late=late, via=via)
    if closed:
        grow(change, step)
    _send_receipt(change, step, assignment, version)
    return _receipt(row)


def _attach(change: Change, row: Answer, files: Sequence[GivenFile]) -> None:
    """The files of an answer, in its own transaction: no answer without its files, no file without its answer."""
    for number, given in enumerate(files, start=1):
        if given.content is not None:
            keep_content(change.session, given.sha256, given.content)
        change.add(
            Attachment(
                id=f"{row.id}!{number}", cycle_id=change.cycle.id, answer_id=row.id, number=number, name=given.name,
                media_type=given.media_type, size=given.size, sha256=given.sha256,
            )
        )  # fmt: skip


def _see_that_it_is_open(change: Change, step: Step, assignment: Assignment) -> None:
    if change.cycle.status is not CycleStatus.RUNNING:
        raise NoLongerOpen("the cycle is not running")
    if step.settled_at is not None or step.closing is not None:
        if takes_late(change.session, step, assignment):
            return
        raise NoLongerOpen("the question has been closed")
    if assignment.status not in (AssignmentStatus.OPEN, AssignmentStatus.ANSWERED):
        raise NoLongerOpen("this assignment has been replaced by another")


def answers_to(session: Session, assignment_id: str) -> Sequence[Answer]:
    """All versions of the answer to an assignment, the first one first."""
    given = select(Answer).where(col(Answer.assignment_id) == assignment_id)
    return session.exec(given.order_by(col(Answer.version))).all()


def _count(change: Change, step: Step, assignment: Assignment, reply: Reply, *, late: bool) -> None:
    """A first answer counts; a later one may turn a referral back into a decision, or the other way."""
    if assignment.status in (AssignmentStatus.OPEN, AssignmentStatus.NO_REPLY):
        assignment.status = AssignmentStatus.ANSWERED
        assignment.answered_at = change.at
        assignment.late = late
        step.answered += 1
    if reply.position in REOPENING and step.kind is not StepKind.MEET:  # a meeting that tabled it is over
        step.attention = True
    if ready(step):
        change.wake(step.phase_id)
    else:  # others are still waited for: nothing that the phase looks at has changed
        change.show(step.phase_id)


def _send_receipt(change: Change, step: Step, assignment: Assignment, version: int) -> None:
    """The receipt goes at once: the participant is at the keyboard."""
    change.notify(
        Notice(
            id=f"{assignment.id}!{NoticeKind.RECEIPT}-{version}",
            cycle_id=change.cycle.id,
            kind=NoticeKind.RECEIPT,
            person_id=assignment.person_id,
            subject_id=assignment.id,
            occurrence=version,
            phase_id=step.phase_id,
            step_id=step.id,
            assignment_id=assignment.id,
            data={"version": version},
            created_at=change.at,
            send_from=change.at,
        )
    )


def _receipt(row: Answer) -> Receipt:
    return Receipt(row.assignment_id, row.version, row.received_at, row.late, row.position)
