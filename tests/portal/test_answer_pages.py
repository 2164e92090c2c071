"""From the link in a mail to the receipt."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlmodel import col, select

from config.terms import Position
from engine.commands.answer import Reply
from engine.commands.coordinate import cancel_cycle, close_step, move_milestone
from models.assignment import Answer, Link
from models.cycle import Body, CycleStatus, Person
from models.phase import Milestone, Step
from tests.portal.conftest import SLUG, Browser, World, hidden, token

if TYPE_CHECKING:
    import httpx

DECISION = "antagande-inriktning/decision"


def answers(world: World) -> list[Answer]:
    with world.register.read() as session:
        in_order = select(Answer).where(~col(Answer.nonce).startswith("test-"))
        return list(session.exec(in_order.order_by(col(Answer.assignment_id), col(Answer.version))))


def words(response: httpx.Response) -> str:
    """The page's text on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.text).split())


class TestOpeningTheLink:
    def test_token_becomes_a_cookie_for_that_assignment_only(self, deciding: World, browser: Browser) -> None:
        link = deciding.link(DECISION, "berg")
        response = browser.get(f"/a/{token(link)}")
        assert (response.status_code, response.headers["location"]) == (303, f"/answer/{link}")
        cookie = response.headers["set-cookie"].lower()
        assert f"path=/answer/{link}".lower() in cookie
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        assert "secure" not in cookie

    def test_cookie_is_secure_over_tls(self, deciding: World) -> None:
        link = deciding.link(DECISION, "berg")
        response = deciding.browser(base_url="https://samsyn.example").get(f"/a/{token(link)}")
        assert "secure" in response.headers["set-cookie"].lower()
        assert response.headers["strict-transport-security"].startswith("max-age=")

    def test_every_wrong_token_gets_the_same_page(self, deciding: World, browser: Browser) -> None:
        right = token(deciding.link(DECISION, "berg"))
        wrong = ["x", right[:-1], right + "x", right.swapcase(), "%00", "å" * 300]
        pages = [browser.get(f"/a/{text}") for text in wrong]
        assert {page.status_code for page in pages} == {404}
        assert len({page.text for page in pages}) == 1
        assert all("set-cookie" not in page.headers for page in pages)

    def test_answer_page_needs_the_cookie(self, deciding: World, browser: Browser) -> None:
        link = deciding.link(DECISION, "berg")
        for address in (f"/answer/{link}", f"/answer/{link}/receipt", f"/answer/{link}/document/1", "/answer/unknown"):
            response = browser.get(address)
            assert response.status_code == 403
            assert "Öppna länken i mejlet" in response.text

    def test_cookie_of_another_assignment_opens_nothing(self, deciding: World, browser: Browser) -> None:
        berg, are = deciding.link(DECISION, "berg"), deciding.link(DECISION, "are")
        cookie = {"cookie": f"samsyn_answer={token(are)}"}
        assert browser.get(f"/answer/{berg}", headers=cookie).status_code == 403
        assert browser.get(f"/answer/{are}", headers=cookie).status_code == 200


class TestTheForm:
    def test_says_who_asks_what_by_when_and_what_silence_means(self, deciding: World, browser: Browser) -> None:
        page = browser.open(deciding.link(DECISION, "berg"))
        assert '<html lang="sv">' in page.text
        said = words(page)
        for expected in (
            "Länsgemensam hälso- och sjukvårdspolitik för Jämtlands län",
            "Vad har huvudmannen beslutat?",
            "Projektkontoret ber Bergs kommun",
            "Du svarar som sekreterare för Bergs kommun",
            "söndag 1 september 2013",
            "måndag 30 september 2013, till dagens slut",
            "Beslutsprocessen beräknas att inledas i mars och vara klar september 2013",
            "Arbetet väntar tills du har svarat",
            "contact@projektkontor.example",
            "Andra stycket.",
        ):
            assert expected in said

    def test_nothing_is_chosen_beforehand(self, deciding: World, browser: Browser) -> None:
        page = browser.open(deciding.link(DECISION, "berg"))
        assert page.text.count('type="radio"') == 5
        assert "checked" not in page.text
        assert "<script" not in page.text

    def test_only_offer_needs_no_choice(self, world: World, browser: Browser) -> None:
        world.advance_to("malsattning/meeting-1")
        page = browser.open(world.link("malsattning/meeting-1"))
        assert 'type="radio"' not in page.text
        assert hidden(page, "position") == "confirms"
        assert re.search(r"Mötesdag \w+ \d+ februari 2013", words(page))

    def test_document_has_a_page_of_its_own(self, deciding: World, browser: Browser) -> None:
        link = deciding.link(DECISION, "berg")
        browser.open(link)
        assert "Andra stycket." in browser.get(f"/answer/{link}/document/1").text
        for number in ("0", "2", "-1", "x", "9999999999", "²"):
            assert browser.get(f"/answer/{link}/document/{number}").status_code == 404

    def test_is_in_the_language_of_the_person(self, deciding: World, browser: Browser) -> None:
        link = deciding.link(DECISION, "berg")
        with deciding.register.change(SLUG, at=deciding.clock.at, actor="test") as change:
            person = change.get(Person, change.get(Link, link).person_id)
            person.language = "en"
            change.record("language_changed", person.id)
        page = browser.open(link)
        assert '<html lang="en">' in page.text
        assert "You answer as secretary of Bergs kommun." in page.text
        assert "What has the principal decided?" in page.text
        assert '<p class="eyebrow" lang="sv">' in page.text

    def test_moved_deadline_shows_both_days(self, deciding: World, browser: Browser) -> None:
        new_day = datetime(2013, 10, 4, tzinfo=UTC).date()
        move_milestone(
            deciding.register, SLUG, "beslutsprocess-klar", new_day,
            reason="Fullmäktige möts senare", now=deciding.clock.at, actor="coordinator",
        )  # fmt: skip
        said = words(browser.open(deciding.link(DECISION, "berg")))
        assert "fredag 4 oktober 2013, till dagens slut" in said
        assert "Flyttat från måndag 30 september 2013." in said

    def test_others_answers_are_not_shown(self, deciding: World, browser: Browser) -> None:
        deciding.say(deciding.link(DECISION, "are"), Reply(Position.DECLINES, "hemligt skäl"))
        assert "hemligt skäl" not in browser.open(deciding.link(DECISION, "berg")).text


