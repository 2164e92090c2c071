"""The public record."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import UTC, datetime

import pytest

from config.terms import Position
from engine.commands.answer import Reply
from engine.commands.coordinate import close_step
from engine.record.facts import record_of
from engine.record.matrix import Standpoint
from models.register import UnknownCycle
from portal.record_page import render_record
from tests.portal.conftest import SLUG, Browser, World

DECISION = "antagande-inriktning/decision"


def words(html: str) -> str:
    """A page's text on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_before_a_phase_opens_its_principals_stand_as_not_asked(world: World) -> None:
    record = record_of(world.register, SLUG)
    assert [matrix.phase for matrix in record.adoptions] == ["antagande-inriktning", "antagande-tillampning"]
    first = record.adoptions[0]
    assert len(first.principals) == 9
    assert {p.latest.standpoint for p in first.principals} == {Standpoint.NOT_ASKED}


def test_matrix_shows_each_principal_in_each_round(deciding: World) -> None:
    deciding.clock.at = datetime(2013, 9, 20, 10, tzinfo=UTC)
    day = datetime(2013, 9, 18, tzinfo=UTC).date()
    deciding.say(deciding.link(DECISION, "berg"), Reply(Position.REFERS_BACK, "Utred kostnaden", decided_on=day))
    deciding.say(deciding.link(DECISION, "are"), Reply(Position.ADOPTS))
    deciding.run()
    matrix = record_of(deciding.register, SLUG).adoptions[0]
    by_key = {principal.key: principal for principal in matrix.principals}
    berg, are, krokom = by_key["berg"], by_key["are"], by_key["krokom"]
    assert [(r.number, r.standpoint, r.position, r.reason) for r in berg.rounds] == [
        (1, Standpoint.DECIDED, "refer_back", "Utred kostnaden"),
        (2, Standpoint.UNDECIDED, None, ""),
    ]
    assert berg.rounds[0].on == day
    assert (are.latest.standpoint, are.latest.position) == (Standpoint.REPORTED, "adopts")
    assert are.latest.text is not None
    assert are.latest.text.version == 1
    assert krokom.latest.standpoint is Standpoint.UNDECIDED
    assert matrix.adopting == 1


def test_page_has_all_of_it(deciding: World, browser: Browser) -> None:
    deciding.say(deciding.link(DECISION, "berg"), Reply(Position.REFERS_BACK, "Utred kostnaden"))
    deciding.run()
    page = browser.get(f"/record/{SLUG}")
    assert page.status_code == 200
    said = words(page.text)
    for expected in (
        "Länsgemensam hälso- och sjukvårdspolitik för Jämtlands län",
        "Arbetena ska vara avslutade 2013-06-30",
        "söndag 30 juni 2013",
        "februari–mars 2013",
        "Återremitterar",
        "Utred kostnaden",
        "Inget beslut redovisat än",
        "0 av 9 har antagit",
        "för: 9",
    ):
        assert expected in said
    assert record_of(deciding.register, SLUG).journal_head in said


def test_work_on_a_text_that_is_not_adopted_is_visible(deciding: World, browser: Browser) -> None:
    deciding.clock.at = datetime(2013, 4, 2, 8, tzinfo=UTC)
    deciding.run()
    said = words(browser.get(f"/record/{SLUG}").text)
    assert "Arbetar från en text som ännu inte är antagen, se: Antagande, första omgången: inriktningen" in said


def test_the_silent_stand_as_no_reply(deciding: World, browser: Browser) -> None:
    deciding.say(deciding.link(DECISION, "are"), Reply(Position.ADOPTS))
    close_step(
        deciding.register, f"{SLUG}/{DECISION}", reason="Tiden är ute", now=deciding.clock.at, actor="coordinator"
    )
    deciding.run()
    matrix = record_of(deciding.register, SLUG).adoptions[0]
    assert sum(p.latest.standpoint is Standpoint.NO_REPLY for p in matrix.principals) == 8
    assert "Svar saknas, vilket aldrig räknas som samtycke" in words(browser.get(f"/record/{SLUG}").text)


def test_milestone_names_the_silent_bodies(deciding: World) -> None:
    deciding.clock.at = datetime(2013, 4, 2, 8, tzinfo=UTC)
    deciding.run()
    deciding.say(deciding.link("referensgruppsarbete/proposals", "teknik"), Reply(Position.SUBMITS, "Förslag"))
    deciding.clock.at = datetime(2013, 7, 1, 8, tzinfo=UTC)
    deciding.run()
    promises = {promise.key: promise for promise in record_of(deciding.register, SLUG).milestones}
    missed = promises["gruppernas-arbete-klart"]
    assert missed.status == "missed"
    assert set(missed.missing) == {"Kompetensförsörjning", "Barn och ungdomar", "Äldre"}
    assert "Svar saknas: " in words(render_record(record_of(deciding.register, SLUG), "sv"))


def test_names_no_person_and_no_address(deciding: World) -> None:
    record = record_of(deciding.register, SLUG)
    assert ".example" not in str(asdict(record))
    assert ".example" not in render_record(record, "sv")


def test_file_carries_its_own_style(world: World) -> None:
    record = record_of(world.register, SLUG)
    alone = render_record(record, "en")
    assert "<style>" in alone
    assert "<link" not in alone
    assert '<html lang="en">' in alone
    assert "<style>" not in render_record(record, "sv", stylesheet="/static/x.css")


def test_can_be_read_in_another_language(world: World, browser: Browser) -> None:
    assert "Milestones" in browser.get(f"/record/{SLUG}?lang=en").text
    assert "Milstolpar" in browser.get(f"/record/{SLUG}?lang=xx").text


def test_unknown_cycle(world: World, browser: Browser) -> None:
    assert browser.get("/record/none").status_code == 404
    with pytest.raises(UnknownCycle):
        record_of(world.register, "none")


def test_whole_cycle_comes_out(deciding: World, browser: Browser) -> None:
    deciding.advance_to("antagande-tillampning/decision")
    deciding.clock.at = max(deciding.clock.at, datetime(2014, 1, 2, 8, tzinfo=UTC))
    for _, _, link in deciding.open_links():
        deciding.say(link.id, Reply(Position.ADOPTS))
    deciding.run()
    record = record_of(deciding.register, SLUG)
    assert (record.status, record.outcome) == ("concluded", "adopted")
    assert all(matrix.adopting == 9 for matrix in record.adoptions)
    page = browser.get(f"/record/{SLUG}")
    assert "Antaget" in words(page.text)
    assert "Läge: avslutad. Utfall: antaget." in words(browser.get("/").text)
