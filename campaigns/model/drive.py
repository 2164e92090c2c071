"""Both sides at once: a command is tried on the register and on the model, and they must agree on what came of it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from campaigns.model import passes, promises
from campaigns.model.compare import differences, verified
from campaigns.model.definition import SLUG, definition
from campaigns.model.register import InMemory, Killed
from campaigns.model.state import BEGINS, ORDER, Refused, State, at
from engine.commands.start import start_cycle
from engine.due import due_phases
from flows import FLOWS
from models.register import RegisterError
from notifications.outbox import Mailer
from notifications.sender import Sender
from notifications.transport import DiscardTransport
from tasks.phase import Phase, definition_of, perform_plainly

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from campaigns.model.register import Killable
    from models.register import Register

SECRET = "a secret for the model"  # noqa: S105
MOST_PASSES = 60


class Drive:
    """One cycle, really and by the model's account."""

    def __init__(self, held: Killable | None = None) -> None:
        self.held = held or InMemory()
        self.state = State(at(BEGINS))
        self.kill_after: int | None = None  # statements of whatever is done next
        self.verified = self.refused = self.kills = 0
        start_cycle(self.register, definition(), slug=SLUG, at=self.state.now, actor="start")
        promises.start(self.state)
        self.state.phases = dict.fromkeys(ORDER, "planned")
        people = self.held.query("SELECT m.id, p.id, p.address FROM membership m JOIN person p ON p.id = m.person_id")
        for seat, person, address in people:
            key = person.rpartition("/")[2]
            self.state.seats[seat.rpartition("@")[2]] = key
            self.state.people[key] = {"address": address, "off": False}

    @property
    def register(self) -> Register:
        """As the process of this moment has it."""
        return self.held.register

    def attempt(self, real: Callable[[Register], object], meant: Callable[[State], None], *, silent: bool) -> None:
        """One command. What is refused, or killed on the way, has changed nothing.

        A `silent` one also writes nothing, not even that it was tried, where it leaves everything as it is.
        """
        after, before = self._meant(meant), self.held.counts()
        done = self._really(real)
        if done and after is not None:
            assert not silent or after != self.state or self.held.counts() == before, "written, and nothing happened"
            self.state = after
            return
        assert self.held.counts() == before, "not done, and something was written"
        if done is not None:
            assert not done, "done, although the model refuses"
            assert after is None, f"refused, although the model allows it: {self.why!r}"
            self.refused += 1

    def _meant(self, meant: Callable[[State], None]) -> State | None:
        """What the model makes of it; None when it refuses."""
        after = self.state.copy()
        try:
            meant(after)
        except Refused:
            return None
        return after

    def _really(self, real: Callable[[Register], object]) -> bool | None:
        """Whether it was done; None when it was killed."""
        try:
            with self._mortal():
                real(self.register)
        except Killed:
            self.rebuild()
            return None
        except RegisterError as refused:
            self.why = refused
            return False
        return True

    @contextmanager
    def _mortal(self) -> Iterator[None]:
        """What is done in here may be killed."""
        self.held.left, self.kill_after = self.kill_after, None
        try:
            yield
        finally:
            self.held.left = None

    def rebuild(self) -> None:
        """The process is lost, and another one takes over."""
        self.kills += 1
        definition_of.cache_clear()
        self.held.rebuild()

    def work(self) -> None:
        """What a worker does until nothing is due; killed on the way, another one goes on."""
        for _ in range(MOST_PASSES):
            due = self._due()
            assert set(due) == passes.due(self.state), f"due: {due}, by the model {passes.due(self.state)}"
            if not due:
                return
            for phase in due:
                self.one_pass(phase)
        raise AssertionError("the cycle does not come to rest")

    def one_pass(self, phase: str) -> None:
        """One pass, due or not: also one that an administrator asks for."""
        try:
            with self._mortal():
                self._pass(phase)
        except Killed:
            self.rebuild()
            self._both_to_rest(phase)
        else:
            passes.run(self.state, phase)

    def _pass(self, phase: str) -> None:
        now = self.state.now
        seen: Phase[Any] = Phase(
            self.register, f"{SLUG}/{phase}", now=now, secret_key=SECRET, perform=perform_plainly
        )  # fmt: skip
        FLOWS[seen.row.kind].run(seen)

    def _both_to_rest(self, phase: str) -> None:
        """After a kill between two acts of a pass each side goes on until nothing is due."""
        self._pass(phase)
        passes.run(self.state, phase)
        for _ in range(MOST_PASSES):
            for due in self._due():
                self._pass(due)
            for due in sorted(passes.due(self.state), key=ORDER.index):
                passes.run(self.state, due)

    def _due(self) -> list[str]:
        with self.register.read() as session:
            return [row.key for row in due_phases(session, self.state.now)]

    def until(self, instant: Any) -> None:
        """On to an instant; what falls due on the way is done at its own."""
        while True:
            wakes = [wake for phase in ORDER if (wake := passes.wake(self.state, phase)) is not None]
            if not wakes or min(wakes) > instant:
                break
            self.state.now = max(self.state.now, min(wakes))
            self.work()
        self.state.now = max(self.state.now, instant)

    def send(self) -> None:
        """What is owed by now goes out."""
        sender = Sender("samsyn@samsyn.example", "http://samsyn.example", SECRET)
        mailer = Mailer(self.register, DiscardTransport(), sender, owner="model")
        try:
            with self._mortal():
                while mailer.due_count(self.state.now):
                    mailer.send_due_blocking(self.state.now)
        except Killed:
            self.rebuild()
            self.send()
        if self.state.status != "held":
            self.state.sent |= {key for key, hour in self.state.notices.items() if hour <= self.state.now}

    def check(self) -> None:
        """Everything that must hold after every step; the journal is gone through anew when it has grown."""
        found = differences(self.held, self.state)
        head = self.held.query("SELECT max(seq) FROM journal")[0][0]
        if head != self.verified:
            found += verified(self.held)
            self.verified = head
        assert not found, "\n".join(found)

    def close(self) -> None:
        """The end of the example."""
        self.held.close()
