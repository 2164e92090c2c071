"""A coordinator at her browser: what she opens, presses and saves, and what stands in the register meanwhile."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any, Self

import httpx
from openpyxl import load_workbook
from sqlmodel import col, select

from engine.starting.sheet_words import columns, seats
from models.assignment import Assignment
from models.cycle import Person
from models.journal import JournalEntry
from models.notice import Notice, NoticeKind
from tests.system.looking import SCREENSHOTS, axe_faults, reflow_faults

if TYPE_CHECKING:
    from playwright.sync_api import Download, Page, Response

    from tests.acceptance.house import House

SLUG = "behov-2027"
ADOPTION = "antagande/decision"
QUESTION = f"{SLUG}/{ADOPTION}"


class Desk:
    """A coordinator's window, and what she sees in it."""

    def __init__(self, page: Page, house: House) -> None:
        self.page = page
        self.house = house
        self.base = house.settings.base_url
        self.faults: list[str] = []
        self.seen: list[str] = []

    def go(self, address: str) -> Self:
        """Open a page of the installation."""
        self._fine(self.page.goto(f"{self.base}{address}"))
        return self

    def _fine(self, response: Response | None) -> None:
        assert response is not None
        assert response.ok, f"{response.url}: {response.status}\n{self.house.log_of('portal')[-3000:]}"

    def see(self, name: str) -> None:
        """Keep a picture of the page, and what is wrong with it."""
        self.seen.append(name)
        self.faults += [f"{name}: {fault}" for fault in (*axe_faults(self.page), *reflow_faults(self.page))]
        SCREENSHOTS.mkdir(exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"desk-e2e-{len(self.seen):02}-{name}.png", full_page=True)

    def press(self, where: str = "main form") -> None:
        """The button of a form; the page after it is there when this returns."""
        self.follow(f"{where} button[type=submit]:not([form]):visible >> nth=-1")

    def follow(self, selector: str) -> None:
        """Press or click what leads to another page."""
        with self.page.expect_navigation() as coming:
            self.page.locator(selector).click()
        self._fine(coming.value)

    def says(self) -> str:
        """What the page reads."""
        return self.page.locator("main").inner_text()

    def save(self, selector: str) -> tuple[str, bytes]:
        """Follow a link to a file; returns its name and what was saved."""
        with self.page.expect_download() as saving:
            self.page.locator(selector).click()
        file: Download = saving.value
        return file.suggested_filename, file.path().read_bytes()

    def mails(self, address: str) -> list[dict[str, Any]]:
        """What has come for an address, the oldest first."""
        mails: list[dict[str, Any]] = httpx.get(f"{self.base}/mailbox.json", params={"to": address}).json()
        return sorted(mails, key=lambda mail: mail["id"])

    def rows(self, table: type[Any]) -> list[Any]:
        """A table's rows."""
        with self.house.services.register.read() as session:
            return list(session.exec(select(table)))

    def kinds(self, kind: NoticeKind) -> list[Notice]:
        """What people of her cycle are owed of a kind."""
        return [notice for notice in self.rows(Notice) if (notice.cycle_id, notice.kind) == (SLUG, kind)]

    def events(self, name: str) -> list[dict[str, Any]]:
        """What her cycle's journal says of a kind of event."""
        bodies = [json.loads(entry.body) for entry in self.rows(JournalEntry) if entry.cycle_id == SLUG]
        return [event for body in bodies for event in body["events"] if event["event"] == name]

    def asked(self, body: str) -> tuple[str, str]:
        """Which seat of a body is asked whether it adopts, and the address there."""
        query = select(Assignment, Person).join(Person, col(Person.id) == col(Assignment.person_id))
        mine = col(Assignment.step_id) == QUESTION, col(Assignment.body_id) == f"{SLUG}/@{body}"
        with self.house.services.register.read() as session:
            assignment, person = session.exec(query.where(*mine)).one()
        return assignment.membership_id.rpartition("@")[2], person.address


def filled(table: bytes) -> bytes:
    """The spreadsheet with a person in every row: an address and a name."""
    book = load_workbook(io.BytesIO(table))
    sheet = book.worksheets[0]
    heads = {columns()[str(cell.value).casefold()]: cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        body, told, number = (str(sheet.cell(row, heads[name]).value) for name in ("body", "seat", "number"))
        seat = str(seats()[told.casefold()])
        sheet.cell(row, heads["address"]).value = f"{seat}{number}@{body}.example"
        sheet.cell(row, heads["name"]).value = f"{seat.capitalize()} {number} i {body.capitalize()}"
    assert sheet.max_row == 1 + 41
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
