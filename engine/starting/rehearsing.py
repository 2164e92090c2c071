"""A preview worked out in a process of its own, so that nobody who asks the portal for something waits for it.

The process is forked from a server that has imported what it needs: it begins at once, and its memory is given back
when it ends. It can be ended from here, which a thread cannot.
"""

from __future__ import annotations

import os
import traceback
from multiprocessing import get_context
from threading import Lock
from typing import TYPE_CHECKING

from engine.starting.preview import Preview, made

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from config.definition import Definition
    from engine.starting.content import Content

    Work = tuple[str, Definition, Content, str]
    """What `made` is given."""

NICE = 5
"""A preview stands back for whoever answers a question."""


class NotMade(Exception):  # noqa: N818
    """The preview was not worked out; the message is for the log."""


class Rehearsing:
    """One preview being worked out."""

    def __init__(self) -> None:
        self._turn = Lock()
        self._process: BaseProcess | None = None
        self._over = False

    def result(self, work: Work, seconds: float) -> Preview:
        """Work it out and wait for it.

        Raises:
            NotMade: it failed, took longer than `seconds`, or was given up.
        """
        context = get_context("forkserver")
        context.set_forkserver_preload([__name__])
        ours, theirs = context.Pipe(duplex=False)
        with ours:
            with theirs, self._turn:
                if self._over:
                    raise NotMade("given up before it began")
                self._process = context.Process(target=_work, args=(theirs, work), daemon=True)
                self._process.start()
            try:
                return _received(ours, seconds)
            finally:
                self.give_up()

    def give_up(self) -> None:
        """Nobody wants it any more: it ends, and `result` says so."""
        with self._turn:
            self._over = True
            if self._process is not None:
                self._process.kill()
                self._process.join()
                self._process.close()
                self._process = None


def _received(ours: Connection[None, Preview | str], seconds: float) -> Preview:
    if not ours.poll(seconds):
        raise NotMade(f"not ready after {seconds:g} seconds")
    try:
        found = ours.recv()
    except EOFError as ended:
        raise NotMade("its process ended without a word") from ended
    if isinstance(found, str):
        raise NotMade(found)
    return found


def _work(theirs: Connection[Preview | str, None], work: Work) -> None:
    """What the process does: the preview, or why there is none."""
    os.nice(NICE)
    try:
        theirs.send(made(*work))
    except BaseException:  # noqa: BLE001 - whatever it was, who waits is told
        theirs.send(traceback.format_exc())
