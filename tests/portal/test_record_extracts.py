"""The record page: extracts of minutes that principals hand in, what decisions bind to, and what is not there yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.terms import Position
from engine.commands.answer import Reply, answer
from engine.commands.coordinate import close_step
from engine.commands.redact import redact
from engine.documents.given import GivenFile
from engine.record.facts import record_of
from models.files import file_hash
from portal.record_formats import written
from portal.record_page import render_record
from tests.documents import samples
from tests.portal.conftest import BASE, SLUG
from tests.portal.test_record import DECISION, words

if TYPE_CHECKING:
    from tests.portal.conftest import Browser, World

HERE = f"/record/{SLUG}"
SHA = file_hash(samples.TEXT)
EXTRACT = GivenFile("Utdrag § 12.txt", "text/plain", len(samples.TEXT), SHA, samples.TEXT)


def decided(world: World) -> None:
    """Berg has adopted with an extract, Åre does not adopt, Krokom refers back; then the question is closed."""
    said = {
        "berg": Reply(Position.ADOPTS, files=(EXTRACT,)),
        "are": Reply(Position.DECLINES, "Vi antar inte."),
        "krokom": Reply(Position.REFERS_BACK, "Utred kostnaden"),
    }
    for body, reply in said.items():
        answer(world.register, link_id=world.link(DECISION, body), reply=reply, nonce=body, now=world.clock.at)
    world.run()


def close(world: World) -> None:
    """The coordinator waits for nobody else."""
    close_step(world.register, f"{SLUG}/{DECISION}", reason="Klart", now=world.clock.at, actor="test")
    world.run()


def test_an_extract_is_linked_once_its_decision_is_final(deciding: World, browser: Browser) -> None:
    decided(deciding)
    assert EXTRACT.name not in browser.get(HERE).text
    assert browser.get(f"{HERE}/file/{SHA}").status_code == 404
    close(deciding)
    page = browser.get(HERE).text
    assert page.count(f'<a href="{HERE}/file/{SHA}" download>{EXTRACT.name}</a>') == 2  # its round, and its decision
    assert browser.get(f"{HERE}/file/{SHA}").content == samples.TEXT
    record = record_of(deciding.register, SLUG)
    alone = render_record(record, "sv")
    assert EXTRACT.name in alone
    assert f"/file/{SHA}" not in alone  # a page that was saved leads nowhere
    for kind in ("pdf", "json"):
        assert written(deciding.register, record, "sv", kind, BASE)
    assert SHA.encode() in written(deciding.register, record, "sv", "json", BASE)


def test_an_extract_of_a_withheld_answer_is_not_even_named(deciding: World, browser: Browser) -> None:
    decided(deciding)
    close(deciding)
    what = f"{DECISION}/berg.secretary-1"
    redact(deciding.register, SLUG, what, ground="OSL 21:7", passage="", now=deciding.clock.at, actor="test")
    assert EXTRACT.name not in browser.get(HERE).text
    assert browser.get(f"{HERE}/file/{SHA}").status_code == 404


def test_a_refusal_is_no_note(deciding: World, browser: Browser) -> None:
    decided(deciding)
    close(deciding)
    page = words(browser.get(f"{HERE}?lang=en").text)
    assert "Does not adopt none, the proposal was not carried" in page
    assert "Refers back nothing is decided yet" in page
    assert "Adopts adopts" in page
    csv = written(deciding.register, record_of(deciding.register, SLUG), "en", "csv", BASE).decode()
    assert "none, the proposal was not carried" in csv


def test_before_anybody_is_asked_there_is_a_sentence_and_no_table(world: World, browser: Browser) -> None:
    page = words(browser.get(HERE).text)
    assert page.count("Ingen av huvudmännen har fått frågan än. De är: ") == 2
    assert "har antagit" not in page
    assert "Har inte fått frågan än" not in page
    assert "Bergs kommun" in page
