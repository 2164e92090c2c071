"""A small cycle, laid down row by row, with people to write to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from sqlmodel import SQLModel, select

from config.calendars import PLACES
from config.dates import PromiseKind
from config.terms import Language, PhaseKind, Position, Seat, StepKind
from models.assignment import Answer, Assignment, AssignmentStatus, Document, Link
from models.cycle import Body, Cycle, Membership, Person
from models.notice import Delivery, Notice, NoticeKind
from models.phase import Milestone, Phase, PhaseStatus, Step
from models.tokens import token_for, token_hash
from notifications.outbox import Mailer
from notifications.sender import Sender
from notifications.transport import Sent

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.change import Change
    from models.register import Register
    from notifications.transport import Attempt, Outgoing, Transport

START = datetime(2013, 4, 2, 8, tzinfo=UTC)
DUE = date(2013, 6, 30)
SENDER = Sender("samsyn@region.example", "https://samsyn.example/", "a-key-for-tests")
PLACE = PLACES["SE"]
TITLE = "Länsgemensam hälso- och sjukvårdspolitik"
QUESTION = "Hur kan målen tillämpas i ert område?\nLämna ett förslag på högst tio sidor."


TO_OFFICE = (
    NoticeKind.MISSED,
    NoticeKind.REFERRED_BACK,
    NoticeKind.MAIL_RECEIVED,
    NoticeKind.UNDELIVERED,
    NoticeKind.MAIL_STUCK,
)


@dataclass
class World:
    """A cycle `c` with an office, a steering group and any number of principals that are asked one thing."""

    register: Register
    language: Language = Language.SV
    title: str = TITLE
    principals: int = 3
    kind: StepKind = StepKind.SUBMIT
    missing: dict[str, Any] = field(default_factory=lambda: {"then": "close"})
    wall: float = 1_000_000.0
    rate: int | None = None  # mails in a minute

    def __post_init__(self) -> None:
        SQLModel.metadata.create_all(self.register.engine)
        cycle = Cycle(
            id="c",
            definition_name="c",
            title=self.title,
            language=Language.SV,
            place="SE",
            begins=date(2012, 12, 6),
            registry_no="2012/555",
            started_at=START,
            coordinator="office",
            definition="{}",
        )
        with self.register.begin_cycle(cycle, at=START, actor="test") as change:
            change.record("cycle_started", "c")
            self._people(change)
            self._plan(change)
            for number in range(self.principals):
                self._ask(change, number)

    def _people(self, change: Change) -> None:
        self._body(change, "office", "Projektkontoret", Seat.CONTACT, 0)
        self._body(change, "steering", "Politiska målsättningsgruppen", Seat.SECRETARY, 1)
        for number in range(self.principals):
            self._body(change, f"p{number:04}", f"Kommun {number}", Seat.SECRETARY, number + 2)

    def _body(self, change: Change, key: str, name: str, seat: Seat, ordinal: int) -> None:
        change.add(Body(id=f"c/{key}", cycle_id="c", key=key, group=key, name=name, ordinal=ordinal, rules={}))
        change.add(
            Person(
                id=f"c/{key}@",
                cycle_id="c",
                address=f"{seat}@{key}.example",
                name=f"Åsa {key}",
                language=self.language,
                salt="s",
            )
        )
        change.add(Membership(id=f"c/m@{key}", cycle_id="c", body_id=f"c/{key}", person_id=f"c/{key}@", seat=seat))

    def _plan(self, change: Change) -> None:
        change.add(
            Phase(
                id="c/groups",
                cycle_id="c",
                key="groups",
                kind=PhaseKind.REFERENCE_GROUPS,
                ordinal=1,
                title="Referensgruppernas arbete",
                after=[],
                status=PhaseStatus.OPEN,
                opened_at=START,
            )
        )
        change.add(
            Milestone(
                id="c/:done",
                cycle_id="c",
                key="done",
                ordinal=1,
                promise=PromiseKind.BY,
                edtf="2013-06-30",
                words="Arbetena ska vara avslutade 2013-06-30",
                due_on=DUE,
                promised=DUE,
            )
        )
        change.add(
            Document(
                id="c/direction@1",
                cycle_id="c",
                key="direction",
                version=1,
                title="Politiskt inriktningsdokument",
                content="…",
                sha256="0",
                created_at=START,
            )
        )
        change.add(
            Step(
                id="c/groups/s",
                cycle_id="c",
                phase_id="c/groups",
                key="s",
                kind=self.kind,
                question=QUESTION,
                about=["c/direction@1"],
                milestone="done",
                due_before=PLACE.end_of(DUE),
                missing=self.missing,
                opened_at=START,
                asked=self.principals,
                not_before=date(2013, 6, 11) if self.kind is StepKind.MEET else None,
            )
        )

    def _ask(self, change: Change, number: int) -> None:
        key, assignment = f"p{number:04}", f"c/groups/s/p{number:04}"
        change.add(
            Assignment(
                id=assignment,
                cycle_id="c",
                step_id="c/groups/s",
                body_id=f"c/{key}",
                membership_id=f"c/m@{key}",
                person_id=f"c/{key}@",
                opened_at=START,
            )
        )
        change.add(
            Link(
                id=f"link-{number}",
                cycle_id="c",
                assignment_id=assignment,
                person_id=f"c/{key}@",
                token_sha256=token_hash(token_for(f"link-{number}", SENDER.secret_key)),
            )
        )

    def owe(self, kind: NoticeKind, number: int = 0, at: datetime = START, occurrence: int = 1, **data: Any) -> str:
        """A notice of a kind, to the principal of that number, or to the office when it is the office's."""
        to_office = kind in TO_OFFICE
        about_step = to_office or kind in (NoticeKind.SUMMONED, NoticeKind.CALLED_OFF, NoticeKind.INFORMED)
        whole = kind is NoticeKind.CONCLUDED
        assignment = None if about_step or whole else f"c/groups/s/p{number:04}"
        subject = "c" if whole else assignment or f"c/groups/s/{kind}{number}"
        notice = Notice(
            id=f"{subject}!{kind}-{number}-{occurrence}",
            cycle_id="c",
            kind=kind,
            subject_id=subject,
            person_id="c/office@" if to_office else f"c/p{number:04}@",
            occurrence=occurrence,
            phase_id=None if whole else "c/groups",
            step_id=None if whole else "c/groups/s",
            assignment_id=assignment,
            data=data,
            created_at=at,
            send_from=at,
        )
        with self.register.change("c", at=at, actor="test") as change:
            change.notify(notice)
            change.record("notice_owed", notice.id)
        return notice.id

    def owe_all(self, kind: NoticeKind = NoticeKind.ASKED, at: datetime = START) -> None:
        """The same notice to every principal."""
        for number in range(self.principals):
            self.owe(kind, number, at)

    def answer(self, number: int = 0, position: Position = Position.SUBMITS, **fields: Any) -> None:
        """An answer comes in."""
        key, assignment = f"p{number:04}", f"c/groups/s/p{number:04}"
        with self.register.change("c", at=START, actor="test") as change:
            change.get(Assignment, assignment).status = AssignmentStatus.ANSWERED
            change.add(
                Answer(
                    id=f"{assignment}#1",
                    cycle_id="c",
                    assignment_id=assignment,
                    version=1,
                    position=position,
                    received_at=START,
                    via="portal",
                    by=f"c/{key}@",
                    nonce=f"n{number}",
                    **fields,
                )
            )
            change.record("answer_received", assignment)

    def edit(self, table: type[Any], key: str, **fields: Any) -> None:
        """Change columns of a row."""
        with self.register.change("c", at=START, actor="test") as change:
            for name, value in fields.items():
                setattr(change.get(table, key), name, value)
            change.record("edited", key)

    def mailer(self, transport: Transport, owner: str = "one") -> Mailer:
        """A mailer on this register, whose leases go by `wall`."""
        return Mailer(self.register, transport, SENDER, owner=owner, wall=lambda: self.wall, rate=self.rate)

    def deliveries(self) -> list[Delivery]:
        """Every delivery, in the order of its notice's id."""
        with self.register.read() as session:
            return sorted(session.exec(select(Delivery)), key=lambda row: row.notice_id)

    def delivery(self, notice_id: str) -> Delivery:
        """One delivery."""
        return next(row for row in self.deliveries() if row.notice_id == notice_id)


