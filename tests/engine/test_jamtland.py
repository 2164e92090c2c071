"""The source's own cycle, rehearsed: each test names the Swedish words that it holds the rehearsal to.

The words are those of "Referensgruppers tillämpningspolitik för en länsgemensam hälso- och sjukvårdspolitik",
Jämtland County, 2012-12-06.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

PRINCIPALS = {
    "jamtlands-lans-landsting", "berg", "bracke", "harjedalen", "krokom", "ragunda", "stromsund", "are", "ostersund",
}  # fmt: skip
FIRST, SECOND = "antagande-inriktning", "antagande-tillampning"
GROUPS = "referensgruppsarbete"
Report = dict[str, Any]


def milestone(report: Report, key: str) -> Report:
    return next(row for row in report["milestones"] if row["key"] == key)


def phase(report: Report, key: str) -> Report:
    return next(row for row in report["phases"] if row["key"] == key)


def decisions(report: Report, key: str) -> list[Report]:
    return [row for row in report["decisions"] if row["phase"] == key]


def test_every_promise_is_kept_when_everybody_answers(everyone: Report) -> None:
    """The source's nine dates, each met on or before its last day."""
    assert {row["status"] for row in everyone["milestones"]} == {"met"}
    assert all(row["met_on"] <= row["due"] for row in everyone["milestones"])
    assert len(everyone["milestones"]) == 9


def test_it_is_decided_and_ready_in_the_first_quarter_of_2014(everyone: Report) -> None:
    """»kommer att beslutas och vara klar att användas under första kvartalet 2014«."""
    assert (everyone["outcome"], everyone["status"]) == ("adopted", "concluded")
    assert "2014-01-01" <= everyone["ended"] <= "2014-03-31"
    assert (
        milestone(everyone, "klar-att-anvandas")["words"]
        == "beslutas och vara klar att användas under första kvartalet 2014"
    )
    assert milestone(everyone, "klar-att-anvandas")["due"] == "2014-03-31"


def test_it_begins_where_the_source_stands(everyone: Report) -> None:
    """»Nuläge: 2012-12-06«; »FAS I: Projektbeskrivning«, and then »Nästa steg: 2013«."""
    assert everyone["began"] == phase(everyone, "projektbeskrivning")["opened"] == "2012-12-06"
    assert milestone(everyone, "projektbeskrivning-klar")["due"] == "2013-01-31"
    assert phase(everyone, "malsattning")["opened"] >= "2013-01-01"


def test_goal_setting_group_meets_in_february_and_march(everyone: Report) -> None:
    """»Politiska målsättningsgruppen träffas … under februari-mars, 2013«."""
    goals = phase(everyone, "malsattning")
    assert goals["opened"] == "2013-02-01"
    assert "2013-02" <= goals["opened"][:7] <= goals["closed"][:7] <= "2013-03"


def test_proposal_goes_to_each_principal_after_the_groups_approval(everyone: Report) -> None:
    """»som efter målsättningsgruppens godkännande går till respektive huvudman för beslut«."""
    [approval] = decisions(everyone, "malsattning")
    assert (approval["body"], approval["outcome"]) == ("malsattningsgruppen", "approved")
    assert phase(everyone, FIRST)["opened"] == phase(everyone, "malsattning")["closed"]


def test_first_round_runs_from_march_to_september(everyone: Report) -> None:
    """»Beslutsprocessen beräknas att inledas i mars och vara klar september 2013«."""
    first = phase(everyone, FIRST)
    assert first["opened"][:7] == "2013-03"
    assert first["closed"][:7] == "2013-09"
    assert milestone(everyone, "beslutsprocess-klar")["due"] == "2013-09-30"


def test_nine_principals_adopt_in_both_rounds(everyone: Report) -> None:
    """The county council and the eight municipalities, each for itself: »respektive huvudman«."""
    for round_ in (FIRST, SECOND):
        made = decisions(everyone, round_)
        assert {row["body"] for row in made} == PRINCIPALS
        assert {(row["force"], row["outcome"]) for row in made} == {("adopts", "adopts")}


