"""A token in a mail becomes a cookie, for one assignment."""

from __future__ import annotations

from tests.portal.conftest import Browser, World, token

DECISION = "antagande-inriktning/decision"


def test_token_becomes_a_cookie_for_that_assignment_only(deciding: World, browser: Browser) -> None:
    link = deciding.link(DECISION, "berg")
    response = browser.get(f"/a/{token(link)}")
    assert (response.status_code, response.headers["location"]) == (303, f"/answer/{link}")
    cookie = response.headers["set-cookie"].lower()
    assert f"path=/answer/{link}".lower() in cookie
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie


def test_cookie_is_secure_over_tls(deciding: World) -> None:
    link = deciding.link(DECISION, "berg")
    response = deciding.browser(base_url="https://samsyn.example").get(f"/a/{token(link)}")
    assert "secure" in response.headers["set-cookie"].lower()
    assert response.headers["strict-transport-security"].startswith("max-age=")


def test_every_wrong_token_gets_the_same_page(deciding: World, browser: Browser) -> None:
    right = token(deciding.link(DECISION, "berg"))
    wrong = ["x", right[:-1], right + "x", right.swapcase(), "%00", "å" * 300]
    pages = [browser.get(f"/a/{text}") for text in wrong]
    assert {page.status_code for page in pages} == {404}
    assert len({page.text for page in pages}) == 1
    assert all("set-cookie" not in page.headers for page in pages)


def test_answer_page_needs_the_cookie(deciding: World, browser: Browser) -> None:
    link = deciding.link(DECISION, "berg")
    for address in (f"/answer/{link}", f"/answer/{link}/receipt", f"/answer/{link}/document/1", "/answer/unknown"):
        response = browser.get(address)
        assert response.status_code == 403
        assert "Öppna länken i mejlet" in response.text


def test_cookie_of_another_assignment_opens_nothing(deciding: World, browser: Browser) -> None:
    berg, are = deciding.link(DECISION, "berg"), deciding.link(DECISION, "are")
    cookie = {"cookie": f"samsyn_answer={token(are)}"}
    assert browser.get(f"/answer/{berg}", headers=cookie).status_code == 403
    assert browser.get(f"/answer/{are}", headers=cookie).status_code == 200