class TestAnswering:
    def test_the_whole_way(self, deciding: World, browser: Browser) -> None:
        deciding.clock.at = datetime(2013, 9, 12, 10, tzinfo=UTC)
        link = deciding.link(DECISION, "berg")
        typed = {"position": "adopts_with_addition", "comment": "Med tillägg om tandvård", "decided_on": "2013-09-11"}
        review = browser.review(link, **typed)
        assert review.status_code == 200
        assert answers(deciding) == []
        assert all(text in words(review) for text in ("Antar med tillägg", "Med tillägg om tandvård", "11 september"))
        bound = browser.bind(link, review)
        assert (bound.status_code, bound.headers["location"]) == (303, f"/answer/{link}/receipt")
        [stored] = answers(deciding)
        assert (stored.position, stored.comment, stored.version) == (typed["position"], typed["comment"], 1)
        assert str(stored.decided_on) == typed["decided_on"]
        receipt = words(browser.get(bound.headers["location"]))
        assert "Ditt svar är registrerat" in receipt
        assert "torsdag 12 september 2013 kl. 12:00" in receipt
        assert "Version 1" in receipt
        assert deciding.answered == [SLUG]

    def test_change_goes_back_with_everything_that_was_typed(self, deciding: World, browser: Browser) -> None:
        link = deciding.link(DECISION, "berg")
        review = browser.review(link, position="declines", comment="Avslag, se § 12")
        fields = {name: hidden(review, name) for name in ("csrf", "sealed")}
        back = browser.post(f"/answer/{link}/change", fields)
        assert back.status_code == 200
        assert "Avslag, se § 12</textarea>" in back.text
        assert re.search(r'value="declines"[^>]* checked', back.text)
        assert answers(deciding) == []

    def test_answer_can_be_changed_and_each_version_stays(self, deciding: World, browser: Browser) -> None:
        link = deciding.link(DECISION, "berg")
        browser.answer(link, position="declines", comment="Nej")
        form = browser.open(link)
        assert "Du har svarat" in form.text
        assert "du kan ändra svaret till och med måndag 30 september 2013" in words(form).lower()
        assert re.search(r'value="declines"[^>]* checked', form.text)
        assert "Version 2" in words(browser.answer(link, position="adopts"))
        assert [(a.version, a.position) for a in answers(deciding)] == [(1, "declines"), (2, "adopts")]

    def test_text_is_handed_in(self, world: World, browser: Browser) -> None:
        link = world.link("projektbeskrivning/description")
        empty = browser.review(link, position="submits", text="", comment="Kommer senare")
        assert empty.status_code == 422
        assert 'href="#text"' in empty.text
        browser.answer(link, position="submits", text="Rad ett\r\nRad två", comment="")
        [stored] = answers(world)
        assert stored.content == {"text": "Rad ett\nRad två"}

    def test_areas_are_confirmed_one_a_line(self, world: World, browser: Browser) -> None:
        world.advance_to("malsattning/areas")
        link = world.link("malsattning/areas")
        assert "Kompetensförsörjning\nBarn och ungdomar\nÄldre\nTeknik</textarea>" in browser.open(link).text
        assert "Skriv minst ett namn" in browser.review(link, position="confirms", items=" \n ").text
        assert "Samma namn står två gånger" in browser.review(link, position="confirms", items="Äldre\näldre").text
        browser.answer(link, position="confirms", items="Äldre\n\n  Psykisk   hälsa \n")
        [stored] = answers(world)
        assert stored.content == {"items": "Äldre\nPsykisk hälsa"}

    def test_late_answer_is_taken_and_marked(self, deciding: World, browser: Browser) -> None:
        deciding.clock.at = datetime(2013, 9, 30, 22, tzinfo=UTC)  # local midnight: the first instant that is too late
        link = deciding.link(DECISION, "berg")
        assert "Tiden har gått ut" in browser.open(link).text
        assert "märkt som sent" in browser.answer(link, position="adopts").text
        assert answers(deciding)[0].late

    def test_last_instant_of_the_day_is_in_time(self, deciding: World, browser: Browser) -> None:
        deciding.clock.at = datetime(2013, 9, 30, 22, tzinfo=UTC) - timedelta(microseconds=1)
        assert "I tid." in browser.answer(deciding.link(DECISION, "berg"), position="adopts").text

    def test_receipt_before_an_answer_leads_to_the_form(self, deciding: World, browser: Browser) -> None:
        link = deciding.link(DECISION, "berg")
        browser.open(link)
        response = browser.get(f"/answer/{link}/receipt")
        assert (response.status_code, response.headers["location"]) == (303, f"/answer/{link}")

    def test_failing_receipt_never_fails_the_answer(self, deciding: World, caplog: pytest.LogCaptureFixture) -> None:
        def fails(cycle: str) -> None:
            raise OSError(f"no mail server for {cycle}")

        receipt = deciding.browser(after_answer=fails).answer(deciding.link(DECISION, "berg"), position="adopts")
        assert receipt.status_code == 200
        assert len(answers(deciding)) == 1
        assert "after an answer in" in caplog.text


