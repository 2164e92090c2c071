"""What all rules share: both sides, and what is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant

from campaigns.model.definition import SLUG
from campaigns.model.drive import Drive
from campaigns.model.register import InMemory, OnDisk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from campaigns.model.asked import Link

NUMBER = st.integers(0, 999)
FEW = st.integers(1, 3)
REASON = st.sampled_from(["because", "because", "because", ""])
WORDS = st.sampled_from(["one word", "two words", "three words", ""])
TYPED = st.sampled_from([{"text": "one word"}, {"text": "two words"}])
ADDRESSES = ("new-1@elsewhere.example", "New-1@elsewhere.example", "new-2@elsewhere.example", "no address")
ACTORS = st.sampled_from(["anna", "bo"])
SEATS = (
    "office.contact-1", "board.chair-1", "board.member-1", "board.substitute-1", "berg.secretary-1",
    "berg.substitute-1", "krokom.secretary-1", "krokom.secretary-2",
)  # fmt: skip


T = TypeVar("T")


class Playing(RuleBasedStateMachine):
    """The register beside its model."""

    on_disk = False
    steps: ClassVar[int] = 0
    refused: ClassVar[int] = 0
    kills: ClassVar[int] = 0
    ended: ClassVar[dict[str, int]] = {}

    def __init__(self) -> None:
        super().__init__()
        self.both = Drive(OnDisk() if self.on_disk else InMemory())
        self.nonces = 0

    @initialize()
    def first(self) -> None:
        """The first phase opens."""
        self.both.work()

    @invariant()
    def agree(self) -> None:
        """Register and model, and the register with itself."""
        Playing.steps += 1
        self.both.check()

    def teardown(self) -> None:
        """Count, and give the register back."""
        Playing.refused, Playing.kills = Playing.refused + self.both.refused, Playing.kills + self.both.kills
        Playing.ended[self.both.state.status] = Playing.ended.get(self.both.state.status, 0) + 1
        self.both.close()

    @property
    def state(self) -> Any:
        """By the model's account."""
        return self.both.state

    @property
    def said(self) -> dict[str, Any]:
        """What every act of a coordinator is told beside its reason."""
        return {"now": self.state.now, "actor": "anna"}

    def try_(self, real: Any, meant: Any, *, silent: bool = False) -> None:
        """One command on both sides."""
        self.both.attempt(real, meant, silent=silent)

    def link(self, number: int) -> tuple[Link, str]:
        """Any link that was ever sent, by the model's name and the register's."""
        rows = self.both.held.query("SELECT id, assignment_id FROM link ORDER BY rowid")
        key, assignment = rows[number % len(rows)]
        earlier = [row for row in rows[: number % len(rows)] if row[1] == assignment]
        return (assignment.partition("/")[2], len(earlier)), key

    def open_link(self, number: int) -> tuple[Link, str] | None:
        """One that waits for an answer."""
        waiting = [key for key, row in self.state.asked.items() if row["status"] == "open" and self.state.live(key)]
        if not waiting:
            return None
        assignment = pick(number, sorted(waiting))
        live = [n for n, one in enumerate(self.state.links[assignment]) if one["revoked"] is None]
        rows = self.both.held.query(f"SELECT id FROM link WHERE assignment_id = '{SLUG}/{assignment}' ORDER BY rowid")  # noqa: S608
        return (assignment, live[-1]), rows[live[-1]][0]

    def nonce(self, *, repeated: bool = False) -> str:
        """Another one, or the last again."""
        self.nonces += not repeated
        return f"n{self.nonces}"

    def address(self, number: int) -> str:
        """A new one, somebody's, or none."""
        return pick(number, [*ADDRESSES, *(str(one["address"]) for one in self.state.people.values())])

    def any_step(self, number: int) -> str:
        """A step that there is, or is not."""
        steps = [str(key) for key in self.state.steps]
        return pick(number, [*steps, "adopt/nothing"])


def pick(number: int, options: Sequence[T]) -> T:
    """One of them."""
    return options[number % len(options)]
