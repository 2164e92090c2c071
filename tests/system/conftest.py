"""A browser, and a portal that it can reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.system.looking import Looking
from tests.system.tools import QUIET, program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser."""
    path = program("chromium", "chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def looking(tmp_path_factory: pytest.TempPathFactory) -> Looking:
    """What has been seen of pages: their faults, and their text for the validator."""
    return Looking(tmp_path_factory.mktemp("pages"))
