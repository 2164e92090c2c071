"""Sending the notices that a pass has caused, where an administrator can see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from notifications.outbox import Mailer
    from tasks.phase import AnyPhase


def send_notices(phase: AnyPhase, mailer: Mailer) -> None:
    """Send what the cycle owes by now. What is owed later, or fails, is the worker's loop's business."""
    waiting = mailer.due_count(phase.now, phase.cycle.id)
    if waiting:
        phase.perform(
            "send_notices",
            f"send {waiting} notices",
            lambda: mailer.send_due_blocking(phase.now, cycle_id=phase.cycle.id, limit=waiting),
        )