class TestFaults:
    @pytest.mark.parametrize(
        ("typed", "fields"),
        [
            ({}, ["position"]),
            ({"position": "submits"}, ["position"]),
            ({"position": "refer_back"}, ["comment"]),
            ({"position": "adopts", "decided_on": "2099-01-01"}, ["decided_on"]),
            ({"position": "adopts", "decided_on": "0001-01-01"}, ["decided_on"]),
            ({"position": "adopts", "decided_on": "igår"}, ["decided_on"]),
            ({"position": "declines", "decided_on": "2099-01-01"}, ["decided_on", "comment"]),
            ({"decided_on": "igår"}, ["position", "decided_on"]),
            ({"position": "adopts", "comment": "a" * 100_001}, ["comment"]),
        ],
    )
    def test_each_is_told_at_the_top_and_at_its_field(
        self, deciding: World, browser: Browser, typed: dict[str, str], fields: list[str]
    ) -> None:
        page = browser.review(deciding.link(DECISION, "berg"), **typed)
        assert page.status_code == 422
        assert "<title>Fel: " in page.text
        assert sorted(re.findall(r'<li><a href="#(\w+)">', page.text)) == sorted(fields)
        for field in fields:
            assert f'id="{field}"' in page.text
            assert f'id="{field}-error"' in page.text
        assert answers(deciding) == []

    def test_what_was_typed_is_kept(self, deciding: World, browser: Browser) -> None:
        page = browser.review(deciding.link(DECISION, "berg"), comment="Ett långt skäl", decided_on="2013-03-01")
        assert "Ett långt skäl</textarea>" in page.text
        assert 'value="2013-03-01"' in page.text

    def test_control_characters_are_left_out(self, deciding: World, browser: Browser) -> None:
        browser.answer(deciding.link(DECISION, "berg"), position="adopts", comment="a\x00b\x1bc\td")
        assert answers(deciding)[0].comment == "abc\td"


