"""A rehearsal: the same flows, a virtual clock, people who behave as a script says."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from campaigns.statements import watched
from engine.rehearsal import Rehearsal, rehearse
from engine.script import Script
from tests.tasks.world import tiny

if TYPE_CHECKING:
    from collections.abc import Iterator

    from config.definition import Definition

DAY = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
DAY_OR_NONE = {"anyOf": [DAY, {"type": "null"}]}
WORDS_OR_NONE = {"type": ["string", "null"]}
COUNT = {"type": "integer", "minimum": 0}


def rows_of(**columns: Any) -> dict[str, Any]:
    """A list of objects that have at least these."""
    return {"type": "array", "items": {"type": "object", "required": list(columns), "properties": columns}}


def all_of(**properties: Any) -> dict[str, Any]:
    """An object that has at least these."""
    return {"type": "object", "required": list(properties), "properties": properties}


CONTRACT = all_of(
    cycle={"type": "string"},
    outcome={"type": "string"},
    began=DAY,
    ended=DAY_OR_NONE,
    passes=COUNT,
    phases=rows_of(
        key={"type": "string"}, kind={"type": "string"}, opened=DAY_OR_NONE, closed=DAY_OR_NONE, outcome=WORDS_OR_NONE
    ),
    milestones=rows_of(
        key={"type": "string"}, due=DAY_OR_NONE, words=WORDS_OR_NONE, met_on=DAY_OR_NONE,
        status={"enum": ["pending", "met", "missed", "moved", "waived"]},
    ),
    decisions=rows_of(
        phase={"type": "string"}, body={"type": "string"}, outcome={"type": "string"}, on=DAY,
        force={"enum": ["noted", "endorses", "recommends", "adopts"]},
    ),
    assignments=all_of(total=COUNT, answered=COUNT, late=COUNT, no_reply=COUNT),
    notices=rows_of(
        at={"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[+-]\d{2}:\d{2}$"},
        kind={"type": "string"}, to={"type": "string", "pattern": "@"}, subject={"type": "string", "minLength": 1},
    ),
    journal=all_of(
        entries=COUNT, head={"type": "string", "pattern": "^[0-9a-f]{64}$"}, verified={"type": "boolean"}
    ),
)  # fmt: skip
"""What others build on; it may grow, but does not change meaning."""


@pytest.mark.parametrize("which", ["everyone", "demonstration"])
def test_report_has_the_shape_of_the_contract(request: pytest.FixtureRequest, which: str) -> None:
    """Every field that is promised, with the values that are promised for it."""
    report = request.getfixturevalue(which)
    jsonschema.validate(report, CONTRACT)
    assert report["journal"]["verified"]


def test_figures_add_up(demonstration: dict[str, Any]) -> None:
    """Whoever was asked has answered, or stands as `no reply`."""
    asked = demonstration["assignments"]
    assert asked["total"] == asked["answered"] + asked["no_reply"]
    kinds = Counter(notice["kind"] for notice in demonstration["notices"])
    assert kinds["asked"] + kinds["asked_again"] == asked["total"]
    assert kinds["receipt"] == asked["answered"]


def test_same_definition_and_script_give_the_same_journal(
    jamtland: Definition, everyone: dict[str, Any], demonstration: dict[str, Any]
) -> None:
    """To the last hash; another script gives another."""
    again = rehearse(jamtland)
    assert again == everyone
    assert again["journal"]["head"] != demonstration["journal"]["head"]


def test_notices_are_in_the_order_in_which_they_went(everyone: dict[str, Any]) -> None:
    """Never before the cycle began, never at night unless somebody was at the keyboard."""
    from datetime import datetime

    instants = [datetime.fromisoformat(notice["at"]) for notice in everyone["notices"]]
    assert instants == sorted(instants)
    for instant, notice in zip(instants, everyone["notices"], strict=True):
        assert 8 <= instant.hour < 17 or notice["kind"] == "receipt"


def test_no_pass_is_made_for_nothing(demonstration: dict[str, Any]) -> None:
    """A cycle of sixteen months takes a few dozen passes."""
    assert demonstration["passes"] < 60


def test_cycle_that_nobody_answers_stops_by_itself(jamtland: Definition) -> None:
    """It is not finished, and the rehearsal says so instead of waiting for ever."""
    report = rehearse(jamtland, Script.model_validate({"default": {"answers": False}}))
    assert report["outcome"] == "unfinished"
    assert report["assignments"]["answered"] == 0
    assert report["decisions"] == []


def test_default_delay_respects_the_deadline() -> None:
    """Who would take longer than there is time answers on the last afternoon."""
    definition = tiny(
        """
        milestones:
          answers: {by: 2024-01-22}
        phases:
          ask: {kind: consultation, consultees: towns, due: answers}
        """
    )
    report = rehearse(definition, Script.model_validate({"default": {"after": "30d"}}))
    assert report["milestones"][0]["met_on"] == "2024-01-22"
    assert report["assignments"]["late"] == 0


def test_own_delay_of_a_rule_may_be_too_late() -> None:
    """The answer comes when the question has closed, as it would for a person."""
    definition = tiny(
        """
        milestones:
          answers: {by: 2024-01-22}
        phases:
          ask: {kind: consultation, consultees: towns, due: answers}
        """
    )
    script = {"answers": [{"step": "ask/replies", "who": "berg", "after": "10d"}]}
    report = rehearse(definition, Script.model_validate(script))
    assert report["milestones"][0]["missing"] == ["berg"]
    assert report["assignments"] == {"total": 3, "answered": 2, "late": 0, "no_reply": 1}


HEAD = """\
cycle: wide
title: A wide consultation
language: en
begins: 2024-01-15
coordinator: office
bodies:
  office: {{name: The office, seats: {{contact: 1}}}}
  towns:
    name: The towns
    each: [{towns}]
    seats: {{contact: 1}}
"""


def wide(consultees: int) -> Definition:
    """A consultation of so many."""
    return tiny(
        """
        milestones:
          answers: {by: 2024-03-01}
        phases:
          ask: {kind: consultation, consultees: towns, due: answers}
        """,
        HEAD.format(towns=", ".join(f"town-{number}" for number in range(consultees))),
    )


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """How many statements go to the database."""
    found: Counter[str] = Counter()

    def note(*args: Any) -> None:
        found["statements"] += 1

    with watched(note):
        yield found


def test_work_grows_with_the_participants_and_not_faster() -> None:
    """As many statements for each of ninety as for each of thirty; passes hardly grow at all."""
    spent, passes = {}, {}
    for consultees in (30, 60, 90):
        with counted() as found:
            report = rehearse(wide(consultees))
        spent[consultees], passes[consultees] = found["statements"], report["passes"]
        assert report["assignments"]["answered"] == consultees
    first, second = spent[60] - spent[30], spent[90] - spent[60]
    assert abs(first - second) <= 0.1 * first
    assert passes[30] <= passes[90] <= passes[30] + 3


def test_rehearsal_leaves_nothing_behind(jamtland: Definition) -> None:
    """The register is in memory, and gone when the report is there."""
    rehearsal = Rehearsal(jamtland, Script())
    rehearsal.run()
    assert str(rehearsal.register.engine.url) == "sqlite://"
