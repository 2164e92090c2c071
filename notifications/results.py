"""What follows from an attempt: pure. The values are columns of a `Delivery`; the outbox writes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models.notice import DeliveryStatus
from notifications.retry import QUEUE_PAUSE, retry_after
from notifications.transport import Deferred, QueueStopped, Refused, Sent

if TYPE_CHECKING:
    from datetime import datetime

    from notifications.transport import Attempt

RESPONSE_LENGTH = 500
"""Signs of a server's reply that are kept."""
NOT_TRUE = "no longer true when its hour came"
WITHDRAWN: dict[str, Any] = {"status": DeliveryStatus.WITHDRAWN, "raw": None, "response": NOT_TRUE}


@dataclass
class Tally:
    """What became of a batch."""

    sent: int = 0
    deferred: int = 0
    refused: int = 0
    withdrawn: int = 0
    stopped: str | None = None  # why the queue stands still, when it does

    @property
    def handled(self) -> int:
        """How many deliveries were worked on."""
        return self.sent + self.deferred + self.refused + self.withdrawn

    def count(self, status: DeliveryStatus, number: int = 1) -> None:
        """So many more deliveries that ended a batch in this state."""
        if status is DeliveryStatus.SENT:
            self.sent += number
        elif status is DeliveryStatus.FAILED:
            self.refused += number
        elif status is DeliveryStatus.WITHDRAWN:
            self.withdrawn += number
        else:
            self.deferred += number

    def add(self, other: Tally) -> None:
        """What became of another batch, too."""
        self.sent += other.sent
        self.deferred += other.deferred
        self.refused += other.refused
        self.withdrawn += other.withdrawn


def outcome(attempt: Attempt, attempts: int, now: datetime) -> dict[str, Any]:
    """The columns after an attempt, when `attempts` were made before it; `now` is by the cycle's clock.

    What is over loses its bytes, because they hold a token. A stopped queue is no mail's fault: it costs no attempt.
    """
    match attempt:
        case Sent(response):
            return {**_over(DeliveryStatus.SENT, response), "attempts": attempts + 1, "sent_at": now}
        case Refused(reason):
            return {**_over(DeliveryStatus.FAILED, reason), "attempts": attempts + 1}
        case Deferred(reason):
            return {**_later(reason, attempts + 1, now), "attempts": attempts + 1}
        case QueueStopped(reason):
            return {"next_attempt_at": now + QUEUE_PAUSE, **_noted(DeliveryStatus.QUEUED, reason)}


def _later(reason: str, attempts: int, now: datetime) -> dict[str, Any]:
    pause = retry_after(attempts)
    if pause is None:
        return _over(DeliveryStatus.FAILED, f"given up after {attempts} attempts: {reason}")
    return {"next_attempt_at": now + pause, **_noted(DeliveryStatus.QUEUED, reason)}


def _over(status: DeliveryStatus, response: str) -> dict[str, Any]:
    return {"raw": None, **_noted(status, response)}


def _noted(status: DeliveryStatus, response: str) -> dict[str, Any]:
    return {"status": status, "response": response[:RESPONSE_LENGTH]}
