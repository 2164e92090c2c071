"""A session is new at each sign-in, ends where it is kept, and never gives more than the account has at the moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlmodel import select

from engine.accounts.accounts import give_role, take_role
from models.account import DeskSession, Role
from portal.desk.browser import cookie_name, safe_wanted
from tests.desk.conftest import DeskWorld, advanced, deciding, desk, world
from tests.desk.test_signing_in import mailed_link, press
from tests.portal.conftest import SLUG, World, hidden

if TYPE_CHECKING:
    import httpx

    from tests.desk.conftest import DeskBrowser

__all__ = ["advanced", "deciding", "desk", "world"]

COOKIE = cookie_name(https=False)


def cookie_of(browser: DeskBrowser) -> str:
    """The session's cookie as the browser holds it."""
    return str(browser.client.cookies.get(COOKIE))


def test_a_planted_cookie_is_never_taken_over(desk: DeskWorld) -> None:
    desk.account("anna")
    seen = {"planted"}
    for _ in range(3):
        browser = desk.visitor()
        browser.client.cookies.set(COOKIE, "planted")
        assert browser.get("/desk").status_code == 303
        entered = press(browser, mailed_link(desk, browser, "anna@region.example"))
        given = entered.headers["set-cookie"].split(f"{COOKIE}=")[1].split(";")[0]
        assert len(given) >= 43  # 256 bits
        assert given not in seen
        seen.add(given)
    thief = desk.visitor()
    thief.client.cookies.set(COOKIE, "planted")
    assert thief.get("/desk").status_code == 303


def test_a_copied_cookie_is_dead_after_signing_out(desk: DeskWorld) -> None:
    browser, thief = desk.signed_in(desk.account("anna")), desk.visitor()
    thief.client.cookies.set(COOKIE, cookie_of(browser))
    assert thief.get("/desk").status_code == 200
    browser.act("/desk/sign-out")
    assert thief.get("/desk").status_code == 303
    with desk.register.read() as session:
        assert all(one.ended_at for one in session.exec(select(DeskSession)))


def held(browser: DeskBrowser) -> httpx.Response:
    """The page on which it is looked over that a cycle is put on hold."""
    return browser.act(f"/desk/{SLUG}/hold", reason="Paus")


@pytest.mark.parametrize(("role", "status"), [(Role.READER, 403), (None, 404)])
def test_what_was_looked_over_is_not_done_without_the_right(
    desk: DeskWorld, deciding: World, role: Role | None, status: int
) -> None:
    account = desk.account("anna")
    now = deciding.clock.at
    give_role(desk.register, account, SLUG, Role.COORDINATOR, now=now, actor="test")
    browser = desk.signed_in(account)
    review = held(browser)
    fields = {name: hidden(review, name) for name in ("csrf", "sealed")}
    if role is None:
        take_role(desk.register, account, SLUG, now=now, actor="test")
    else:
        give_role(desk.register, account, SLUG, role, now=now, actor="test")
    before = deciding.journal_length()
    assert browser.post(f"/desk/{SLUG}/hold/confirm", fields).status_code == status
    assert deciding.journal_length() == before
    give_role(desk.register, account, SLUG, Role.COORDINATOR, now=now, actor="test")
    assert browser.post(f"/desk/{SLUG}/hold/confirm", fields).status_code == 303


def test_what_was_looked_over_serves_one_session(desk: DeskWorld, deciding: World) -> None:
    account = desk.account("anna")
    give_role(desk.register, account, SLUG, Role.COORDINATOR, now=deciding.clock.at, actor="test")
    review = held(desk.signed_in(account))
    again = desk.signed_in(account)
    before = deciding.journal_length()
    for csrf in (hidden(review, "csrf"), again.csrf()):
        fields = {"csrf": csrf, "sealed": hidden(review, "sealed")}
        assert again.post(f"/desk/{SLUG}/hold/confirm", fields).status_code in (400, 403)
    assert deciding.journal_length() == before


@pytest.mark.parametrize(
    "wanted",
    ["/desk/..//evil.example", "/desk\t", "/desk/\r\nSet-Cookie: a=b", "\\/evil.example", "//evil.example/desk",
     "http:/desk", "/desk@evil.example", "/desk.evil.example", "/desk/sign-in", "/desk/enter/x", "javascript:/desk",
     "/desk/" + "a" * 500, "/desk?next=//evil.example", "/desk/\u202e"],
    ids=range(14),
)  # fmt: skip
def test_signing_in_leads_nowhere_else(wanted: str) -> None:
    assert safe_wanted(wanted) == "/desk"
