"""Files with a reply to a consultation: unseen while replies come in, then in the compilation and its spreadsheets."""

from __future__ import annotations

import io
import re

import openpyxl
from sqlmodel import select

from models.assignment import Answer, Document
from models.files import file_hash
from models.forms import read_form
from models.phase import Step
from tasks.documents import parts_of
from tests.documents import samples
from tests.portal.conftest import hidden
from tests.portal.test_step_forms import COMPILATION, REPLIES, SLUG, SUPPORTS, Remiss, remiss
from tests.portal.test_uploads import send

__all__ = ["remiss"]
PAGE = f"/record/{SLUG}/consultation/remiss"
FILE = f"/record/{SLUG}/file/{file_hash(samples.TEXT)}"


def close(remiss: Remiss) -> None:
    """The question closes."""
    with remiss.world.register.change(SLUG, at=remiss.world.clock.at, actor="test") as change:
        step = change.get(Step, REPLIES)
        step.settled_at = remiss.world.clock.at
        change.record("step_settled", step.id)


def test_files_are_public_when_the_question_has_closed(remiss: Remiss) -> None:
    link = remiss.link(REPLIES)
    browser, stranger = remiss.browser, remiss.world.browser()
    browser.bind(link, send(browser, link, [("=Yttrande.txt", samples.TEXT)], **SUPPORTS))
    assert "Yttrande.txt" not in stranger.get(PAGE).text
    assert stranger.get(FILE).status_code == 404
    close(remiss)
    assert f'href="{FILE}"' in stranger.get(PAGE).text
    given = stranger.get(FILE)
    assert (given.status_code, given.content) == (200, samples.TEXT)
    assert given.headers["cache-control"] == "public, no-cache"
    again = stranger.get(FILE, headers={"if-none-match": given.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "=Yttrande.txt" in stranger.get(f"{PAGE}.csv").text
    sheet = openpyxl.load_workbook(io.BytesIO(stranger.get(f"{PAGE}.xlsx").content)).active
    assert sheet is not None
    cells = {str(cell.value) for row in sheet.iter_rows() for cell in row}
    assert "'=Yttrande.txt" in cells


def test_earlier_versions_and_drafts_are_not_public(remiss: Remiss) -> None:
    link = remiss.link(REPLIES)
    browser = remiss.browser
    browser.bind(link, send(browser, link, [("a.txt", samples.TEXT)], **SUPPORTS))
    send(browser, link, [], to="save", do=f"remove:{file_hash(samples.TEXT)}", **SUPPORTS)
    browser.bind(link, send(browser, link, [], **SUPPORTS))
    send(browser, link, [("b.txt", b"utkast")], to="save", **SUPPORTS)
    close(remiss)
    assert remiss.world.browser().get(FILE).status_code == 404
    assert remiss.world.browser().get(f"/record/{SLUG}/file/{file_hash(b'utkast')}").status_code == 404


def test_saving_in_a_long_form_keeps_the_place(remiss: Remiss) -> None:
    link = remiss.link(REPLIES)
    form = remiss.browser.open(link)
    fields = {"csrf": hidden(form, "csrf"), "revision": "0", "do": "save:part-3", "okad-kontinuitet.comment": "Halvt"}
    assert 'value="save:part-3"' in form.text
    saved = remiss.browser.post(f"/answer/{link}/save", fields)
    assert saved.headers["location"] == f"/answer/{link}?saved=part-3#part-3"
    page = remiss.browser.get(f"/answer/{link}?saved=part-3").text
    assert '<fieldset class="part" id="part-3">' in page
    assert len(re.findall(r'<span class="saved" role="status">Sparat.</span>', page)) == 1
    assert "Halvt</textarea>" in page
    fields["do"] = "save:elsewhere"
    assert remiss.browser.post(f"/answer/{link}/save", fields).headers["location"].endswith("?saved=draft#draft")
    assert "<script>" not in remiss.browser.get(f'/answer/{link}?saved="><script>').text


def test_files_of_whoever_compiles_are_parts_of_the_compilation(remiss: Remiss) -> None:
    remiss.go_on_to(COMPILATION)
    link, browser = remiss.link(COMPILATION), remiss.browser
    form = read_form(remiss.form(COMPILATION))
    assert form is not None
    filled = {name: str(said) for name, said in form.rehearsed({}, "2013-01-01").items()}
    browser.bind(link, send(browser, link, [("Bilaga 1.pdf", samples.pdf())], **filled))
    remiss.world.run()
    with remiss.world.register.read() as session:
        text = session.exec(select(Document).where(Document.key == "remiss-compilation")).one()
        [part] = parts_of(session, text.id)
        answer = session.get(Answer, str(text.from_answer))
    assert text.content
    assert text.file is None
    assert (part.file_name, part.file) == ("Bilaga 1.pdf", file_hash(samples.pdf()))
    assert part.from_answer == text.from_answer
    assert answer is not None
    assert answer.assignment_id.startswith(COMPILATION)
