"""A browser for the tests that need one."""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING

import pytest

from tests.tools import QUIET, program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

os.environ.setdefault("PREFECT_LOGGING_TO_API_ENABLED", "false")  # as all processes of an installation have it

pytest_plugins = ("tests.registers",)


def pytest_collection_finish() -> None:
    """What has been collected stays to the end: the collector of garbage need not go through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's browser. It is closed before the next module: Playwright keeps an event loop running."""
    path = program("chromium", "chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield browser
        browser.close()