def test_groups_work_from_a_text_that_is_not_adopted_yet(everyone: Report) -> None:
    """»tar över det politiska inriktningsdokumentet och inleder sitt arbete april 2013«: beside the first round."""
    groups, first = phase(everyone, GROUPS), phase(everyone, FIRST)
    assert groups["opened"] == "2013-04-01"
    assert first["opened"] < groups["opened"] < first["closed"]


def test_groups_finish_on_the_last_of_june(everyone: Report) -> None:
    """»Arbetena ska vara avslutade 2013-06-30«: a Sunday, agreed, so it does not move."""
    due = milestone(everyone, "gruppernas-arbete-klart")
    assert (due["due"], due["promised"], due["words"]) == (
        "2013-06-30", "2013-06-30", "Arbetena ska vara avslutade 2013-06-30",
    )  # fmt: skip
    assert date.fromisoformat(due["due"]).strftime("%A") == "Sunday"


def test_material_is_sent_for_reconciliation_by_the_middle_of_august(everyone: Report) -> None:
    """»sänds till den Politiska målsättningsgruppen för avstämning senast 2013-08-15«."""
    assert milestone(everyone, "avstamning")["due"] == "2013-08-15"
    assert milestone(everyone, "avstamning")["met_on"] <= "2013-08-15"


def test_group_decides_on_its_meeting_day(everyone: Report) -> None:
    """»träffas 2013-09-11 för att besluta om referensgruppernas arbete«."""
    [ruling] = decisions(everyone, "avstamning")
    assert (ruling["body"], ruling["on"], ruling["outcome"]) == ("malsattningsgruppen", "2013-09-11", "approved")
    assert milestone(everyone, "beslutsmote")["met_on"] == "2013-09-11"


def test_material_is_handed_over_in_october(everyone: Report) -> None:
    """»Därefter avlämnas materialet till de beslutande huvudmännen under oktober«."""
    assert milestone(everyone, "overlamnande")["met_on"][:7] == "2013-10"
    assert phase(everyone, SECOND)["opened"] == "2013-10-01"


def test_second_round_is_about_the_whole_policy(everyone: Report) -> None:
    """»med tillhörande planer om tillämpning och verkställighet«: another text than in the first round."""
    assert {row["text"] for row in decisions(everyone, FIRST)} == {"jamtland-2012/politiskt-inriktningsdokument@1"}
    assert {row["text"] for row in decisions(everyone, SECOND)} == {"jamtland-2012/halso-och-sjukvardspolitik@1"}


def test_silent_group_misses_the_promise_and_the_work_goes_on(demonstration: Report) -> None:
    """One group has not answered on 2013-06-30: no reply, never consent; the compilation takes what came in."""
    due = milestone(demonstration, "gruppernas-arbete-klart")
    assert (due["status"], due["missing"], due["met_on"]) == ("missed", ["barn-och-ungdomar"], None)
    assert (phase(demonstration, GROUPS)["closed"], phase(demonstration, GROUPS)["detail"]) == ("2013-07-01", "3/4")
    assert demonstration["assignments"]["no_reply"] == 1
    assert milestone(demonstration, "avstamning")["status"] == "met"


def test_coordinator_is_told_of_the_silent_group(demonstration: Report) -> None:
    """The morning after, at eight; and the group itself that the question has closed."""
    [told] = [notice for notice in demonstration["notices"] if notice["kind"] == "missed"]
    assert (told["at"], told["to"]) == ("2013-07-01T08:00:00+02:00", "contact@projektkontor.example")
    [lapsed] = [notice for notice in demonstration["notices"] if notice["kind"] == "lapsed"]
    assert lapsed["to"] == "contact@barn-och-ungdomar.example"


def test_silent_group_was_reminded_and_the_others_were_not(demonstration: Report) -> None:
    """Fourteen and three days before."""
    reminded = [
        (notice["at"][:10], notice["to"])
        for notice in demonstration["notices"]
        if notice["kind"] == "reminded" and "2013-06-01" <= notice["at"] < "2013-07-01"
        and "malsattningsgruppen" not in notice["to"] and "berg" not in notice["to"]
        and notice["to"].startswith("contact@")
    ]  # fmt: skip
    assert reminded == [
        ("2013-06-16", "contact@barn-och-ungdomar.example"), ("2013-06-27", "contact@barn-och-ungdomar.example"),
    ]  # fmt: skip


