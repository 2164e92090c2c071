"""Previews of starts: each worked out once, in the background, and kept by what it shows."""

from __future__ import annotations

import logging
from collections import OrderedDict
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

from engine.starting.content import fingerprint
from engine.starting.rehearsing import NotMade, Rehearsing

if TYPE_CHECKING:
    from engine.starting.drafts import Prepared
    from engine.starting.preview import Preview
    from engine.starting.rehearsing import Work

log = logging.getLogger("samsyn.previews")

KEPT = 8
"""Previews that a process keeps."""
PATIENCE = 2.0
"""Seconds that a page waits for its preview; after that it says that it is being worked out."""
LONGEST = 600.0
"""Seconds that a preview may take."""


class State(StrEnum):
    """How far a preview has come."""

    WORKING = "working"
    READY = "ready"
    FAILED = "failed"


@dataclass(eq=False)
class Asked:
    """A preview that was asked for."""

    of: str  # the fingerprint of what it shows
    draft: str
    preview: Preview | None = None
    failed: bool = False
    done: Event = field(default_factory=Event)
    rehearsing: Rehearsing = field(default_factory=Rehearsing)

    @property
    def state(self) -> State:
        """How far it has come."""
        if self.preview is not None:
            return State.READY
        return State.FAILED if self.failed else State.WORKING

    @property
    def reference(self) -> str:
        """What the log calls it."""
        return self.of[:12]


class Previews:
    """The newest previews. The pages of one draft ask for the same one again and again; it is worked out once.

    They are worked out one after the other. A draft that has changed wants its old one no more.
    """

    def __init__(self, *, patience: float = PATIENCE, longest: float = LONGEST) -> None:
        self.patience = patience
        self.longest = longest
        self._asked: OrderedDict[str, Asked] = OrderedDict()
        self._turn = Lock()
        self._line = Lock()

    def of(self, draft: Prepared, base_url: str) -> Asked:
        """The preview of a draft, waited for in patience."""
        asked = self.begin(draft, base_url)
        asked.done.wait(self.patience)
        return asked

    def begin(self, draft: Prepared, base_url: str) -> Asked:
        """The preview of a draft, as far as it has come; it is begun if it has not been."""
        definition = draft.definition
        named = fingerprint(definition, draft.content)
        with self._turn:
            asked = self._asked.get(named)
            if asked is None:
                asked = self._asked[named] = Asked(named, draft.id)
                work = (named, definition, draft.content, base_url)
                Thread(target=self._work_out, args=(asked, work), name="preview", daemon=True).start()
            self._asked.move_to_end(named)
            unwanted = self._let_go(asked)
        for one in unwanted:
            one.rehearsing.give_up()
        return asked

    def again(self, draft: Prepared, base_url: str) -> Asked:
        """Try once more what has failed."""
        with self._turn:
            asked = self._asked.get(fingerprint(draft.definition, draft.content))
            if asked is not None and asked.failed:
                del self._asked[asked.of]
        return self.of(draft, base_url)

    def forget(self, draft_id: str) -> None:
        """A draft is no more: nothing of it is kept."""
        with self._turn:
            gone = [one for one in self._asked.values() if one.draft == draft_id]
            for one in gone:
                del self._asked[one.of]
        for one in gone:
            one.rehearsing.give_up()

    def _let_go(self, wanted: Asked) -> list[Asked]:
        """Forget what the draft said before and is not ready, and the oldest of what is ready."""
        others = [one for one in self._asked.values() if one is not wanted]
        unwanted = [one for one in others if one.draft == wanted.draft and not one.done.is_set()]
        ready = [one for one in others if one.done.is_set()]
        unwanted += ready[: max(0, len(ready) + 1 - KEPT)]
        for one in unwanted:
            del self._asked[one.of]
        return unwanted

    def _work_out(self, asked: Asked, work: Work) -> None:
        try:
            with self._line:
                log.info("preview %s is being worked out", asked.reference)
                asked.preview = asked.rehearsing.result(work, self.longest)
        except NotMade as why:
            self._tell(asked, str(why))
        except Exception:
            asked.failed = True
            log.exception("preview %s failed", asked.reference)
        finally:
            asked.done.set()

    def _tell(self, asked: Asked, why: str) -> None:
        with self._turn:
            asked.failed = self._asked.get(asked.of) is asked
        if asked.failed:
            log.error("preview %s failed: %s", asked.reference, why)
