"""Mail that does not get through is told once, survives a crash before the telling, and makes no circle."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from engine.mail_trouble import tell_of_trouble
from models.concern import Concern, ConcernKind
from models.cycle import Person
from models.notice import Delivery, DeliveryStatus, NoticeKind
from notifications.outbox import Mailer
from notifications.transport import QueueStopped, Refused, Sent
from tests.incoming.conftest import HEAD, REST, SENDER
from tests.tasks.world import World, tiny

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Self

    from notifications.transport import Attempt, Outgoing

HOURS = 4.0


class Server:
    """A mail server in one word for each mail."""

    def __init__(self, decide: Callable[[Outgoing], Attempt]) -> None:
        self.decide = decide

    def connection(self) -> Self:
        """Itself."""
        return self

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def send(self, mail: Outgoing) -> Attempt:
        """What it says."""
        return self.decide(mail)


@pytest.fixture
def world() -> Iterator[World]:
    """A cycle whose questions are due."""
    opened = World(tiny(REST, HEAD))
    opened.go("2024-02-05")
    yield opened
    opened.register.close()


def send(world: World, decide: Callable[[Outgoing], Attempt]) -> None:
    Mailer(world.register, Server(decide), SENDER, owner="test").send_due_blocking(world.now)


def tell(world: World) -> int:
    return tell_of_trouble(world.register, world.now, HOURS)


def test_every_failing_address_is_told_once(world: World) -> None:
    send(world, lambda mail: Refused("550 no") if "secretary" in mail.address else Sent("250"))
    failed = [row for row in world.rows(Delivery) if row.status is DeliveryStatus.FAILED]
    assert len(failed) >= 3
    assert tell(world) == len(failed)
    concerns = world.rows(Concern)
    assert {row.kind for row in concerns} == {ConcernKind.ADDRESS_FAILS}
    assert len(world.notices(NoticeKind.UNDELIVERED)) == len(concerns)
    assert tell(world) == 0
    assert world.holds()


def test_the_coordinators_own_address_makes_no_circle(world: World) -> None:
    """What fails to reach the coordinator is a concern on the desk, and no mail to the same address."""
    office = next(row.address for row in world.rows(Person) if "office" in row.address)
    send(world, lambda mail: Refused("550 no") if "berg" in mail.address else Sent("250"))
    tell(world)
    send(world, lambda mail: Refused("550 no") if mail.address == office else Sent("250"))
    tell(world)
    before = len(world.notices(NoticeKind.UNDELIVERED))
    send(world, lambda _: Refused("550 no"))
    tell(world)
    assert len(world.notices(NoticeKind.UNDELIVERED)) == before
    about = {row.person_id for row in world.rows(Concern)}
    assert next(row.id for row in world.rows(Person) if row.address == office) in about


def test_a_stopped_queue_is_told_after_hours_and_is_over_when_mail_flows(world: World) -> None:
    """A server that does not let us in stops the queue, not one mail; no attempt is spent."""
    send(world, lambda _: QueueStopped("535 authentication failed"))
    waiting = [row for row in world.rows(Delivery) if row.status is DeliveryStatus.QUEUED]
    assert {row.attempts for row in waiting} == {0}
    assert tell(world) == 0
    world.now += timedelta(hours=HOURS)
    assert tell(world) == 1
    (concern,) = world.rows(Concern)
    assert (concern.kind, concern.data["waiting"]) == (ConcernKind.MAIL_STUCK, len(waiting))
    assert len(world.notices(NoticeKind.MAIL_STUCK)) == 1
    assert tell(world) == 0
    send(world, lambda _: Sent("250"))
    tell(world)
    assert world.rows(Concern)[0].settlement == "mail gets out again"
    assert world.holds()


def test_what_is_told_is_told_also_after_a_crash(world: World) -> None:
    """The refusal is on disk, the telling is not: the next look tells."""
    send(world, lambda mail: Refused("550 no") if "berg" in mail.address else Sent("250"))
    assert world.rows(Concern) == []  # here the worker died
    assert tell(world) == 1
    assert len(world.rows(Concern)) == 1