def test_principal_that_refers_back_adopts_later(demonstration: Report) -> None:
    """Återremiss: the outcome waits for that principal; the record shows who, when and why; nothing else stops."""
    berg = [row for row in decisions(demonstration, SECOND) if row["body"] == "berg"]
    assert [row["outcome"] for row in berg] == ["refer_back", "adopts"]
    assert berg[0]["reason"].startswith("Kommunens kostnader för genomförandet")
    assert berg[0]["force"] == "noted"
    assert demonstration["outcome"] == "adopted"
    assert "2014-01-01" <= demonstration["ended"] <= "2014-03-31"
    assert len([n for n in demonstration["notices"] if n["kind"] == "asked_again"]) == 1


def test_silent_principal_holds_the_outcome(rehearsed: Callable[[Report], Report]) -> None:
    """Nothing is adopted for a principal that says nothing: the cycle does not end, and it says so."""
    report = rehearsed({"answers": [{"step": f"{SECOND}/decision", "who": "berg", "silent": True}]})
    assert (report["outcome"], report["ended"], report["status"]) == ("unfinished", None, "running")
    assert {row["body"] for row in decisions(report, SECOND)} == set()
    assert milestone(report, "klar-att-anvandas")["missing"] == ["berg"]
    assert report["journal"]["verified"]


def test_coordinator_moves_a_date(rehearsed: Callable[[Report], Report]) -> None:
    """The silent group gets another week, is reminded of the new day, and hands in after all."""
    report = rehearsed(
        {
            "answers": [{"step": f"{GROUPS}/proposals", "who": "teknik", "after": "92d"}],
            "coordinator": [
                {"on": "2013-05-20", "move": "gruppernas-arbete-klart", "to": "2013-07-05", "reason": "semestrar"}
            ],
        }
    )
    due = milestone(report, "gruppernas-arbete-klart")
    assert (due["due"], due["promised"], due["status"], due["met_on"]) == (
        "2013-07-05", "2013-06-30", "met", "2013-07-02",
    )  # fmt: skip
    reminded = [n["at"][:10] for n in report["notices"] if n["kind"] == "reminded" and "teknik" in n["to"]]
    assert reminded == ["2013-06-21", "2013-07-02"]
    assert [n["to"] for n in report["notices"] if n["kind"] == "moved"] == ["contact@teknik.example"]


def test_areas_are_fixed_when_the_directives_are(rehearsed: Callable[[Report], Report]) -> None:
    """»Referensgruppernas arbetsområden blir klara först efter det att de politiska direktiven formulerats«."""
    report = rehearsed(
        {"answers": [{"step": "malsattning/areas", "items": ["Äldre", "Teknik", "Psykisk hälsa"]}]}
    )  # fmt: skip
    assert phase(report, GROUPS)["detail"] == "3/3"
    assert report["outcome"] == "adopted"


def test_coordinator_replaces_the_areas_between_the_phases(rehearsed: Callable[[Report], Report]) -> None:
    """After goal-setting has closed and before the groups open."""
    report = rehearsed(
        {
            "coordinator": [
                {"on": "2013-03-27", "areas": {"referensgrupper": ["Äldre", "Teknik"]}, "reason": "direktiven"}
            ]
        }
    )
    assert phase(report, GROUPS)["detail"] == "2/2"


def test_coordinator_closes_and_cancels(rehearsed: Callable[[Report], Report]) -> None:
    """A closed round is not adopted; a cancelled cycle stops that day."""
    closed = rehearsed(
        {
            "answers": [{"step": f"{FIRST}/decision", "who": "berg", "silent": True}],
            "coordinator": [{"on": "2013-10-07", "close": f"{FIRST}/decision", "reason": "Berg avstår"}],
        }
    )
    assert (phase(closed, FIRST)["outcome"], closed["outcome"]) == ("not_adopted", "not_adopted")
    cancelled = rehearsed({"coordinator": [{"on": "2013-05-20", "cancel": True, "reason": "uppgår i annat arbete"}]})
    assert (cancelled["outcome"], cancelled["ended"], cancelled["status"]) == ("cancelled", "2013-05-20", "cancelled")
    assert all(notice["at"] < "2013-05-21" for notice in cancelled["notices"])
