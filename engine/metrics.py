"""Figures of an installation for Prometheus, read from the register when somebody asks.

What counts is what is in the register, not what a process remembers: the figures are the same whichever portal is
asked, after any restart, and whether or not a worker runs. No label holds a name, an address or a token.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, func, select

from engine.waiting import waiting_work
from models.account import SystemMail
from models.assignment import Answer, Assignment, AssignmentStatus
from models.concern import Concern
from models.cycle import Cycle
from models.journal import JournalEntry, PhaseRun
from models.mail import IncomingMail
from models.notice import Delivery, DeliveryStatus
from models.phase import Phase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prometheus_client import Metric
    from sqlmodel import Session

    from engine.clock import Clock
    from models.register import Register


class RegisterFigures(Collector):
    """Reads the register at every scrape. `samsyn_register_up` is 0, and all others are missing, when it cannot."""

    def __init__(self, register: Register, clock: Clock) -> None:
        self._register = register
        self._clock = clock

    def collect(self) -> Iterable[Metric]:
        """Every figure."""
        try:
            with self._register.read() as session:
                found = [*self._work(session), *_counted(session), *_passes(session)]
        except SQLAlchemyError:
            return [_gauge("register_up", "Whether the register answers.", 0)]
        return [_gauge("register_up", "Whether the register answers.", 1), *found]

    def describe(self) -> Iterable[Metric]:
        """Nothing: what there is is known when somebody asks, and asking costs a read."""
        return []

    def _work(self, session: Session) -> Iterator[Metric]:
        work = waiting_work(session, self._clock.now())
        yield _gauge("looks_due", "Phases whose look has come and has not been made.", work.due)
        yield _gauge("look_lag_seconds", "Since the look that has been due longest.", work.lag.total_seconds())
        yield _gauge("outbox_queued", "Mails that are owed and not sent.", work.queued)
        yield _gauge("outbox_lag_seconds", "Since the longest waiting mail was owed.", work.mail_lag.total_seconds())


def _counted(session: Session) -> Iterator[Metric]:
    """What there is of each kind."""
    yield _by(session, "cycles", "Cycles.", Cycle, status=Cycle.status)
    yield _by(session, "phases", "Phases.", Phase, status=Phase.status, kind=Phase.kind)
    yield _by(session, "assignments", "Questions to people.", Assignment, status=Assignment.status)
    yield _by(
        session, "deliveries", "Mails in cycles; failed ones will never arrive.", Delivery, status=Delivery.status
    )
    yield _by(session, "system_mails", "Mails that belong to no cycle.", SystemMail, status=SystemMail.status)
    yield _by(
        session, "incoming_mails", "Replies, bounces and what else came in.", IncomingMail, kind=IncomingMail.kind
    )
    is_open = col(Concern.settled_at).is_(None)
    yield _by(session, "concerns_open", "What coordinators have to look after.", Concern, is_open, kind=Concern.kind)
    late = (col(Assignment.late), col(Assignment.status) == AssignmentStatus.ANSWERED)
    yield _counter("answers", "Answers taken, later ones of the same person included.", _count(session, Answer))
    yield _counter("answers_late", "Questions answered after their day.", _count(session, Assignment, *late))
    yield _counter("journal_entries", "Changes.", _count(session, JournalEntry))
    repeated = (col(Delivery.attempts) > 1, col(Delivery.status) == DeliveryStatus.QUEUED)
    yield _gauge("outbox_retried", "Queued mails that have been tried in vain.", _count(session, Delivery, *repeated))


def _passes(session: Session) -> Iterator[Metric]:
    passes = session.exec(select(func.coalesce(func.sum(PhaseRun.passes), 0))).one()
    failing = _count(session, PhaseRun, col(PhaseRun.failures) > 0)
    failures = session.exec(select(func.coalesce(func.sum(PhaseRun.failures), 0))).one()
    yield _counter("passes", "Passes that ended well.", int(passes))
    yield _gauge("phases_failing", "Phases whose last pass failed.", failing)
    yield _gauge("passes_failed_in_a_row", "Failed passes of these phases since one that ended well.", int(failures))


def _by(session: Session, name: str, said: str, table: Any, *conditions: Any, **labels: Any) -> GaugeMetricFamily:
    metric = GaugeMetricFamily(f"samsyn_{name}", said, labels=list(labels))
    columns: list[Any] = list(labels.values())
    counted: Any = select(*columns, func.count())  # type: ignore[call-overload]
    for row in session.exec(counted.select_from(table).where(*conditions).group_by(*columns)):
        metric.add_metric([str(value) for value in row[:-1]], row[-1])
    return metric


def _count(session: Session, table: Any, *conditions: Any) -> int:
    return int(session.exec(select(func.count()).select_from(table).where(*conditions)).one())


def _gauge(name: str, said: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"samsyn_{name}", said, value=value)


def _counter(name: str, said: str, value: int) -> CounterMetricFamily:
    return CounterMetricFamily(f"samsyn_{name}", said, value=value)
