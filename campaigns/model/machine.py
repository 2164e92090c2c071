"""Every command in any order: the machine that Hypothesis plays with."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from campaigns.model.machine_asked import Asked
from campaigns.model.machine_coordinator import Coordinating
from campaigns.model.state import ORDER


class Model(Asked, Coordinating):
    """Time, the worker, the outbox, kills; and all that people do."""

    @rule(hours=st.sampled_from([1, 5, 24, 24 * 6, 24 * 20]))
    def time_passes(self, hours: int) -> None:
        """Nobody works meanwhile."""
        self.state.now += timedelta(hours=hours)

    @rule()
    def work(self) -> None:
        """A worker does what is due."""
        self.both.work()

    @rule(days=st.sampled_from([1, 3, 10, 40]))
    def days_with_a_worker(self, days: int) -> None:
        """Everything at its own instant."""
        self.both.work()
        self.both.until(self.state.now + timedelta(days=days))

    @rule(phase=st.sampled_from(ORDER))
    def extra_pass(self, phase: str) -> None:
        """Resume, by hand."""
        self.both.one_pass(phase)

    @rule()
    def send(self) -> None:
        """The outbox."""
        self.both.send()

    @rule(after=st.integers(0, 25))
    def kill(self, after: int) -> None:
        """The process will die so many statements from now, if what is done next takes so many."""
        self.both.kill_after = after

    @rule()
    def rebuild(self) -> None:
        """The process ends in peace."""
        self.both.rebuild()
