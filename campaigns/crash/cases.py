"""The cycles that are disturbed, and what comes of each when nothing disturbs it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config.loader import load, load_named
from engine.rehearsal import rehearse
from engine.script import Script
from engine.scripts import bundled_script, dated_by

if TYPE_CHECKING:
    from config.definition import Definition

LITTLE = Path(__file__).parent.parent / "little.yaml"
REFERS_BACK = {"step": "deciding/decision", "who": "east", "position": "refer_back", "reason": "The costs?"}
BUNDLED = (
    "jamtland-2012", "pks-2021", "pks-2021-trouble", "rsr-samverkan", "rsr-samverkan-trouble", "svom-remiss",
    "midtjylland-2015-trouble",
)  # fmt: skip
"""Scripts of bundled definitions; their names begin with the definition's."""


@dataclass(frozen=True)
class Case:
    """A cycle, and how its people behave."""

    definition: Definition
    script: Script

    @property
    def slug(self) -> str:
        """The cycle's name: that of its definition, because texts are named after it."""
        return self.definition.cycle

    def numbered(self, number: int) -> Case:
        """The same under a name of its own."""
        return Case(self.definition.model_copy(update={"cycle": f"{self.slug}-{number}"}), self.script)

    def undisturbed(self) -> dict[str, Any]:
        """What comes of it in a rehearsal."""
        return rehearse(self.definition, self.script)


def little() -> Case:
    """Three phases, five people; one council refers back and decides later."""
    return Case(load(LITTLE), Script.model_validate({"answers": [REFERS_BACK]}))


def bundled(name: str) -> Case:
    """A real process with one of its scripts."""
    script = bundled_script(name)
    return Case(dated_by(script, load_named(name.removesuffix("-trouble"))), script)


def in_turn(number: int) -> Case:
    """The case of a cycle's number: every other one is little, the others are the bundled ones in turn."""
    case = little() if number % 2 == 0 else bundled(BUNDLED[(number // 2) % len(BUNDLED)])
    return case.numbered(number)
