"""Starting a cycle from the desk, page by page."""

from __future__ import annotations

import re
from datetime import date, timedelta
from time import perf_counter
from typing import TYPE_CHECKING

import pytest
from sqlmodel import col, select

from config.loader import find, load_named, parse_dumped
from config.terms import Language
from engine.starting.drafts import dispose_of_start_drafts
from models.account import CycleRole, Role
from models.cycle import Cycle, CycleStatus, Membership, Person
from models.journal import JournalEntry
from models.phase import Milestone, Phase
from models.start import StartDraft
from models.verify import verify
from tests.desk.conftest import WALL
from tests.desk.test_desk_pages import words
from tests.desk.test_start_sheet import written, wrong_rows
from tests.portal.conftest import SLUG, hidden

if TYPE_CHECKING:
    import httpx

    from tests.desk.conftest import DeskBrowser, DeskWorld

pytestmark = pytest.mark.long

PARTICULARS = {
    "title": "Framtidens behov 2027", "slug": "behov-2027", "registry_no": "KU 2027/114", "begins": "2027-03-01",
    "language": "sv",
}  # fmt: skip
PAGES = ("", "/titles", "/people", "/dates", "/preview", "/preview/mails", "/preview/mails/1")


def begun(desk: DeskWorld, source: str = "bundled:pks-2021", name: str = "berit", **rights: object) -> Draft:
    """A draft of somebody who may start cycles."""
    browser = desk.signed_in(desk.account(name, starts=True, **rights))
    answer = browser.act("/desk/new", source=source)
    assert answer.status_code == 303, answer.text
    return Draft(desk, browser, answer.headers["location"])


class Draft:
    """A draft in its owner's browser."""

    def __init__(self, desk: DeskWorld, browser: DeskBrowser, where: str) -> None:
        self.desk, self.browser, self.where = desk, browser, where

    def get(self, part: str = "") -> httpx.Response:
        """A page of the draft."""
        return self.browser.get(self.where + part)

    def post(self, part: str = "", **fields: str) -> httpx.Response:
        """A form of the draft."""
        return self.browser.act(self.where + part, **fields)

    def upload(self, part: str, name: str, content: bytes) -> httpx.Response:
        """A form with a file."""
        fields = {"csrf": self.browser.csrf()}
        return self.browser.request("POST", self.where + part, data=fields, files={"file": (name, content)})

    def named(self, **instead: str) -> Draft:
        """With particulars."""
        answer = self.post(**{**PARTICULARS, **instead})
        assert answer.headers.get("location") == f"{self.where}/titles", words(answer.text)
        return self

    def dated(self, **days: str) -> Draft:
        """With every date decided: rolled forward where nobody works."""
        page = self.get("/dates").text
        fields = dict.fromkeys(re.findall(r'name="(decide-[^"]+)"', page), "roll")
        wanted = {"day-phases.antagande.due": "2027-12-15", **days}
        answer = self.post("/dates", **{**fields, **wanted})
        assert answer.headers.get("location") == f"{self.where}/preview", words(answer.text)
        return self

    def ticked(self) -> httpx.Response:
        """With every warning looked at; the review page."""
        names = re.findall(r'name="(seen-[0-9a-f]+)"', self.get("/preview").text)
        answer = self.post("/preview", **dict.fromkeys(names, "yes"))
        assert answer.headers["location"] == f"{self.where}/start"
        return self.get("/start")

    def start(self, review: httpx.Response) -> httpx.Response:
        """Press the button of the review page."""
        return self.browser.post(
            f"{self.where}/start/confirm", {"csrf": hidden(review, "csrf"), "sealed": hidden(review, "sealed")}
        )

    @property
    def row(self) -> StartDraft | None:
        """What is kept of it."""
        with self.desk.register.read() as session:
            return session.get(StartDraft, self.where.rpartition("/")[2])


