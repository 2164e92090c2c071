"""Moving single days of a definition before its cycle starts."""

from __future__ import annotations

from datetime import date

import pytest

from config.check_dates import last_day
from config.faults import Fault
from config.loader import find, load, load_named
from config.movedays import confirmed, with_days
from config.redate import landings


def test_a_milestone_moves_with_the_phase_that_it_ends() -> None:
    definition = load_named("pks-2021")
    moved = with_days(definition, {"milestones.tjansteskrivelse": date(2021, 5, 20)})
    assert last_day(moved, "tjansteskrivelse") == date(2021, 5, 20)
    assert moved.milestones["tjansteskrivelse"].words is None
    assert moved.phases["tjansteskrivelse"].within == "2021-05-01/2021-05-20"
    assert moved.phases["junimote"].within == definition.phases["junimote"].within


def test_the_same_day_keeps_the_words() -> None:
    definition = load_named("pks-2021")
    same = with_days(definition, {"milestones.tjansteskrivelse": date(2021, 5, 18)})
    assert same.milestones["tjansteskrivelse"].words == definition.milestones["tjansteskrivelse"].words


def test_a_month_becomes_the_day_and_a_counted_date_too() -> None:
    pks = with_days(load_named("pks-2021"), {"milestones.junimote": date(2021, 6, 23)})
    assert pks.milestones["junimote"].date == "2021-06-23"
    svom = load_named("svom-remiss")
    assert with_days(svom, {"milestones.planen-klar": date(2027, 2, 2)}).milestones["planen-klar"].date == "2027-02-02"


def test_a_phase_without_a_date_gets_one() -> None:
    dated = with_days(load_named("pks-2021"), {"phases.antagande.due": date(2021, 12, 15)})
    assert dated.phases["antagande"].due == "antagande"
    assert last_day(dated, "antagande") == date(2021, 12, 15)


def test_meetings_and_ends_of_phases() -> None:
    text = find("pks-2021").read_text(encoding="utf-8").replace("meetings: 1", "meetings: [2021-06-12]")
    definition = load("pks-2021.yaml", text)
    assert [landing.where for landing in landings(definition)] == ["junimote.meetings.0"]
    moved = with_days(definition, {"phases.junimote.meetings.0": date(2021, 6, 14)})
    assert landings(moved) == ()
    assert moved.model_dump()["phases"]["junimote"]["meetings"] == [date(2021, 6, 14)]
    pks = with_days(load_named("pks-2021"), {"phases.tjansteskrivelse.in": date(2021, 5, 19)})
    assert pks.phases["tjansteskrivelse"].within == "2021-05-01/2021-05-19"


@pytest.mark.parametrize(
    "where", ["milestones.none", "phases.none.in", "phases.junimote.due", "phases.junimote.meetings.9", "x", "phases.x"]
)
def test_a_date_that_is_not_there(where: str) -> None:
    with pytest.raises(Fault):
        with_days(load_named("pks-2021"), {where: date(2021, 5, 20)})


def test_confirmed_dates_are_no_longer_inferred() -> None:
    definition = load_named("jamtland-2012")
    inferred = [key for key, milestone in definition.milestones.items() if milestone.inferred]
    assert inferred
    assert not [key for key, one in confirmed(definition, inferred).milestones.items() if one.inferred]
    assert confirmed(definition, ["none"]) is definition
