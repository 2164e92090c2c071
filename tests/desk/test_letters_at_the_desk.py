"""Mail that came in, read at the desk: its words as words, its files to be saved and never shown."""

from __future__ import annotations

import hashlib
import html
import re
from email.message import EmailMessage
from typing import TYPE_CHECKING

import pytest
from sqlmodel import col, delete, update

from engine.incoming.addresses import Destination
from engine.incoming.filing import Arrived, file_mail
from models.concern import Concern
from models.files import FileContent
from models.tokens import CodePurpose
from models.verify import verify
from tests.desk.test_acts import HERE, OTHER, assignment
from tests.portal.conftest import SLUG

if TYPE_CHECKING:
    from tests.desk.conftest import DeskBrowser, DeskWorld
    from tests.portal.conftest import World

EXTRACT = b"<script>alert(1)</script>"
MAP = b"\x89PNG\r\n\x1a\nkarta"


@pytest.fixture
def received(deciding: World) -> World:
    """Åre has written instead of answering, with two files; what the mail says of itself is not to be trusted."""
    one = assignment(deciding, "are")
    mail = EmailMessage()
    mail["From"], mail["To"] = "Åsa <asa@are.example>", "svar+x@samsyn.example"
    mail["Subject"] = "Re: <b>Inriktning</b>"
    mail.set_content("Vi antar <i>inriktningen</i>.\n")
    mail.add_attachment(EXTRACT, maintype="text", subtype="html", filename="Utdrag § 7.html")
    mail.add_attachment(MAP, maintype="image", subtype="png", filename="karta.png")
    where = Destination(CodePurpose.REPLY, SLUG, one.id)
    arrived = Arrived(where, "svar+x@samsyn.example", "asa@are.example", mail.as_bytes())
    file_mail(deciding.register, arrived, deciding.clock.at)
    return deciding


def found(browser: DeskBrowser, address: str, pattern: str) -> list[str]:
    """The addresses of a page that fit."""
    page = browser.get(address)
    assert page.status_code == 200, page.text[:2000]
    return [html.unescape(link) for link in re.findall(rf'href="({pattern}[^"]*)"', page.text)]


def the_letter(browser: DeskBrowser) -> str:
    """The page of the only letter, by the list of all."""
    (link,) = set(found(browser, f"{HERE}/letters", f"{HERE}/letter\\?id="))
    return link


def test_a_letter_is_read_as_words_and_leads_to_an_answer(desk: DeskWorld, received: World) -> None:
    browser = desk.coordinator()
    address = the_letter(browser)
    page = browser.get(address).text
    assert "Vi antar &lt;i&gt;inriktningen&lt;/i&gt;." in page
    assert "Re: &lt;b&gt;Inriktning&lt;/b&gt;" in page
    assert "asa@are.example" in page
    assert "Utdrag § 7.html" in page
    (answer,) = found(browser, address, f"{HERE}/answer\\?")
    form = browser.get(answer).text
    assert 'value="mail" id="means-3" checked' in form
    assert f'name="assignment" value="{assignment(received, "are").id}"' in form


def test_the_concern_about_it_leads_to_it(desk: DeskWorld, received: World) -> None:
    browser = desk.coordinator()
    with received.register.read() as session:
        assert session.get_one(Concern, f"{SLUG}/!1").settled_at is None
    assert the_letter(browser) in found(browser, f"{HERE}/concern?number=1", f"{HERE}/letter")


def test_its_files_come_as_they_were_sent_and_are_never_shown(desk: DeskWorld, received: World) -> None:
    browser = desk.coordinator()
    files = [browser.get(link) for link in found(browser, the_letter(browser), f"{HERE}/letter/file")]
    assert [file.content for file in files] == [EXTRACT, MAP]
    for file in files:
        assert file.headers["content-type"] == "application/octet-stream"
        assert file.headers["content-disposition"].startswith("attachment")
        assert file.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in file.headers["content-security-policy"]
        assert file.headers["cache-control"] == "no-store"
    assert "Utdrag%20%C2%A7%207.html" in files[0].headers["content-disposition"]


def test_a_file_that_is_gone_does_not_put_another_in_its_place(desk: DeskWorld, received: World) -> None:
    browser = desk.coordinator()
    first, second = found(browser, the_letter(browser), f"{HERE}/letter/file")
    with received.register.operate() as session:
        session.execute(delete(FileContent).where(col(FileContent.sha256) == hashlib.sha256(EXTRACT).hexdigest()))
    assert browser.get(first).status_code == 404
    assert browser.get(second).content == MAP


@pytest.mark.parametrize("became", [b"", b"another extract"])
def test_a_file_that_was_changed_in_the_register_is_found(received: World, became: bytes) -> None:
    sha256 = hashlib.sha256(EXTRACT).hexdigest()
    with received.register.operate() as session:
        assert verify(session, SLUG).holds
        session.execute(update(FileContent).where(col(FileContent.sha256) == sha256).values(content=became))
        assert verify(session, SLUG).faults == (f"file_content {sha256}: changed behind the register's back",)


@pytest.mark.parametrize("number", ["0", "3", "-1", "²", "", "1e0", "10000000"])
def test_there_is_no_other_file(desk: DeskWorld, received: World, number: str) -> None:
    browser = desk.coordinator()
    first = found(browser, the_letter(browser), f"{HERE}/letter/file")[0]
    assert browser.get(first.replace("number=1", f"number={number}")).status_code == 404


def test_a_reader_gets_neither_the_letter_nor_its_files(desk: DeskWorld, received: World) -> None:
    address = the_letter(desk.coordinator())
    reader = desk.reader()
    for wanted in (f"{HERE}/letters", address, address.replace("/letter?", "/letter/file?") + "&number=1"):
        assert reader.get(wanted).status_code == 403
    assert reader.get(address.replace(SLUG, OTHER, 1)).status_code == 404