def test_from_a_bundled_definition_to_a_running_cycle(desk: DeskWorld) -> None:
    draft = begun(desk).named().dated()
    review = draft.ticked()
    assert "Framtidens behov 2027" in words(review.text)
    assert "KU 2027/114" in words(review.text)
    mails_before = desk.world.state()["notice"]
    answer = draft.start(review)
    assert answer.headers["location"] == "/desk/behov-2027"
    shown = words(draft.browser.get("/desk/behov-2027").text)
    assert "Processen har startat" in shown
    assert draft.row is None
    assert "Förbereds" not in words(draft.browser.get("/desk").text)
    with desk.register.read() as session:
        cycle = session.get_one(Cycle, "behov-2027")
        roles = session.exec(select(CycleRole).where(col(CycleRole.cycle_id) == cycle.id)).all()
        entries = session.exec(select(JournalEntry).where(col(JournalEntry.cycle_id) == cycle.id)).all()
        due = session.get_one(Milestone, "behov-2027/:antagande").due_on
        assert verify(session, cycle.id).holds
    assert (cycle.status, cycle.begins, cycle.registry_no) == (CycleStatus.RUNNING, date(2027, 3, 1), "KU 2027/114")
    assert [row.role for row in roles] == [Role.COORDINATOR]
    assert {entry.actor for entry in entries} == {f"account:{roles[0].account_id}"}
    assert due == date(2027, 12, 15)
    assert parse_dumped(cycle.definition).text(parse_dumped(cycle.definition).title) == "Framtidens behov 2027"
    assert desk.world.state()["notice"] == mails_before  # the first mails come from the worker, at their hour


def test_a_double_click_starts_once(desk: DeskWorld) -> None:
    draft = begun(desk).named().dated()
    review = draft.ticked()
    first, second = draft.start(review), draft.start(review)
    assert first.headers["location"] == second.headers["location"] == "/desk/behov-2027"
    with desk.register.read() as session:
        started = select(JournalEntry).where(col(JournalEntry.event) == "cycle_started")
        assert len(session.exec(started.where(col(JournalEntry.cycle_id) == "behov-2027")).all()) == 1


def test_a_name_that_was_taken_meanwhile_loses_nothing(desk: DeskWorld) -> None:
    draft, other = begun(desk).named().dated(), begun(desk, name="cilla").named().dated()
    review, theirs = draft.ticked(), other.ticked()
    assert other.start(theirs).headers["location"] == "/desk/behov-2027"
    answer = draft.start(review)
    assert answer.status_code == 422
    said = words(answer.text)
    assert "En annan process har redan det namnet" in said
    assert "En annan process i samma diarium har redan det numret" in said
    assert 'value="Framtidens behov 2027"' in answer.text
    assert draft.row is not None
    draft.named(slug="behov-2027-b", registry_no="KU 2027/115")
    assert draft.start(draft.ticked()).headers["location"] == "/desk/behov-2027-b"


def test_what_was_changed_after_the_review_is_not_started(desk: DeskWorld) -> None:
    draft = begun(desk).named().dated()
    review = draft.ticked()
    draft.named(title="Something else")
    answer = draft.start(review)
    assert answer.status_code == 422
    assert "Utkastet ändrades" in words(answer.text)
    with desk.register.read() as session:
        assert session.get(Cycle, "behov-2027") is None


def test_nothing_starts_before_everything_is_decided(desk: DeskWorld) -> None:
    draft = begun(desk)
    blocked = draft.get("/start")
    assert blocked.status_code == 422
    assert "Uppgifterna har inte sparats" in words(blocked.text)
    draft.named()
    assert "Måste rättas: Ett datum saknas" in words(draft.get("/start").text)
    draft.dated()
    assert "Jag har tittat på det" in words(draft.get("/start").text)  # the warning has not been ticked
    assert draft.ticked().status_code == 200


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("title", "", "Skriv vad processen heter"),
        ("title", "x" * 201, "Titeln är för lång"),
        ("slug", "Åre 2027", "Skriv små bokstäver"),
        ("slug", "accounts", "Det namnet är en sida på skrivbordet"),
        ("slug", SLUG, "En annan process har redan det namnet"),
        ("registry_no", "utan siffror", "Skriv diarienumret"),
        ("begins", "1 mars", "Skriv dagen med år, månad och dag"),
        ("begins", "2001-03-01", "Alla processens datum skulle redan ha passerat"),
    ],
)
def test_particulars_that_cannot_stand(desk: DeskWorld, field: str, value: str, said: str) -> None:
    draft = begun(desk)
    before = draft.row
    answer = draft.post(**{**PARTICULARS, field: value})
    assert answer.status_code == 422
    assert said in words(answer.text)
    assert 'aria-invalid="true"' in answer.text
    assert draft.row is not None
    assert before is not None
    assert draft.row.content == before.content


