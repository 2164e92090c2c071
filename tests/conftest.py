"""A browser for the tests that need one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tools import QUIET, program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

pytest_plugins = ("tests.registers",)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's browser. It is closed before the next module: Playwright keeps an event loop running."""
    path = program("chromium", "chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield browser
        browser.close()
