"""The fault campaign can fail, its mail server misbehaves as it says, and a few of its faults are tried each time."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from campaigns.faults.__main__ import main
from campaigns.faults.mailserver import MailServer, Manner
from campaigns.faults.scenarios import SCENARIOS, Scenario, tried
from config.mailserver import Security, SmtpServer
from engine.demo import free_ports
from notifications.transport import Attempt, Deferred, Outgoing, QueueStopped, Refused, Sent, SmtpTransport

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from random import Random

    from campaigns.faults.installation import Installation

MAIL = Outgoing("a@samsyn.example", "b@samsyn.example", b"Subject: x\r\n\r\nx\r\n")


@contextmanager
def serving(folder: Path) -> Iterator[MailServer]:
    server = MailServer(folder, free_ports(1)[0])
    server.open()
    try:
        yield server
    finally:
        server.close()


def handed_in(server: MailServer, timeout: float = 0.3) -> Attempt:
    async def hand_in() -> Attempt:
        transport = SmtpTransport(SmtpServer(Security.PLAIN, "127.0.0.1", server.port), timeout=timeout)
        async with transport.connection() as connection:
            return await connection.send(MAIL)

    return asyncio.run(hand_in())


@pytest.mark.parametrize(
    ("manner", "attempt", "kept"),
    [
        (Manner.WELL, Sent, 1),
        (Manner.LATER, Deferred, 0),
        (Manner.DROPS, Deferred, 0),
        (Manner.SILENT, QueueStopped, 0),
        (Manner.SILENT_AT_END, Deferred, 1),
    ],
)
def test_mail_server_misbehaves_as_it_is_told(
    tmp_path: Path, manner: Manner, attempt: type[Attempt], kept: int
) -> None:
    with serving(tmp_path) as server:
        server.keeper.manner = manner
        assert isinstance(handed_in(server), attempt)
        assert len(list(tmp_path.glob("*.eml"))) == kept
        server.well()
        assert isinstance(handed_in(server), Sent)


def test_mail_server_can_not_know_somebody_or_be_gone(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        server.keeper.unknown = frozenset({MAIL.address})
        assert isinstance(handed_in(server), Refused)
        server.close()
        assert isinstance(handed_in(server), QueueStopped)


def test_unknown_fault_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--only", "smtp-sings"]) == 2
    assert "smtp-sings" in capsys.readouterr().err


@pytest.mark.stack
@pytest.mark.long
def test_a_few_faults_on_real_parts(capsys: pytest.CaptureFixture[str]) -> None:
    """The whole campaign is `make faults`."""
    code = main(["--times", "1", "--only", "smtp-drops", "clock-deadline"])
    said = capsys.readouterr().out
    assert (code, said.splitlines()[-1]) == (0, "trials=2 failures=0 seed=1"), said


@pytest.mark.stack
@pytest.mark.long
def test_broken_promise_and_broken_trial_are_counted(tmp_path: Path) -> None:
    """What a trial finds is a failure, and so is a trial that does not come to its end."""

    def finds(_at: Installation, _chance: Random, slug: str) -> list[str]:
        return [f"{slug}: a mail was lost"]

    def breaks(_at: Installation, _chance: Random, _slug: str) -> list[str]:
        raise RuntimeError("the stack does not do what is due")

    planted = {"finds": Scenario("planted", finds, 2), "breaks": Scenario("planted", breaks)}
    promises = list(tried(planted, tmp_path, None, seed=1))
    assert [(promise.trials, promise.failures) for promise in promises] == [(2, 2), (1, 1)]


def test_every_fault_says_what_is_promised_under_it() -> None:
    assert len({scenario.promise for scenario in SCENARIOS.values()}) == len(SCENARIOS)
