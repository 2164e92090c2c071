"""The start page, the record, the mailbox, and what machines ask for."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import TYPE_CHECKING

import pytest

from config.terms import Position
from engine.commands.answer import Reply
from engine.commands.coordinate import close_step
from models.register import Register, UnknownCycle
from portal.matrix import Standpoint
from portal.record import record_of
from portal.record_page import render_record
from tests.portal.conftest import SLUG, Browser, World, token

if TYPE_CHECKING:
    from pathlib import Path

DECISION = "antagande-inriktning/decision"


def words(html: str) -> str:
    """A page's text on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


class TestRecord:
    def test_before_a_phase_opens_its_principals_stand_as_not_asked(self, world: World) -> None:
        record = record_of(world.register, SLUG)
        assert [matrix.phase for matrix in record.adoptions] == ["antagande-inriktning", "antagande-tillampning"]
        first = record.adoptions[0]
        assert len(first.principals) == 9
        assert {p.latest.standpoint for p in first.principals} == {Standpoint.NOT_ASKED}

    def test_matrix_shows_each_principal_in_each_round(self, deciding: World) -> None:
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

    def test_page_has_all_of_it(self, deciding: World, browser: Browser) -> None:
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

    def test_work_on_a_text_that_is_not_adopted_is_visible(self, deciding: World, browser: Browser) -> None:
        deciding.clock.at = datetime(2013, 4, 2, 8, tzinfo=UTC)
        deciding.run()
        said = words(browser.get(f"/record/{SLUG}").text)
        assert "Arbetar från en text som ännu inte är antagen, se: Antagande, första omgången: inriktningen" in said

    def test_the_silent_stand_as_no_reply(self, deciding: World, browser: Browser) -> None:
        deciding.say(deciding.link(DECISION, "are"), Reply(Position.ADOPTS))
        close_step(
            deciding.register, f"{SLUG}/{DECISION}", reason="Tiden är ute", now=deciding.clock.at, actor="coordinator"
        )
        deciding.run()
        matrix = record_of(deciding.register, SLUG).adoptions[0]
        assert sum(p.latest.standpoint is Standpoint.NO_REPLY for p in matrix.principals) == 8
        assert "Svar saknas, vilket aldrig räknas som samtycke" in words(browser.get(f"/record/{SLUG}").text)

    def test_milestone_names_the_silent_bodies(self, deciding: World) -> None:
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

    def test_names_no_person_and_no_address(self, deciding: World) -> None:
        record = record_of(deciding.register, SLUG)
        assert ".example" not in str(asdict(record))
        assert ".example" not in render_record(record, "sv")

    def test_file_carries_its_own_style(self, world: World) -> None:
        record = record_of(world.register, SLUG)
        alone = render_record(record, "en")
        assert "<style>" in alone
        assert "<link" not in alone
        assert '<html lang="en">' in alone
        assert "<style>" not in render_record(record, "sv", stylesheet="/static/x.css")

    def test_can_be_read_in_another_language(self, world: World, browser: Browser) -> None:
        assert "Milestones" in browser.get(f"/record/{SLUG}?lang=en").text
        assert "Milstolpar" in browser.get(f"/record/{SLUG}?lang=xx").text

    def test_unknown_cycle(self, world: World, browser: Browser) -> None:
        assert browser.get("/record/none").status_code == 404
        with pytest.raises(UnknownCycle):
            record_of(world.register, "none")

    def test_whole_cycle_comes_out(self, deciding: World, browser: Browser) -> None:
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
        assert "Avslutades" in words(browser.get("/").text) or "Ended" in words(browser.get("/").text)


class TestStart:
    def test_lists_cycles_and_the_mailbox(self, world: World, browser: Browser) -> None:
        page = browser.get("/").text
        assert f'href="/record/{SLUG}"' in page
        assert 'href="/mailbox"' in page

    def test_without_mailbox_there_is_none(self, world: World) -> None:
        browser = world.browser(mailbox=None)
        assert "mailbox" not in browser.get("/").text
        assert browser.get("/mailbox").status_code == 404
        assert browser.get("/mailbox.json").status_code == 404

    def test_empty_register(self, world: World, tmp_path: Path) -> None:
        empty = Register(f"sqlite:///{tmp_path / 'empty.sqlite'}")
        assert world.browser(register=empty).get("/healthz").status_code == 503
        empty.close()


