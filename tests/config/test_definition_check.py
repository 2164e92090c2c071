"""What `check` tells, one finding at a time."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest

from config.check import check
from config.findings import Code
from config.loader import bundled, load_placed

if TYPE_CHECKING:
    from collections.abc import Callable

    from config.definition import Definition

Change = "Callable[..., Definition]"


def codes(definition: Definition) -> list[str]:
    return sorted(finding.code.value for finding in check(definition))


def with_phase(kind: str) -> tuple[str, str]:
    return ("  second:", f"  other:\n    {kind}\n  second:")


def test_the_bundled_cycle_has_one_warning_and_two_notes() -> None:
    loaded = load_placed(bundled()["jamtland-2012"])
    found = [(f.level.value, f.code.value, f.where) for f in check(loaded.definition, loaded.places)]
    assert found == [
        ("info", "inferred-date", "milestones.projektbeskrivning-klar"),
        ("warning", "non-working-day", "milestones.gruppernas-arbete-klart.on"),
        ("info", "parallel-on-unadopted-text", "phases.referensgruppsarbete"),
    ]


def test_a_finding_has_the_line_of_what_it_is_about(jamtland_text: str) -> None:
    loaded = load_placed("f.yaml", jamtland_text)
    sunday = next(f for f in check(loaded.definition, loaded.places) if f.code is Code.NON_WORKING_DAY)
    assert sunday.line
    assert "on: 2013-06-30" in jamtland_text.splitlines()[sunday.line - 1]
    assert "2013-06-30 is a Sunday" in sunday.message


def test_a_finding_is_plain_json(changed: Callable[..., Definition]) -> None:
    finding = asdict(check(changed(("members: 2", "members: 2"), ("due: answers", "missing: hold")))[0])
    assert set(json.loads(json.dumps(finding))) == {"level", "code", "where", "line", "message"}


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("no-date", [("    in: 2024-01/2024-02\n", "")]),
        ("no-actor", [("due: answers", "due: answers\n    meeting: answers")]),
        ("no-members", [("chair: 1, members: 2", "substitute: 2")]),
        ("no-members", [("name: The board\n", "name: The board\n    each: []\n")]),
        ("no-members", [("seats: {contact: 1}", "seats: {contact: 0}")]),
        ("shared-address", [("coordinator:", "addresses: '{body}@x.example'\ncoordinator:")]),
        ("unused-milestone", [("    due: answers\n", "    in: 2024-06\n")]),
        ("inferred-date", [('1 March"', '1 March", inferred: true')]),
        ("non-working-day", [("by: 2024-03-01", "by: 2024-03-02")]),
        ("non-working-day", [("by: 2024-03-01", "on: 2024-06-21")]),
        ("non-working-day", [("by: 2024-03-01", "by: ../2024-12-24")]),
        ("milestone-before-dependency", [("by: 2024-03-01", "by: 2024-02-28")]),
        ("consultation-short", [("by: 2024-03-01", "by: 2024-05-28")]),
        ("consultation-short", [("by: 2024-03-01", "by: 2024-03-27"), ("title:", "place: DK\ntitle:")]),
        ("consultation-across-july", [("by: 2024-03-01", "by: 2024-09-02")]),
    ],
)
def test_a_risk_is_found(changed: Callable[..., Definition], code: str, changes: list[tuple[str, str]]) -> None:
    assert code in codes(changed(*changes))


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("no-date", []),
        ("non-working-day", [("by: 2024-03-01", "in: 2024-03-02")]),  # 'some time in' is no agreed day
        ("non-working-day", [("by: 2024-03-01", "by: 2024-03")]),
        ("milestone-before-dependency", [("by: 2024-03-01", "by: 2024-02-29")]),
        ("milestone-before-dependency", [("by: 2024-03-01", "by: -1w after first.closed")]),
        ("consultation-short", [("by: 2024-03-01", "by: 2024-05-29")]),
        ("consultation-short", [("by: 2024-03-01", "by: 2024-03-28"), ("title:", "place: DK\ntitle:")]),
        ("consultation-short", [("due: answers", "due: answers\n    ruling_by: board")]),
        ("consultation-across-july", [("by: 2024-03-01", "by: 2024-06-28")]),
        ("shared-address", []),
    ],
)
def test_what_is_no_risk_is_left_alone(
    changed: Callable[..., Definition], code: str, changes: list[tuple[str, str]]
) -> None:
    assert code not in codes(changed(*changes))


ADOPTION = "kind: adoption\n    after: first\n    text: draft\n    principals: board\n    in: 2024-05"


def test_work_beside_the_adoption_of_its_text_is_shown(changed: Callable[..., Definition]) -> None:
    found = [f for f in check(changed(with_phase(ADOPTION))) if f.code is Code.PARALLEL_ON_UNADOPTED_TEXT]
    assert [f.where for f in found] == ["phases.second"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("consultation\n    after: first", "consultation\n    after: other"),  # waits for the adoption
        ("adoption\n    after: first", "adoption\n    after: second"),  # the adoption waits for it
        ("text: draft\n    principals", "text: another\n    principals"),  # another text
        (
            "consultation\n    after: first\n    consultees: board",
            "adoption\n    after: first\n    text: draft\n    principals: board",
        ),
    ],
)
def test_work_before_or_after_the_adoption_is_not(changed: Callable[..., Definition], old: str, new: str) -> None:
    definition = changed(with_phase(ADOPTION), (old, new))
    assert Code.PARALLEL_ON_UNADOPTED_TEXT.value not in codes(definition)
