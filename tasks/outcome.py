"""What a step, or a phase, came to."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Outcome:
    """A recorded result, small enough to keep on its row and replay in every later pass."""

    result: str  # submitted, approved, rejected, held, replied, adopted, not_adopted, informed, confirmed
    documents: tuple[str, ...] = ()  # document ids
    counts: dict[str, int] = field(default_factory=dict)  # answers by position
    missing: tuple[str, ...] = ()  # keys of bodies that did not answer
    items: tuple[str, ...] = ()  # lines that a person confirmed, such as the groups' areas
    detail: str = ""  # for people: "9 of 9"

    def __str__(self) -> str:
        """In a few words, for administrators."""
        return f"{self.result} {self.detail}".strip()

    @property
    def carried(self) -> bool:
        """Whether what was put forward stands."""
        return self.result in ("approved", "adopted", "confirmed", "held")

    def to_json(self) -> dict[str, Any]:
        """For the register."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Outcome:
        """From the register."""
        counts, detail = stored.get("counts", {}), stored.get("detail", "")
        documents, missing, items = (tuple(stored.get(name, ())) for name in ("documents", "missing", "items"))
        return cls(stored["result"], documents, counts, missing, items, detail)
