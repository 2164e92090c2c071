"""rsr-samverkan: a regional cooperation council's meeting, and the review that it commissions.

The names of the tests' items are the source's words; the source is the council's agenda and minutes, § 71.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from config.check import check
from config.loader import load_named
from config.terms import Position
from engine.commands.answer import BadAnswer, Reply, check_reply
from engine.rehearsal import Rehearsal
from engine.report import report as report_of
from engine.scripts import load_script
from models.forms import read_form
from models.meeting import MinutesItem
from models.phase import Step
from tests.tasks.world import Reused

TODAY = date(2027, 2, 20)
SCRIPTS = Path(__file__).parents[2] / "config" / "scripts"
AGENDA = [
    "Mötet öppnas",
    "Val av justerare",
    "Fastställande av dagordning",
    "Föregående protokoll",
    "Workshop om främst resursfördelningsmodell",
    "Beredskapslager mellan Regionen och kommunerna?",
    "Infrastruktur/Militär mobilitet",
    "Översyn av samverkansstrukturen",
    "Övriga frågor och informationer",
    "Mötet avslutas",
]


def rehearsed(name: str) -> dict[str, Any]:
    definition = load_named("rsr-samverkan")
    script = load_script(SCRIPTS / f"{name}.yaml", definition)
    return Rehearsal(definition, script, register=Reused.taken()).run()


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    """Everybody answers."""
    return rehearsed("rsr-samverkan")


@pytest.fixture(scope="module")
def trouble() -> dict[str, Any]:
    """Too few come to the first meeting, the attestors are late, and the proposal is tabled."""
    return rehearsed("rsr-samverkan-trouble")


def items(report: dict[str, Any], meeting: int) -> dict[str, dict[str, Any]]:
    return {item["key"]: item for item in report["meetings"][meeting]["items"]}


def test_the_cycle_runs_to_its_end(report: dict[str, Any]) -> None:
    assert [(p["key"], p["outcome"]) for p in report["phases"]] == [
        ("sammantrade", "approved"), ("uppdraget-sprids", "informed"), ("oversyn", "submitted"),
        ("aterkomst", "approved"),
    ]  # fmt: skip
    assert report["outcome"] == "approved"
    assert report["journal"]["verified"]
    assert {m["status"] for m in report["milestones"]} == {"met"}


def test_the_minutes_list_every_item_in_the_sources_order(report: dict[str, Any]) -> None:
    first = report["meetings"][0]
    assert [item["title"]["sv"] for item in first["items"]] == AGENDA
    assert [item["paragraph"] for item in first["items"]] == list(range(70, 80))
    headings = [line for line in first["text"].splitlines() if line.startswith("§")]
    assert headings == [f"§ {number} {title}" for number, title in enumerate(AGENDA, start=70)]


def test_paragraph_71_is_the_election_of_attestors(report: dict[str, Any]) -> None:
    assert items(report, 0)["justerare"]["paragraph"] == 71
    assert "§ 71 Val av justerare" in report["meetings"][0]["text"]


def test_the_chair_closes_the_meeting_about_1550(report: dict[str, Any]) -> None:
    assert report["meetings"][0]["closed"] == "15:50"


def test_foregaende_protokoll_har_inte_justerats(report: dict[str, Any]) -> None:
    """The previous minutes have not been attested: the item stays open and is carried to the next meeting."""
    before, after = items(report, 0)["foregaende-protokoll"], items(report, 1)["foregaende-protokoll"]
    assert before["text"] == "Föregående protokoll har inte justerats."
    assert before["outcome"] == "carried_over"
    assert before["continued_in"].endswith("aterkomst!meeting/foregaende-protokoll")
    assert after["carried_from"].endswith("sammantrade!meeting/foregaende-protokoll")


def test_beredskapslager_kommer_att_aterkomma_till_rsr(report: dict[str, Any]) -> None:
    """Contingency stores `kommer att återkomma till RSR längre fram i processen`."""
    before, after = items(report, 0)["beredskapslager"], items(report, 1)["beredskapslager"]
    assert "kommer att återkomma till RSR längre fram i processen" in before["text"]
    assert before["outcome"] == "carried_over"
    assert after["carried_from"].endswith("sammantrade!meeting/beredskapslager")


def test_two_items_are_carried_over_and_no_more(report: dict[str, Any]) -> None:
    assert [k for k, i in items(report, 0).items() if i["outcome"] == "carried_over"] == [
        "foregaende-protokoll", "beredskapslager",
    ]  # fmt: skip
    assert [k for k, i in items(report, 1).items() if i["carried_from"]] == ["foregaende-protokoll", "beredskapslager"]


def test_paragraphs_run_on_across_the_councils_meetings(report: dict[str, Any]) -> None:
    assert [item["paragraph"] for item in report["meetings"][1]["items"]] == list(range(80, 88))


def test_presentations_are_sent_separately(report: dict[str, Any]) -> None:
    """`PPT (skickas ut separat)`, at three of the items."""
    attached = [key for key, item in items(report, 0).items() if item["attached"]]
    assert attached == ["workshop", "beredskapslager", "infrastruktur"]
    assert report["meetings"][0]["text"].count("Skickas ut separat:") == 3


def test_no_vote_is_recorded_and_agreement_is_noted(report: dict[str, Any]) -> None:
    for meeting in report["meetings"]:
        assert not any(item["votes"] for item in meeting["items"])
    assert items(report, 0)["oversyn"]["outcome"] == "agreement"
    assert "samsyn, utan omröstning" in report["meetings"][0]["text"]


def test_the_council_endorses_and_does_not_decide(report: dict[str, Any]) -> None:
    assert [(d["phase"], d["body"], d["force"], d["outcome"]) for d in report["decisions"]] == [
        ("sammantrade", "rsr", "endorses", "approved"), ("aterkomst", "rsr", "endorses", "approved"),
    ]  # fmt: skip


def test_the_review_returns_as_a_proposal_that_the_council_endorses(report: dict[str, Any]) -> None:
    assert report["decisions"][1]["text"] == "rsr-samverkan/forslag-samverkansstruktur@1"


def test_the_minutes_go_to_the_attestors_and_are_public_afterwards(report: dict[str, Any]) -> None:
    for meeting in report["meetings"]:
        assert meeting["public"]
        [attestation] = meeting["attestations"]
        assert meeting["day"] < attestation["attested_on"] <= attestation["due"]
        assert attestation["final_on"] is None  # RSR decides nothing that could be appealed against


def test_the_minutes_are_nobodys_business_before_that() -> None:
    """Recorded, not yet attested: the items' outcomes and the text are left out."""
    definition = load_named("rsr-samverkan")
    rehearsal = Rehearsal(
        definition, load_script(SCRIPTS / "rsr-samverkan.yaml", definition), register=Reused.taken()
    )  # fmt: skip
    rehearsal._begin()
    while rehearsal._step(rehearsal.last):
        with rehearsal.register.read() as session:
            item = session.get(MinutesItem, "rsr-samverkan/sammantrade!meeting/oversyn")
        if item is not None and item.outcome is not None:
            break
    meeting = report_of(rehearsal.register, "rsr-samverkan")["meetings"][0]
    assert (meeting["status"], meeting["public"], meeting["text"]) == ("held", False, None)
    assert all("outcome" not in shown for shown in meeting["items"])
    rehearsal.register.close()


