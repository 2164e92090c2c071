"""A coordinator's whole way in a real browser on the real stack: she signs in, starts a process, and steers it.

Four other cycles run beside hers. The participants of all five have nothing but their mail.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

import httpx
import pytest
from pypdf import PdfReader

from config.loader import load_named
from config.terms import Language
from engine.accounts.accounts import add_account
from engine.clock import SystemClock
from engine.commands.start import start_cycle
from engine.script import AnswerRule, Script
from engine.stack import settings_environment
from models.assignment import Answer
from models.cycle import Person
from models.notice import Notice, NoticeKind
from shell.begun import begun, decided
from tests.acceptance.at_the_desk import ADOPTION, SLUG, Desk, filled
from tests.acceptance.house import LiveCycle
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from tests.acceptance.house import House

pytestmark = [pytest.mark.stack, pytest.mark.system]

ANNA = "anna.lind@kommunal-utveckling.example"
NEW = "elsa.ny@gnosjo.example"
BEGINS = "2027-04-05"
EVENING = datetime(2027, 4, 4, 16, tzinfo=UTC)
"""The day before the first: everything is prepared, and nothing has been sent."""
SUMMER = datetime(2027, 8, 20, 12, tzinfo=UTC)
"""Eleven of thirteen municipalities have decided; two are silent."""
LAST_DAY = date(2027, 11, 30)
LATER = date(2027, 12, 15)
SILENT = ("habo", "gnosjo")
TABLE = "behov-2027.xlsx"
BESIDE = (
    ("rsr-samverkan", datetime(2027, 7, 26, 6, tzinfo=UTC), None), ("jamtland-2012", SUMMER, None),
    ("svom-remiss", SUMMER, ["remiss=2027-11-22"]), ("midtjylland-2015", SUMMER, None),
)  # fmt: skip
"""The other cycles with their first days; one has no date of its own for the consultation."""
OTHERS = {f"{name}-2027" for name, _, _ in BESIDE}
HERE = f"/desk/{SLUG}"
WHY_LATER = "Två kommuner har sina fullmäktige i december."
WHY_PAPER = "Protokollsutdraget kom med posten."
WHY_ELSA = "Kommunen har bytt sekreterare."
EXTRACT = "Protokollsutdrag § 84: Kommunfullmäktige antar dokumentet.".encode()


@pytest.fixture
def desk(chromium: Browser, house: House) -> Iterator[Desk]:
    """Her browser, on the evening before the first day."""
    house.services.clock.set(EVENING)  # type: ignore[attr-defined]
    window = chromium.new_context(locale="sv-SE", viewport={"width": 1280, "height": 900}, accept_downloads=True)
    window.set_default_timeout(15_000)
    yield Desk(window.new_page(), house)
    window.close()
    house.tidy()
    wait_until(lambda: nothing_to_send(house), what="the last mails")


def nothing_to_send(house: House) -> bool:
    """Whether every mail has left; the clock goes on to the next one, so that no later test meets it."""
    due = house.services.mailer.next_due()
    if due is not None and due > house.services.clock.now():
        house.services.clock.set(due)  # type: ignore[attr-defined]
    return due is None


def test_a_coordinator_runs_a_process_from_the_desk(desk: Desk, house: House) -> None:
    sign_in(desk)
    prepare(desk)
    begin(desk)
    live = run_until_summer(desk)
    look(desk)
    move_the_last_day(desk)
    record_a_letter(desk)
    replace_somebody(desk, live)
    read_the_history(desk)
    read_the_record(desk)
    assert live.faults() == ()
    held = verified(house)
    assert all(held[slug] for slug in (SLUG, *OTHERS))
    assert desk.faults == []


def sign_in(desk: Desk) -> None:
    """By a link that comes by mail, and a button behind it."""
    now = SystemClock().now()
    add_account(desk.house.services.register, ANNA, now=now, name="Anna Lind", language=Language.SV, starts=True)
    desk.go("/desk")
    assert desk.page.url.startswith(f"{desk.base}/desk/sign-in")
    desk.page.fill("#address", ANNA)
    desk.see("sign-in")
    desk.press()
    wait_until(lambda: desk.mails(ANNA), what="the link")
    desk.go(f"/mailbox?to={quote(ANNA)}").page.locator("main tbody a[href^='/mailbox/']").first.click()
    desk.see("mail")
    desk.page.locator("main a[href*='/desk/enter/']").first.click()
    desk.press()
    assert desk.page.url == f"{desk.base}/desk"
    assert "Anna Lind" in desk.page.locator(".who").inner_text()
    desk.see("empty")


def prepare(desk: Desk) -> None:
    """Particulars, people by spreadsheet, dates."""
    desk.page.locator("a[href='/desk/new']").first.click()
    desk.page.locator("input[value='bundled:pks-2021']").check()
    desk.press("form:has(input[value='bundled:pks-2021'])")
    for name, value in {
        "title": "Tillsammans möter vi framtidens behov 2027–2036", "slug": SLUG, "registry_no": "2027/114",
        "begins": BEGINS,
    }.items():  # fmt: skip
        desk.page.fill(f"#{name}", value)
    desk.see("particulars")
    desk.follow("main form button >> nth=0")
    desk.see("titles")
    desk.follow("form[action$='/titles'] button")
    name, table = desk.save("a[href$='/people.xlsx']")
    assert name == TABLE
    desk.page.set_input_files("#file", {"name": name, "mimeType": "application/octet-stream", "buffer": filled(table)})
    desk.see("people")
    desk.press("form[action$='/people/file']")
    assert "41" in desk.page.locator(".said-now.good").inner_text()
    for chosen in desk.page.locator("input[type=radio][value=roll]").all():
        chosen.check()
    desk.page.locator("input[id='day-phases.antagande.due']").fill(LAST_DAY.isoformat())
    desk.see("dates")
    desk.press("form[action$='/dates']")


def begin(desk: Desk) -> None:
    """The preview, one of its mails, and the one button."""
    desk.see("preview")
    preview = desk.page.url
    desk.go(f"{preview.removeprefix(desk.base)}/mails/1").see("preview-mail")
    assert "framtidens behov 2027" in desk.says()
    desk.page.goto(preview)
    for box in desk.page.locator("main input[type=checkbox]").all():
        box.check()
    desk.press("form[action$='/preview']")
    desk.see("start")
    desk.press()
    assert desk.page.url == f"{desk.base}/desk/{SLUG}"


def run_until_summer(desk: Desk) -> LiveCycle:
    """The worker writes to people, and they answer, all but two municipalities; then the others begin beside it."""
    silent = [AnswerRule(step=ADOPTION, who=body, silent=True) for body in SILENT]
    live = LiveCycle(desk.house, load_named("pks-2021"), Script(answers=silent), SLUG)
    desk.house.browsers.append(live)
    for name, begins, dates in BESIDE:
        live.demonstration.go_on(begins)
        live.demonstration.clock.set(begins)
        definition = decided(begun(name, f"{begins.date()}", dates), accept=False, roll=True)
        start_cycle(live.register, definition, slug=f"{name}-2027", at=begins, actor="test")
    live.rest()
    written_to = {notice.cycle_id for notice in desk.rows(Notice)}
    assert {SLUG, *OTHERS} <= written_to
    assert (live.repeats(), live.unsent()) == (0, [])
    return live


def look(desk: Desk) -> None:
    """The overview and the cycle, half-way."""
    desk.go("/desk").see("overview")
    assert all(f"/desk/{slug}" not in desk.page.content() for slug in OTHERS)  # they are not hers
    desk.go(HERE).see("cycle")
    assert "11 av 13" in desk.says()


def move_the_last_day(desk: Desk) -> None:
    """What the preview says is what happens."""
    desk.go(f"{HERE}/dates").page.locator("main a[href*='/move?']").last.click()
    desk.page.fill("#day", LATER.isoformat())
    desk.page.fill("#reason", WHY_LATER)
    desk.press()
    desk.page.locator("summary").click()
    desk.see("move")
    told = desk.page.locator("details li").all_inner_texts()
    assert not desk.kinds(NoticeKind.MOVED)
    desk.press()
    assert desk.page.locator(".said-now.good").count() == 1
    names = {person.id: person.name for person in desk.rows(Person)}
    moved = [names[notice.person_id] for notice in desk.kinds(NoticeKind.MOVED)]
    assert len(told) == len(moved) > 0
    assert all(any(name in line for line in told) for name in moved)
    assert [(event["was"], event["to"]) for event in desk.events("milestone_moved")] == [
        (LAST_DAY.isoformat(), LATER.isoformat())
    ]


def record_a_letter(desk: Desk) -> None:
    """Habo's decision came on paper."""
    desk.go(f"{HERE}/answer").page.locator("main .choice", has_text="Habo").first.locator("input").check()
    desk.press()
    for field in ("input[name=means][value=paper]", "input[name=position][value=adopts]"):
        desk.page.locator(field).check()
    desk.page.fill("#reason", WHY_PAPER)
    desk.page.set_input_files("#files", {"name": "Utdrag § 84.txt", "mimeType": "text/plain", "buffer": EXTRACT})
    desk.see("answer")
    desk.press()
    desk.see("answer-review")
    assert "Utdrag § 84.txt" in desk.says()
    desk.press()
    assert desk.page.locator(".said-now.good").count() == 1
    by_hand = [answer for answer in desk.rows(Answer) if answer.via == "coordinator"]
    assert [(str(one.position), "/habo." in one.assignment_id) for one in by_hand] == [("adopts", True)]


