"""Signing in by mail: the link counts once, lives ten minutes, and opening it changes nothing."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any, Self

import pytest
from sqlmodel import col, select

from engine.accounts.accounts import remove_account
from engine.accounts.sessions import Limits
from models.account import DeskSession, SignIn, SystemMail
from models.notice import DeliveryStatus
from models.tokens import token_hash
from notifications.sender import Sender
from notifications.system_mail import SystemMailer
from notifications.transport import Deferred, QueueStopped, Sent
from portal.guesses import Guesses
from tests.portal.conftest import BASE, SECRET, SLUG, hidden

if TYPE_CHECKING:
    import httpx

    from notifications.transport import Attempt, Outgoing
    from tests.desk.conftest import DeskBrowser, DeskWorld


class Postbox:
    """A way to a mail server that answers as it is told to, and keeps what it took."""

    def __init__(self, *answers: Attempt) -> None:
        self.answers = list(answers)
        self.taken: list[Outgoing] = []

    def connection(self) -> Postbox:
        """Itself."""
        return self

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def send(self, mail: Outgoing) -> Attempt:
        """What comes next, or taken."""
        answer = self.answers.pop(0) if self.answers else Sent("250 ok")
        if isinstance(answer, Sent):
            self.taken.append(mail)
        return answer

    @property
    def texts(self) -> list[str]:
        """The plain halves of the mails."""
        parsed = [message_from_bytes(mail.raw, policy=policy.default) for mail in self.taken]
        return [part.get_content() for one in parsed if (part := one.get_body(("plain",))) is not None]


def mailer(desk: DeskWorld, postbox: Any) -> SystemMailer:
    return SystemMailer(desk.register, postbox, Sender("samsyn@samsyn.example", BASE, SECRET), "test")


def ask(browser: DeskBrowser, address: str, wanted: str = "") -> httpx.Response:
    form = browser.get(f"/desk/sign-in{f'?next={wanted}' if wanted else ''}")
    return browser.post(
        "/desk/sign-in", {"csrf": hidden(form, "csrf"), "next": hidden(form, "next"), "address": address}
    )


def link_in(text: str) -> str:
    found = re.search(rf"{BASE}(/desk/enter/[\w-]+)", text)
    assert found, text
    return found[1]


def mailed_link(desk: DeskWorld, browser: DeskBrowser, address: str, wanted: str = "") -> str:
    ask(browser, address, wanted)
    postbox = Postbox()
    mailer(desk, postbox).send_due_blocking(desk.wall.now())
    [text] = postbox.texts
    return link_in(text)


def press(browser: DeskBrowser, link: str) -> httpx.Response:
    shown = browser.get(link)
    assert shown.status_code == 200, shown.text
    return browser.post("/desk/enter", {"csrf": hidden(shown, "csrf"), "token": hidden(shown, "token")})


def test_the_whole_way_in_and_out(desk: DeskWorld) -> None:
    desk.account("anna", administrator=True)
    browser = desk.visitor()
    link = mailed_link(desk, browser, " Anna@Region.example ", f"/desk/{SLUG}/history")
    entered = press(browser, link)
    assert (entered.status_code, entered.headers["location"]) == (303, f"/desk/{SLUG}/history")
    cookie = entered.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert browser.get("/desk").status_code == 200
    out = browser.act("/desk/sign-out")
    assert (out.status_code, out.headers["location"]) == (303, "/desk/sign-in")
    assert browser.get("/desk").headers["location"] == "/desk/sign-in"


def test_over_tls_the_cookie_is_bound_to_the_host(desk: DeskWorld) -> None:
    desk.account("anna")
    browser = desk.visitor(base_url="https://testserver")
    link = mailed_link(desk, browser, "anna@region.example")
    cookies = press(browser, link).headers.get_list("set-cookie")
    [cookie] = [one for one in cookies if one.startswith("__Host-samsyn-desk=")]
    assert {"Secure", "Path=/", "HttpOnly"} <= {part.strip() for part in cookie.split(";")}
    assert "Domain" not in cookie


def test_opening_the_link_changes_nothing_and_pressing_counts_once(desk: DeskWorld) -> None:
    """A mail scanner opens it, with HEAD and with GET; the person still gets in, and nobody after."""
    desk.account("anna")
    browser, other = desk.visitor(), desk.visitor()
    link = mailed_link(desk, browser, "anna@region.example")
    for _ in range(2):
        other.head(link)
        assert other.get(link).status_code == 200
    second = other.get(link)
    assert press(browser, link).status_code == 303
    again = other.post("/desk/enter", {"csrf": hidden(second, "csrf"), "token": hidden(second, "token")})
    assert again.status_code == 410
    assert other.get(link).status_code == 410
    assert other.get("/desk").status_code == 303


@pytest.mark.parametrize(("minutes", "status"), [(9, 200), (10, 410)])
def test_it_lives_ten_minutes(desk: DeskWorld, minutes: int, status: int) -> None:
    desk.account("anna")
    browser = desk.visitor()
    link = mailed_link(desk, browser, "anna@region.example")
    desk.wall.at += timedelta(minutes=minutes)
    assert browser.get(link).status_code == status


def test_unknown_and_revoked_addresses_get_the_same_page_and_the_same_rows(desk: DeskWorld) -> None:
    desk.account("anna")
    desk.account("gone")
    remove_account(desk.register, "gone@region.example", now=desk.wall.now())
    answers = [ask(desk.visitor(), f"{name}@region.example") for name in ("anna", "nobody", "gone")]
    assert len({(one.status_code, one.headers["location"], one.text) for one in answers}) == 1
    with desk.register.read() as session:
        asked = session.exec(select(SignIn)).all()
        mails = session.exec(select(SystemMail)).all()
    assert len(asked) == 3
    assert len(mails) == 1


def test_only_the_hash_is_stored(desk: DeskWorld) -> None:
    desk.account("anna")
    browser = desk.visitor()
    token = mailed_link(desk, browser, "anna@region.example").rpartition("/")[2]
    press(browser, f"/desk/enter/{token}")
    held = [value for _, value in browser.client.cookies.items()]
    rows = str(desk.world.state())
    assert token not in rows
    assert token_hash(token) in rows
    assert not [value for value in held if value in rows]


def test_a_form_from_elsewhere_signs_nobody_in(desk: DeskWorld) -> None:
    """Otherwise somebody could sign another browser in as himself, and read what is then typed."""
    desk.account("anna")
    browser, victim = desk.visitor(), desk.visitor()
    link = mailed_link(desk, browser, "anna@region.example")
    shown = browser.get(link)
    fields = {"csrf": hidden(shown, "csrf"), "token": hidden(shown, "token")}
    assert victim.post("/desk/enter", fields).status_code == 403
    assert victim.post("/desk/sign-in", {"csrf": "", "address": "anna@region.example"}).status_code == 403
    assert browser.post("/desk/enter", fields).status_code == 303


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/desk//evil.example", "/desk\\evil", "/record/x", "/deskx"]
)
def test_signing_in_leads_to_the_desk_only(desk: DeskWorld, wanted: str) -> None:
    desk.account("anna")
    browser = desk.visitor()
    link = mailed_link(desk, browser, "anna@region.example", wanted)
    assert press(browser, link).headers["location"] == "/desk"


@pytest.mark.parametrize(("language", "words"), [("sv", "Logga in"), ("da", "Log ind"), ("en", "Sign in")])
def test_the_mail_is_in_the_account_s_language(desk: DeskWorld, language: str, words: str) -> None:
    from config.terms import Language

    desk.account("anna", language=Language(language))
    ask(desk.visitor(), "anna@region.example")
    postbox = Postbox()
    mailer(desk, postbox).send_due_blocking(desk.wall.now())
    parsed = message_from_bytes(postbox.taken[0].raw, policy=policy.default)
    assert words in parsed["Subject"]
    assert parsed["Auto-Submitted"] == "auto-generated"
    assert words in postbox.texts[0]


def test_a_mail_that_is_not_taken_is_tried_again_with_the_same_message_id(desk: DeskWorld) -> None:
    desk.account("anna")
    ask(desk.visitor(), "anna@region.example")
    postbox = Postbox(QueueStopped("no server"), Deferred("later"))
    sender = mailer(desk, postbox)
    assert sender.send_due_blocking(desk.wall.now()).stopped == "no server"
    with desk.register.read() as session:
        first = session.exec(select(SystemMail)).one()
    assert (first.status, first.lease_owner) == (DeliveryStatus.QUEUED, None)
    desk.wall.at += timedelta(minutes=5)
    sender.send_due_blocking(desk.wall.now())
    assert postbox.taken == []
    desk.wall.at += timedelta(minutes=4, seconds=59)
    with desk.register.operate() as session:
        session.exec(select(SystemMail)).one().next_attempt_at = desk.wall.now()
    assert sender.send_due_blocking(desk.wall.now()).sent == 1
    assert first.message_id.encode() in postbox.taken[0].raw
    with desk.register.read() as session:
        assert session.exec(select(SystemMail)).one().raw is None


def test_a_mail_whose_link_has_expired_is_not_sent(desk: DeskWorld) -> None:
    desk.account("anna")
    ask(desk.visitor(), "anna@region.example")
    desk.wall.at += timedelta(minutes=10)
    postbox = Postbox()
    assert mailer(desk, postbox).send_due_blocking(desk.wall.now()).withdrawn == 1
    assert postbox.taken == []


def test_the_mail_goes_at_once_and_a_failure_of_that_is_not_seen(desk: DeskWorld) -> None:
    desk.account("anna")
    postbox = Postbox()
    desk.settings = replace(
        desk.settings, send_system_mail=lambda: mailer(desk, postbox).send_due_blocking(desk.wall.now())
    )
    ask(desk.visitor(), "anna@region.example")
    assert len(postbox.taken) == 1

    def fails() -> None:
        raise OSError("no network")

    desk.settings = replace(desk.settings, send_system_mail=fails)
    assert ask(desk.visitor(), "anna@region.example").headers["location"] == "/desk/sign-in/sent"


def test_too_many_attempts_from_one_client_wait(desk: DeskWorld) -> None:
    browser = desk.visitor(guesses=Guesses("3/10 minutes"))
    for _ in range(3):
        assert browser.get("/desk/enter/guess").status_code == 410
    refused = browser.get("/desk/enter/guess")
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    assert ask(browser, "anna@region.example").status_code == 429


@pytest.mark.parametrize(("hours", "every", "status"), [(0.99, 1, 200), (1, 1, 303), (11.9, 24, 200), (12, 24, 303)])
def test_sessions_end_by_themselves(desk: DeskWorld, hours: float, every: int, status: int) -> None:
    """An hour without a page, or twelve hours in all; `every` is how many pages the time is divided among."""
    browser = desk.signed_in(desk.account("anna"))
    for _ in range(every):
        desk.wall.at += timedelta(hours=hours / every)
        last = browser.get("/desk")
    assert last.status_code == status


def test_a_stepped_cycle_clock_ends_no_session(desk: DeskWorld) -> None:
    browser = desk.signed_in(desk.account("anna"))
    desk.world.clock.at += timedelta(days=400)
    assert browser.get("/desk").status_code == 200


def test_a_removed_account_is_out_at_once(desk: DeskWorld) -> None:
    account = desk.account("anna")
    browser = desk.signed_in(account)
    link = mailed_link(desk, desk.visitor(), "anna@region.example")
    assert browser.get("/desk").status_code == 200
    remove_account(desk.register, account.address, now=desk.wall.now())
    assert browser.get("/desk").status_code == 303
    assert browser.get(link).status_code == 410
    with desk.register.read() as session:
        still = session.exec(select(DeskSession).where(col(DeskSession.ended_at).is_(None))).all()
    assert still == []


def test_settings_choose_the_limits(desk: DeskWorld) -> None:
    desk.settings = replace(desk.settings, limits=Limits(timedelta(minutes=5), timedelta(hours=1)))
    browser = desk.signed_in(desk.account("anna"))
    desk.wall.at += timedelta(minutes=5)
    assert browser.get("/desk").status_code == 303


def test_two_presses_at_once_let_one_in(desk: DeskWorld) -> None:
    desk.account("anna")
    browser = desk.visitor()
    link = mailed_link(desk, browser, "anna@region.example")
    shown = browser.get(link)
    fields = {"csrf": hidden(shown, "csrf"), "token": hidden(shown, "token")}

    async def both() -> list[int]:
        posts = [browser.client.post("/desk/enter", data=fields) for _ in range(2)]
        return [answer.status_code for answer in await asyncio.gather(*posts)]

    assert sorted(asyncio.run(both())) == [303, 410]
