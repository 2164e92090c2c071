"""What an attacker, a mail scanner, an impatient finger or two browsers at once must not achieve."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx
import pytest
from sqlmodel import col, select

from models.assignment import Answer
from models.verify import verify
from portal.headers import BODY_LIMIT
from tests.portal.conftest import SLUG, Browser, World, hidden, token

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

DECISION = "antagande-inriktning/decision"


def versions(world: World, link: str) -> list[int]:
    """The versions of the answers through a link's assignment."""
    with world.register.read() as session:
        wanted = select(Answer.version).where(col(Answer.assignment_id).contains("/berg."))
        return sorted(session.exec(wanted.where(col(Answer.assignment_id).contains(DECISION))).all())


def every_address(link: str) -> list[str]:
    """One of each page."""
    return [
        f"/a/{token(link)}", "/a/wrong", f"/answer/{link}", f"/answer/{link}/receipt", f"/answer/{link}/document/1",
        f"/answer/{link}/review", f"/answer/{link}/change", "/answer/unknown", "/", f"/record/{SLUG}",
        "/record/unknown", "/mailbox", "/mailbox.json", "/mailbox/unknown", "/mailbox/unknown/html", "/healthz",
        "/openapi.json", "/docs", "/static/samsyn.css", "/static/nothing", "/static/../app.py", "/nowhere",
    ]  # fmt: skip


@pytest.mark.parametrize("answered", [False, True])
def test_get_and_head_change_nothing(deciding: World, browser: Browser, *, answered: bool) -> None:
    link = deciding.link(DECISION, "berg")
    if answered:
        browser.answer(link, position="adopts")
    browser.open(link)
    before = deciding.state()
    for address in every_address(link):
        got, headed = browser.get(address), browser.head(address)
        assert (headed.status_code, headed.content) == (got.status_code, b"")
        assert headed.headers.get("location") == got.headers.get("location")
        assert got.status_code < 500
    assert deciding.state() == before


def test_reviewing_changes_nothing(deciding: World, browser: Browser) -> None:
    link = deciding.link(DECISION, "berg")
    before = deciding.state()
    review = browser.review(link, position="adopts")
    browser.post(f"/answer/{link}/change", {name: hidden(review, name) for name in ("csrf", "sealed")})
    assert deciding.state() == before


def test_every_response_has_the_headers(deciding: World, browser: Browser) -> None:
    link = deciding.link(DECISION, "berg")
    browser.open(link)
    responses = [browser.get(address) for address in every_address(link)]
    responses += [browser.post(f"/answer/{link}"), browser.post("/"), browser.request("DELETE", "/healthz")]
    responses += [browser.review(link, position="adopts"), browser.review(link)]
    for response in responses:
        headers = response.headers
        assert headers["content-security-policy"].startswith("default-src 'none'"), response.url
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        kept = response.url.path == "/static/samsyn.css"
        assert headers["cache-control"] == ("public, max-age=31536000" if kept else "no-store"), response.url
        private = response.url.path.startswith(("/a/", "/answer/", "/mailbox"))
        assert ("noindex" in headers.get("x-robots-tag", "")) is private


def test_pages_have_neither_script_nor_inline_style_nor_foreign_assets(deciding: World, browser: Browser) -> None:
    link = deciding.link(DECISION, "berg")
    browser.open(link)
    for address in every_address(link):
        response = browser.get(address)
        if response.headers.get("content-type", "").startswith("text/html"):
            for forbidden in ("<script", "<style", "style=", " onclick", 'src="http', 'href="http'):
                assert forbidden not in response.text, address


def test_broken_server_has_a_page_with_the_headers(deciding: World) -> None:
    class Broken:
        def now(self) -> None:
            raise RuntimeError("no clock")

    link = deciding.link(DECISION, "berg")
    page = deciding.browser(clock=Broken()).open(link)
    assert page.status_code == 500
    assert "Något gick fel hos oss" in page.text
    assert "no clock" not in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert page.headers["cache-control"] == "no-store"


