"""Reading changes nothing, and every response has its headers."""

from __future__ import annotations

import pytest

from tests.portal.conftest import SLUG, Browser, World, hidden, token

DECISION = "antagande-inriktning/decision"


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


def test_reviewing_changes_nothing_but_the_draft(deciding: World, browser: Browser) -> None:
    link = deciding.link(DECISION, "berg")
    before = deciding.state()
    review = browser.review(link, position="adopts")
    browser.post(f"/answer/{link}/change", {name: hidden(review, name) for name in ("csrf", "sealed")})
    after = deciding.state()
    assert len(after.pop("draft")) == 1 + len(before.pop("draft"))
    assert after == before


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
        kept = {"/static/samsyn.css": "public, max-age=31536000", f"/record/{SLUG}": "public, no-cache"}
        assert headers["cache-control"] == kept.get(response.url.path, "no-store"), response.url
        public = response.url.path in ("/", f"/record/{SLUG}", "/static/samsyn.css")
        private = not public or response.status_code != 200
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