ALL_KINDS: dict[NoticeKind, dict[str, Any]] = {
    NoticeKind.ASKED: {},
    NoticeKind.ASKED_AGAIN: {"position": "refer_back", "reason": "Kostnaderna är inte beräknade."},
    NoticeKind.REMINDED: {},
    NoticeKind.RECEIPT: {"version": 1},
    NoticeKind.SUMMONED: {},
    NoticeKind.CALLED_OFF: {},
    NoticeKind.INFORMED: {"question": "Planen är antagen.", "documents": ["c/direction@1"]},
    NoticeKind.MOVED: {
        "milestone": "done",
        "from": "2013-06-15",
        "to": "2013-06-30",
        "reason": "Grupperna behöver mer tid.",
    },
    NoticeKind.MISSED: {"missing": ["p0001", "p0002"], "policy": "close"},
    NoticeKind.LAPSED: {},
    NoticeKind.REFERRED_BACK: {"body": "p0001", "position": "refer_back", "reason": "Kostnaderna är inte beräknade."},
    NoticeKind.NO_DECISION: {"body": "p0001", "result": "not_quorate", "on": "2013-05-20", "day": "2013-06-10"},
    NoticeKind.CONCLUDED: {},
    NoticeKind.REASSIGNED: {"holder": True, "why": "handed_back"},
    NoticeKind.NOT_ME: {"concern": 1, "person": "c/p0000"},
    NoticeKind.MAIL_RECEIVED: {"person": "c/p0000@", "files": 2},
    NoticeKind.FILED: {"asked_in": "Svara senast 30 juni 2013"},
    NoticeKind.UNDELIVERED: {"person": "c/p0000@", "substitute": "c/p0001@", "notice": "c/groups/s/p0000!asked-0-1"},
    NoticeKind.MAIL_STUCK: {"since": "2013-04-02T04:00:00+00:00", "waiting": 17},
}
"""What each kind of notice carries."""


def every_kind(world: World) -> dict[NoticeKind, str]:
    """One notice of every kind; the ids by kind."""
    world.answer(1, comment="Vi lämnar vårt förslag.", decided_on=date(2013, 6, 10))
    ids = {kind: world.owe(kind, 1 if kind is NoticeKind.RECEIPT else 0, **data) for kind, data in ALL_KINDS.items()}
    world.edit(Cycle, "c", outcome="adopted")
    world.edit(Phase, "c/groups", outcome={"result": "submitted"}, closed_at=START + timedelta(days=90))
    return ids


def take(_: Outgoing) -> Attempt:
    """A server that takes everything."""
    return Sent("250 ok")


class Recorder:
    """A transport that remembers what it is given, and answers as it is told."""

    def __init__(self, decide: Callable[[Outgoing], Attempt] = take) -> None:
        self.decide = decide
        self.mails: list[Outgoing] = []

    def connection(self) -> Recorder:
        """Itself."""
        return self

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def send(self, mail: Outgoing) -> Attempt:
        """Remember, and answer."""
        self.mails.append(mail)
        return self.decide(mail)
