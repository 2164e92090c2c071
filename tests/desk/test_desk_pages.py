"""What the desk shows of cycles."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlmodel import col, select

from config.calendars import PLACES
from config.terms import Language, Position
from engine.accounts.accounts import list_accounts
from engine.commands.answer import Reply
from engine.commands.coordinate import move_milestone
from engine.commands.reasons import REMINDED_BY_HAND
from engine.commands.remind import remind_silent
from models.assignment import Assignment
from models.concern import ConcernKind, raise_concern
from models.cycle import CycleStatus
from models.notice import Delivery, DeliveryStatus, Notice, NoticeKind
from models.phase import Milestone, Step
from tests.portal.conftest import SLUG, hidden

if TYPE_CHECKING:
    from tests.desk.conftest import DeskWorld
    from tests.portal.conftest import World

QUESTION = f"/desk/{SLUG}/question/antagande-inriktning/decision"
PAGES = ("/desk", f"/desk/{SLUG}", f"/desk/{SLUG}/history", QUESTION, "/desk/bodies/Bergs kommun", "/desk/you")


def words(html: str) -> str:
    """What a person reads of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.partition("<main")[2]))


@pytest.mark.parametrize("language", ["sv", "da", "en"])
@pytest.mark.parametrize("address", PAGES)
def test_every_page_in_every_language(desk: DeskWorld, deciding: World, address: str, language: str) -> None:
    shown = desk.coordinator(language=Language(language)).get(address)
    assert shown.status_code == 200
    assert f'<html lang="{language}">' in shown.text
    assert "style=" not in shown.text
    assert "script-src 'self'" in shown.headers["content-security-policy"]
    assert shown.headers["cache-control"] == "no-store"
    assert "noindex" in shown.headers["x-robots-tag"]


def test_answered_of_asked_is_a_number_and_a_bar(desk: DeskWorld, deciding: World) -> None:
    browser = desk.coordinator()
    assert "0 av 9" in words(browser.get(QUESTION).text)
    deciding.say(deciding.link("antagande-inriktning/decision", "berg"), Reply(Position.ADOPTS))
    for address in (f"/desk/{SLUG}", QUESTION):
        shown = browser.get(address).text
        assert "1 av 9" in words(shown)
        assert '<rect class="bar-done" x="0" y="0" width="11.1"' in shown


def test_filters_show_who_has_not_answered(desk: DeskWorld, deciding: World) -> None:
    deciding.say(deciding.link("antagande-inriktning/decision", "berg"), Reply(Position.ADOPTS))
    browser = desk.coordinator()
    silent, answered = (words(browser.get(f"{QUESTION}?show={shown}").text) for shown in ("silent", "answered"))
    assert "Bergs kommun" in answered
    assert "Antar" in answered
    assert "Bergs kommun" not in silent
    assert "Åre kommun" in silent
    assert "1 till 8 av 8" in silent


def test_a_big_question_is_shown_a_hundred_at_a_time(desk: DeskWorld, deciding: World) -> None:
    """Ten thousand consultees: each page shows its part, and takes no longer than another."""
    with deciding.register.operate() as session:
        step = session.exec(select(Step).where(col(Step.id) == f"{SLUG}/antagande-inriktning/decision")).one()
        one = session.exec(select(Assignment).where(col(Assignment.step_id) == step.id).limit(1)).one()
        session.add_all(
            Assignment(**{**one.model_dump(), "id": f"{one.id}+{number}", "round": number + 2})
            for number in range(9_991)
        )
    browser = desk.coordinator()
    last = browser.get(f"{QUESTION}?show=silent&page=100")
    assert "9901 till 10000 av 10000" in words(last.text)
    assert "Sida 100 av 100" in words(last.text)
    assert last.text.count("<tr>") == 101
    assert browser.get(f"{QUESTION}?page=x").status_code == browser.get(f"{QUESTION}?page=999999").status_code == 200
    assert last.elapsed < timedelta(seconds=5)


def test_the_time_line_shows_today_and_every_phase_and_milestone(desk: DeskWorld, deciding: World) -> None:
    shown = desk.coordinator().get(f"/desk/{SLUG}").text
    wide = shown.partition('<svg class="line wide"')[2].partition("</svg>")[0]
    assert wide.count('<rect class="phase ') == 6
    assert wide.count('<path class="mark ') == 9
    assert '<path class="today"' in wide
    assert re.findall(r'<rect class="phase (\w+)"', wide)[:3] == ["closed", "closed", "open"]
    for phase in ("Målsättningsgruppens möten", "Antagande, första omgången: inriktningen"):
        assert phase in words(shown)


def test_what_needs_somebody_comes_first(desk: DeskWorld, deciding: World) -> None:
    browser = desk.coordinator()
    assert "Inget behöver dig just nu" in words(browser.get("/desk").text)
    with deciding.register.read() as session:
        due = session.get_one(Step, f"{SLUG}/antagande-inriktning/decision").due_before
    assert due is not None
    deciding.clock.at = due - timedelta(days=2)
    assert "9 har inte svarat och sista dagen är nära" in words(browser.get("/desk").text)
    deciding.clock.at = due
    deciding.run()
    front = words(browser.get("/desk").text)
    assert "Sista dagen har passerat och 9 har inte svarat" in front
    assert front.index("Sista dagen") < front.index("Pågår")
    assert "Sista dagen har passerat" in words(browser.get(f"/desk/{SLUG}").text)


