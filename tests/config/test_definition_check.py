"""What `check` tells, one finding at a time."""

from __future__ import annotations

import json
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
    finding = check(changed(("members: 2", "members: 2"), ("due: answers", "missing: hold")))[0].plain()
    assert set(json.loads(json.dumps(finding))) == {"level", "code", "where", "line", "message"}


RISKS = [
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
]


@pytest.mark.parametrize(("code", "changes"), RISKS)
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


BOARD_ATTESTS = "seats: {chair: 1, members: 2, secretary: [a@x.example], attestor: [a@x.example]}"
DECIDING = "kind: goal_setting\n    body: board\n    outcome: {text: goals}\n    in: 2024-02"
TOLD = "kind: information\n    to: board\n    promises_decisions: [adopts, recommends]"


LEVELS = [
    ("no-actor", "warning", []),  # nobody is named who writes the draft
    ("no-date", "error", [("    due: answers\n", "")]),  # a consultation without a reply date
    ("no-date", "error", [with_phase("kind: adoption\n    text: draft\n    principals: board")]),
    ("no-date", "warning", [("    in: 2024-01/2024-02\n", "")]),
    ("secretary-attests", "error", [("seats: {chair: 1, members: 2}", BOARD_ATTESTS)]),
    ("no-quorum", "warning", [with_phase(DECIDING), ("seats: {chair: 1, members: 2}", "seats: {secretary: 1}")]),
    ("mandate-in-danger", "warning", [("phases:", "  told: {by: 2024-02-29, mandate: second}\nphases:")]),
    ("mandate-agrees", "info", [("phases:", "  told: {by: 2024-03, mandate: second}\nphases:")]),
    ("milestone-before-dependency", "warning", [("due: answers", "due: answers\n    in: 2024-04")]),
    ("non-working-day", "info", [("by: 2024-03-01", "by: 2024-03-02, statutory: true")]),
    ("noted", "info", [("bodies:", "notes: [{words: The source contradicts itself.}]\nbodies:")]),
    ("noted", "error", [("bodies:", "notes: [{words: Ask the board., level: error}]\nbodies:")]),
]


@pytest.mark.parametrize(("code", "level", "changes"), LEVELS)
def test_how_grave_a_risk_is(
    changed: Callable[..., Definition], code: str, level: str, changes: list[tuple[str, str]]
) -> None:
    found = {(finding.code.value, finding.level.value) for finding in check(changed(*changes))}
    assert (code, level) in found


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("no-actor", [("text: draft", "author: office\n    text: draft")]),
        ("no-date", [("due: answers", "in: 2024-03")]),
        ("no-quorum", [with_phase(DECIDING)]),
        (
            "no-quorum",
            [("seats: {chair: 1, members: 2}", "seats: {secretary: 1}")],
        ),  # it is only asked, and not to vote
        (
            "secretary-attests",
            [("seats: {chair: 1, members: 2}", BOARD_ATTESTS.replace("[a@x.example]}", "[b@x.example]}"))],
        ),
        ("mandate-in-danger", [("phases:", "  told: {by: 2024-03, mandate: second}\nphases:")]),  # they agree
        ("unused-milestone", [("phases:", "  told: {by: 2024-03, mandate: second}\nphases:")]),
        ("non-working-day", [("by: 2024-03-01", "by: 2024-03-04, statutory: true")]),
    ],
)
def test_what_is_in_order_is_left_alone(
    changed: Callable[..., Definition], code: str, changes: list[tuple[str, str]]
) -> None:
    assert code not in codes(changed(*changes))


def test_a_statutory_date_says_to_which_day_it_rolls(changed: Callable[..., Definition]) -> None:
    found = check(changed(("by: 2024-03-01", "by: 2024-06-21, statutory: true")))
    message = next(f.message for f in found if f.code is Code.NON_WORKING_DAY)
    assert message == "2024-06-21 is a Friday (Midsommarafton); it is set by law, so it rolls forward to 2024-06-24"


def test_a_proposal_that_holds_less_than_was_announced_is_found(changed: Callable[..., Definition]) -> None:
    """The body said that it would adopt and recommend; the proposal for its meeting only recommends."""
    announced = ("  second:", f"  told:\n    {TOLD}\n  decide:\n    {DECIDING}\n    after: told\n  second:")
    found = [f for f in check(changed(announced)) if f.code is Code.DECISION_MISSING]
    words = "the planned decision recommends, but 'told' also announced one that adopts; write it in decisions"
    assert [(f.where, f.message) for f in found] == [("phases.decide", words)]
    whole = (announced[0], announced[1].replace("outcome:", "decisions: [adopts, recommends]\n    outcome:"))
    assert Code.DECISION_MISSING.value not in codes(changed(whole))
    nobody = ("  second:", f"  told:\n    {TOLD}\n  second:")
    assert Code.DECISION_MISSING.value in codes(changed(nobody))


def test_a_mandate_names_a_phase(small: str, faults_of: Callable[[str], list[str]]) -> None:
    assert (
        "there is no phase 'secund'; did you mean 'second'?"
        in faults_of(small.replace('March"}', 'March", mandate: secund}'))[0]
    )


SHEETS = {
    "midtjylland-2015": [
        *[
            ("info", "inferred-date", f"milestones.{key}")
            for key in ("debatpapir", "input", "endeligt-forslag", "behandling")
        ],
        ("info", "mandate-agrees", "milestones.mandat"),
        ("warning", "no-actor", "phases.debatpapir"),
        ("warning", "no-actor", "phases.endeligt-forslag"),
    ],
    "pks-2021": [("warning", "decision-missing", "phases.junimote"), ("error", "no-date", "phases.antagande")],
    "rsr-samverkan": [("info", "noted", "notes.0")],
    "svom-remiss": [("error", "no-date", "phases.remiss")],
}


@pytest.mark.parametrize("name", sorted(SHEETS))
def test_the_other_bundled_cycles_have_exactly_the_findings_of_their_sources(name: str) -> None:
    if name not in bundled():
        pytest.skip(f"{name} is not bundled yet")
    loaded = load_placed(bundled()[name])
    found = [(f.level.value, f.code.value, f.where) for f in check(loaded.definition, loaded.places)]
    assert found == SHEETS[name]
