"""The plan: the latest course that keeps every promise, its rows in order, and what a slip endangers."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import pytest

from config.loader import load, load_named
from engine.plan import plan
from engine.plan_json import plan_json
from engine.plan_parts import Rule, What
from engine.plan_slip import parse_slip

if TYPE_CHECKING:
    from config.definition import Definition
    from engine.plan_parts import Plan, Promise

pytestmark = pytest.mark.long

STRATEGY = """\
cycle: strategi
title: Strategi for det nære sundhedsvæsen
language: da
place: DK
begins: 2015-11-04
coordinator: administration
bodies:
  administration: {name: Administrationen, seats: {contact: 1}}
  regionsraad: {name: Regionsrådet, rules: dk-ksl, seats: {chair: 1, secretary: 1}}
  udvalg: {name: De rådgivende udvalg, each: [nord, syd], seats: {secretary: 1}}
milestones:
  debatpapir: {in: 2015-12/2016-01}
  input: {in: 2016-02/2016-04}
  forslag: {in: 2016-05}
  juni: {in: 2016-06}
  medio: {by: 2016-06~, words: "senest medio 2016", mandate: behandling}
phases:
  debatpapir: {kind: drafting, text: debatpapir, in: 2015-12/2016-01, due: debatpapir}
  input:
    {kind: consultation, consultees: udvalg, material: debatpapir, after: debatpapir, in: 2016-02/2016-04, due: input}
  forslag: {kind: drafting, text: strategi, after: input, in: 2016-05, due: forslag}
  behandling: {kind: adoption, text: strategi, principals: regionsraad, after: forslag, in: 2016-06, due: juni}
"""


def planned(definition: Definition, *slips: str) -> Plan:
    return plan(definition, [parse_slip(slip, definition) for slip in slips])


@pytest.fixture(scope="module")
def jamtland() -> Plan:
    return plan(load_named("jamtland-2012"))


@cache
def late_debate_paper() -> Plan:
    """The strategy's plan, its debate paper six weeks late."""
    return planned(load("strategi.yaml", STRATEGY), "debatpapir=+6w")


@pytest.fixture
def strategy() -> Plan:
    return late_debate_paper()


def promise(plan: Plan, key: str) -> Promise:
    return next(promise for promise in plan.promises if promise.key == key)


def test_every_promise_of_the_bundled_cycle_is_kept_on_its_last_day(jamtland: Plan) -> None:
    assert [p.key for p in jamtland.promises if p.late] == []
    assert promise(jamtland, "gruppernas-arbete-klart").latest == date(2013, 6, 30)
    assert promise(jamtland, "gruppernas-arbete-klart").closed == "a Sunday"
    assert jamtland.ends == date(2014, 3, 31)


@pytest.mark.parametrize(
    ("key", "waits_for", "slack"),
    [
        ("projektbeskrivning-klar", (), 56),  # from the first day
        ("beslutsprocess-klar", ("malsattning",), 183),
        ("avstamning", ("referensgruppsarbete",), 46),  # 30 June to 15 August
        ("beslutsmote", ("referensgruppsarbete", "avstamning"), 27),  # 15 August to 11 September
    ],
)
def test_slack_is_counted_from_the_latest_of_what_a_promise_waits_for(
    jamtland: Plan, key: str, waits_for: tuple[str, ...], slack: int
) -> None:
    assert (promise(jamtland, key).waits_for, promise(jamtland, key).slack) == (waits_for, slack)


def test_rows_are_in_order_from_the_first_day_to_the_last(jamtland: Plan) -> None:
    days = [row.day for row in jamtland.rows]
    assert days == sorted(days)
    assert (jamtland.rows[0].what, jamtland.rows[-1].what) == (What.BEGINS, What.ENDS)


def test_a_deadline_says_how_it_was_computed_and_ends_at_local_midnight(jamtland: Plan) -> None:
    rows = {row.step: row for row in jamtland.rows if row.what is What.DEADLINE}
    groups = rows["referensgruppsarbete/proposals"]
    assert groups.at.isoformat() == "2013-06-30T22:00:00+00:00"  # midnight in summer time
    assert (groups.computed and groups.computed.rule, groups.count) == (Rule.DAY, 4)
    rules = {step: row.computed.rule for step, row in rows.items() if row.computed}
    assert rules["antagande-inriktning/decision"] is Rule.LAST_DAY
    assert rules["avstamning/replies"] is Rule.BEFORE_MEETING
    assert rules["avstamning/ruling"] is Rule.AFTER_MEETING
    assert rules["malsattning/proposal"] is Rule.WINDOW