class TestMachines:
    def test_health(self, browser: Browser) -> None:
        assert browser.get("/healthz").json() == {"status": "ok", "register": "ok"}

    def test_openapi_lists_the_routes_and_has_no_page(self, browser: Browser) -> None:
        described = browser.get("/openapi.json").json()
        assert {"/a/{token}", "/answer/{link_id}", "/record/{slug}", "/mailbox.json", "/healthz"} <= set(
            described["paths"]
        )
        assert browser.get("/docs").status_code == 404
        assert browser.get("/redoc").status_code == 404


def put(folder: Path, number: int, *, to: str, subject: str = "Fråga", text: str = "Hej", html: str = "") -> str:
    """A mail as the development server keeps it."""
    mail = EmailMessage()
    mail["Delivered-To"] = to
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = "Mon, 01 Apr 2013 08:00:00 +0200"
    mail["X-Samsyn-Kind"] = "asked"
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    folder.mkdir(exist_ok=True)
    name = f"{number:020d}-000000-1"
    (folder / f"{name}.eml").write_bytes(mail.as_bytes())
    return name


class TestMailbox:
    def test_newest_first_and_by_address(self, world: World, browser: Browser) -> None:
        put(world.mail, 1, to="a@berg.example", subject="Första")
        put(world.mail, 2, to="b@are.example", subject="Andra")
        page = browser.get("/mailbox").text
        assert page.index("Andra") < page.index("Första")
        one = browser.get("/mailbox?to=A@berg.example").text
        assert "Första" in one
        assert "Andra" not in one
        assert "Inget mejl har skickats till den adressen" in browser.get("/mailbox?to=nobody").text

    def test_empty(self, browser: Browser) -> None:
        assert "Inga mejl har skickats än" in browser.get("/mailbox").text

    def test_a_mail_cannot_do_anything(self, world: World, browser: Browser) -> None:
        attack = "<script>alert(1)</script>"
        name = put(world.mail, 1, to="a@b.example", subject=f"Hej {attack}", text=attack, html=f"<p>Hej</p>{attack}")
        page = browser.get(f"/mailbox/{name}")
        assert "<script" not in page.text
        assert "sandbox" in page.text
        assert page.headers["content-security-policy"].endswith("frame-src 'self'")
        frame = browser.get(f"/mailbox/{name}/html")
        assert frame.headers["content-security-policy"].endswith("sandbox")
        assert "frame-ancestors 'self'" in frame.headers["content-security-policy"]
        assert "script-src" not in frame.headers["content-security-policy"]

    def test_shows_links_and_headers(self, world: World, browser: Browser) -> None:
        link = f"http://testserver/a/{token('x')}"
        name = put(world.mail, 1, to="a@b.example", text=f"Svara här: {link}\njavascript:alert(1)\n")
        page = browser.get(f"/mailbox/{name}").text
        assert f'href="{link}"' in page
        assert 'href="javascript' not in page
        assert "X-Samsyn-Kind" in page
        assert "<iframe" not in page

    def test_json_for_programs(self, world: World, browser: Browser) -> None:
        link = f"http://testserver/a/{token('x')}"
        first = put(world.mail, 1, to="a@b.example", text=f"Svara: {link}.\nLäs: http://testserver/record/x\n")
        second = put(world.mail, 2, to="c@d.example")
        mails = browser.get("/mailbox.json").json()
        assert [mail["id"] for mail in mails] == [first, second]
        assert mails[0] == {
            "id": first, "to": ["a@b.example"], "date": "2013-04-01T08:00:00+02:00", "kind": "asked",
            "subject": "Fråga", "links": [link],
        }  # fmt: skip
        assert [mail["id"] for mail in browser.get(f"/mailbox.json?after={first}").json()] == [second]
        assert [mail["id"] for mail in browser.get("/mailbox.json?to=c@d.example").json()] == [second]