def test_every_page_in_every_language(desk: DeskWorld) -> None:
    for language in Language:
        draft = begun(desk, name=f"anna-{language}", language=language)
        for part in PAGES:
            shown = draft.get(part)
            assert shown.status_code == 200, part
            assert f'<html lang="{language}">' in shown.text
            assert "style=" not in shown.text
        assert draft.browser.get("/desk/new").status_code == 200


def test_dates_move_with_the_start_and_are_decided_one_by_one(desk: DeskWorld) -> None:
    draft = begun(desk).named(begins="2027-04-02")  # the report: 18 May 2021, 47 days in, is 19 May 2027
    assert "onsdag 19 maj 2027" in words(draft.get("/dates").text)
    draft.named(begins="2027-04-05")
    assert "Arbetsfri dag" in words(draft.get("/dates").text)  # Saturday 22 May
    unset = draft.post("/dates")
    assert unset.status_code == 422
    assert "bestäm vad som ska gälla" in words(unset.text)
    assert "Kommunernas antagande: skriv dagen" in words(unset.text)
    bad = draft.post(
        "/dates", **{"decide-milestones.tjansteskrivelse": "other", "day-milestones.tjansteskrivelse": "x"}
    )
    assert bad.status_code == 422
    before = draft.post("/dates", **{"day-phases.antagande.due": "2027-01-01"})
    assert "dagen ligger före processens början" in words(before.text)
    draft.dated(**{"day-milestones.tjansteskrivelse": "", "day-milestones.junimote": "2027-06-23"})
    assert "onsdag 23 juni 2027" in words(draft.get("/preview").text)


def test_the_preview_shows_every_mail_and_is_quick(desk: DeskWorld) -> None:
    draft = begun(desk).named().dated()
    before = perf_counter()
    first = draft.get("/preview")
    assert perf_counter() - before < 5
    shown = words(first.text)
    assert re.search(r"alla svarar på sista dagen: \d{2,3} mejl till 28 personer", shown)
    listed = words(draft.get("/preview/mails?to=aneby").text)
    assert "secretary@aneby.example" in listed or "chair@aneby.example" in listed
    assert "eksjo" not in listed
    one = draft.get("/preview/mails/1")
    assert "frame-src 'self'" in one.headers["content-security-policy"]
    assert "PKS avser att vid sitt junimöte anta skrivningen" in words(one.text)
    html = draft.get("/preview/mails/1/html")
    assert "sandbox" in html.headers["content-security-policy"]
    assert "<html" in html.text
    for number in ("0", "9999", "x", "1e9"):
        assert draft.get(f"/preview/mails/{number}").status_code == 404


def test_titles_are_the_cycle_s_own(desk: DeskWorld) -> None:
    draft = begun(desk).named()
    shown = words(draft.get("/titles").text)
    assert "stöd, omsorg och vård 2021–2030 Här står ett årtal. Stämmer det fortfarande?" in shown
    assert "PKS junimöte Här står" not in shown
    fields = dict(
        re.findall(r'name="((?:texts|phases|milestones)\.[^"]+)" [^>]*?value="([^"]*)"', draft.get("/titles").text)
    )
    empty = draft.post("/titles", **{**fields, "phases.junimote": " ", "milestones.junimote": "x" * 201})
    assert empty.status_code == 422
    assert (
        words(empty.text).count("Skriv en titel: en rad med högst 200 tecken.") == 4
    )  # each in the list and beside it
    [text] = [where for where in fields if where.startswith("texts.")]
    kept = draft.post("/titles", **{**fields, text: "Framtidens vård 2027–2036", "phases.junimote": "Majmötet"})
    assert kept.headers["location"] == f"{draft.where}/people"
    assert draft.row is not None
    assert draft.row.content["titles"] == {text: "Framtidens vård 2027–2036", "phases.junimote": "Majmötet"}
    draft.dated()
    assert "Majmötet" in words(draft.get("/preview").text)
    draft.start(draft.ticked())
    with desk.register.read() as session:
        kept_by_it = parse_dumped(session.get_one(Cycle, "behov-2027").definition)
        titles = session.exec(select(Phase.title).where(col(Phase.cycle_id) == "behov-2027")).all()
    assert kept_by_it.text_title(text.partition(".")[2]) == "Framtidens vård 2027–2036"
    assert kept_by_it.by_language(kept_by_it.phases["junimote"].title or "") == {"sv": "Majmötet"}
    assert "Majmötet" in titles
    assert "PKS informeras" in titles


