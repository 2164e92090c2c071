"""Participants who do what a page tells them when nothing can be saved: wait, and press its button.

They complain when the page has lost a word of what they wrote, cannot be read, or offers no way to go on.
"""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import httpx

from engine.participants import Crowd, Form, Page, Participant, Stuck

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from engine.script import Plan

PATIENCE = 90
"""Seconds for a page: longer than the portal waits for the register."""
TRIES = 20
MOST_READABLE = 100_000


@dataclass
class Patient(Participant):
    """One person."""

    complaints: list[str] = field(default_factory=list)
    refusals: int = 0
    thanked: int = 0  # how often she has seen a receipt
    waits: Callable[[], object] = lambda: None  # what she does before she presses the button again

    def _answer(self, link: str, planned: Plan, now: datetime) -> None:
        super()._answer(link, planned, now)
        self.thanked += 1

    def _submit(self, form: Form, filled: dict[str, str], planned: Plan | None = None) -> httpx.Response:  # noqa: ARG002
        response = self.http.post(form.action, data=filled)
        for _ in range(TRIES):
            if response.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                break
            self.refusals += 1
            button = self._read(response, filled)
            self.waits()
            response = self.http.post(urljoin(str(response.url), button.action), data=button.fields)
        if response.status_code != httpx.codes.OK:
            raise Stuck(f"submitting answered {response.status_code}: {response.text[:500]}")
        return response

    def _read(self, page: httpx.Response, filled: dict[str, str]) -> Form:
        """The page that says that nothing can be saved: whole, with every word, and with a button."""
        shown = html.unescape(page.text)
        if "<h1>" not in shown or "Traceback" in shown or page.headers.get("retry-after") is None:
            self.complaints.append("the page that nothing can be saved cannot be read")
        button = next((form for form in Page(page.text).forms if form.buttons), None)
        if button is None:
            raise Stuck("nothing can be saved, and the page has no way to go on")
        lost = [name for name, text in filled.items() if text and _plain(button.fields.get(name, "")) != _plain(text)]
        self.complaints += [f"the page has lost what was written in {name}" for name in lost]
        return button


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


@dataclass
class PatientCrowd(Crowd):
    """All of them."""

    waits: Callable[[], object] = lambda: None

    def __post_init__(self) -> None:
        self._post = httpx.Client(base_url=self.portal, timeout=PATIENCE)

    def _person(self, address: str) -> Participant:
        if address not in self.people:
            http = httpx.Client(follow_redirects=True, timeout=PATIENCE)
            self.people[address] = Patient(http, self.script, self.place, waits=lambda: self.waits())  # noqa: PLW0108 - what it is may change
        return self.people[address]

    def act_first(self, now: datetime) -> None:
        """One person answers, the others not yet."""
        due = (one for _, one in sorted(self.people.items()) if one.next_due is not None and one.next_due <= now)
        next(due).act(now)

    @property
    def complaints(self) -> list[str]:
        """What anybody found wrong with a page."""
        return [said for person in self.people.values() if isinstance(person, Patient) for said in person.complaints]

    @property
    def thanked(self) -> int:
        """How many answers the portal has confirmed to anybody."""
        return sum(person.thanked for person in self.people.values() if isinstance(person, Patient))

    @property
    def refusals(self) -> int:
        """How often somebody was told that nothing can be saved."""
        return sum(person.refusals for person in self.people.values() if isinstance(person, Patient))
