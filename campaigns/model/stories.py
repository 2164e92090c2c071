"""Stories of many steps, told in blocks, each block in a process of its own."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from campaigns.model.machine import Model
from campaigns.model.playing import Playing

if TYPE_CHECKING:
    import argparse

BLOCK = 25
"""Stories that are drawn together."""


@dataclass(frozen=True)
class Told:
    """What a block of stories came to."""

    stories: int
    steps: int
    refused: int
    kills: int
    ended: dict[str, int]
    fault: str = ""


def tell(number: int, asked: argparse.Namespace) -> Told:
    """One block of stories; the fault of the first that goes wrong."""
    stories = min(BLOCK, asked.examples - number * BLOCK)
    Model.on_disk, Playing.steps, Playing.refused, Playing.kills, Playing.ended = asked.on_disk, 0, 0, 0, {}
    how = settings(
        max_examples=stories, stateful_step_count=asked.steps, deadline=None, database=None, print_blob=False,
        suppress_health_check=list(HealthCheck), report_multiple_bugs=False,
        phases=(Phase.generate, Phase.shrink) if asked.shrink else (Phase.generate,),
    )  # fmt: skip
    fault = ""
    try:
        run_state_machine_as_test(seed(asked.seed * 100_000 + number)(Model), settings=how)
    except Exception:  # noqa: BLE001 - whatever goes wrong is what is looked for
        fault = traceback.format_exc()
    return Told(stories, Playing.steps, Playing.refused, Playing.kills, dict(Playing.ended), fault)