def test_a_concern_is_shown_with_its_words_escaped(desk: DeskWorld, deciding: World) -> None:
    with deciding.register.read() as session:
        link = deciding.link("antagande-inriktning/decision", "berg")
        assignment = session.exec(select(Assignment).where(col(Assignment.id).contains("decision/berg"))).first()
    assert link
    assert assignment is not None
    with deciding.register.change(SLUG, at=deciding.clock.at, actor="test") as change:
        raise_concern(
            change, ConcernKind.NOT_ME, subject=assignment.id, assignment=assignment.id, person=assignment.person_id,
            words="<b>Jag har slutat</b>",
        )  # fmt: skip
    shown = desk.coordinator().get("/desk")
    assert "Bergs kommun: frågan har nått fel person" in words(shown.text)
    assert "&lt;b&gt;Jag har slutat&lt;/b&gt;" in shown.text


def test_a_mail_that_bounced_and_a_held_cycle_are_shown(desk: DeskWorld, deciding: World) -> None:
    with deciding.register.operate() as session:
        asked = select(Delivery).join(Notice, col(Notice.id) == col(Delivery.notice_id))
        of_berg = asked.where(col(Notice.kind) == NoticeKind.ASKED, col(Notice.subject_id).contains("decision/berg"))
        delivery = session.exec(of_berg).one()
        delivery.status, delivery.response = DeliveryStatus.FAILED, "550 no such user"
    with deciding.register.change(SLUG, at=deciding.clock.at, actor="test") as change:
        change.cycle.status = CycleStatus.HELD
        change.record("cycle_held", SLUG, reason="Val")
    browser = desk.coordinator()
    front = words(browser.get("/desk").text)
    assert "Mejlet till Bergs kommun kan inte levereras" in front
    assert "550 no such user" in front
    assert "Processen är pausad" in front
    assert "kunde inte levereras" in words(browser.get(f"{QUESTION}?show=undelivered").text)


def test_history_says_who_what_when_and_why(desk: DeskWorld, deciding: World) -> None:
    browser = desk.coordinator()
    account = list_accounts(desk.register)[0].account
    with deciding.register.read() as session:
        milestone = session.exec(select(Milestone).where(col(Milestone.status) == "pending")).first()
    assert milestone is not None
    assert milestone.due_on is not None
    move_milestone(
        deciding.register, SLUG, milestone.key, milestone.due_on + timedelta(days=14), reason="Semester <i>",
        now=deciding.clock.at, actor=account.actor,
    )  # fmt: skip
    shown = browser.get(f"/desk/{SLUG}/history")
    said = words(shown.text)
    assert account.name in said
    assert "Flyttades från" in said
    assert "Semester &lt;i&gt;" in shown.text
    assert "Samsyn, automatiskt" in said
    assert account.id not in said


def test_history_says_in_its_language_that_a_command_was_given_without_a_reason(
    desk: DeskWorld, deciding: World
) -> None:
    browser = desk.coordinator()
    with deciding.register.read() as session:
        sensible = session.get_one(Step, f"{SLUG}/antagande-inriktning/decision").not_before
    assert sensible is not None
    now = PLACES["SE"].end_of(sensible)  # from then on an answer makes sense
    assert remind_silent(deciding.register, SLUG, None, reason=REMINDED_BY_HAND, now=now, actor="shell:root") == {
        "antagande-inriktning/decision": 9,
    }
    said = words(browser.get(f"/desk/{SLUG}/history").text)
    assert "påminnelse för hand" in said
    assert REMINDED_BY_HAND not in said


def test_history_says_how_promises_were_not_kept(desk: DeskWorld, deciding: World) -> None:
    """Somebody was silent, nothing had begun, or what was promised came after its day."""
    with deciding.register.read() as session:
        due = session.get_one(Step, f"{SLUG}/antagande-inriktning/decision").due_before
    assert due is not None
    deciding.clock.at = due + timedelta(days=2)
    deciding.run()
    said = words(desk.coordinator().get(f"/desk/{SLUG}/history").text)
    assert "Löftet hölls inte; utan svar: Åre kommun, Bergs kommun" in said
    assert "Löftet hölls inte Avstämning" in said or "Löftet hölls inte Förslagen" in said
    assert "Löftet hölls för sent, 3 oktober 2013" in said