class TestForgery:
    def test_form_without_its_token_is_refused(self, deciding: World, browser: Browser) -> None:
        link = deciding.link(DECISION, "berg")
        review = browser.review(link, position="adopts")
        sealed = hidden(review, "sealed")
        for csrf in ("", "x", hidden(review, "csrf")[:-1], "å"):
            assert browser.post(f"/answer/{link}/review", {"csrf": csrf, "position": "adopts"}).status_code == 403
            assert browser.post(f"/answer/{link}", {"csrf": csrf, "sealed": sealed}).status_code == 403
        assert versions(deciding, link) == []

    def test_reviewed_answer_cannot_be_changed_on_the_way(self, deciding: World, browser: Browser) -> None:
        link = deciding.link(DECISION, "berg")
        review = browser.review(link, position="declines", comment="Nej")
        csrf, sealed = hidden(review, "csrf"), hidden(review, "sealed")
        for tampered in ("", "x", sealed[:-2], sealed.swapcase(), f"A{sealed}", sealed.partition(".")[0]):
            response = browser.post(f"/answer/{link}", {"csrf": csrf, "sealed": tampered, "position": "adopts"})
            assert response.status_code == 403
        assert versions(deciding, link) == []

    def test_neither_seal_nor_token_fits_another_link(self, deciding: World, browser: Browser) -> None:
        berg, are = deciding.link(DECISION, "berg"), deciding.link(DECISION, "are")
        of_are = browser.review(are, position="adopts")
        of_berg = browser.review(berg, position="adopts")
        crossed = [
            {"csrf": hidden(of_are, "csrf"), "sealed": hidden(of_are, "sealed")},
            {"csrf": hidden(of_berg, "csrf"), "sealed": hidden(of_are, "sealed")},
            {"csrf": hidden(of_are, "csrf"), "sealed": hidden(of_berg, "sealed")},
        ]
        assert [browser.post(f"/answer/{berg}", fields).status_code for fields in crossed] == [403, 403, 403]
        assert versions(deciding, berg) == []

    def test_without_cookie_nothing_is_bound(self, deciding: World, browser: Browser) -> None:
        link = deciding.link(DECISION, "berg")
        review = browser.review(link, position="adopts")
        stranger = deciding.browser()
        assert stranger.bind(link, review).status_code == 403
        assert versions(deciding, link) == []


class TestOnce:
    def test_binding_twice_records_once(self, deciding: World, browser: Browser) -> None:
        link = deciding.link(DECISION, "berg")
        review = browser.review(link, position="adopts")
        first, second = browser.bind(link, review), browser.bind(link, review)
        assert first.headers["location"] == second.headers["location"]
        assert versions(deciding, link) == [1]

    def test_replay_after_closing_leads_to_the_receipt(self, deciding: World, browser: Browser) -> None:
        link = deciding.link(DECISION, "berg")
        review = browser.review(link, position="refer_back", comment="Utred")
        browser.bind(link, review)
        deciding.run()
        assert browser.bind(link, review).status_code == 303
        assert versions(deciding, link) == [1]

    def test_many_at_once_record_one_version(self, deciding: World, browser: Browser) -> None:
        link = deciding.link(DECISION, "berg")
        review = browser.review(link, position="adopts")
        cookie = {"cookie": f"samsyn_answer={token(link)}"}
        fields = {name: hidden(review, name) for name in ("csrf", "sealed")}

        def press(_: int) -> int:
            return deciding.browser().post(f"/answer/{link}", fields, headers=cookie).status_code

        before = deciding.journal_length()
        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(press, range(24))) == {303}
        assert versions(deciding, link) == [1]
        assert deciding.journal_length() == before + 1

    def test_two_browsers_get_a_version_each(self, deciding: World) -> None:
        link = deciding.link(DECISION, "berg")

        def answer(number: int) -> int:
            return deciding.browser().answer(link, position="adopts", comment=f"nummer {number}").status_code

        with ThreadPoolExecutor(6) as pool:
            assert set(pool.map(answer, range(6))) == {200}
        assert versions(deciding, link) == [1, 2, 3, 4, 5, 6]
        with deciding.register.read() as session:
            assert verify(session, SLUG).faults == ()


