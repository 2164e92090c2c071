"""Prefect's pages of a cycle that is half-way, as an administrator's browser shows them."""

from __future__ import annotations

import os
import shutil
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from config.loader import load_named
from engine.prefect_settings import HOST
from engine.scripts import bundled_script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from tests.acceptance.house import House, LiveCycle

pytestmark = [pytest.mark.stack, pytest.mark.system]

SLUG = "half-way"
HALF_WAY = date(2013, 6, 20)
"""The groups work while the principals decide."""
FOLDER = Path(__file__).parents[2] / "screenshots"
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
)  # fmt: skip


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """A browser window."""
    chromium = shutil.which("chromium")
    if chromium is None:
        reason = "chromium is not installed: apt-get install chromium"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        yield browser.new_page(viewport={"width": 1440, "height": 1400})
        browser.close()


@pytest.fixture(scope="module")
def half_way(page: Page, installation: House) -> LiveCycle:
    """Four of six phases have begun, two of them wait, and two are planned."""
    installation.tidy()
    definition = load_named("jamtland-2012")
    cycle = installation.cycle(SLUG, definition, bundled_script("jamtland-2012"))
    cycle.demonstration.go_on(definition.where.end_of(HALF_WAY))
    return cycle


def test_runs_page_shows_all_six_phases_and_their_states(page: Page, half_way: LiveCycle) -> None:
    """Filtered by the cycle's tag, in one list."""
    page.goto(f"{ui(half_way)}/runs?tag=cycle:{SLUG}")
    runs = half_way.runs_at_rest()
    for run in runs:
        page.get_by_text(str(run["name"])).first.wait_for()
    assert [run["state_name"] for run in runs] == ["Completed"] * 2 + ["Suspended"] * 4
    take(page, "prefect-runs")


def test_page_of_a_run_shows_its_acts_and_who_has_answered(page: Page, half_way: LiveCycle) -> None:
    """The state with its message, the tasks, and the table."""
    run = half_way.runs_at_rest()[3]
    page.goto(f"{ui(half_way)}/runs/flow-run/{run['id']}")
    page.get_by_text(str(run["name"])).first.wait_for()
    page.get_by_text("Suspended").first.wait_for()
    take(page, "prefect-run")
    page.get_by_text("Artifacts", exact=True).last.click()
    take(page, "prefect-run-artifacts")
    [artifact] = half_way.house.prefect.artifacts(run["id"])
    page.goto(f"{ui(half_way)}/artifacts/artifact/{artifact['id']}")
    page.get_by_text("proposals").first.wait_for()
    take(page, "prefect-artifact")


def ui(cycle: LiveCycle) -> str:
    return f"http://{HOST}:{cycle.house.settings.prefect_port}"


def take(page: Page, name: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=FOLDER / f"{name}.png", full_page=True)
