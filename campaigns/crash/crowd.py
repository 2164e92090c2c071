"""Participants who are not put off: a page that does not come is asked for again, as a person would with F5.

They remember what the portal has confirmed to them; that is what must never be lost.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx

from engine.participants import Crowd, Participant, Stuck

if TYPE_CHECKING:
    from datetime import datetime

    from engine.participants import Form
    from engine.script import Plan

AGAIN = 0.05
"""Seconds before a page is asked for again."""
PATIENCE = 120.0
"""Seconds after which a portal that does not come back has broken its promise."""
TIMEOUT = 30


class Patient(httpx.HTTPTransport):
    """Sends a request again, the same bytes, until its answer has come whole."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One answer, however often the portal dies over it."""
        request.read()
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                response = super().handle_request(request)
                response.read()
            except httpx.TransportError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(AGAIN)
            else:
                return response


@dataclass(frozen=True)
class Confirmed:
    """An answer whose receipt the participant has seen."""

    token: str  # of the link that she followed
    position: str
    comment: str
    text: str


@dataclass
class Witness(Participant):
    """A participant who remembers."""

    confirmed: list[Confirmed] = field(default_factory=list)
    _typed: dict[str, str] = field(default_factory=dict)
    _shown: str = ""

    def _answer(self, link: str, planned: Plan, now: datetime) -> None:
        super()._answer(link, planned, now)
        if not self._shown.endswith("/receipt"):
            raise Stuck(f"after an answer {self._shown} was shown, and no receipt")
        typed, token = self._typed, link.rpartition("/")[2]
        words = (typed.get("comment", ""), typed.get("text", ""))
        self.confirmed.append(Confirmed(token, typed.get("position", str(planned.position)), *words))

    def _submit(self, form: Form, filled: dict[str, str], planned: Plan | None = None) -> httpx.Response:
        response = super()._submit(form, filled, planned)
        self._shown = response.url.path
        if planned is not None:  # what is typed; the review that is confirmed after it holds it sealed
            self._typed = filled
        return response


@dataclass
class Witnesses(Crowd):
    """All participants."""

    def __post_init__(self) -> None:
        self._post = httpx.Client(base_url=self.portal, timeout=TIMEOUT, transport=Patient())

    def _person(self, address: str) -> Participant:
        if address not in self.people:
            http = httpx.Client(follow_redirects=True, timeout=TIMEOUT, transport=Patient())
            self.people[address] = Witness(http, self.script, self.place)
        return self.people[address]

    @property
    def confirmed(self) -> list[Confirmed]:
        """Everything that the portal has confirmed to anybody."""
        return [one for person in self.people.values() if isinstance(person, Witness) for one in person.confirmed]

    def pass_over(self, last: str) -> None:
        """Mails up to this one concern earlier cycles."""
        self._after = last
