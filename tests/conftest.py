"""One browser for all tests that need one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tools import QUIET, program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's browser. There is one in a session, because Playwright takes one event loop for itself."""
    path = program("chromium", "chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield browser
        browser.close()
