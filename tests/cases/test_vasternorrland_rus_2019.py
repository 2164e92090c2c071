"""A sixth process, from a region's public timetable: it needs a file and nothing else."""

from __future__ import annotations

from datetime import date

import pytest

from config.check import check
from config.loader import load_named
from config.redate import redate
from engine.rehearsal import rehearse
from engine.script import AnswerRule, Script


@pytest.fixture(scope="module")
def everybody_answers() -> dict[str, object]:
    return rehearse(load_named("vasternorrland-rus-2019"))


def milestones(report: dict[str, object]) -> dict[str, dict[str, object]]:
    found = report["milestones"]
    assert isinstance(found, list)
    return {milestone["key"]: milestone for milestone in found}


def test_the_council_adopts_in_november(everybody_answers: dict[str, object]) -> None:
    """'fastställa den nya regionala utvecklingsstrategin vid Regionfullmäktige i november 2019'."""
    assert everybody_answers["outcome"] == "adopted"
    assert str(everybody_answers["ended"]).startswith("2019-11")


def test_every_promise_of_the_timetable_is_met(everybody_answers: dict[str, object]) -> None:
    assert {m["status"] for m in milestones(everybody_answers).values()} == {"met"}


def test_replies_are_due_in_the_middle_of_september() -> None:
    """'i mitten på september är det deadline för remissvar': two silent municipalities are no reply, not consent."""
    silent = [AnswerRule(step="remiss/replies", who=who, silent=True) for who in ("ange", "timra")]
    report = rehearse(load_named("vasternorrland-rus-2019"), Script(answers=silent))
    missed = milestones(report)["remissvar"]
    assert (missed["due"], missed["status"], missed["missing"]) == ("2019-09-15", "missed", ["ange", "timra"])
    assert report["outcome"] == "adopted"


def test_a_colleague_would_ask_about_four_things() -> None:
    codes = sorted(str(finding.code) for finding in check(load_named("vasternorrland-rus-2019")))
    assert codes == ["consultation-across-july", "inferred-date", "inferred-date", "non-working-day"]


@pytest.mark.parametrize("begins", [date(2027, 1, 11), date(2027, 6, 28)])
def test_it_can_be_begun_on_another_day(begins: date) -> None:
    assert rehearse(redate(load_named("vasternorrland-rus-2019"), begins))["outcome"] == "adopted"
