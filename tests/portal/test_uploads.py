"""Files go with an answer: taken by their content, kept from the moment they were sent, given out as attachments."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import select

from config.uploads import UploadLimits
from engine.documents.given import GivenFile, take_file
from models.assignment import Document
from models.draft import Draft, DraftFile
from models.files import Attachment, FileContent, file_hash
from models.verify import verify
from tests.documents import samples
from tests.documents.test_recognition import REFUSED
from tests.portal.conftest import SLUG, hidden, token

if TYPE_CHECKING:
    import httpx

    from tests.portal.conftest import Browser, World

STEP = "projektbeskrivning/description"
DECISION = "antagande-inriktning/decision"
Files = list[tuple[str, bytes]]


def send(browser: Browser, link: str, files: Files, to: str = "review", **typed: str) -> httpx.Response:
    """Fill in the form with files, and press a button."""
    form = browser.open(link)
    fields = {"csrf": hidden(form, "csrf"), "revision": hidden(form, "revision"), "position": "submits", **typed}
    return browser.post(
        f"/answer/{link}/{to}", fields, files=[("files", (name, content)) for name, content in files] or None
    )  # fmt: skip


def rows(world: World, *tables: Any) -> list[list[Any]]:
    """Every row of these tables."""
    with world.register.read() as session:
        return [list(session.exec(select(table))) for table in tables]


def test_a_text_is_handed_in_as_files(world: World, browser: Browser) -> None:
    link = world.link(STEP)
    review = send(browser, link, [("Förslag.pdf", samples.pdf()), ("bilaga.docx", samples.word())])
    assert review.status_code == 200, review.text
    assert "Förslag.pdf" in review.text
    assert "bilaga.docx" in review.text
    receipt = browser.get(browser.bind(link, review).headers["location"])
    assert "Förslag.pdf" in receipt.text
    world.run()
    attached, kept, drafts, drafted = rows(world, Attachment, FileContent, Draft, DraftFile)
    assert [file.name for file in attached] == ["Förslag.pdf", "bilaga.docx"]
    assert {file.sha256 for file in kept} == {file_hash(file.content) for file in kept} == {a.sha256 for a in attached}
    assert drafts == drafted == []
    text, part = (document for document in rows(world, Document)[0] if document.from_answer)
    assert (text.file, text.media_type, text.content) == (attached[0].sha256, "application/pdf", "")
    assert (part.part_of, part.sha256) == (text.id, attached[1].sha256)
    with world.register.read() as session:
        assert verify(session, SLUG).faults == ()


def test_files_are_read_first_by_who_is_asked_next(world: World, browser: Browser) -> None:
    link = world.link(STEP)
    browser.bind(link, send(browser, link, [("plan.odt", samples.odt())]))
    world.run()
    [(_, _, asked), *_] = world.open_links()
    page = browser.open(asked.id)
    assert "plan.odt" in page.text
    assert "OpenDocument (ODT), 1 kB" in page.text
    address = re.findall(rf'href="(/answer/{asked.id}/file/\w+)"', page.text)[0]
    given = browser.get(address)
    assert (given.status_code, given.content) == (200, samples.odt())
    headers = given.headers
    assert headers["content-type"] == "application/vnd.oasis.opendocument.text"
    assert headers["content-disposition"] == "attachment; filename=\"plan.odt\"; filename*=UTF-8''plan.odt"
    assert headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert (headers["x-content-type-options"], headers["cache-control"]) == ("nosniff", "no-store")
    assert browser.head(address).content == b""
    assert browser.get(f"/answer/{asked.id}/file/{'0' * 64}").status_code == 404
    assert world.browser().get(address).status_code == 403
    document = browser.get(f"/answer/{asked.id}/document/1")
    assert "plan.odt" in document.text


@pytest.mark.parametrize("what", REFUSED)
def test_refused_file_is_named_and_nothing_of_it_is_kept(world: World, browser: Browser, what: str) -> None:
    link = world.link(STEP)
    before = world.journal_length()
    page = send(browser, link, [("Våra synpunkter.pdf", REFUSED[what][0])], text="Det här skrev jag", to="save")
    assert page.status_code == 422
    assert "”Våra synpunkter.pdf” " in page.text
    assert 'href="#files"' in page.text
    assert "Det här skrev jag</textarea>" in page.text
    drafted, attached, kept = rows(world, DraftFile, Attachment, FileContent)
    assert drafted == attached == kept == []
    assert world.journal_length() == before


def test_good_files_stay_when_another_is_refused(world: World, browser: Browser) -> None:
    link = world.link(STEP)
    page = send(browser, link, [("god.txt", samples.TEXT), ("tom.txt", b"")])
    assert page.status_code == 422
    assert "”tom.txt” är tom" in page.text
    assert "god.txt" in browser.open(link).text
    assert len(rows(world, DraftFile)[0]) == 1


def test_form_with_errors_keeps_its_files(deciding: World, browser: Browser) -> None:
    link = deciding.link(DECISION, "berg")
    page = send(browser, link, [("utdrag.pdf", samples.pdf())], position="declines")
    assert page.status_code == 422
    assert "utdrag.pdf" in page.text
    answered = browser.review(link, position="adopts", revision=hidden(page, "revision"))
    assert "utdrag.pdf" in browser.get(browser.bind(link, answered).headers["location"]).text


def test_limits_of_number_and_size_are_told(world: World) -> None:
    browser = world.browser(uploads=UploadLimits(file_bytes=100_000, files=2, total_bytes=150_000))
    link = world.link(STEP)
    large = send(browser, link, [("stor.txt", b"a" * 100_001)], text="Kvar", to="save")
    assert "”stor.txt” är för stor: högst 98 kB för en fil" in large.text
    assert "Kvar</textarea>" in large.text
    room = send(browser, link, [("a.txt", b"a" * 90_000), ("b.txt", b"b" * 90_000)], to="save")
    assert "”b.txt” får inte plats: högst 146 kB" in room.text
    many = send(browser, link, [("c.txt", b"c"), ("d.txt", b"d")], to="save")
    assert "”d.txt” är en fil för mycket: högst 2 filer" in many.text
    assert [file.name for file in rows(world, DraftFile)[0]] == ["a.txt", "c.txt"]


def test_request_beyond_every_limit_is_not_read(world: World) -> None:
    limits = UploadLimits(file_bytes=1000, total_bytes=1000)
    browser = world.browser(uploads=limits)
    page = send(browser, world.link(STEP), [("a.txt", b"a" * limits.read_bytes)])
    assert page.status_code == 413


def test_nobody_without_the_link_leaves_a_file(world: World, browser: Browser) -> None:
    link = world.link(STEP)
    files = [("files", ("a.txt", samples.TEXT))]
    page = browser.post(f"/answer/{link}/save", {"csrf": "x", "text": "Inte borta"}, files=files)
    assert page.status_code == 403
    assert "Inte borta" in page.text
    assert rows(world, DraftFile, Draft) == [[], []]


def test_form_of_another_link_leaves_no_file(world: World, browser: Browser) -> None:
    link = world.link(STEP)
    browser.open(link)
    files = [("files", ("a.txt", samples.TEXT))]
    assert browser.post(f"/answer/{link}/save", {"csrf": "0" * 64}, files=files).status_code == 403
    assert rows(world, DraftFile, Draft) == [[], []]


def test_one_file_is_taken_away(world: World, browser: Browser) -> None:
    link = world.link(STEP)
    send(browser, link, [("a.txt", b"ett"), ("b.txt", b"two")], to="save")
    gone = send(browser, link, [], to="save", do=f"remove:{file_hash(b'ett')}")
    assert (gone.status_code, gone.headers["location"]) == (303, f"/answer/{link}?saved=attached#attached")
    assert [file.name for file in rows(world, DraftFile)[0]] == ["b.txt"]


def test_changed_answer_keeps_its_files_unless_they_are_removed(world: World, browser: Browser) -> None:
    link = world.link(STEP)
    browser.bind(link, send(browser, link, [("a.txt", b"ett"), ("b.txt", b"two")]))
    send(browser, link, [], to="save", do=f"remove:{file_hash(b'ett')}", text="Nu i ord")
    browser.bind(link, send(browser, link, [("c.txt", b"tre")], text="Nu i ord"))
    attached, kept = rows(world, Attachment, FileContent)
    by_version: dict[str, list[str]] = {}
    for file in attached:
        by_version.setdefault(file.answer_id.rpartition("#")[2], []).append(file.name)
    assert by_version == {"1": ["a.txt", "b.txt"], "2": ["b.txt", "c.txt"]}
    assert len(kept) == 3


def test_what_is_bound_is_what_was_looked_over(world: World, browser: Browser) -> None:
    link = world.link(STEP)
    review = send(browser, link, [("a.txt", b"ett")])
    send(browser, link, [("b.txt", b"two")], to="save")
    bound = browser.bind(link, review)
    assert bound.status_code == 422
    assert "Filerna har ändrats sedan du granskade svaret" in bound.text
    assert rows(world, Attachment)[0] == []


def test_same_content_is_kept_once(world: World, browser: Browser) -> None:
    link = world.link(STEP)
    send(browser, link, [("a.txt", b"ett"), ("samma.txt", b"ett")], to="save")
    assert [file.name for file in rows(world, DraftFile)[0]] == ["a.txt"]


def test_names_from_outside_do_no_harm(world: World, browser: Browser) -> None:
    link = world.link(STEP)
    review = send(browser, link, [('../<script>alert("1")</script>\u202etxt.exe', samples.TEXT)])
    assert "<script>" not in review.text
    browser.bind(link, review)
    [file] = rows(world, Attachment)[0]
    assert file.name == "script_txt.txt"
    given = browser.get(f"/answer/{link}/file/{file.sha256}")
    assert "\r" not in given.headers["content-disposition"]
    assert given.headers["content-type"] == "text/plain; charset=utf-8"


def test_cookie_of_another_assignment_opens_no_file(world: World, browser: Browser) -> None:
    link = world.link(STEP)
    browser.bind(link, send(browser, link, [("a.txt", b"ett")]))
    address = f"/answer/{link}/file/{file_hash(b'ett')}"
    assert browser.get(address).status_code == 200
    wrong = {"cookie": f"samsyn_answer={token('another')}"}
    assert world.browser().get(address, headers=wrong).status_code == 403


def test_no_more_files_are_looked_over_than_are_taken(
    world: World, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    """Each look unpacks up to a hundred megabytes: a hundred files in one request are not worth a hundred looks."""
    looked: list[str] = []

    def look(name: str, content: bytes, limits: UploadLimits) -> GivenFile:
        looked.append(name)
        return take_file(name, content, limits)

    monkeypatch.setattr("portal.drafting.take_file", look)
    page = send(browser, world.link(STEP), [(f"{n}.txt", b"text %d" % n) for n in range(90)], to="save")
    assert page.status_code == 422
    assert "”89.txt” är en fil för mycket" in page.text
    assert len(looked) == UploadLimits().files