def test_people_are_typed_in_the_page(desk: DeskWorld) -> None:
    draft = begun(desk).named()
    page = draft.get("/people").text
    fields = dict(re.findall(r'name="((?:address|name)-\d+)" value="([^"]*)"', page))
    assert len(fields) == 82
    wrong = draft.post("/people", **{**fields, "address-0": "anna", "name-1": "Berit"})
    assert wrong.status_code == 422
    assert "”anna” saknar @" in words(wrong.text)
    assert 'value="Berit"' in wrong.text
    assert draft.row is not None
    assert "Berit" not in str(draft.row.content)
    kept = draft.post("/people", **{**fields, "address-0": "anna@ku.se", "name-0": "Anna Berg", "language-0": "en"})
    assert kept.headers["location"] == f"{draft.where}/dates"
    draft.dated()
    draft.start(draft.ticked())
    with desk.register.read() as session:
        of_it = select(Person).where(col(Person.cycle_id) == "behov-2027", col(Person.address) == "anna@ku.se")
        person = session.exec(of_it).one()
    assert (person.name, person.language) == ("Anna Berg", Language.EN)


def test_a_spreadsheet_is_taken_whole_or_not_at_all(desk: DeskWorld) -> None:
    draft = begun(desk).named()
    for kind in ("csv", "xlsx"):
        given = draft.get(f"/people.{kind}")
        assert f'filename="behov-2027.{kind}"' in given.headers["content-disposition"]
        assert draft.upload("/people/file", f"x.{kind}", given.content).headers["location"] == f"{draft.where}/dates"
    given = draft.get("/people.csv").content.decode("utf-8-sig").splitlines()
    given[3] = given[3].replace("@", " at ")
    given[5] = given[5].replace("ledamot", "medlem på prov")
    before = draft.row
    answer = draft.upload("/people/file", "x.csv", "\r\n".join(given).encode("cp1252"))
    assert answer.status_code == 422
    assert "Inget har sparats. Fel:" in words(answer.text)
    assert "Rad 4, kolumn E" in answer.text
    assert "Rad 6, kolumn C" in answer.text
    assert before is not None
    assert draft.row is not None
    assert draft.row.content == before.content
    assert "Filen är inget kalkylblad" in words(draft.upload("/people/file", "x.pdf", b"%PDF-1.7\0").text)


def test_a_person_is_added_to_a_body_in_the_page(desk: DeskWorld) -> None:
    draft = begun(desk).named()
    fields = dict(re.findall(r'name="((?:address|name)-\d+)" value="([^"]*)"', draft.get("/people").text))
    more = {
        "body-more": "aneby",
        "seat-more": "substitute",
        "address-more": "e@aneby.se",
        "name-more": "Eva Ek",
        "do": "add",
    }
    bad = draft.post("/people", **{**fields, "name-1": "Berit", **more, "address-more": "e"})
    assert bad.status_code == 422
    assert '<a href="#address-more">”e” saknar @' in bad.text
    assert 'value="Berit"' in bad.text
    assert 'value="Eva Ek"' in bad.text
    chair = draft.post("/people", **{**fields, **more, "seat-more": "chair", "body-more": "pks"})
    assert "kan inte få fler uppdrag av slaget ”ordförande”" in words(chair.text)
    assert draft.post("/people", **{**fields, **more}).headers["location"] == f"{draft.where}/people"
    page = draft.get("/people").text
    assert "Aneby kommun, ersättare 1" in page
    assert page.count('name="remove"') == 1
    form = page[page.index(f'action="{draft.where}/people"') :]
    assert "name=" not in form[form.index("<button") :].partition(">")[0]  # what Enter in a field presses
    fields = dict(re.findall(r'name="((?:address|name)-\d+)" value="([^"]*)"', page))
    assert len(fields) == 84
    gone = draft.post("/people", **{**fields, "remove": "aneby.substitute.1"})
    assert gone.headers["location"] == f"{draft.where}/people"
    assert "e@aneby.se" not in draft.get("/people").text
    known = draft.post("/people", **{**dict(list(fields.items())[:82]), "remove": "pks.member.1"})
    assert known.status_code == 303
    assert draft.row is not None
    assert len(draft.row.content["seats"]) == 41  # what the definition has stays
    fields = dict(re.findall(r'name="((?:address|name)-\d+)" value="([^"]*)"', draft.get("/people").text))
    draft.post("/people", **{**fields, **more})
    draft.dated()
    draft.start(draft.ticked())
    with desk.register.read() as session:
        seat = session.get_one(Membership, "behov-2027/@aneby.substitute-1")
        assert session.get_one(Person, seat.person_id).name == "Eva Ek"
        assert verify(session, "behov-2027").holds
    again = begun(desk, "cycle:behov-2027", name="cilla", reads_all=True)
    assert "e@aneby.se" in again.get("/people").text


