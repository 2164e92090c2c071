"""Leases: at most one pass of a phase at a time, and none lost when its worker dies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy.exc import OperationalError

from engine.leases import BACKOFF, CLAIM, HOLD, LeaseLost, Leases
from models.journal import PhaseRun
from models.migrate import upgrade
from models.register import Register
from tests.registers import registers
from tests.tasks.world import World, tiny

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

PHASE = "tiny/later"
ONE, OTHER = "worker@one", "worker@two"


class Place:
    """A register in which one phase is due, and the machine's clock."""

    def __init__(self, url: str = "sqlite://") -> None:
        register = registers.fresh() if url == "sqlite://" else Register(url)
        world = World(tiny("phases: {later: {kind: drafting, text: t, in: 2024-06}}\n"), register)
        self.register = register
        self.now: datetime = world.next_wake()  # type: ignore[assignment]
        self.early = world.now
        self.wall = 1_000_000.0
        self._workers: dict[str, Leases] = {}

    def leases(self, worker: str) -> Leases:
        """What one worker holds."""
        return self._workers.setdefault(worker, Leases(self.register, worker))

    def restart(self, worker: str) -> Leases:
        """A worker that has begun anew knows nothing of what it did."""
        self._workers.pop(worker, None)
        return self.leases(worker)

    def claim(self, worker: str) -> list[str]:
        """The phases that a worker may start now."""
        return [claimed.phase_id for claimed in self.leases(worker).claim_due(self.now, self.wall)]

    def take(self, worker: str, number: int = 1) -> bool:
        """A pass begins."""
        return self.leases(worker).take(PHASE, f"pass:{worker}/{number}", self.wall)

    def run(self) -> PhaseRun:
        """The phase's operational row."""
        with self.register.read() as session:
            found = session.get(PhaseRun, PHASE)
        assert found is not None
        return found


@pytest.fixture
def place() -> Iterator[Place]:
    """A due phase."""
    made = Place()
    yield made
    made.register.close()


def test_only_what_is_due_is_claimed(place: Place) -> None:
    """By the cycle's clock, not the machine's."""
    assert place.leases(ONE).claim_due(place.early, place.wall) == []
    assert place.claim(ONE) == [PHASE]


def test_claimed_phase_is_not_claimed_again(place: Place) -> None:
    """Neither by another worker nor by the same."""
    assert place.claim(ONE) == [PHASE]
    assert place.claim(OTHER) == place.claim(ONE) == []


def test_claim_that_led_to_nothing_runs_out(place: Place) -> None:
    """The run was lost between pool and worker: somebody looks again."""
    place.claim(ONE)
    place.wall += CLAIM
    assert place.claim(OTHER) == []
    place.wall += 0.1
    assert place.claim(OTHER) == [PHASE]


def test_claim_given_back_is_free_after_a_pause(place: Place) -> None:
    """Prefect could not be told."""
    leases = place.leases(ONE)
    [claimed] = leases.claim_due(place.now, place.wall)
    leases.give_back(claimed, place.wall)
    assert place.claim(OTHER) == []
    place.wall += 1.0
    assert place.claim(OTHER) == [PHASE]


def test_pass_takes_over_any_dispatchers_claim(place: Place) -> None:
    """The run that one worker scheduled may be run by another."""
    place.claim(ONE)
    assert place.take(OTHER)
    assert place.run().lease_owner == f"pass:{OTHER}/1"


def test_two_passes_never_run_at_once(place: Place) -> None:
    """A second one is turned away, whoever made it: also a resume by hand."""
    assert place.take(ONE)
    assert not place.take(OTHER)
    assert not place.take(ONE, 2)
    assert place.claim(OTHER) == []


def test_lease_of_a_dead_worker_runs_out(place: Place) -> None:
    """A living one renews every third of the time."""
    place.take(ONE)
    place.wall += HOLD
    place.leases(ONE).renew(place.wall)
    place.wall += HOLD
    assert not place.take(OTHER)
    place.wall += 0.1
    assert place.take(OTHER)


def test_renewing_is_for_own_passes(place: Place) -> None:
    """Also where one worker's name looks like a pattern of another's."""
    place.take("worker@a-b")
    place.leases("worker@a_b").renew(place.wall + 1000)
    place.leases("worker@a%").renew(place.wall + 1000)
    assert place.run().lease_until == place.wall + HOLD


