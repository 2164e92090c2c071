"""A reader of outside input that is tried, and what one try came to."""

from __future__ import annotations

import io
import signal
import time
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

SECONDS = 2.0
"""Processor time that one input may take, on any machine that Samsyn is meant for."""
HUNG = 20.0
"""Processor time after which an input is stopped."""


class Verdict(StrEnum):
    """What became of an input."""

    TAKEN = "taken"  # a clean value
    REFUSED = "refused"  # the reader's own error
    UNHANDLED = "unhandled"  # anything else


class TooLong(BaseException):
    """The reader was stopped; no `except Exception` may swallow it."""


class Unclean(Exception):  # noqa: N818 - it is what the value is
    """A reader gave a value, or an error, that its callers cannot use."""


@dataclass(frozen=True)
class Target:
    """One reader."""

    name: str
    made: Callable[[Random], bytes]  # an input
    read: Callable[[bytes], Verdict]  # raises for what is unhandled
    seconds: float = SECONDS


@dataclass(frozen=True)
class Try:
    """One input and what came of it."""

    content: bytes
    verdict: Verdict
    why: str = ""
    seconds: float = 0.0


def dice(seed: int, name: str, number: int) -> Random:
    """The chance behind one input: each can be made again without those before it."""
    return Random(f"{seed}/{name}/{number}")


def tried(target: Target, content: bytes) -> Try:
    """Give an input to a reader."""
    began, printed = time.process_time(), io.StringIO()
    try:
        with stopped_after(HUNG), redirect_stdout(printed):
            verdict = target.read(content)
    except (Exception, TooLong) as fault:  # noqa: BLE001 - whatever it is, it is what is looked for
        return Try(content, Verdict.UNHANDLED, _why(fault), time.process_time() - began)
    spent = time.process_time() - began
    if printed.getvalue():  # where a program's answer goes, which others read
        return Try(content, Verdict.UNHANDLED, f"printed {printed.getvalue()[:80]!r}", spent)
    if spent > target.seconds:
        return Try(content, Verdict.UNHANDLED, f"took {spent:.1f} s", spent)
    return Try(content, verdict, seconds=spent)


def _why(fault: BaseException) -> str:
    """The fault and the innermost place of it, so that like faults can be told from unlike ones."""
    place = fault.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_filename.rpartition('/')[2]}:{place.tb_lineno}" if place else "?"
    return f"{type(fault).__name__} at {where}: {' '.join(str(fault).split())[:200]}"


@contextmanager
def stopped_after(seconds: float) -> Iterator[None]:
    """Stop what runs in this thread when the process has spent so much processor time."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TooLong(f"stopped after {seconds:.0f} s")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
