"""Prefect's pages of a cycle that is half-way, as an administrator's browser shows them."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from config.loader import load_named
from engine.prefect_settings import HOST
from engine.scripts import bundled_script
from tests.acceptance.test_failed_pass import body_gone
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.acceptance.house import House, LiveCycle

pytestmark = [pytest.mark.stack, pytest.mark.system]

SLUG = "half-way"
HALF_WAY = date(2013, 6, 20)
"""The groups work while the principals decide."""
ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "docs" / "images"
FOLDER = IMAGES if os.environ.get("KEEP_IMAGES") else ROOT / "screenshots"
"""With KEEP_IMAGES=1 those that docs/administrators.md shows are taken anew."""
MOST_BYTES = 150_000


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    """A browser window."""
    window = chromium.new_page(viewport={"width": 1280, "height": 860})
    yield window
    window.close()


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
    page.get_by_text("waiting for proposals (4 asked)").first.wait_for()  # the run's log, which the page opens on
    take(page, "prefect-run")
    page.get_by_text("Artifacts", exact=True).last.click()
    take(page, "prefect-run-artifacts")
    [artifact] = half_way.house.prefect.artifacts(run["id"])
    page.goto(f"{ui(half_way)}/artifacts/artifact/{artifact['id']}")
    page.get_by_text("proposals").first.wait_for()
    take(page, "prefect-artifact")


def test_page_of_a_run_that_fails_says_why(page: Page, half_way: LiveCycle) -> None:
    """In its log, for which nobody has to open a machine."""
    house = half_way.house
    cycle = house.cycle("red")
    cycle.rest()
    with body_gone(cycle.register, f"{cycle.slug}/@office"):
        cycle.answer_all()
        wait_until(lambda: cycle.phase_run("writing").failures >= 2, what="a second attempt")
        run = wait_until(lambda: [one for one in cycle.runs() if one["state_name"] == "Failed"], what="a red run")[0]
        page.goto(f"{ui(cycle)}/runs/flow-run/{run['id']}")
        page.get_by_text("The pass failed; tried again in").first.wait_for()
        take(page, "prefect-failed")
    house.tidy()


def test_images_in_the_documents_are_small() -> None:
    """They are kept with the source."""
    kept = {path.name: path.stat().st_size for path in IMAGES.glob("*.png")}
    assert {"prefect-runs.png", "prefect-run.png", "prefect-artifact.png", "prefect-failed.png"} <= set(kept)
    assert {name: size for name, size in kept.items() if size > MOST_BYTES} == {}


def ui(cycle: LiveCycle) -> str:
    return f"http://{HOST}:{cycle.house.settings.prefect_port}"


def take(page: Page, name: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=FOLDER / f"{name}.png")