def test_the_spreadsheet_speaks_the_coordinator_s_language(desk: DeskWorld) -> None:
    for language, headings in (
        (Language.SV, "Organ;Organets namn;Uppdrag;Nummer;Adress;Namn;Språk"),
        (Language.DA, "Organ;Organets navn;Plads;Nummer;Adresse;Navn;Sprog"),
        (Language.EN, "Body;Name of the body;Seat;Number;Address;Name;Language"),
    ):
        draft = begun(desk, name=f"anna-{language}", language=language).named(slug=f"behov-{language}")
        given = draft.get("/people.csv").content.decode("utf-8-sig")
        assert given.splitlines()[0] == headings
        assert "aneby;Aneby kommun;" in given or "aneby;Aneby Municipality;" in given
        wrong = draft.upload("/people/file", "x.csv", given.replace("@aneby", " aneby", 1).encode())
        assert wrong.status_code == 422
        row = next(n for n, line in enumerate(given.splitlines(), 1) if "@aneby" in line)
        address = headings.split(";")[4]
        assert re.search(
            rf"<strong>(Rad|Række|Row) {row}, (kolumn|kolonne|column) E</strong> \({address}\)", wrong.text
        )


def test_drafts_that_nobody_touches_are_deleted(desk: DeskWorld) -> None:
    draft, young = begun(desk), begun(desk, name="cilla")
    assert draft.row is not None
    with desk.register.operate() as session:
        session.get_one(StartDraft, draft.row.id).saved_at -= timedelta(days=60)
    shown = words(draft.browser.get("/desk/new").text)
    assert "Det innehåller namn och adresser och raderas 1 april 2026 om ingen sparar något i det" in shown
    kept = timedelta(days=90)
    assert dispose_of_start_drafts(desk.register, now=WALL + timedelta(days=30), kept_for=kept) == 0
    assert dispose_of_start_drafts(desk.register, now=WALL + timedelta(days=31), kept_for=kept) == 1
    assert draft.row is None
    assert young.row is not None


def test_an_earlier_cycle_comes_with_its_people(desk: DeskWorld) -> None:
    with desk.register.operate() as session:
        person = session.exec(select(Person).where(col(Person.cycle_id) == SLUG).limit(1)).one()
        address = person.address
    draft = begun(desk, f"cycle:{SLUG}", reads_all=True)
    assert draft.row is not None
    assert address in str(draft.row.content)
    assert draft.row.content["slug"] != SLUG
    assert draft.get("/preview").status_code == 200
    stranger = desk.signed_in(desk.account("stranger", starts=True))
    assert stranger.act("/desk/new", source=f"cycle:{SLUG}").status_code == 422


def test_a_definition_with_faults_is_mended_in_the_page(desk: DeskWorld) -> None:
    browser = desk.signed_in(desk.account("berit", starts=True))
    text = find("pks-2021").read_text(encoding="utf-8").replace("kind: adoption", "kind: adoptoin")
    answer = browser.request(
        "POST", "/desk/new/file", data={"csrf": browser.csrf()}, files={"file": ("eget.yaml", text.encode())}
    )
    where = answer.headers["location"]
    assert where.endswith("/text")
    draft = Draft(desk, browser, where.removesuffix("/text"))
    shown = draft.get("/text")
    line = text.splitlines().index("    kind: adoptoin") + 1
    assert f"Rad {line}, kolumn 11" in words(shown.text)
    assert "menade du" in shown.text
    assert draft.get("").headers["location"] == where
    assert draft.get("/people").status_code == 404
    still = draft.post("/text", text=text.replace("title:", "titel:", 1))
    assert still.status_code == 422
    assert "titel" in still.text
    mended = draft.post("/text", text=text.replace("adoptoin", "adoption"))
    assert mended.headers["location"] == draft.where
    assert draft.named().dated().ticked().status_code == 200