def test_reminders_are_the_ones_that_will_be_sent(jamtland: Plan) -> None:
    reminded = [row.day for row in jamtland.rows if row.what is What.REMINDED and row.phase == "referensgruppsarbete"]
    assert reminded == [date(2013, 6, 16), date(2013, 6, 27)]


def test_a_phase_has_its_earliest_and_its_latest(jamtland: Plan) -> None:
    phase = next(phase for phase in jamtland.phases if phase.key == "avstamning")
    assert (phase.opens_earliest, phase.opens_latest) == (date(2013, 4, 6), date(2013, 6, 30))
    assert phase.closes_latest == date(2013, 9, 25)  # the meeting's report may take a fortnight


def test_sliding_the_debate_paper_by_six_weeks_endangers_the_mandate(strategy: Plan) -> None:
    """'Strategien forelægges regionsrådet senest medio 2016'."""
    assert strategy.slippage
    danger = strategy.slippage.dangers[0]
    assert (danger.promise.key, danger.promise.mandate, danger.promise.bodies) == ("medio", True, ("Regionsrådet",))
    assert (danger.latest, danger.days, danger.lost) == (date(2016, 8, 11), 42, False)
    assert danger.earliest == date(2016, 6, 6)  # who hurries can still keep it


def test_a_slip_that_no_hurry_mends_is_lost() -> None:
    slipped = planned(load("strategi.yaml", STRATEGY), "forslag=+6w").slippage
    assert slipped
    assert {danger.promise.key: danger.lost for danger in slipped.dangers} == {"medio": True, "juni": True}


def test_the_mandate_is_kept_when_its_phase_closes(strategy: Plan) -> None:
    assert promise(strategy, "medio").latest == date(2016, 6, 30)
    assert promise(strategy, "medio").waits_for == ("behandling",)


def test_relative_dates_move_with_what_they_follow_from_and_break_nothing() -> None:
    definition = load(
        "relative.yaml",
        dedent("""\
        cycle: relative
        title: Relative
        begins: 2024-01-15
        coordinator: office
        bodies: {office: {name: The office, seats: {contact: 1}}, board: {name: B, seats: {chair: 1, members: 2}}}
        milestones:
          draft: {by: +4w after begins}
          replies: {by: +6w after draft}
          report: {by: +2w after ask.closed}
        phases:
          write: {kind: drafting, author: office, text: t, due: draft}
          ask: {kind: consultation, consultees: board, material: t, after: write, due: replies}
          tell: {kind: drafting, author: office, text: r, after: ask, due: report}
        """),
    )
    calm = planned(definition)
    assert [p.due for p in calm.promises] == [date(2024, 2, 12), date(2024, 3, 25), date(2024, 4, 8)]
    slipped = planned(definition, "draft=+1w").slippage
    assert slipped
    assert [(m.milestone, m.to) for m in slipped.moved] == [
        ("draft", date(2024, 2, 19)), ("replies", date(2024, 4, 1)), ("report", date(2024, 4, 15)),
    ]  # fmt: skip
    assert slipped.dangers == ()


SHAPE: dict[str, Any] = {
    "rows": {
        "day", "at", "what", "phase", "step", "milestone", "count", "of", "words", "computed", "earliest",
    },
    "phases": {"key", "kind", "title", "after", "opens", "closes", "dated"},
    "milestones": {
        "key", "title", "promise", "edtf", "words", "inferred", "statutory", "mandate", "phase", "bodies", "due",
        "until", "computed", "non_working_day", "waits_for", "ready", "slack_days", "earliest", "latest", "late_days",
    },
}  # fmt: skip


def test_the_json_has_its_documented_shape(strategy: Plan) -> None:
    said = json.loads(json.dumps(plan_json(strategy)))
    assert set(said) == {
        "cycle", "title", "language", "place", "zone", "begins", "ends", "rows", "phases", "milestones", "to_decide",
        "slip",
    }  # fmt: skip
    for part, keys in SHAPE.items():
        assert all(set(item) == keys for item in said[part])
    assert set(said["slip"]) == {"slips", "moved", "endangered", "ends"}
    assert set(said["slip"]["endangered"][0]) == {
        "milestone", "due", "words", "mandate", "phase", "bodies", "earliest", "latest", "days", "lost",
    }  # fmt: skip
    assert said["milestones"][-1]["until"] == "2016-07-01T00:00:00+02:00"
