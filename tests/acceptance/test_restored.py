"""An installation that is put back to a backup goes on, and the doctor sees whether everything runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from engine.backup.make import back_up
from engine.backup.restore import restore
from engine.doctor import Level, examine
from tests.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.acceptance.house import House

pytestmark = [pytest.mark.stack, pytest.mark.long]

SERVING = ("portal", "worker")


def test_cycle_goes_on_from_a_backup_although_prefect_has_forgotten_it(house: House, tmp_path: Path) -> None:
    """Backed up while everything runs, put back after all of it was lost; each phase is seen at once."""
    cycle = house.cycle("restored")
    cycle.rest()
    cycle.waiting_runs(2)
    back_up(house.settings, tmp_path / "kept.samsyn", datetime.now(UTC))
    notices = cycle.notices()
    for part in (*SERVING, "prefect"):
        house.stack.end(part)
    house.forget_prefects_database()
    house.services.close()
    for lost in house.folder.glob("samsyn.db*"):
        lost.unlink()
    assert restore(house.settings, tmp_path / "kept.samsyn", datetime.now(UTC)).holds
    house.stack.start(["prefect", *SERVING])
    said = [run["state"]["message"] for run in cycle.waiting_runs(2)]
    assert said[0].startswith("waiting for draft (1 asked), until 2013-01-25")
    wait_until(lambda: len(cycle.runs()) == 3, what="the planned phase to be shown")
    assert cycle.notices() == notices
    assert cycle.see_through()["outcome"] == "adopted"
    assert cycle.states() == ["Completed"] * 3
    assert (cycle.repeats(), cycle.faults(), cycle.unsent()) == (0, (), [])


def test_doctor_finds_everything_well_and_sees_when_the_worker_has_gone(house: House) -> None:
    """On a real installation; a minute after its last sign a worker is taken for dead."""
    now = datetime.now(UTC)
    wait_until(lambda: all(one.level is not Level.ERROR for one in examine(house.settings, now)), what="a heartbeat")
    found = {one.what: one for one in examine(house.settings, datetime.now(UTC))}
    assert found["Prefect"].well, found["Prefect"]
    assert found["worker"].said.startswith("1 running, last seen "), found["worker"]
    assert found["portal"].well
    assert found["mail server"].well
    later = {one.what: one for one in examine(house.settings, datetime.now(UTC) + timedelta(minutes=3))}
    assert later["worker"].level is Level.ERROR
    assert later["worker"].said.startswith("last seen ")
