"""The case midtjylland-2015: a region's strategy, from the terms of reference to the regional council.

The source's words stand in the docstrings.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from config.check import check
from config.findings import Code
from config.loader import load_named
from config.terms import Position
from engine.commands.answer import BadAnswer, Reply, check_reply
from engine.rehearsal import Rehearsal, rehearse
from engine.script import Script
from engine.scripts import bundled_script, load_script
from models.phase import Step

NAME = "midtjylland-2015"
TROUBLE = Path(__file__).parents[2] / "config" / "scripts" / "midtjylland-2015-trouble.yaml"


@pytest.fixture(scope="module")
def voted() -> dict[str, Any]:
    """The script of the demonstration: the council adopts after a vote."""
    return rehearse(load_named(NAME), bundled_script(NAME))


@pytest.fixture(scope="module")
def trouble() -> dict[str, Any]:
    """The debate paper is late, a committee is silent, and the council's votes are equal."""
    definition = load_named(NAME)
    return rehearse(definition, load_script(TROUBLE, definition))


def milestone(came: dict[str, Any], key: str) -> dict[str, Any]:
    return next(found for found in came["milestones"] if found["key"] == key)


def test_check_finds_what_the_source_leaves_open() -> None:
    """Two rows have no "Aktører"; the years of four rows are inferred; "medio 2016" and "Juni" agree."""
    found = [(finding.code, finding.where) for finding in check(load_named(NAME))]
    assert [where for code, where in found if code is Code.NO_ACTOR] == ["phases.debatpapir", "phases.endeligt-forslag"]
    inferred = [where for code, where in found if code is Code.INFERRED_DATE]
    assert inferred == [f"milestones.{key}" for key in ("debatpapir", "input", "endeligt-forslag", "behandling")]
    assert (Code.MANDATE_AGREES, "milestones.mandat") in found
    assert len(found) == len(inferred) + 3


def test_source_is_kept() -> None:
    """The source: "1-30-72-225-15", "Dato 4-11-2015": in Danish, by the Danish calendar."""
    definition = load_named(NAME)
    assert (definition.registry_no, definition.language, definition.place) == ("1-30-72-225-15", "da", "DK")
    assert definition.begins.isoformat() == "2015-11-04"


def test_council_adopts_in_june_and_the_mandate_is_met(voted: dict[str, Any]) -> None:
    """The source: "Strategien forelægges regionsrådet senest medio 2016"; "Juni: Behandling af endeligt forslag"."""
    [decision] = voted["decisions"]
    assert (decision["body"], decision["outcome"], decision["on"][:7]) == ("regionsraad", "adopts", "2016-06")
    assert (decision["paragraph"], decision["votes"]) == ("pkt. 14", {"approve": 33, "reject": 8, "abstain": 0})
    assert "afvigende mening" in decision["reservations"]
    assert voted["outcome"] == "adopted"
    assert milestone(voted, "mandat")["status"] == "met"
    assert milestone(voted, "mandat")["words"] == "Strategien forelægges regionsrådet senest medio 2016"
    assert all(found["status"] == "met" for found in voted["milestones"])
    assert voted["journal"]["verified"]


def test_every_step_is_in_the_month_of_its_row(voted: dict[str, Any]) -> None:
    """The source: "December-januar", "februar-april", "Maj", "Juni"."""
    months = {phase["key"]: (phase["opened"][:7], phase["closed"][:7]) for phase in voted["phases"]}
    assert months["debatpapir"][0] == "2015-12"
    assert months["input"][0] == "2016-02"
    assert months["endeligt-forslag"] == ("2016-05", "2016-05")
    assert months["behandling"] == ("2016-06", "2016-06")


def test_steps_without_an_actor_go_to_the_coordinator(voted: dict[str, Any]) -> None:
    """The source: "Udarbejdelse af debatpapir" and "Udarbejdelse af endeligt forslag": nobody stands there."""
    asked = [notice for notice in voted["notices"] if notice["kind"] == "asked"]
    papers = [notice["to"] for notice in asked if notice["at"][:7] in ("2015-12", "2016-05")]
    assert papers == ["contact@administrationen.example"] * 2


def test_those_who_are_told_are_the_five_of_the_table(voted: dict[str, Any]) -> None:
    """The source: "regionsråd, Sundhedskoordinationsudvalget" and the three of "Administrativt niveau"."""
    told = [notice["to"].partition("@")[2] for notice in voted["notices"] if notice["kind"] == "informed"]
    assert sorted(told) == [
        "administrativt-ledelsesforum.example", "regionsraad.example", "strategisk-sundhedsledelsesforum.example",
        "sundhedskoordinationsudvalget.example", "sundhedsstyregruppen.example",
    ]  # fmt: skip


def test_tie_falls_and_cannot_be_reported_as_adopted() -> None:
    """A tie in the council: no chair's casting vote as in Sweden."""
    rehearsal = Rehearsal(load_named(NAME), Script())
    rehearsal.play()
    with rehearsal.register.read() as session:
        step = session.get(Step, f"{NAME}/behandling/decision")
        assert step is not None
    tied = {"votes_for": "20", "votes_against": "20"}
    today = load_named(NAME).begins
    with pytest.raises(BadAnswer, match="the proposal then falls"):
        check_reply(step, Reply(Position.ADOPTS, content=tied), today, body="regionsraad")
    with pytest.raises(BadAnswer, match="the proposal then falls"):
        check_reply(step, Reply(Position.ADOPTS, content={**tied, "casting_vote": "yes"}), today, body="regionsraad")
    check_reply(step, Reply(Position.DECLINES, "Stemmelighed", tied), today, body="regionsraad")
    rehearsal.register.close()


def test_trouble(trouble: dict[str, Any]) -> None:
    """The late paper and the silent committee are visible; the equal votes mean that the proposal falls."""
    assert trouble["outcome"] == "not_adopted"
    [decision] = trouble["decisions"]
    assert (decision["outcome"], decision["votes"]) == ("declines", {"approve": 20, "reject": 20, "abstain": 1})
    assert milestone(trouble, "debatpapir")["status"] == "missed"
    assert milestone(trouble, "input")["missing"] == ["psykiatri-og-social"]
    assert (trouble["assignments"]["late"], trouble["assignments"]["no_reply"]) == (1, 1)
