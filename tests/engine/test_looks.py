"""Every look of the worker's rounds costs what there is to do, never what waits."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from bench.planted import plant
from engine.artifacts import Artifacts
from engine.commands.draft import dispose_of_drafts
from engine.dispatcher import Dispatcher
from engine.leases import Leases
from engine.mail_trouble import tell_of_trouble
from models.migrate import upgrade
from models.register import Register
from notifications.outbox import Mailer
from tests.engine.looking import watched
from tests.registers import registers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from _pytest.tmpdir import TempPathFactory

GROWS = ("phase", "phase_run", "delivery", "notice")
"""Tables that become long: with what waits, and with what has been."""
FEW, MANY = 1_000, 10_000
NOW = datetime.now(UTC) - timedelta(minutes=1)  # before the mails of what was begun for the rows are due
WORKER = "worker@elsewhere#1"


class Nothing:
    """Stands where Prefect's client or the way to the mail server is: a look that finds nothing asks neither."""

    def connection(self) -> Any:
        """Of the mail server."""
        raise AssertionError("nothing is due")


def claim_due(register: Register) -> None:
    assert Leases(register, WORKER).claim_due(NOW, time.time()) == []


def unannounced(register: Register) -> None:
    dispatcher = Dispatcher(register, Leases(register, WORKER), Nothing(), {})  # type: ignore[arg-type]
    asyncio.run(dispatcher.announce())


def stale(register: Register) -> None:
    asyncio.run(Artifacts(register, Nothing(), "https://samsyn.example").refresh())  # type: ignore[arg-type]


def renewed(register: Register) -> None:
    leases = Leases(register, WORKER)
    leases._running.add(f"pass:{WORKER}/1")
    leases.renew(time.time())


def forgotten(register: Register) -> None:
    Leases(register, WORKER).forget(lambda _: True)


def mail(register: Register) -> None:
    tally = asyncio.run(mailer(register).send_due(NOW))
    assert not tally.sent


def mail_forgotten(register: Register) -> None:
    mailer(register).forget(lambda _: True)


def trouble(register: Register) -> None:
    assert tell_of_trouble(register, NOW, 4.0) == 0


def drafts(register: Register) -> None:
    assert dispose_of_drafts(register, now=NOW, kept_for=timedelta(days=30)) == 0


LOOKS: dict[str, Callable[[Register], None]] = {
    "phases that are due": claim_due,
    "phases that Prefect does not show": unannounced,
    "artifacts that show less than is known": stale,
    "leases of running passes": renewed,
    "leases of the dead": forgotten,
    "mail that is due": mail,
    "mail of the dead": mail_forgotten,
    "mail that fails": trouble,
    "old drafts": drafts,
}


def mailer(register: Register) -> Mailer:
    """What asks the outbox."""
    return Mailer(register, Nothing(), None, owner=WORKER)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def planted(tmp_path_factory: TempPathFactory) -> Iterator[dict[int, Register]]:
    """A register in which few wait, and one in which many do."""
    folder = tmp_path_factory.mktemp("planted")
    found = {waiting: of_size(folder, waiting) for waiting in (FEW, MANY)}
    yield found
    for register in found.values():
        register.close()
    registers.forget(folder)


def of_size(folder: Any, waiting: int, due: int = 0) -> Register:
    """A register, with the statistics that PostgreSQL gathers by itself after a while."""
    url = registers.at(folder / f"{waiting}.db")
    upgrade(url)
    register = Register(url)
    plant(register, waiting, due)
    with register.operate() as session:
        session.connection().execute(text("UPDATE phase_run SET stale = false"))
    with register.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    return register


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS.keys())
def test_no_look_goes_through_a_whole_table(planted: dict[int, Register], look: Callable[[Register], None]) -> None:
    with watched(planted[MANY]) as seen:
        look(planted[MANY])
    assert seen.statements
    assert seen.scanned(GROWS) == []


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS.keys())
def test_a_look_passes_no_more_rows_where_more_waits(
    planted: dict[int, Register], look: Callable[[Register], None]
) -> None:
    passed = {}
    for waiting, register in planted.items():
        with watched(register) as seen:
            look(register)
        passed[waiting] = seen.passed()
    assert passed[MANY] <= passed[FEW] * 1.1 + 5


def test_a_look_for_due_phases_passes_what_is_due_and_no_more(tmp_path: Any) -> None:
    register = of_size(tmp_path, MANY, due=10)
    with watched(register) as seen:
        assert len(Leases(register, WORKER).claim_due(datetime.now(UTC), time.time())) == 10
    assert seen.scanned(GROWS) == []
    register.close()