class TestClosed:
    def close(self, world: World) -> None:
        close_step(world.register, f"{SLUG}/{DECISION}", reason="Tiden är ute", now=world.clock.at, actor="coordinator")
        world.run()

    def test_page_says_what_became_of_it(self, deciding: World, browser: Browser) -> None:
        link = deciding.link(DECISION, "berg")
        browser.answer(link, position="adopts")
        self.close(deciding)
        page = browser.open(link)
        assert page.status_code == 410
        assert "Frågan är stängd" in page.text
        assert "inte antaget" in words(page)
        assert "Antar" in words(page)

    def test_silence_is_no_consent(self, deciding: World, browser: Browser) -> None:
        self.close(deciding)
        assert "aldrig som samtycke" in words(browser.open(deciding.link(DECISION, "berg")))

    def test_review_gives_back_what_was_typed(self, deciding: World, browser: Browser) -> None:
        link = deciding.link(DECISION, "berg")
        form = browser.open(link)
        self.close(deciding)
        typed = {"csrf": hidden(form, "csrf"), "position": "declines", "comment": "Mödosamt <skrivet>"}
        page = browser.post(f"/answer/{link}/review", typed)
        assert page.status_code == 410
        assert "Mödosamt &lt;skrivet&gt;</textarea>" in page.text

    def test_bind_gives_back_what_was_typed(self, deciding: World, browser: Browser) -> None:
        link = deciding.link(DECISION, "berg")
        review = browser.review(link, position="declines", comment="Mödosamt skrivet")
        self.close(deciding)
        page = browser.bind(link, review)
        assert page.status_code == 410
        assert "Mödosamt skrivet</textarea>" in page.text
        assert answers(deciding) == []

    def test_lost_cookie_gives_back_what_was_typed(self, deciding: World, browser: Browser) -> None:
        link = deciding.link(DECISION, "berg")
        page = browser.post(f"/answer/{link}/review", {"comment": "Mödosamt skrivet"})
        assert page.status_code == 403
        assert "Mödosamt skrivet</textarea>" in page.text

    def test_receipt_stays(self, deciding: World, browser: Browser) -> None:
        link = deciding.link(DECISION, "berg")
        browser.answer(link, position="adopts")
        self.close(deciding)
        page = browser.get(f"/answer/{link}/receipt")
        assert page.status_code == 200
        assert "kan svaret inte längre ändras" in words(page) or "kan inte längre ändras" in words(page)

    def test_referral_back_is_asked_anew_with_another_link(self, deciding: World, browser: Browser) -> None:
        first = deciding.link(DECISION, "berg")
        browser.answer(first, position="refer_back", comment="Utred kostnaden")
        deciding.run()
        page = browser.open(first)
        assert page.status_code == 410
        assert "Frågan har ställts på nytt" in page.text
        second = deciding.link(DECISION, "berg")
        assert second != first
        assert browser.open(second).status_code == 200

    def test_cancelled_cycle(self, deciding: World, browser: Browser) -> None:
        cancel_cycle(deciding.register, SLUG, reason="Uppdraget drogs in", now=deciding.clock.at, actor="coordinator")
        page = browser.open(deciding.link(DECISION, "berg"))
        assert page.status_code == 410
        assert "Processen är avslutad" in page.text

    def test_held_cycle_asks_for_patience(self, deciding: World, browser: Browser) -> None:
        with deciding.register.change(SLUG, at=deciding.clock.at, actor="test") as change:
            change.cycle.status = CycleStatus.HELD
            change.record("cycle_held", SLUG)
        page = browser.open(deciding.link(DECISION, "berg"))
        assert page.status_code == 409
        assert "Arbetet är pausat" in page.text

    def test_withdrawn_link(self, deciding: World, browser: Browser) -> None:
        link = deciding.link(DECISION, "berg")
        review = browser.review(link, position="adopts")
        with deciding.register.change(SLUG, at=deciding.clock.at, actor="test") as change:
            change.get(Link, link).revoked_at = deciding.clock.at
            change.record("link_revoked", link)
        assert browser.open(link).status_code == 410
        assert browser.bind(link, review).status_code == 410
        assert answers(deciding) == []


def test_words_of_people_are_escaped_everywhere(deciding: World, browser: Browser) -> None:
    attack = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7*7 }}"
    link = deciding.link(DECISION, "berg")
    with deciding.register.change(SLUG, at=deciding.clock.at, actor="test") as change:
        change.cycle.title = f"Titel {attack}"
        change.get(Body, f"{SLUG}/@berg").name = f"Berg {attack}"
        change.get(Step, f"{SLUG}/{DECISION}").question = {"sv": f"Fråga {attack}"}
        change.get(Milestone, f"{SLUG}/:beslutsprocess-klar").words = f"Ord {attack}"
        change.get(Person, change.get(Link, link).person_id).name = attack
        change.record("renamed", SLUG)
    pages = [browser.open(link), browser.review(link, position="declines", comment=attack, decided_on=attack)]
    review = browser.review(link, position="declines", comment=attack)
    bound = browser.bind(link, review)
    pages += [review, browser.get(bound.headers["location"]), browser.open(link), browser.get("/")]
    pages += [browser.get(f"/record/{SLUG}"), browser.get(f"/record/{SLUG}?lang={attack}")]
    for page in pages:
        assert "<script" not in page.text
        assert "<img" not in page.text
        assert "{{ 7*7 }}" in page.text
        assert "onerror=alert(2)&gt;" in page.text
