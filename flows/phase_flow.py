"""`phase_flow`: what makes a plain function the flow of a phase.

The decorated function is the process. Around it a pass opens the phase, replays the body, sends what is due and
concludes; in Prefect, `as_prefect_flow` turns a waiting pass into a suspended run that no process holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from tasks.closing import conclude, open_phase
from tasks.overdue import miss_promises
from tasks.phase import AnyPhase, Waiting

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from config.terms import PhaseKind
    from tasks.outcome import Outcome

Body: TypeAlias = "Callable[[Any], Outcome]"


@dataclass(frozen=True)
class Pass:
    """How one pass ended: with an outcome, or waiting."""

    outcome: Outcome | None
    waiting_for: str | None = None
    until: datetime | None = None
    acts: int = 0


@dataclass(frozen=True)
class PhaseFlow:
    """The flow of one kind of phase."""

    kind: PhaseKind
    body: Body

    @property
    def purpose(self) -> str:
        """What the flow does, from the docstring of its body."""
        return (self.body.__doc__ or "").strip()

    def run(self, phase: AnyPhase) -> Pass:
        """One pass from the top: open, replay what is settled, do what is due, wait again or conclude.

        Before anything else a promise is missed whose day is over and for which nobody has been asked. While the cycle
        is on hold nothing is done, whoever asks for the pass.
        """
        try:
            miss_promises(phase)
            if not open_phase(phase):
                return Pass(phase.outcome, acts=phase.acts)
            outcome = self.body(phase)
            conclude(phase, outcome)
        except Waiting as waiting:
            return Pass(None, waiting.step, waiting.until, phase.acts)
        return Pass(outcome, acts=phase.acts)


def phase_flow(kind: PhaseKind) -> Callable[[Body], PhaseFlow]:
    """Make a function the flow of a kind of phase; its docstring says what the flow does."""
    return lambda body: PhaseFlow(kind, body)