class TestLimits:
    def test_too_large_a_form_gets_a_clear_page(self, deciding: World, browser: Browser) -> None:
        link = deciding.link(DECISION, "berg")
        form = browser.open(link)
        fields = {"csrf": hidden(form, "csrf"), "comment": "a" * BODY_LIMIT}
        page = browser.post(f"/answer/{link}/review", fields)
        assert page.status_code == 413
        assert "Texten är för lång" in page.text

    def test_length_need_not_be_announced(self, deciding: World, browser: Browser) -> None:
        async def endless() -> AsyncIterator[bytes]:
            for _ in range(20):
                yield b"comment=" + b"a" * 100_000

        link = deciding.link(DECISION, "berg")
        headers = {"content-type": "application/x-www-form-urlencoded"}
        assert browser.request("POST", f"/answer/{link}/review", content=endless(), headers=headers).status_code == 413

    def test_longest_text_goes_all_the_way(self, deciding: World, browser: Browser) -> None:
        link = deciding.link(DECISION, "berg")
        assert browser.answer(link, position="adopts", comment="ö" * 100_000).status_code == 200

    @pytest.mark.parametrize("announced", ["9" * 5000, "1" * 16, str(BODY_LIMIT + 1)])
    def test_absurd_length_is_refused(self, deciding: World, browser: Browser, announced: str) -> None:
        headers = {"content-type": "application/x-www-form-urlencoded", "content-length": announced}
        link = deciding.link(DECISION, "berg")
        assert browser.request("POST", f"/answer/{link}/review", content=b"x", headers=headers).status_code == 413

    @pytest.mark.parametrize(
        ("kind", "content"),
        [
            ("multipart/form-data; boundary=x", b"--x\r\nnot a part"),
            ("multipart/form-data", b""),
            ("application/x-www-form-urlencoded", b"&".join(b"f%d=1" % n for n in range(1000))),
            ("application/x-www-form-urlencoded", b"position=%ff%00&comment=\xff\xfe&csrf=%C3%A5"),
            ("application/json", b'{"position": "adopts"}'),
            ("text/plain", b"x"),
        ],
    )
    def test_strange_bodies_are_refused_in_words(
        self, deciding: World, browser: Browser, kind: str, content: bytes
    ) -> None:
        link = deciding.link(DECISION, "berg")
        browser.open(link)
        for address in (f"/answer/{link}", f"/answer/{link}/review", f"/answer/{link}/change"):
            response = browser.request("POST", address, content=content, headers={"content-type": kind})
            assert response.status_code in (400, 403)
            assert "<h1>" in response.text


class TestProblems:
    @pytest.mark.parametrize(
        ("method", "address", "status"),
        [("GET", "/nowhere", 404), ("POST", "/healthz", 405), ("DELETE", "/", 405), ("GET", "/answer/x/review", 405)],
    )
    def test_have_pages_in_the_house_layout(self, browser: Browser, method: str, address: str, status: int) -> None:
        response: httpx.Response = browser.request(method, address)
        assert response.status_code == status
        assert 'id="main"' in response.text
        assert '<html lang="sv">' in response.text

    def test_speak_the_language_that_the_browser_asks_for(self, browser: Browser) -> None:
        for asked, given in (
            ("en-GB,en;q=0.9,sv;q=0.1", "en"),
            ("fr, sv;q=0.5", "sv"),
            ("fr", "sv"),
            ("x;q=y,,", "sv"),
        ):
            page = browser.get("/nowhere", headers={"accept-language": asked})
            assert f'<html lang="{given}">' in page.text
