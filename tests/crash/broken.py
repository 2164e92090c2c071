"""Parts with a fault in them, of the kinds that the crash campaign is there to find."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from campaigns.crash.parts import live
from models.change import Change
from models.register import Register
from notifications.outbox import Mailer
from notifications.transport import Sent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from config.settings import Settings
    from notifications.handing_over import Batch
    from notifications.outbox import Look
    from notifications.results import Tally


def hasty(part: str, settings: Settings, trap: str, words: Path, output: Path) -> None:
    """Writes a mail down as sent before it is handed over: a crash in between loses it."""
    prepare = Mailer._prepare

    def prepared(self: Mailer, look: Look, limit: int, tally: Tally) -> Batch:
        batch = prepare(self, look, limit, tally)
        results = [(one.notice_id, self._became(Sent("250"), one, look.now)) for one in batch.left]
        self._record(batch.name, results, tally)
        return batch

    Mailer._prepare = prepared  # type: ignore[method-assign]
    live(part, settings, trap, words, output)


def forgetful(part: str, settings: Settings, trap: str, words: Path, output: Path) -> None:
    """Writes the journal in a transaction of its own, after the rows: a crash in between leaves it without them."""
    append, change = Change._append, Register.change

    def put_off(self: Any, body: str) -> None:
        self.put_off = body

    @contextmanager
    def in_two(self: Register, cycle_id: str, *, at: datetime, actor: str) -> Iterator[Any]:
        with change(self, cycle_id, at=at, actor=actor) as one:
            yield one
        body = getattr(one, "put_off", None)
        if body is not None:
            with self.operate() as session:
                one.connection = session.connection()
                append(one, body)
                one._send()

    Change._append = put_off  # type: ignore[method-assign]
    Register.change = in_two  # type: ignore[method-assign]
    live(part, settings, trap, words, output)
