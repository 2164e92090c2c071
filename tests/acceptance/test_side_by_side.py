"""The bundled cycle on the real stack, and the same script rehearsed in memory."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from config.loader import load_named
from engine.rehearsal import rehearse
from engine.scripts import bundled_script
from tests.acceptance.finished import NAME

if TYPE_CHECKING:
    from tests.acceptance.finished import Finished

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def rehearsed() -> dict[str, Any]:
    """What the rehearsal says."""
    return rehearse(load_named(NAME), bundled_script(NAME))


def test_everything_that_the_demonstration_promises_holds(finished: Finished) -> None:
    """Adopted; every milestone met or enforced; each notice in the mailbox exactly once; the journal verifies."""
    assert [check.what for check in finished.checks if not check.holds] == []


@pytest.mark.parametrize("part", ["phases", "milestones", "decisions", "assignments", "outcome", "began", "ended"])
def test_run_and_rehearsal_agree(finished: Finished, rehearsed: dict[str, Any], part: str) -> None:
    """What came of it, and on which day, is the same."""
    assert finished.report[part] == rehearsed[part]


def test_run_and_rehearsal_write_to_the_same_people_at_the_same_minute(
    finished: Finished, rehearsed: dict[str, Any]
) -> None:
    """The same notices, with the same subjects, to the same addresses, at the same instants."""
    assert notices(finished.report) == notices(rehearsed)


def test_run_and_rehearsal_make_the_same_changes(finished: Finished, rehearsed: dict[str, Any]) -> None:
    """As many journal entries: neither does anything that the other does not."""
    assert finished.report["journal"]["entries"] == rehearsed["journal"]["entries"]


def test_undisturbed_worker_has_nothing_to_complain_of(finished: Finished) -> None:
    """No warning and no traceback in its log."""
    assert finished.worker_log == ""


def notices(report: dict[str, Any]) -> Counter[tuple[str, ...]]:
    return Counter((n["at"], n["kind"], n["to"], n["subject"]) for n in report["notices"])
