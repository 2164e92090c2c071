"""Wrong addresses and methods have pages in the house layout."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import httpx

    from tests.portal.conftest import Browser


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [("GET", "/nowhere", 404), ("POST", "/healthz", 405), ("DELETE", "/", 405), ("GET", "/answer/x/review", 405)],
)
def test_have_pages_in_the_house_layout(browser: Browser, method: str, address: str, status: int) -> None:
    response: httpx.Response = browser.request(method, address)
    assert response.status_code == status
    assert 'id="main"' in response.text
    assert '<html lang="sv">' in response.text


def test_speak_the_language_that_the_browser_asks_for(browser: Browser) -> None:
    for asked, given in (
        ("en-GB,en;q=0.9,sv;q=0.1", "en"),
        ("fr, sv;q=0.5", "sv"),
        ("fr", "sv"),
        ("x;q=y,,", "sv"),
    ):
        page = browser.get("/nowhere", headers={"accept-language": asked})
        assert f'<html lang="{given}">' in page.text
