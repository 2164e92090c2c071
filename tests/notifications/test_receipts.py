"""Receipts are sent beside the requests that cause them, and none of them is forgotten."""

from __future__ import annotations

import socket
import subprocess
import sys
from threading import Semaphore
from typing import TYPE_CHECKING

from mail_world import SENDER, START, Recorder

from engine.clock import FrozenClock
from engine.receipts import Receipts
from models.notice import DeliveryStatus, NoticeKind
from notifications import claims
from notifications.outbox import Mailer

if TYPE_CHECKING:
    import pytest
    from mail_world import World


def owe_receipts(world: World) -> None:
    """All three have answered."""
    for number in range(world.principals):
        world.answer(number)
    world.owe_all(NoticeKind.RECEIPT)


def test_whatever_has_been_named_is_sent_before_the_end(on_disk: World) -> None:
    """Twenty who answer name the same cycle twenty times; each gets one receipt."""
    owe_receipts(on_disk)
    recorder = Recorder()
    with Receipts(on_disk.mailer(recorder), FrozenClock(START)) as receipts:
        for _ in range(20):
            receipts.send("c")
    assert len(recorder.mails) == 3
    assert {row.status for row in on_disk.deliveries()} == {DeliveryStatus.SENT}


def test_nothing_is_sent_that_nobody_named(on_disk: World) -> None:
    """Reminders and the like are the worker's."""
    owe_receipts(on_disk)
    recorder = Recorder()
    with Receipts(on_disk.mailer(recorder), FrozenClock(START)) as receipts:
        receipts.send("another")
    assert recorder.mails == []


def test_what_fails_once_does_not_end_the_sending(on_disk: World, caplog: pytest.LogCaptureFixture) -> None:
    """A register that cannot be written for a moment costs one look, and the next receipt takes the others along."""
    owe_receipts(on_disk)
    tries: list[str] = []

    class Stumbling(Mailer):
        def send_due_blocking(self, *args: object, **options: object) -> object:  # type: ignore[override]
            tries.append("")
            if len(tries) == 1:
                stumbled.release()
                raise OSError("the disk is full")
            return super().send_due_blocking(*args, **options)  # type: ignore[arg-type]

    stumbled = Semaphore(0)
    recorder = Recorder()
    with Receipts(Stumbling(on_disk.register, recorder, SENDER, owner="one"), FrozenClock(START)) as receipts:
        receipts.send("c")
        assert stumbled.acquire(timeout=10)
        receipts.send("c")
    assert len(recorder.mails) == 3
    assert "the disk is full" in caplog.text


def test_receipt_whose_sender_was_killed_goes_out_as_soon_as_the_portal_is_back(on_disk: World) -> None:
    """It had claimed the mail for minutes; a process that runs no more on this machine holds nobody up."""
    owe_receipts(on_disk)
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    with on_disk.register.operate() as session:
        owner = f"portal@{socket.gethostname()}#{dead.pid}"
        _, claimed = claims.claim(session, owner=owner, now=START, wall=on_disk.wall, cycle_id="c", limit=10)
    assert len(claimed) == 3
    recorder = Recorder()
    with Receipts(on_disk.mailer(recorder), FrozenClock(START)) as receipts:
        receipts.send("c")
    assert len(recorder.mails) == 3
