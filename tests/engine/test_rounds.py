"""When the worker looks: at every tick, at once when a pass has ended, and after a failure again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from engine.worker import _repeat

Look = Callable[[asyncio.Event, asyncio.Event, int], None]
LONG = 3600.0
"""Seconds between ticks that no test lives to see."""


def looks(at_each: Look, tick: float = LONG) -> int:
    """How many looks there were until one of them said stop."""
    made = 0

    async def scene() -> None:
        stop, ended = asyncio.Event(), asyncio.Event()

        def once() -> Awaitable[None]:
            nonlocal made
            made += 1
            at_each(stop, ended, made)
            return asyncio.sleep(0)

        await asyncio.wait_for(_repeat(stop, tick, once, "a look", sooner=ended), timeout=10)

    asyncio.run(scene())
    return made


def test_a_pass_that_ends_is_followed_by_a_look_at_once() -> None:
    def look(stop: asyncio.Event, ended: asyncio.Event, made: int) -> None:
        (ended if made < 3 else stop).set()

    assert looks(look) == 3


def test_a_pass_that_ended_before_a_look_causes_no_second_one() -> None:
    def look(stop: asyncio.Event, ended: asyncio.Event, made: int) -> None:
        assert not ended.is_set(), "it was taken note of when this look began"
        asyncio.get_running_loop().call_later(0.05, stop.set)

    assert looks(look) == 1


def test_without_a_pass_the_tick_decides() -> None:
    def look(stop: asyncio.Event, ended: asyncio.Event, made: int) -> None:
        if made == 2:
            stop.set()

    assert looks(look, tick=0.01) == 2