def replace_somebody(desk: Desk, live: LiveCycle) -> None:
    """Somebody else answers for Gnosjö; the old link is withdrawn, and the new one is answered in a browser."""
    seat, old = desk.asked("gnosjo")
    link = desk.mails(old)[-1]["links"][0]
    assert httpx.get(link, follow_redirects=True).is_success
    desk.go(f"{HERE}/people").page.select_option("#seat", seat)
    for field, value in {"address": NEW, "name": "Elsa Ny", "reason": WHY_ELSA}.items():
        desk.page.fill(f"#{field}", value)
    desk.press()
    desk.see("replace")
    desk.press()
    live.rest()
    assert httpx.get(link, follow_redirects=True).status_code == httpx.codes.GONE
    asked = next(mail for mail in desk.mails(NEW) if mail["kind"] == NoticeKind.ASKED)
    desk.page.goto(asked["links"][0])
    assert "för Gnosjö kommun. Du svarar i stället för Secretary 1 i Gnosjo." in desk.says()
    desk.page.locator("input[name=position][value=declines]").check()
    desk.page.fill("#comment", "Kommunen har en egen plattform.")
    desk.see("participant")
    desk.follow("form[data-step] .actions button:not(.second)")
    desk.follow("main form button:not(.second)")
    live.rest()


