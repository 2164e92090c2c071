"""The cycle that is driven: three phases, a council's board, two towns; dates that follow from others."""

from __future__ import annotations

from functools import cache
from textwrap import dedent
from typing import TYPE_CHECKING

from config.loader import load

if TYPE_CHECKING:
    from config.definition import Definition

SLUG = "model"
TEXT = "project-description"
WRITTEN = """\
    cycle: model
    title: A cycle beside its model
    language: en
    begins: 2024-01-15
    coordinator: office
    reminders: [7d, 1d]
    bodies:
      office: {name: The office, seats: {contact: 1}}
      board: {name: The board, rules: se-kl-committee, seats: {chair: 1, members: 2, substitutes: 1}}
      towns: {name: The towns, rules: se-kl-council, each: [berg, krokom], seats: {secretary: 1, substitutes: 1}}
    texts: {project-description: The project description}
    milestones:
      described: {by: 2024-02-29, words: by the end of February}
      replied: {by: +6w after described, words: six weeks later}
      decided: {by: +8w after consult.closed, words: eight weeks after the replies}
    phases:
      describe: {kind: project_description, author: office, approved_by: board, due: described}
      consult:
        kind: consultation
        after: describe
        material: project-description
        consultees: towns
        due: replied
        missing: {extend: 7d, then: close}
      adopt: {kind: adoption, after: consult, text: project-description, principals: towns, due: decided}
"""


@cache
def definition() -> Definition:
    """It, read once."""
    return load("model.yaml", dedent(WRITTEN))