def test_everybody_is_called_with_the_agenda_in_time(report: dict[str, Any]) -> None:
    """`Preliminär föredragningslista har skickats ut med kallelsen enligt reglementet`."""
    calls = [notice for notice in report["notices"] if notice["kind"] == "summoned"]
    assert len(calls) == 2 * 14  # chair, ten members, two substitutes, the secretary
    assert {call["at"][:10] for call in calls} == {"2027-01-25", "2027-05-31"}


def test_the_commission_carries_both_lists(report: dict[str, Any]) -> None:
    terms = load_named("rsr-samverkan").phases["oversyn"].terms  # type: ignore[union-attr]
    assert [len(points) for points in (terms.must_clarify, terms.must_lead_to, terms.must_not_cover)] == [4, 5, 5]
    assert terms.must_lead_to[1]["sv"] == "kontinuitet i samverkan"
    assert terms.must_not_cover[2]["sv"] == "implementering av en ny samverkansstruktur"


def test_check_notes_what_only_a_person_can_settle() -> None:
    """Initiated in September 2009 and started in June 2009; nothing else is noisy beside it."""
    [finding] = check(load_named("rsr-samverkan"))
    assert finding.code == "noted"
    assert "september 2009" in finding.message
    assert "juni 2009" in finding.message


def test_trouble_too_few_come_and_nothing_is_decided(trouble: dict[str, Any]) -> None:
    first = trouble["meetings"][0]
    assert (first["status"], first["quorum"]) == ("not_quorate", {"present": 5, "needed": 6})
    assert items(trouble, 0)["oversyn"]["outcome"] == "carried_over"
    assert "Organet är inte beslutsfört." in first["text"]
    decided = {(d["on"], d["outcome"]) for d in trouble["decisions"] if d["phase"] == "sammantrade"}
    assert decided == {(first["day"], "carried_over"), (trouble["meetings"][1]["day"], "approved")}


