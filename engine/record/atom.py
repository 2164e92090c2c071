"""The record as an Atom feed (RFC 4287): what became public, the newest first."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET  # only written with, never read
from datetime import UTC
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlsplit

from config.base import in_language, readable
from config.calendars import PLACES
from engine.record.matrix_csv import outcome_words
from engine.record.news import NewsKind
from engine.record.popolo import public_id
from engine.record.words import ENDED, MILESTONE_NEWS, say_in
from notifications.dates import plain_day
from notifications.i18n import N_, tongue

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from engine.record.news import News
    from engine.record.parts import DecisionRecord, MilestoneRecord, Record

ATOM = "http://www.w3.org/2005/Atom"
MOST = 100
"""Entries in a feed; the page has all."""
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What cannot stand in XML 1.0 (2.2)."""
DECIDED = N_("%(body)s: %(outcome)s")
MINUTES = N_("Minutes attested: %(body)s, %(day)s")
WITHHELD = N_("Withheld from the record: %(where)s")
DISPOSED = N_("Disposed of by decision: %(decision)s")
VERSION = N_("%(title)s, version %(version)s")


class Entry(NamedTuple):
    """An entry's words, and where on the page it stands."""

    title: str
    content: str
    anchor: str


def record_atom(record: Record, news: Iterable[News], language: str, base_url: str) -> bytes:
    """The feed. `news` are the record's, oldest first; `base_url` is where the portal is reached."""
    ET.register_namespace("", ATOM)
    feed = ET.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": language})
    page = f"{base_url}/record/{quote(record.slug)}"
    _add(feed, "id", _tag(record, base_url))
    _add(feed, "title", record.title)
    _add(feed, "updated", _instant(record.changed_at))
    ET.SubElement(_child(feed, "author"), f"{{{ATOM}}}name").text = _clean(record.coordinator)
    ET.SubElement(feed, f"{{{ATOM}}}link", {"rel": "self", "type": "application/atom+xml", "href": f"{page}.atom"})
    ET.SubElement(feed, f"{{{ATOM}}}link", {"rel": "alternate", "type": "text/html", "href": page})
    writer = _Entries(record, language)
    told = ((one, writer.entry(one)) for one in reversed(list(news)))
    shown = [(one, entry) for one, entry in told if entry is not None]
    for one, entry in shown[:MOST]:
        _append(feed, one, entry, f"{_tag(record, base_url)}/{one.seq}/{one.kind}/{public_key(one)}", page)
    return bytes(ET.tostring(feed, encoding="utf-8", xml_declaration=True))


def public_key(news: News) -> str:
    """What tells entries of one journal entry apart, without saying who answered."""
    return public_id(news.subject)


class _Entries:
    """Writes the entries in a language."""

    def __init__(self, record: Record, language: str) -> None:
        self.record = record
        self.say, self.terms = say_in(language), tongue(language)
        self.decisions = {one.id: one for one in record.decisions}
        self.milestones = {f"{record.slug}/:{one.key}": one for one in record.milestones}
        self.meetings = {one.id: one for one in record.meetings}
        self.withheld = {f"{record.slug}/redaction-{one.number}": one for one in record.withheld}
        self.disposals = {f"{record.slug}/disposal-{one.number}": one for one in record.disposals}

    def entry(self, news: News) -> Entry | None:
        """The entry of a piece of news; None where the record does not show it (any more)."""
        if news.kind is NewsKind.DECISION and news.subject in self.decisions:
            return self._decision(self.decisions[news.subject])
        if news.kind is NewsKind.MILESTONE and news.subject in self.milestones:
            return self._milestone(self.milestones[news.subject], news.became)
        if news.kind is NewsKind.ENDED:
            outcome = outcome_words(self.record.outcome, self.terms) if self.record.outcome else ""
            return Entry(self.say(ENDED[news.became]), outcome, "main")
        return self._minutes(news) or self._mended(news)

    def _decision(self, made: DecisionRecord) -> Entry:
        about = self.say(VERSION, title=made.text.title, version=made.text.version) if made.text else made.phase
        day = plain_day(made.decided_on, self.say.language)
        said = [about, f"{day}{f', {made.paragraph}' if made.paragraph else ''}", made.reason, made.addition,
                made.reservations]  # fmt: skip
        outcome = outcome_words(made.outcome, self.terms)
        return Entry(self.say(DECIDED, body=made.body, outcome=outcome), "\n".join(filter(None, said)), "decisions")

    def _milestone(self, promise: MilestoneRecord, became: str) -> Entry:
        titled = in_language(promise.title, self.say.language, self.record.language) if promise.title else ""
        title = self.say(MILESTONE_NEWS[became], milestone=titled or readable(promise.key))
        return Entry(title, f"”{promise.words}”" if promise.words else "", "milestones")

    def _minutes(self, news: News) -> Entry | None:
        meeting = self.meetings.get(news.subject)
        if news.kind is not NewsKind.MINUTES or meeting is None or meeting.minutes is None or meeting.day is None:
            return None
        day = plain_day(meeting.day, self.say.language)
        return Entry(self.say(MINUTES, body=meeting.body, day=day), meeting.phase, "meetings")

    def _mended(self, news: News) -> Entry | None:
        if (withheld := self.withheld.get(news.subject)) is not None:
            return Entry(self.say(WITHHELD, where=withheld.where), withheld.ground, "withheld")
        if (disposal := self.disposals.get(news.subject)) is not None:
            return Entry(self.say(DISPOSED, decision=disposal.decision), disposal.document, "withheld")
        return None


def _append(feed: ET.Element, news: News, entry: Entry, name: str, page: str) -> None:
    made = _child(feed, "entry")
    _add(made, "id", name)
    _add(made, "title", entry.title)
    _add(made, "updated", _instant(news.at))
    _add(made, "published", _instant(news.at))
    ET.SubElement(made, f"{{{ATOM}}}link", {"rel": "alternate", "type": "text/html", "href": f"{page}#{entry.anchor}"})
    _add(made, "content", entry.content or entry.title)


def _tag(record: Record, base_url: str) -> str:
    """A name that nobody else gives (RFC 4151): the portal's host on the day when the cycle began."""
    day = PLACES[record.place].today(record.started_at)
    return f"tag:{urlsplit(base_url).hostname},{day.isoformat()}:record/{quote(record.slug)}"


def _instant(moment: datetime) -> str:
    """RFC 3339 in UTC."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _child(parent: ET.Element, name: str) -> ET.Element:
    return ET.SubElement(parent, f"{{{ATOM}}}{name}")


def _add(parent: ET.Element, name: str, words: str) -> None:
    _child(parent, name).text = _clean(words)


def _clean(words: str) -> str:
    return NO_XML.sub("\ufffd", words)