def read_the_history(desk: Desk) -> None:
    """All of it stands there, with her name and her reasons."""
    desk.go(f"{HERE}/history").see("history")
    assert "Secretary 1 i Gnosjo" in desk.page.locator("tr", has_text=WHY_ELSA).inner_text()
    assert "Elsa Ny" in desk.page.locator("tr", has_text=WHY_ELSA).inner_text()
    for reason in (WHY_LATER, WHY_PAPER, WHY_ELSA):
        assert desk.page.locator("tr", has_text=reason).filter(has_text="Anna Lind").count() == 1, reason


def read_the_record(desk: Desk) -> None:
    """The page, and two of its formats, by the links on the desk."""
    desk.go(HERE).see("ended")
    name, document = desk.save("section[aria-labelledby=record] a[href$='.pdf']")
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(document)).pages)
    assert (name, "Gnosjö" in text, "2027/114" in text) == (f"{SLUG}.pdf", True, True)
    address = desk.page.locator("section[aria-labelledby=record] a[href$='.json']").get_attribute("href")
    record = desk.page.request.get(f"{desk.base}{address}").json()
    assert {"Habo kommun", "Gnosjö kommun"} < {body["name"] for body in record["organizations"]}
    desk.page.locator(f"main a[href='/record/{SLUG}']").first.click()
    desk.see("record")
    assert "Utfall: antaget. 12 av 13 har antagit." in desk.says()


def verified(house: House) -> dict[str, bool]:
    """What `samsyn verify` says of every cycle."""
    ran = subprocess.run(
        [sys.executable, "-m", "cli", "verify", "--json"], capture_output=True, text=True, check=True, timeout=60,
        env={**settings_environment(house.settings)},
    )  # fmt: skip
    return {one["cycle"]: one["holds"] for one in json.loads(ran.stdout)}