def test_pass_that_is_over_and_could_not_say_so_is_not_kept_alive(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The register was locked when the pass wanted to let go: the lease runs out although its worker lives."""
    leases = place.leases(ONE)
    place.take(ONE)

    def locked() -> None:
        raise OperationalError("UPDATE", {}, Exception("database is locked"))

    with monkeypatch.context() as others_write:
        others_write.setattr(place.register, "operate", locked)
        with pytest.raises(OperationalError):
            leases.release(PHASE, f"pass:{ONE}/1")
    place.wall += HOLD
    leases.renew(place.wall)
    place.wall += 0.1
    assert place.take(OTHER)


def test_who_has_lost_the_lease_cannot_change_anything(place: Place) -> None:
    """A worker was stopped in the middle of a pass and wakes when another has taken over."""
    register, slug = place.register, PHASE.partition("/")[0]
    place.take(ONE)
    with register.change(slug, at=place.now, actor="system") as change:
        place.leases(ONE).fence(change, PHASE, f"pass:{ONE}/1")
    place.wall += HOLD + 1
    with register.change(slug, at=place.now, actor="system") as change:
        place.leases(ONE).fence(change, PHASE, f"pass:{ONE}/1")  # late, and nobody has taken it
    place.take(OTHER)
    with register.change(slug, at=place.now, actor="system") as change, pytest.raises(LeaseLost):
        place.leases(ONE).fence(change, PHASE, f"pass:{ONE}/1")


def test_lease_that_was_taken_while_another_waited_for_its_turn_holds(place: Place) -> None:
    """It read the clock before, and writes after: what is a little ahead of it is nobody's clock set back."""
    place.claim(ONE)
    place.wall -= 60
    assert place.claim(OTHER) == []
    place.wall += 60
    place.take(ONE)
    place.wall -= 60
    assert not place.take(OTHER)


@pytest.mark.parametrize("back", [3600, 24 * 3600])
def test_clock_that_is_set_back_keeps_no_phase_waiting(place: Place, back: int) -> None:
    """Leases and pauses of the time before end further ahead than any can: they count for nothing."""
    place.claim(ONE)
    place.wall -= back
    assert place.claim(OTHER) == [PHASE]
    place.take(OTHER)
    place.wall += back
    place.leases(OTHER).fail(PHASE, f"pass:{OTHER}/1", "it broke", place.wall)
    place.wall -= back
    assert place.take(ONE)


def test_released_phase_is_free_and_counted(place: Place) -> None:
    """A pass that went well forgets earlier failures."""
    place.take(ONE)
    place.leases(ONE).fail(PHASE, f"pass:{ONE}/1", "it broke", place.wall)
    place.wall += 2.0
    place.take(ONE, 2)
    place.leases(ONE).release(PHASE, f"pass:{ONE}/2")
    run = place.run()
    assert (run.passes, run.failures, run.last_error, run.lease_owner) == (1, 0, None, None)
    assert place.claim(OTHER) == [PHASE]


def test_who_has_lost_the_lease_cannot_release_it(place: Place) -> None:
    """A worker that was taken for dead comes back: the phase is another's now."""
    place.take(ONE)
    place.wall += HOLD + 1
    place.take(OTHER)
    place.leases(ONE).release(PHASE, f"pass:{ONE}/1")
    place.leases(ONE).fail(PHASE, f"pass:{ONE}/1", "late", place.wall)
    assert place.run().lease_owner == f"pass:{OTHER}/1"
    assert place.run().failures == 0


def claim_early(place: Place, worker: str) -> list[str]:
    """What a worker may start while nothing is due."""
    return [claimed.phase_id for claimed in place.leases(worker).claim_due(place.early, place.wall)]


def test_lease_that_ran_out_is_looked_at_although_nothing_is_due(place: Place) -> None:
    """Whoever held it has died: its run in Prefect says that it is under way, and nothing else would set that right."""
    place.take(ONE)
    assert claim_early(place, OTHER) == []
    place.wall += HOLD + 1
    assert claim_early(place, OTHER) == [PHASE]
    assert place.take(OTHER)
    place.leases(OTHER).release(PHASE, f"pass:{OTHER}/1")
    place.wall += HOLD + 1
    assert claim_early(place, ONE) == []


def test_failed_pass_is_tried_again_although_nothing_is_due(place: Place) -> None:
    """It may have failed after all that was due had been done."""
    place.take(ONE)
    pause = place.leases(ONE).fail(PHASE, f"pass:{ONE}/1", "no mail could be sent", place.wall)
    assert claim_early(place, OTHER) == []
    place.wall += pause - 0.1
    assert claim_early(place, OTHER) == []
    place.wall += 0.1
    assert claim_early(place, OTHER) == [PHASE]


def test_pass_whose_run_does_not_say_so_is_looked_at_at_once(place: Place) -> None:
    """Prefect could not be told how it ended."""
    place.take(ONE)
    place.leases(ONE).run_out(PHASE, f"pass:{ONE}/1")
    assert claim_early(place, ONE) == [PHASE]


def test_what_was_left_is_not_forgotten_when_prefect_is_away(place: Place) -> None:
    """The claim that is given back is looked at again, and one that led to nothing too."""
    place.take(ONE)
    place.leases(ONE).run_out(PHASE, f"pass:{ONE}/1")
    [claimed] = place.leases(ONE).claim_due(place.early, place.wall)
    place.leases(ONE).give_back(claimed, place.wall)
    place.wall += 1.0 + 0.1
    assert claim_early(place, OTHER) == [PHASE]
    place.wall += CLAIM + 0.1
    assert claim_early(place, ONE) == [PHASE]


def test_what_needs_no_pass_is_dropped(place: Place) -> None:
    """The phase is over, and its run says so."""
    place.take(ONE)
    place.leases(ONE).run_out(PHASE, f"pass:{ONE}/1")
    [claimed] = place.leases(ONE).claim_due(place.early, place.wall)
    place.leases(ONE).drop(claimed)
    place.wall += CLAIM + 0.1
    assert claim_early(place, ONE) == []


def test_failing_phase_is_left_alone_for_longer_each_time(place: Place) -> None:
    """One broken process never blocks the rest, nor is it hammered."""
    pauses = []
    for number in range(len(BACKOFF) + 1):
        owner = f"pass:{ONE}/{number}"
        assert place.leases(ONE).take(PHASE, owner, place.wall)
        place.leases(ONE).fail(PHASE, owner, "it broke", place.wall)
        pauses.append(place.run().not_before - place.wall)
        place.wall = place.run().not_before - 0.1
        assert place.claim(OTHER) == []
        place.wall += 0.1
    assert pauses == [*BACKOFF, BACKOFF[-1]]
    assert place.run().last_error == "it broke"


def test_worker_that_starts_again_forgets_what_it_held(place: Place) -> None:
    """Its passes died with it; others keep theirs."""
    place.take(ONE)
    place.leases(OTHER).forget(lambda owner: OTHER in owner)
    assert not place.take(OTHER)
    place.leases(ONE).forget(lambda owner: ONE in owner)
    assert place.take(OTHER)


def test_run_is_remembered(place: Place) -> None:
    """So that the next pass resumes it instead of making another."""
    place.claim(ONE)
    place.leases(ONE).remember_run(PHASE, "a-run")
    place.wall += CLAIM + 1
    [claimed] = place.leases(OTHER).claim_due(place.now, place.wall)
    assert claimed.flow_run_id == "a-run"


def test_two_workers_on_one_file_claim_a_phase_once(tmp_path: Path) -> None:
    """The database's own lock sees to it."""
    from concurrent.futures import ThreadPoolExecutor

    url = registers.at(tmp_path / "register.db")
    upgrade(url)
    place = Place(url)
    others = [Register(url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda r: Leases(r, f"w{id(r)}").claim_due(place.now, place.wall), others))
    assert sum(map(len, found)) == 1
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda r: Leases(r, "w").take(PHASE, f"pass:w/{id(r)}", place.wall), others))
    assert sum(taken) == 1
    for register in (*others, place.register):
        register.close()


