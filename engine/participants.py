"""Participants of a demonstration: programs that do what a person could, and nothing else.

Each reads the mail that has come for her, follows the link, fills in the form as it stands on the page, looks at the
review, and submits. When, and with which words, the script says.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from heapq import heappop, heappush
from html.parser import HTMLParser
from itertools import count
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import httpx

from config.terms import Position
from engine.script import Asked, Plan, Script, plan

if TYPE_CHECKING:
    from config.calendars import Place

ASKING = ("asked", "asked_again")


class Overtaken(Exception):  # noqa: N818 - it happens to people
    """The question was closed, or asked anew, before the answer was sent; the page says so."""


class Stuck(Exception):  # noqa: N818 - a person would say so
    """A page was not what a person could have used."""


@dataclass
class Form:
    """A form as it stands on a page."""

    action: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)  # radio buttons by name
    buttons: list[tuple[str, str]] = field(default_factory=list)  # name and value of each way to submit
    facts: dict[str, str] = field(default_factory=dict)  # the form's data attributes
    takes_files: str = ""  # the name of the field that files are chosen in


class Page(HTMLParser):
    """The forms of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._textarea: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Forms and what is in them."""
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            facts = {name[5:]: value for name, value in said.items() if name.startswith("data-")}
            self.forms.append(Form(said.get("action", ""), facts=facts))
        elif self.forms and tag == "input":
            self._input(self.forms[-1], said)
        elif self.forms and tag == "textarea":
            self._textarea = said.get("name", "")
            self.forms[-1].fields[self._textarea] = ""
        elif self.forms and tag == "button":
            self.forms[-1].buttons.append((said.get("name", ""), said.get("value", "")))

    @staticmethod
    def _input(form: Form, said: dict[str, str]) -> None:
        name, value = said.get("name", ""), said.get("value", "")
        if said.get("type") == "file":
            form.takes_files = name
            return
        if said.get("type") == "radio":
            form.choices.setdefault(name, []).append(value)
            if "checked" in said:
                form.fields[name] = value
        elif name and (said.get("type") != "checkbox" or "checked" in said):
            form.fields[name] = value

    def handle_data(self, data: str) -> None:
        """What stands in a text field."""
        if self._textarea is not None:
            self.forms[-1].fields[self._textarea] += data

    def handle_endtag(self, tag: str) -> None:
        """The end of a text field."""
        if tag == "textarea":
            self._textarea = None


@dataclass
class Participant:
    """One person at her own browser."""

    http: httpx.Client
    script: Script
    place: Place
    plans: list[tuple[datetime, int, str, Plan]] = field(default_factory=list)
    answered: int = 0

    def __post_init__(self) -> None:
        self._order = count()

    def read(self, asked_at: datetime, link: str) -> None:
        """A mail has come: open its link, and make up her mind when to answer and what."""
        try:
            form = self._answer_form(link)
        except Overtaken:
            return
        planned = plan(self.script, _asked(form, asked_at), self.place)
        if planned is not None:
            heappush(self.plans, (planned.at, next(self._order), link, planned))

    def act(self, now: datetime) -> int:
        """Answer what she meant to have answered by now."""
        done = 0
        while self.plans and self.plans[0][0] <= now:
            _, _, link, planned = heappop(self.plans)
            with suppress(Overtaken):  # a person would read why, and leave it
                self._answer(link, planned, now)
            done += 1
        self.answered += done
        return done

    @property
    def next_due(self) -> datetime | None:
        """When she will next sit down to answer."""
        return self.plans[0][0] if self.plans else None

    def _answer_form(self, link: str) -> Form:
        response = self.http.get(link)
        if response.status_code == httpx.codes.GONE:
            raise Overtaken
        if response.status_code != httpx.codes.OK:
            raise Stuck(f"the link of a mail leads to {response.status_code}")
        form = next((form for form in Page(response.text).forms if "step" in form.facts), None)
        if form is None:
            raise Stuck("the page has no form to answer with")
        form.action = urljoin(str(response.url), form.action)
        return form

    def _answer(self, link: str, planned: Plan, now: datetime) -> None:
        form = self._answer_form(link)
        asked = _asked(form, now)
        fields = planned.filled(asked.form, asked.who, self.place.today(now))
        filled = {**form.fields, **_choices(form, planned), **fields}
        for name, text in (("comment", planned.comment), ("text", planned.text), ("items", "\n".join(planned.items))):
            if text and name in filled:
                filled[name] = text
        review = self._submit(form, filled, planned)
        binding = Page(review.text).forms
        final = next((form for form in binding if "sealed" in form.fields), None)
        if final is None:
            raise Stuck("the review page has no way to submit")
        final.action = urljoin(str(review.url), final.action)
        self._submit(final, final.fields)

    def _submit(self, form: Form, filled: dict[str, str], planned: Plan | None = None) -> httpx.Response:
        attached = None
        if planned is not None and planned.attach:
            if not form.takes_files:
                raise Stuck("the form takes no files")
            attached = {form.takes_files: (planned.attach, planned.file())}
        response = self.http.post(form.action, data=filled, files=attached)
        if response.status_code != httpx.codes.OK:
            raise Stuck(f"submitting answered {response.status_code}: {response.text[:500]}")
        return response


def _choices(form: Form, planned: Plan) -> dict[str, str]:
    for name, values in form.choices.items():
        if planned.position in values:
            return {name: str(planned.position)}
    return {}


def _asked(form: Form, asked_at: datetime) -> Asked:
    """What the page says of the question."""
    said = form.facts
    return Asked(
        step=said["step"],
        who=said["body"],
        round=int(said.get("round", "1")),
        asked_at=asked_at,
        not_before=date.fromisoformat(said["not-before"]) if said.get("not-before") else None,
        due_on=date.fromisoformat(said["due"]) if said.get("due") else None,
        offers=tuple(Position(offer) for offer in said["offers"].split()),
        writes="text" in form.fields and not said.get("form"),
        form=json.loads(said["form"]) if said.get("form") else None,
    )


@dataclass
class Crowd:
    """All participants, each with her own mail."""

    portal: str
    script: Script
    place: Place
    people: dict[str, Participant] = field(default_factory=dict)
    mails: list[str] = field(default_factory=list)  # Message-IDs, in order of arrival
    _after: str = ""

    def __post_init__(self) -> None:
        self._post = httpx.Client(base_url=self.portal, timeout=30)

    def read_mail(self) -> int:
        """Everybody reads what has come since last time; returns how many mails that were."""
        new = self._post.get("/mailbox.json", params={"after": self._after}).raise_for_status().json()
        for mail in new:
            self._after = max(self._after, mail["id"])
            read_before = mail["message_id"] in self.mails  # a mail that comes twice is one to who reads it
            self.mails.append(mail["message_id"])
            if mail["kind"] in ASKING and not read_before:
                for address in mail["to"]:
                    self._person(address).read(datetime.fromisoformat(mail["date"]), mail["links"][0])
        return len(new)

    def _person(self, address: str) -> Participant:
        if address not in self.people:
            http = httpx.Client(follow_redirects=True, timeout=30)
            self.people[address] = Participant(http, self.script, self.place)
        return self.people[address]

    def act(self, now: datetime) -> int:
        """Everybody answers what she meant to have answered by now."""
        return sum(self.people[address].act(now) for address in sorted(self.people))

    @property
    def next_due(self) -> datetime | None:
        """When anybody will next answer."""
        moments = [person.next_due for person in self.people.values() if person.next_due]
        return min(moments, default=None)

    def close(self) -> None:
        """Close the browsers."""
        self._post.close()
        for person in self.people.values():
            person.http.close()