def test_trouble_a_substitute_steps_in_for_who_has_a_conflict_of_interest(trouble: dict[str, Any]) -> None:
    review = items(trouble, 1)["oversyn"]
    assert (review["conflict"], review["stepped_in"]) == (["member-4"], {"substitute-1": "member-4"})
    assert review["taking_part"] == 11
    assert "Ersättare 1".casefold() in trouble["meetings"][1]["text"].casefold()


def test_trouble_late_attestors_are_reminded_and_waited_for(trouble: dict[str, Any]) -> None:
    [attestation] = trouble["meetings"][0]["attestations"]
    assert attestation["late"]
    assert attestation["attested_on"] > attestation["due"]
    kinds = [n["kind"] for n in trouble["notices"] if n["kind"] in ("reminded", "missed")]
    assert "reminded" in kinds
    assert "missed" in kinds
    assert not trouble["assignments"]["no_reply"]


def test_trouble_the_council_is_called_again_and_decides_then(trouble: dict[str, Any]) -> None:
    """What was left undecided stands on the new meeting's agenda, between the opening and the closing."""
    first, again = trouble["meetings"][:2]
    assert again["follows"] == "rsr-samverkan/sammantrade!meeting"
    assert again["day"] > first["day"]
    taken_up = items(trouble, 1)
    assert taken_up["oversyn"]["carried_from"] == "rsr-samverkan/sammantrade!meeting/oversyn"
    assert taken_up["oversyn"]["outcome"] == "agreement"
    assert [item["paragraph"] for item in taken_up.values()] == list(range(80, 80 + len(taken_up)))
    assert "infrastruktur" not in taken_up  # it was only to be noted, and it was
    phases = {phase["key"]: phase for phase in trouble["phases"]}
    assert phases["sammantrade"]["outcome"] == "approved"
    assert phases["oversyn"]["opened"] >= phases["sammantrade"]["closed"] > again["day"]


def test_trouble_the_coordinator_hears_that_too_few_came(trouble: dict[str, Any]) -> None:
    told = [n for n in trouble["notices"] if n["kind"] == "no_decision"]
    assert [(n["to"], n["subject"].startswith("Inget beslut")) for n in told] == [("contact@rsr-kansli.example", True)]


def test_trouble_a_tabled_item_is_no_decision(trouble: dict[str, Any]) -> None:
    assert items(trouble, 2)["oversyn"]["outcome"] == "tabled"
    assert trouble["decisions"][-1]["outcome"] == "tabled"
    assert trouble["outcome"] == "postponed"
    assert trouble["journal"]["verified"]


@pytest.fixture(scope="module")
def commission() -> Step:
    """The question that goes to whoever carries the review out."""
    definition = load_named("rsr-samverkan")
    script = load_script(SCRIPTS / "rsr-samverkan.yaml", definition)
    rehearsal = Rehearsal(definition, script, register=Reused.taken())
    rehearsal._begin()
    step = None
    while step is None and rehearsal._step(rehearsal.last):
        with rehearsal.register.read() as session:
            step = session.get(Step, "rsr-samverkan/oversyn/draft")
    rehearsal.register.close()
    assert step is not None
    return step


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"alternative-1-advantages": ""}, "alternative-1-advantages"),
        ({"alternative-2-disadvantages": ""}, "alternative-2-disadvantages"),
        ({"alternative-1-recommended": ""}, "alternative-1-recommended"),
        ({"alternative-2-recommended": "yes"}, "alternative-2-recommended"),
        ({"reasons": ""}, "reasons"),
    ],
)
def test_for_och_nackdelar_ska_redovisas_och_ett_forslag_forordas(
    commission: Step, change: dict[str, str], field: str
) -> None:
    """`Om alternativa förslag lämnas ska för- och nackdelar redovisas. Ett av förslagen ska förordas …`."""
    form = read_form(commission.form)
    assert form is not None
    content = form.rehearsed({}, "2027-02-20")
    check_reply(commission, Reply(Position.SUBMITS, content=content), TODAY)
    with pytest.raises(BadAnswer) as refused:
        check_reply(commission, Reply(Position.SUBMITS, content={**content, **change}), TODAY)
    assert refused.value.where == field