class Workers(RuleBasedStateMachine):
    """Two workers that claim, run, fail, die and come back, in any order, while the machine's clock goes on."""

    @initialize()
    def begin(self) -> None:
        """One phase is due."""
        self.place = Place()
        self.running: dict[str, tuple[int, float]] = {}  # worker: number of its pass, until when its lease holds
        self.number = 0

    def teardown(self) -> None:
        """Give the register back."""
        self.place.register.close()

    workers = st.sampled_from([ONE, OTHER])

    @rule(worker=workers)
    def claim(self, worker: str) -> None:
        """A dispatcher looks; it never finds a phase that somebody runs."""
        if self.place.claim(worker):
            assert not self._held()

    @rule(worker=workers)
    def take(self, worker: str) -> None:
        """A pass begins, unless another is running."""
        self.number += 1
        taken = self.place.take(worker, self.number)
        assert not (taken and self._held())
        if taken:
            self.running[worker] = (self.number, self.place.wall + HOLD)

    @precondition(lambda self: self.running)
    @rule(data=st.data(), well=st.booleans())
    def end(self, data: st.DataObject, well: bool) -> None:  # noqa: FBT001
        """A pass ends well or badly."""
        worker = data.draw(st.sampled_from(sorted(self.running)))
        owner = f"pass:{worker}/{self.running.pop(worker)[0]}"
        leases = self.place.leases(worker)
        if well:
            leases.release(PHASE, owner)
        else:
            leases.fail(PHASE, owner, "it broke", self.place.wall)

    @rule(worker=workers)
    def renew(self, worker: str) -> None:
        """A living worker keeps what is still its own."""
        self.place.leases(worker).renew(self.place.wall)
        if worker in self.running and self.place.run().lease_owner == f"pass:{worker}/{self.running[worker][0]}":
            self.running[worker] = (self.running[worker][0], self.place.wall + HOLD)

    @rule(worker=workers)
    def restart(self, worker: str) -> None:
        """A worker dies and comes back under its name."""
        self.running.pop(worker, None)
        self.place.restart(worker).forget(lambda owner: worker in owner)

    @rule(seconds=st.sampled_from([0.5, 5.0, 16.0, 31.0, 400.0]))
    def wait(self, seconds: float) -> None:
        """Time goes by."""
        self.place.wall += seconds

    @invariant()
    def one_at_most(self) -> None:
        """There are never two passes whose leases hold."""
        if hasattr(self, "running"):
            assert len(self._held()) <= 1

    def _held(self) -> list[str]:
        return [worker for worker, (_, until) in self.running.items() if until >= self.place.wall]


Workers.TestCase.settings = settings(
    max_examples=8, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
test_workers = Workers.TestCase
