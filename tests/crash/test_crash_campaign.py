"""The crash campaign in short, on the whole stack and without Prefect; and that it finds what is broken on purpose."""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from campaigns.crash.boundaries import Boundary, LastWords
from campaigns.crash.campaign import Campaign
from campaigns.crash.cases import little
from campaigns.crash.cycles import Cycles
from campaigns.crash.executioner import Executioner
from campaigns.crash.house import ForkedHouse
from campaigns.crash.parts import live
from campaigns.crash.plan import BOUNDARIES, INSTANTS, Decks, Kill
from tests.crash.broken import forgetful, hasty

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from campaigns.crash.judge import Verdict


def slow(tests: type) -> type:
    """Starts and ends many processes."""
    for mark in (pytest.mark.stack, pytest.mark.long, pytest.mark.timeout(900)):
        tests = mark(tests)
    return tests


SEED = 1
PLANTED = 4
"""Kills that are enough to find what was broken on purpose."""
PATIENCE = 20.0
"""Seconds within which a worker comes to any boundary, also on a busy machine."""


@dataclass
class InTurn(Decks):
    """The worker dies at one boundary after the other, and nobody else dies."""

    boundaries: Sequence[Boundary] = ()
    nth: int = 1

    def __post_init__(self) -> None:
        self.to_come = list(self.boundaries)

    def draw(self, part: str) -> Kill | None:
        """However long it takes until the worker comes to it."""
        return Kill(part, self.to_come.pop(0), self.nth, PATIENCE) if part == "worker" else None


def disturbed(folder: Path, part: Callable[..., None], *boundaries: Boundary, nth: int = 1) -> list[Verdict]:
    """Little cycles, whose worker dies in each life at the next boundary."""
    house = ForkedHouse(folder, live=part)
    (folder / "words").mkdir()
    try:
        decks = InTurn(SEED, {}, 0.0, boundaries=boundaries, nth=nth)
        executioner = Executioner(house, decks, len(boundaries), folder / "words")
        cycles = Cycles(house, executioner, lambda number: little().numbered(number), lambda _: None)
        cycles.run()
    finally:
        house.stop()
    assert [death.where for death in executioner.deaths] == [*boundaries]
    return cycles.verdicts


@slow
class TestShortCampaign:
    """Worker, portal and Prefect's server die at the boundaries and instants that the seed chooses."""

    @pytest.mark.parametrize(("kills", "on_the_stack"), [(26, 0), (4, 4)], ids=["forked", "on the stack"])
    def test_every_promise_holds(self, kills: int, on_the_stack: int) -> None:
        """Nothing lost, nothing twice, no mail again without a reason, the same outcome, an intact journal."""
        campaign = Campaign(kills, SEED, on_the_stack, print)
        campaign.run()
        assert len(campaign.deaths) == kills
        assert [fault for verdict in campaign.verdicts for fault in verdict.faults] == []
        assert {promise.promise: promise.failures for promise in campaign.promises() if promise.failures} == {}
        assert campaign.last_line.startswith(f"kills={kills} lost=0 doubled=0 repeats=")


@slow
class TestPlantedFaults:
    """What is broken on purpose is found, and by the promise that it breaks."""

    def test_worker_that_dies_at_every_boundary_is_found_whole(self, tmp_path: Path) -> None:
        """The control: one death at each of them, nothing broken."""
        assert [fault for verdict in disturbed(tmp_path, live, *Boundary) for fault in verdict.faults] == []

    def test_mail_that_is_written_down_before_it_is_sent_is_missed(self, tmp_path: Path) -> None:
        """Its sender dies between the two."""
        [verdict] = disturbed(tmp_path, hasty, *[Boundary.BEFORE_RCPT] * PLANTED, nth=2)
        assert [fault for fault in verdict.lost if fault.startswith("mail ")] != []

    def test_journal_in_a_transaction_of_its_own_is_seen(self, tmp_path: Path) -> None:
        """The worker dies between the rows and their entry."""
        [verdict] = disturbed(tmp_path, forgetful, *[Boundary.CHANGE_WRITTEN] * PLANTED, nth=2)
        assert verdict.unverified != []


def test_every_boundary_has_its_turn_and_the_seed_says_when() -> None:
    """A deck holds each boundary once, and some instants; the same seed shuffles it the same way."""
    longest = {"worker": (0.0, 1.0)}
    size = len(BOUNDARIES["worker"]) + INSTANTS
    first, again = ([Decks(5, longest, 1.0).draw("worker")] for _ in range(2))
    assert first == again
    decks = Decks(5, longest, 1.0)
    drawn = [kill for _ in range(size) if (kill := decks.draw("worker")) is not None]
    assert {kill.boundary for kill in drawn} == {None, *Boundary}
    assert sum(kill.boundary is None for kill in drawn) == INSTANTS


def test_last_words_are_there_however_a_process_dies(tmp_path: Path) -> None:
    """It kills itself at the second crossing, and has said what it did until then."""
    log = tmp_path / "words"
    died = subprocess.run(
        [sys.executable, "-c", DIES, str(log)], check=False, cwd=Path(__file__).parent.parent.parent
    )  # fmt: skip
    assert died.returncode == -signal.SIGKILL
    words = LastWords.read(log)
    assert words.crossed == ("before-rcpt", "before-data", "mail-accepted", "before-rcpt")
    assert (words.begun, words.recorded) == (frozenset({"<one@x.example>"}), frozenset({"c/one"}))


DIES = """
import sys
from pathlib import Path
from campaigns.crash.boundaries import RECORDED, Boundary, Trap
trap = Trap.said("before-rcpt:2", Path(sys.argv[1]))
trap.cross(Boundary.BEFORE_RCPT)
trap.cross(Boundary.BEFORE_DATA, "<one@x.example>")
trap.cross(Boundary.MAIL_ACCEPTED)
trap.note(RECORDED, "c/one")
trap.cross(Boundary.BEFORE_RCPT)
trap.note("too late")
"""
