"""Asking for sign-in links: it tells nothing of an address, floods no mailbox, and stops no portal."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import col, select

from engine.accounts.sign_in import MOST_ALIVE
from engine.sign_in_mails import SignInMails
from models.account import SignIn, SystemMail
from tests.desk.conftest import DeskWorld, desk, world
from tests.desk.test_signing_in import Postbox, ask, link_in, mailer, press
from tests.waiting import wait_until

if TYPE_CHECKING:
    from datetime import datetime

    import pytest

    from notifications.transport import Attempt, Outgoing

__all__ = ["desk", "world"]

MANY = 50
"""More than the threads that a web server of ours answers with."""


def test_nobody_is_sent_a_hundred_links_by_somebody_else(desk: DeskWorld) -> None:
    desk.account("anna")
    answers = [ask(desk.visitor(), "anna@region.example") for _ in range(MOST_ALIVE + 3)]
    answers += [ask(desk.visitor(), "nobody@region.example") for _ in range(MOST_ALIVE + 3)]
    assert len({(one.status_code, one.headers["location"], one.text) for one in answers}) == 1
    postbox = Postbox()
    mailer(desk, postbox).send_due_blocking(desk.wall.now())
    assert len(postbox.texts) == MOST_ALIVE
    with desk.register.read() as session:
        assert len(session.exec(select(SignIn)).all()) == len(answers)  # the same rows for whoever is refused


def test_whoever_is_flooded_still_gets_in(desk: DeskWorld) -> None:
    """Any of the links will do, in any browser; one that is used up or has expired makes room for a new one."""
    desk.account("anna")
    for _ in range(MOST_ALIVE + 1):
        ask(desk.visitor(), "anna@region.example")
    postbox = Postbox()
    sender = mailer(desk, postbox)
    sender.send_due_blocking(desk.wall.now())
    assert press(desk.visitor(), link_in(postbox.texts[0])).status_code == 303
    for waited, more in ((0, 1), (0, 0), (11, MOST_ALIVE)):
        desk.wall.at += timedelta(minutes=waited)
        before = len(postbox.taken)
        for _ in range(MOST_ALIVE + 1 if waited else 1):
            ask(desk.visitor(), "anna@region.example")
        sender.send_due_blocking(desk.wall.now())
        assert len(postbox.taken) - before == more
    assert press(desk.visitor(), link_in(postbox.texts[-1])).status_code == 303


class Slow(Postbox):
    """A mail server that says nothing until it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.let, self.asked, self.sending = threading.Event(), threading.Event(), set[int]()

    async def send(self, mail: Outgoing) -> Attempt:
        """Hold the thread that sends, as a server does that answers late."""
        self.sending.add(threading.get_ident())
        self.asked.set()
        assert self.let.wait(60)
        return await super().send(mail)


def test_a_slow_mail_server_does_not_stop_the_portal(desk: DeskWorld) -> None:
    names = [f"anna{number}" for number in range(MANY)]
    for name in names:
        desk.account(name)
    slow = Slow()
    sending = SignInMails(mailer(desk, slow), desk.wall, pause=lambda: 0)
    desk.settings = replace(desk.settings, send_system_mail=sending.send)
    visitor = desk.visitor()
    with sending:
        assert ask(visitor, f"{names[0]}@region.example").status_code == 303
        assert slow.asked.wait(30)
        for name in names[1:]:
            assert ask(visitor, f"{name}@region.example").status_code == 303
        assert visitor.get("/record/jamtland-2012").status_code == 200
        assert slow.taken == []
        slow.let.set()
        wait_until(lambda: len(slow.taken) == MANY)
    assert len(slow.sending) == 1


def test_what_fails_once_does_not_end_the_sending(desk: DeskWorld, caplog: pytest.LogCaptureFixture) -> None:
    desk.account("anna")
    postbox, tried = Postbox(), threading.Semaphore(0)

    class Stumbling:
        def send_due_blocking(self, now: datetime) -> object:
            tried.release()
            if not caplog.records:
                raise OSError("the disk is full")
            return mailer(desk, postbox).send_due_blocking(now)

    with SignInMails(Stumbling(), desk.wall, pause=lambda: 0) as sending:  # type: ignore[arg-type]
        ask(desk.visitor(), "anna@region.example")
        sending.send()
        assert tried.acquire(timeout=10)
        wait_until(lambda: caplog.records)
        sending.send()
    assert len(postbox.taken) == 1
    assert "the disk is full" in caplog.text


def test_a_mail_is_not_sent_in_the_moment_that_it_is_asked_for(desk: DeskWorld) -> None:
    """Otherwise the next page of whoever asks is late when the address has an account, and only then."""
    desk.account("anna")
    postbox, paused = Postbox(), threading.Event()

    def pause() -> float:
        paused.set()
        return 60.0

    sending = SignInMails(mailer(desk, postbox), desk.wall, pause)
    desk.settings = replace(desk.settings, send_system_mail=sending.send)
    with sending:
        ask(desk.visitor(), "nobody@region.example")
        assert paused.wait(10)  # the same pause, for an address that has none
        ask(desk.visitor(), "anna@region.example")
        with desk.register.read() as session:
            unsent = session.exec(select(SystemMail).where(col(SystemMail.raw).is_(None))).all()
        assert len(unsent) == 1
        assert postbox.taken == []
    assert len(postbox.taken) == 1  # the end of the process waits for no pause