def test_the_whole_journal_can_be_read_page_by_page(desk: DeskWorld, deciding: World) -> None:
    browser = desk.coordinator()
    entries = deciding.journal_length()
    pages = -(-entries // 50)
    shown = [browser.get(f"/desk/{SLUG}/history?page={page}").text for page in range(1, pages + 1)]
    found = [number for html in shown for number in _entries(html)]
    assert found == list(range(entries, 0, -1))


def _entries(html: str) -> list[int]:
    return [int(number) for number in re.findall(r"post (\d+)</p>", html)]


def test_every_event_that_the_program_records_has_words() -> None:
    """What happens in a cycle is never shown by the name of an event."""
    from pathlib import Path

    from portal.desk.happened import EVENTS

    root = Path(__file__).parents[2]
    recorded = set()
    for folder in ("engine", "tasks", "models"):
        for path in (root / folder).rglob("*.py"):
            call = r"\.record\(\s*((?:f?\"[\w{}.]+\"(?: if [\w. ]+ else )?)+)"
            for found in re.findall(call, path.read_text(encoding="utf-8")):
                recorded |= set(re.findall(r"\"([a-z_]+)\"", found))
    assert len(recorded) > 30
    assert recorded - EVENTS.keys() == set()


def test_a_body_is_shown_across_cycles(desk: DeskWorld, deciding: World) -> None:
    from config.loader import load_named
    from engine.commands.start import start_cycle

    start_cycle(deciding.register, load_named(SLUG), slug="another", at=deciding.clock.at, actor="test")
    chief = words(desk.administrator().get("/desk/bodies/Bergs kommun").text)
    assert "2." in chief.partition("får se:")[2][:4]
    assert "Meddela beslut" in chief
    coordinator = desk.coordinator()
    assert "får se: 1." in words(coordinator.get("/desk/bodies/Bergs kommun").text)
    assert coordinator.get("/desk/bodies/Ingen").status_code == 404
    assert coordinator.get(f"/desk/{SLUG}/question/antagande-inriktning/none").status_code == 404


def test_a_browser_that_only_looks_is_told_that_nothing_changed(desk: DeskWorld, deciding: World) -> None:
    browser = desk.coordinator()
    first = browser.get(f"/desk/{SLUG}")
    looks = {"x-samsyn-refresh": "1", "if-none-match": first.headers["etag"]}
    assert browser.get(f"/desk/{SLUG}", headers=looks).status_code == 304
    deciding.say(deciding.link("antagande-inriktning/decision", "berg"), Reply(Position.ADOPTS))
    changed = browser.get(f"/desk/{SLUG}", headers=looks)
    assert changed.status_code == 200
    assert changed.headers["etag"] != first.headers["etag"]


def test_what_was_done_is_said_once(desk: DeskWorld) -> None:
    browser = desk.reader()
    done = browser.act("/desk/you", "/desk/you", language="da")
    assert (done.status_code, done.headers["location"]) == (303, "/desk/you")
    assert "Dit sprog er ændret." not in browser.get("/desk/you", headers={"x-samsyn-refresh": "1"}).text
    assert "Dit sprog er ændret." in browser.get("/desk/you").text
    assert "Dit sprog er ændret." not in browser.get("/desk/you").text
    assert browser.act("/desk/you", "/desk/you", language="xx").status_code == 400


def test_an_administrator_lets_people_in_and_out(desk: DeskWorld) -> None:
    browser = desk.administrator()
    here = "/desk/accounts"
    wrong = browser.act(here, here, address="no address", name="Berit")
    assert wrong.status_code == 422
    assert 'value="Berit"' in wrong.text
    assert browser.act(here, here, address="Berit@Region.example", name="Berit").status_code == 303
    assert browser.act(here, here, address="berit@region.example").status_code == 422
    role = {"address": "berit@region.example", "cycle": SLUG}
    assert browser.act(f"{here}/role", here, **role, role="coordinator").status_code == 303
    assert f'<a href="/desk/{SLUG}">{SLUG}</a>: Samordnare' in browser.get(here).text
    review = browser.act(f"{here}/remove", here, address="berit@region.example")
    assert "Se över uppgifterna" in review.text
    assert "berit@region.example" in browser.get(here).text
    sealed = {"csrf": hidden(review, "csrf"), "sealed": hidden(review, "sealed")}
    assert browser.post(f"{here}/remove/confirm", {**sealed, "sealed": sealed["sealed"] + "x"}).status_code == 400
    assert browser.post(f"{here}/remove/confirm", sealed).status_code == 303
    assert "berit@region.example får inte längre logga in" in words(browser.get(here).text)
    assert [one.account.address for one in list_accounts(desk.register)] == ["chief@region.example"]


def test_the_last_administrator_stays(desk: DeskWorld) -> None:
    browser = desk.administrator()
    review = browser.act("/desk/accounts/remove", "/desk/accounts", address="chief@region.example")
    fields = {name: hidden(review, name) for name in ("csrf", "sealed")}
    assert browser.post("/desk/accounts/remove/confirm", fields).status_code == 303
    assert "Detta är den sista administratören" in words(browser.get("/desk/accounts").text)


def test_names_of_people_and_bodies_are_escaped(desk: DeskWorld) -> None:
    browser = desk.administrator()
    browser.act("/desk/accounts", "/desk/accounts", address="x@region.example", name="<script>alert(1)</script>")
    assert "<script>alert" not in browser.get("/desk/accounts").text
