"""The law's numbers and days of minutes, and the form that they are recorded with."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.calendars import PLACES
from config.definition import Rules
from config.terms import Force, ItemOutcome
from models.forms.attendance import Sitting
from models.forms.item import Item
from models.forms.minutes import MinutesForm
from models.minutes import (
    announced_by,
    attested_by,
    final_on,
    numbered,
    quorum,
    result_of,
    summoned_by,
)

SE = PLACES["SE"]
COUNCIL = Rules(ruleset="se-kl-council")
DAYS = st.dates(date(2000, 1, 1), date(2040, 12, 31))
FORTNIGHT = timedelta(days=14)


@pytest.mark.parametrize(
    ("announced", "final"),
    [
        (date(2024, 6, 20), date(2024, 7, 11)),
        (date(2024, 12, 3), date(2024, 12, 27)),  # 24 to 26 December: nobody works (Lag 1930:173, 2 §)
        (date(2024, 5, 31), date(2024, 6, 24)),  # Midsummer Eve and the weekend after it
    ],
)
def test_announced_and_final(announced: date, final: date) -> None:
    assert final_on(announced, SE) == final


@given(DAYS)
def test_days_by_law_are_working_days_and_never_early(day: date) -> None:
    for found, least in (
        (final_on(day, SE), timedelta(weeks=3)),
        (announced_by(day, SE), timedelta(days=2)),
        (attested_by(day, FORTNIGHT, COUNCIL, SE), FORTNIGHT),
    ):
        assert SE.is_working_day(found)
        assert day + least <= found <= day + least + timedelta(days=5)


@given(DAYS, st.integers(0, 60))
def test_agreed_days_stay_and_the_law_gives_no_more_than_a_fortnight(day: date, days: int) -> None:
    within = timedelta(days=days)
    assert attested_by(day, within, Rules(), SE) == day + within
    assert attested_by(day, within, COUNCIL, SE) <= SE.roll_forward(day + FORTNIGHT)
    assert summoned_by(day, within) == day - within


@given(st.lists(st.text(min_size=1), unique=True, max_size=30), st.lists(st.integers(1, 500)), st.integers(1, 500))
def test_paragraphs_run_on_without_gaps_and_are_never_used_twice(keys: list[str], used: list[int], first: int) -> None:
    numbers = list(numbered(keys, used, first).values())
    assert numbers == list(range(numbers[0], numbers[0] + len(keys))) if keys else numbers == []
    assert not set(numbers) & set(used)
    if keys and not used:
        assert numbers[0] == first


@given(st.integers(1, 400))
def test_quorum(entitled: int) -> None:
    assert quorum(COUNCIL, entitled) == entitled // 2 + 1  # KL 5:45
    assert quorum(Rules(ruleset="dk-ksl"), entitled) * 2 >= entitled
    assert quorum(Rules(ruleset="unanimous"), entitled) == entitled
    assert quorum(Rules(), entitled) == 1


def test_what_a_meeting_came_to() -> None:
    assert result_of([], quorate=True) == "held"
    assert result_of([ItemOutcome.AGREEMENT, ItemOutcome.DECIDED], quorate=True) == "approved"
    assert result_of([ItemOutcome.AGREEMENT, ItemOutcome.TABLED], quorate=True) == "postponed"
    assert result_of([ItemOutcome.TABLED, ItemOutcome.REJECTED], quorate=True) == "rejected"
    assert result_of([ItemOutcome.REJECTED, ItemOutcome.NO_DECISION], quorate=True) == "no_decision"
    assert result_of([ItemOutcome.AGREEMENT], quorate=False) == "not_quorate"
    assert result_of([], quorate=False) == "held"  # there was nothing to decide


def sitting(seat: str) -> Sitting:
    return Sitting(seat=seat, label={"en": seat})


ITEMS = st.builds(
    lambda number, force, expects: Item(
        key=f"item-{number}",
        title={"en": "An item"},
        force=force,
        expects=expects if force or expects not in (ItemOutcome.DECIDED, ItemOutcome.REJECTED) else ItemOutcome.NOTED,
    ),
    st.integers(1, 99),
    st.none() | st.sampled_from(Force),
    st.sampled_from([outcome for outcome in ItemOutcome if outcome is not ItemOutcome.NO_DECISION]),
)
FORMS = st.builds(
    lambda members, substitutes, elect, items, rules: MinutesForm(
        members=tuple(sitting(f"member-{n}") for n in range(1, members + 1)),
        substitutes=tuple(sitting(f"substitute-{n}") for n in range(1, substitutes + 1)),
        secretary=("secretary-1",),
        elect=min(elect, members),
        quorum=quorum(rules, members),
        rules=rules,
        items=tuple({item.key: item for item in items}.values()),
    ),
    st.integers(1, 15),
    st.integers(0, 3),
    st.integers(0, 2),
    st.lists(ITEMS, min_size=1, max_size=8),
    st.sampled_from([COUNCIL, Rules(), Rules(ruleset="dk-ksl"), Rules(ruleset="se-kl-committee")]),
)


@given(FORMS)
def test_what_is_rehearsed_has_no_faults(form: MinutesForm) -> None:
    """Nor does the form lose anything of it, nor change when it goes through the register."""
    if form.rules.ruleset == "advisory" and any(item.expects is ItemOutcome.REJECTED for item in form.items):
        return  # by consensus one against gives no decision, and a rejection is never foreseen
    content = form.rehearsed({}, "2024-06-10")
    assert list(form.faults(content, "confirms")) == []
    assert form.tidy(content) == content
    assert MinutesForm.model_validate(form.to_json()) == form


@given(FORMS, st.data())
def test_too_few_never_decide(form: MinutesForm, data: st.DataObject) -> None:
    came = data.draw(st.integers(0, form.quorum - 1))
    away = {f"present.member-{n}": "" for n in range(came + 1, len(form.members) + 1)}
    decided = {item.name("outcome"): "agreement" for item in form.items}
    content = form.rehearsed({**away, **decided}, "2024-06-10")
    assert not form.quorate(content)
    wrong = {fault.field for fault in form.faults(content, "confirms")}
    assert {item.name("outcome") for item in form.items} <= wrong