def test_drafts_are_one_s_own_and_can_be_thrown_away(desk: DeskWorld) -> None:
    draft = begun(desk)
    assert "Tillsammans möter vi framtidens behov" in words(draft.browser.get("/desk").text)
    other = desk.signed_in(desk.account("cilla", starts=True))
    csrf = other.csrf()
    for part in PAGES:
        assert other.get(draft.where + part).status_code == 404, part
    for part in (
        "",
        "/titles",
        "/people",
        "/dates",
        "/preview",
        "/preview/again",
        "/delete",
        "/text",
        "/start/confirm",
    ):
        assert other.post(draft.where + part, {"csrf": csrf}).status_code in (400, 404), part
    review = draft.post("/delete")
    gone = draft.browser.post(
        f"{draft.where}/delete/confirm", {"csrf": hidden(review, "csrf"), "sealed": hidden(review, "sealed")}
    )
    assert gone.headers["location"] == "/desk"
    assert draft.row is None


def test_a_draft_begins_from_something(desk: DeskWorld) -> None:
    browser = desk.signed_in(desk.account("berit", starts=True))
    for source in ("", "bundled:none", "cycle:none", "file:x"):
        assert browser.act("/desk/new", source=source).status_code == 422
    assert browser.act("/desk/new/file").status_code == 422
    assert "Starta en process" in browser.get("/desk").text
    assert "/desk/new" not in desk.coordinator().get("/desk").text


def test_seats_that_nobody_has_filled_follow_the_language(desk: DeskWorld) -> None:
    draft = begun(desk).named()
    fields = dict(re.findall(r'name="((?:address|name)-\d+)" value="([^"]*)"', draft.get("/people").text))
    draft.post("/people", **{**fields, "address-0": "anna@ku.se", "language-0": "sv", "language-1": "sv"})
    draft.named(language="da")
    assert draft.row is not None
    assert [held["language"] for held in draft.row.content["seats"]][:3] == ["sv", "da", "da"]


def test_a_day_that_is_written_and_not_chosen_is_asked_about(desk: DeskWorld) -> None:
    draft = begun(desk).named(begins="2027-04-05")
    answer = draft.post(
        "/dates",
        **{
            "decide-milestones.tjansteskrivelse": "keep", "day-milestones.tjansteskrivelse": "2027-05-21",
            "day-phases.antagande.due": "2027-12-15",
        },
    )  # fmt: skip
    assert answer.status_code == 422
    assert "välj den skrivna dagen" in words(answer.text)
    kept = draft.post(
        "/dates", **{"decide-milestones.tjansteskrivelse": "keep", "day-phases.antagande.due": "2027-12-15"}
    )
    assert kept.status_code == 303
    shown = draft.get("/dates").text
    assert re.search(r'value="keep" checked', shown)
    assert 'value="2027-12-15"' in shown
    assert "lördag 22 maj 2027" in words(draft.get("/preview").text)


def test_thirty_faults_in_a_spreadsheet_are_thirty_messages_and_nothing_is_kept(desk: DeskWorld) -> None:
    draft = begun(desk).named()
    before = draft.row
    rows, wrong = wrong_rows(load_named("pks-2021"))
    answer = draft.upload("/people/file", "deltagare.xlsx", written(rows))
    assert answer.status_code == 422
    told = re.findall(r"<li><strong>(Rad \d+(?:, kolumn [A-Z])?)</strong>(.*?)</li>", answer.text)
    assert len(told) == len(set(told)) >= len(wrong) >= 30
    assert len([where for where, _ in told if "kolumn" in where]) >= 30
    assert before is not None
    assert draft.row is not None
    assert draft.row.model_dump() == before.model_dump()
