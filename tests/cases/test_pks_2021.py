"""The case pks-2021: a collaboration body recommends, and thirteen municipalities decide, each for itself.

The source's words stand in the docstrings.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from config.check import check
from config.findings import Code, Level
from config.loader import load_named
from config.setdates import with_dates
from config.terms import Force
from engine.record.facts import record_of
from engine.record.matrix import Standpoint
from engine.rehearsal import Rehearsal
from engine.report import report
from engine.script import AnswerRule, Script
from engine.scripts import bundled_script, load_script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from config.definition import Definition
    from engine.record.matrix import Matrix

NAME = "pks-2021"
DECIDED = date(2021, 12, 15)
TROUBLE = Path(__file__).parents[2] / "config" / "scripts" / "pks-2021-trouble.yaml"
MUNICIPALITIES = [
    "Aneby", "Eksjö", "Gislaveds", "Gnosjö", "Habo", "Jönköpings", "Mullsjö",
    "Nässjö", "Sävsjö", "Tranås", "Vaggeryds", "Vetlanda", "Värnamo",
]  # fmt: skip


def dated() -> Definition:
    """The coordinator has set the date that the source lacks."""
    return with_dates(load_named(NAME), {"antagande": DECIDED})


def played(script: Script) -> Rehearsal:
    rehearsal = Rehearsal(dated(), script)
    rehearsal.play()
    return rehearsal


def matrix(rehearsal: Rehearsal) -> Matrix:
    return record_of(rehearsal.register, NAME).adoptions[0]


@pytest.fixture(scope="module")
def everybody() -> Iterator[Rehearsal]:
    """All answer in time, and all adopt."""
    rehearsal = played(Script())
    yield rehearsal
    rehearsal.register.close()


@pytest.fixture(scope="module")
def twelve() -> Iterator[Rehearsal]:
    """The script of the demonstration: eleven adopt, one adopts with an addition, one declines."""
    rehearsal = played(bundled_script(NAME))
    yield rehearsal
    rehearsal.register.close()


@pytest.fixture(scope="module")
def trouble() -> Iterator[Rehearsal]:
    """One refers back, one tables, one is silent, and a new version is published."""
    rehearsal = played(load_script(TROUBLE, dated()))
    yield rehearsal
    rehearsal.register.close()


def test_check_finds_the_two_things_that_the_source_leaves_open() -> None:
    """No date for the municipalities; and "anta skrivningen" is not in the proposal for decision."""
    found = {finding.code: finding for finding in check(load_named(NAME))}
    assert set(found) == {Code.NO_DATE, Code.DECISION_MISSING}
    assert (found[Code.NO_DATE].level, found[Code.NO_DATE].where) == (Level.ERROR, "phases.antagande")
    assert "adopts" in found[Code.DECISION_MISSING].message


def test_both_decisions_on_the_june_agenda_settle_the_warning() -> None:
    """The source: "anta skrivningen Tillsammans möter vi framtidens behov … och rekommendera länets kommuner"."""
    definition = dated()
    june = definition.phases["junimote"].model_copy(update={"decisions": ["adopts", "recommends"]})
    whole = definition.model_copy(update={"phases": {**definition.phases, "junimote": june}})
    assert not check(whole)


def test_june_meeting_takes_both_decisions() -> None:
    """The source: "anta skrivningen … och rekommendera länets kommuner att anta dokumentet": each has its own row."""
    definition = dated()
    june = definition.phases["junimote"].model_copy(update={"decisions": [Force.ADOPTS, Force.RECOMMENDS]})
    whole = definition.model_copy(update={"phases": {**definition.phases, "junimote": june}})
    rehearsal = Rehearsal(whole, bundled_script(NAME))
    rehearsal.play()
    came = report(rehearsal.register, NAME)
    decided = [(d["force"], d["outcome"]) for d in came["decisions"] if d["phase"] == "junimote"]
    assert decided == [("adopts", "approved"), ("recommends", "approved")]
    [phase] = [phase for phase in came["phases"] if phase["key"] == "junimote"]
    assert (phase["outcome"], phase["detail"]) == ("approved", "2/2")
    shown = [(d.force, d.outcome) for d in record_of(rehearsal.register, NAME).decisions if d.phase == "PKS junimöte"]
    assert sorted(shown) == decided
    assert (came["outcome"], came["phases"][-1]["detail"]) == ("adopted", "12/13")
    rehearsal.register.close()


def test_recommendation_binds_nobody() -> None:
    """PKS "rekommenderar Jönköpings läns kommuner att anta dokumentet": thirteen rows, none decided."""
    rehearsal = played(Script(answers=[AnswerRule(step="antagande/decision", silent=True)]))
    rows = matrix(rehearsal).principals
    assert [row.name for row in rows] == [f"{name} kommun" for name in MUNICIPALITIES]
    assert {row.latest.standpoint for row in rows} == {Standpoint.UNDECIDED}
    decided = report(rehearsal.register, NAME)["decisions"]
    assert [(d["body"], d["force"], d["outcome"]) for d in decided] == [("pks", "recommends", "approved")]
    rehearsal.register.close()


def test_thirteen_of_thirteen(everybody: Rehearsal) -> None:
    """The source: "länets kommuner att anta dokumentet som gemensam plattform för fortsatt arbete"."""
    came = report(everybody.register, NAME)
    assert (came["outcome"], came["phases"][-1]["detail"]) == ("adopted", "13/13")
    assert matrix(everybody).adopting == len(MUNICIPALITIES)
    assert all(milestone["status"] == "met" for milestone in came["milestones"])
    assert came["journal"]["verified"]


def test_pks_meets_once_in_june_about_the_text_of_the_report(everybody: Rehearsal) -> None:
    """The source: "vid sitt junimöte": the text is that of 18 May, and nobody is asked to write it again."""
    came = report(everybody.register, NAME)
    [june] = [decision for decision in came["decisions"] if decision["phase"] == "junimote"]
    assert date(2021, 6, 1) <= date.fromisoformat(june["on"]) <= date(2021, 6, 30)
    assert june["text"] == "pks-2021/framtidens-behov@1"
    report_day = next(m for m in came["milestones"] if m["key"] == "tjansteskrivelse")
    assert (report_day["due"], report_day["words"]) == ("2021-05-18", "Jönköping den 18 maj 2021")


def test_what_the_june_meeting_decided_is_reported_within_fourteen_days_of_it(everybody: Rehearsal) -> None:
    """The month ends on the 30th, and the meeting is on the 18th: its report is due on 2 July."""
    asked = [notice for notice in report(everybody.register, NAME)["notices"] if notice["kind"] == "asked"]
    [june] = [notice["subject"] for notice in asked if notice["subject"].startswith("Meddela mötets beslut")]
    assert june.startswith("Meddela mötets beslut senast 2 juli 2021")


def test_adopted_by_twelve_of_thirteen(twelve: Rehearsal) -> None:
    """Eleven adopt, one with an addition, one declines: exactly that."""
    came = report(twelve.register, NAME)
    assert (came["outcome"], came["phases"][-1]["detail"]) == ("adopted", "12/13")
    positions = Counter(row.latest.position for row in matrix(twelve).principals)
    assert positions == {"adopts": 11, "adopts_with_addition": 1, "declines": 1}
    rows = {row.key: row.latest for row in matrix(twelve).principals}
    assert rows["habo"].paragraph == "§ 84"
    assert rows["habo"].addition.startswith("Habo kommun följer upp")
    assert rows["gnosjo"].tally == {"approve": 14, "reject": 21, "abstain": 2}
    assert rows["jonkoping"].tally["casting_vote"] == 1
    assert rows["jonkoping"].reservations


def test_everybody_is_told_how_many_adopted(twelve: Rehearsal) -> None:
    """The letter that ends the cycle says it in words."""
    from notifications.i18n import tongue
    from notifications.terms import outcome_words

    assert outcome_words("adopted", "12/13", tongue("sv")) == "antaget av 12 av 13"
    assert outcome_words("adopted", "12/13", tongue("en")) == "adopted by 12 of 13"
    ending = [notice for notice in report(twelve.register, NAME)["notices"] if notice["kind"] == "concluded"]
    assert len({notice["to"] for notice in ending}) == len(ending) >= len(MUNICIPALITIES)


def test_second_round_is_about_the_new_version(trouble: Rehearsal) -> None:
    """Who has adopted the first version stays with it; who had put it off, or said nothing, decides on the second."""
    rows = {row.key: row for row in matrix(trouble).principals}
    versions = {key: row.latest.text.version for key, row in rows.items() if row.latest.text}
    assert {key for key, version in versions.items() if version == 2} == {"aneby", "eksjo", "tranas"}
    assert sum(version == 1 for version in versions.values()) == 10
    first, second = rows["eksjo"].rounds
    assert (first.position, first.tally, first.text and first.text.version) == (
        "refer_back", {"approve": 15, "reject": 30, "abstain": 0}, 1,
    )  # fmt: skip
    assert (second.position, second.text and second.text.version) == ("adopts", 2)
    came = report(trouble.register, NAME)
    assert (came["phases"][-1]["detail"], came["journal"]["verified"]) == ("13/13", True)
