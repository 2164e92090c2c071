"""A principal's report is held against its own ruleset; alternatives are whole and one is recommended."""

from __future__ import annotations

import pytest

from models.forms.alternatives import (
    INCOMPLETE,
    NONE_RECOMMENDED,
    NONE_WRITTEN,
    TWO_RECOMMENDED,
    AlternativesForm,
)
from models.forms.decision import (
    BOTH_FIGURES,
    CARRIED_AFTER_ALL,
    NO_PARAGRAPH,
    NO_QUORUM,
    NO_TIE,
    NOT_CARRIED,
    NOT_POSTPONED,
    POSTPONED_BEFORE,
    TIE_FALLS,
    TIE_UNDECIDED,
    DecisionForm,
)

FORM = DecisionForm(
    rules={
        "berg": {"ruleset": "se-kl-council"},
        "aneby": {"ruleset": "se-kl-council", "members": 41},
        "regionsraad": {"ruleset": "dk-ksl"},
        "lag": {"ruleset": "unanimous"},
        "two-thirds": {"ruleset": "se-kl-council", "majority": "two_thirds"},
    }
)


def votes(yes: object = "", no: object = "", abstaining: object = "", casting: str = "") -> dict[str, str]:
    return {
        "votes_for": str(yes), "votes_against": str(no), "votes_abstaining": str(abstaining), "casting_vote": casting,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("who", "position", "content", "message"),
    [
        ("berg", "adopts", {}, None),  # by acclamation
        ("berg", "adopts", votes(20, 10), None),
        ("berg", "adopts", votes(10, 20), NOT_CARRIED),
        ("berg", "declines", votes(10, 20), None),
        ("berg", "declines", votes(20, 10), CARRIED_AFTER_ALL),
        ("berg", "adopts", votes(20, 20), TIE_UNDECIDED),
        ("berg", "adopts", votes(20, 20, casting="yes"), None),
        ("berg", "adopts", votes(20, 10, casting="yes"), NO_TIE),
        ("regionsraad", "adopts", votes(20, 20), TIE_FALLS),
        ("regionsraad", "adopts", votes(20, 20, casting="yes"), TIE_FALLS),
        ("regionsraad", "declines", votes(20, 20), None),
        ("lag", "adopts", votes(9, 0, 1), NOT_CARRIED),
        ("two-thirds", "adopts", votes(20, 11), NOT_CARRIED),
        ("aneby", "adopts", votes(15, 5), NO_QUORUM),
        ("aneby", "adopts", votes(15, 5, 1), None),
        ("berg", "refer_back", votes(15, 30), None),
        ("berg", "refer_back", votes(14, 31), NOT_POSTPONED),
        ("berg", "table", votes(16, 15), None),
        ("regionsraad", "refer_back", votes(15, 30), NOT_POSTPONED),
        ("berg", "adopts", votes(20), BOTH_FIGURES),
        ("berg", "adopts", {"paragraph": "nästa"}, NO_PARAGRAPH),
        ("berg", "adopts", {"paragraph": "§ 71"}, None),
    ],
)
def test_reported_vote_must_be_possible(who: str, position: str, content: dict[str, str], message: str | None) -> None:
    """A claimed adoption with votes that fail under the body's rules is refused, and so on."""
    found = [fault.message for fault in FORM.of(who).faults(content, position)]
    assert found == ([message] if message else [])


def test_minority_puts_off_only_once() -> None:
    """KL 5:50: the second time it takes a majority."""
    again = FORM.model_copy(update={"delayed": ("berg",)}).of("berg")
    assert [fault.message for fault in again.faults(votes(15, 30), "refer_back")] == [POSTPONED_BEFORE]
    assert not list(again.faults(votes(23, 22), "refer_back"))


THREE = AlternativesForm(at_most=3, must_clarify=({"sv": "Mandat"},), further_inquiries=True)


def whole(number: int, *, recommended: bool = False) -> dict[str, str]:
    parts = ("title", "description", "advantages", "disadvantages")
    filled = {f"alternative-{number}-{part}": f"{part} {number}" for part in parts}
    return {**filled, f"alternative-{number}-recommended": "yes" if recommended else ""}


REST = {"reasons": "Den är enklast.", "clarified-1": "RSR beslutar."}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({**whole(1, recommended=True), **whole(2)}, []),
        ({**whole(1), **whole(2)}, [("alternative-1-recommended", NONE_RECOMMENDED)]),
        (
            {**whole(1, recommended=True), **whole(2, recommended=True)},
            [("alternative-2-recommended", TWO_RECOMMENDED)],
        ),
        (
            {
                **whole(1, recommended=True),
                **whole(2),
                "alternative-2-advantages": "",
                "alternative-2-disadvantages": "",
            },
            [("alternative-2-advantages", INCOMPLETE), ("alternative-2-disadvantages", INCOMPLETE)],
        ),
        ({}, [("alternative-1-title", NONE_WRITTEN)]),
    ],
)
def test_alternatives_with_their_sides_and_exactly_one_recommended(
    content: dict[str, str], expected: list[tuple[str, str]]
) -> None:
    """The source: "Om alternativa förslag lämnas ska för- och nackdelar redovisas. Ett av förslagen ska förordas"."""
    found = [(fault.field, fault.message) for fault in THREE.faults({**content, **REST}, "submits")]
    assert found == expected


def test_submission_reads_without_the_form() -> None:
    """What is handed in becomes one text, with the recommended alternative marked."""
    content = {**whole(1), **whole(3, recommended=True), **REST, "inquiries": "Elevhälsan."}
    text = THREE.document(content, lambda label: label if isinstance(label, str) else label["sv"])
    assert "Alternative 3: title 3 (recommended)" in text
    assert "Alternative 2" not in text
    assert text.index("Disadvantages\ndisadvantages 1") < text.index("Reasons for the recommendation\nDen är enklast.")
    assert "Mandat\nRSR beslutar." in text
    assert text.endswith("Elevhälsan.")


def test_commission_without_alternatives_takes_one_text() -> None:
    """The points to be clarified are written on, each of them."""
    form = AlternativesForm(must_clarify=({"sv": "Mandat"}, {"sv": "Roller"}))
    assert [fault.field for fault in form.faults({"text": "Vi föreslår …"}, "submits")] == [
        "clarified-1",
        "clarified-2",
    ]
    assert not list(form.faults(form.rehearsed({}, "2024-01-01"), "submits"))
    assert not list(THREE.faults(THREE.rehearsed({}, "2024-01-01"), "submits"))
