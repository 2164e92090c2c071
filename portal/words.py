"""The portal's words in several languages.

Terms of the field come from the catalogue of the mails, so that a page and a mail never name the same thing
differently; what only pages say is in `locales/` here. A language without a catalogue of pages is shown in English.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from config.calendars import PLACES
from config.terms import Position, StepKind
from models.assignment import Revocation
from notifications import dates, terms
from notifications.i18n import N_, Tongue, tongue

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from models.cycle import Cycle
    from models.forms.base import Label

LOCALES = Path(__file__).parent / "locales"
SOURCE_LANGUAGE = "en"
DEFAULT_LANGUAGE = "sv"
MOST_NAMES = 30
"""Names that are read in a sentence."""

STATES = {
    "running": N_("in progress"),
    "held": N_("on hold"),
    "concluded": N_("concluded"),
    "cancelled": N_("cancelled"),
    "planned": N_("planned"),
    "open": N_("in progress"),
    "closed": N_("closed"),
    "pending": N_("not due yet"),
    "met": N_("met"),
    "missed": N_("missed"),
    "moved": N_("moved"),
    "waived": N_("waived"),
}

STANDINGS = {
    "held": (
        N_("The work is on hold"),
        N_("The coordinator has stopped the process for a while. You can answer when it goes on; keep the mail."),
    ),
    "asked_anew": (
        N_("The question has been asked again"),
        N_("The matter came back, and you have a newer mail with a link of its own. Use that link."),
    ),
    "revoked": (
        N_("The link has been withdrawn"),
        N_("It can no longer be used, for instance because somebody else answers now. Ask the coordinator."),
    ),
    "expired": (
        N_("The link is no longer valid"),
        N_("The question was closed some time ago. What came of it stands in the public record."),
    ),
    "closed": (
        N_("The question is closed"),
        N_("Answers are no longer taken. Below is what became of it."),
    ),
    "ended": (
        N_("The process has ended"),
        N_("Answers are no longer taken. Below is what became of it."),
    ),
}
"""Why nothing can be answered: a heading, and what it means."""
REVOCATIONS = {
    Revocation.NOT_ME: (
        N_("Thank you for telling us"),
        N_(
            "Your link no longer works, and you get no more mails about the question. The coordinator asks the right "
            "person."
        ),
    ),
    Revocation.DELEGATED: (
        N_("Somebody else answers instead of you"),
        N_(
            "A mail with a link has gone to whoever you chose, and a receipt to you. Your own link no longer answers "
            "the question."
        ),
    ),
    Revocation.HANDED_BACK: (
        N_("You have given the question back"),
        N_("Whoever had handed it to you has been told, and answers. You need not do anything more."),
    ),
    Revocation.TAKEN_BACK: (
        N_("The question is with whoever was asked first"),
        N_("A mail with a new link has gone there. Only that link answers the question."),
    ),
    Revocation.REPLACED: (
        N_("Somebody else answers now"),
        N_("The coordinator has named another person or address. If that is wrong, ask the coordinator."),
    ),
    Revocation.SENT_ANEW: (
        N_("You have a newer mail"),
        N_("The coordinator has sent you a new link. Use the one in the newest mail."),
    ),
}
"""Why a link was withdrawn: a heading, and what it means for whoever had it."""
LEGENDS = {
    StepKind.DECIDE: N_("What was decided?"),
    StepKind.MEET: N_("What did the meeting decide?"),
}
HINTS = {
    Position.REFERS_BACK: N_("The question is put to you again."),
    Position.TABLES: N_("The question is put to you again."),
}
"""What a choice leads to, where it is not plain."""


def languages() -> tuple[str, ...]:
    """The languages that pages are written in."""
    return (SOURCE_LANGUAGE, *sorted(source.stem for source in LOCALES.glob("*.po") if source.stem != SOURCE_LANGUAGE))


class Said(NamedTuple):
    """Words, and the language that they are in."""

    text: str
    language: str


@dataclass(frozen=True)
class Words:
    """One language for a page: its own words, and the field's terms."""

    page: Tongue
    terms: Tongue

    @property
    def language(self) -> str:
        """The code of the language, for `lang` attributes."""
        return self.page.language

    def __call__(self, message: str, /, **values: object) -> str:
        """A message of the portal, with `%(name)s` filled in."""
        return self.page(message, **values)

    def some(self, names: Sequence[str], most: int = MOST_NAMES) -> str:
        """Names in a sentence; of very many the first ones, and how many more there are."""
        first = ", ".join(names[:most])
        more = len(names) - most
        return f"{first} {self.page(N_('and %(count)s more'), count=more)}" if more > 0 else first

    def position(self, position: str) -> str:
        """What an answer says: `Tillstyrker`."""
        return terms.position_words(position, self.terms)

    def mail(self, kind: str) -> str:
        """What a kind of mail is called: `påminnelse`."""
        return terms.mail_words(kind, self.terms)

    def binding(self, outcome: str, force: str) -> str:
        """What a decision binds to, or that it binds nobody."""
        return terms.binding_words(outcome, force, self.terms)

    def result(self, result: str) -> str:
        """What a phase, a step or a cycle came to."""
        own = {"not_held": N_("not held"), "no_reply": N_("no reply")}
        return self.page(own[result]) if result in own else terms.result_words(result, self.terms)

    def state(self, state: str) -> str:
        """Where a cycle, phase or milestone is."""
        return self.page(STATES[state])

    def ask(self, kind: str) -> str:
        """What is asked, as a heading: `Redovisa beslutet`."""
        return terms.ask_words(kind, self.terms)

    def lead(self, kind: str, coordinator: str, body: str) -> str:
        """Who asks whom for what."""
        return terms.lead_words(kind, coordinator, body, self.terms)

    def legend(self, kind: str) -> str:
        """What the choice of positions is called."""
        return self.page(LEGENDS.get(StepKind(kind), N_("What is your answer?")))

    def hint(self, position: str) -> str:
        """What a choice leads to, or nothing."""
        hint = HINTS.get(Position(position))
        return self.page(hint) if hint else ""

    def listed(self, positions: Iterable[str]) -> str:
        """Positions in a row."""
        return ", ".join(self.position(position) for position in positions)

    def outcome(self, outcome: str) -> str:
        """A decision's outcome, which is a position or a result: `Antar`, `Godkänt`."""
        found = self.position(outcome) if outcome in set(Position) else self.result(outcome)
        return found[:1].upper() + found[1:]

    def standing(self, standing: str) -> tuple[str, str]:
        """Why nothing can be answered."""
        heading, meaning = STANDINGS[standing]
        return self.page(heading), self.page(meaning)

    def revocation(self, why: Revocation) -> tuple[str, str]:
        """Why a link was withdrawn."""
        heading, meaning = REVOCATIONS[why]
        return self.page(heading), self.page(meaning)

    def seat(self, seat: str) -> str:
        """The name of a seat."""
        return terms.seat_words(seat, self.terms)

    def answers_as(self, seat: str, body: str) -> str:
        """On whose behalf somebody answers."""
        return terms.answers_as(seat, body, self.terms)

    def long_day(self, day: date) -> str:
        """A day with its weekday."""
        return dates.long_day(day, self.language)

    def plain_day(self, day: date) -> str:
        """A day without its weekday."""
        return dates.plain_day(day, self.language)

    def moment(self, instant: datetime, cycle_place: str) -> str:
        """An instant by the clock on the wall of the cycle's place."""
        return dates.moment(instant, PLACES[cycle_place].zone, self.language)

    def label(self, label: Label, cycle_language: str) -> Said:
        """A label of a form: a term of the field, or a definition's words in the reader's language or the cycle's."""
        if isinstance(label, str):
            return Said(self.terms(label), self.language)
        own = (language for language in (self.language, cycle_language) if language in label)
        language = next(own, next(iter(label)))
        return Said(label[language], language)

    def question(self, asked: Mapping[str, str], cycle: Cycle) -> tuple[str, str]:
        """What a step asks, and the language it stands in: the reader's where it has one, otherwise the cycle's."""
        own = (language for language in (self.language, str(cycle.language)) if language in asked)
        language = next(own, next(iter(asked)))
        return asked[language], language


def words(language: str) -> Words:
    """A language for pages; English where the portal has no catalogue."""
    known = language if language in languages() else SOURCE_LANGUAGE
    return Words(tongue(known, LOCALES), tongue(known))


def preferred(accept_language: str) -> str:
    """The first language of an Accept-Language header that pages are written in, by its weights (RFC 9110, 12.5.4)."""
    known = languages()
    for tag, _weight in sorted(_weighted(accept_language), key=lambda pair: -pair[1]):
        code = tag.partition("-")[0].strip().lower()
        if code in known:
            return code
    return DEFAULT_LANGUAGE


def _weighted(header: str) -> list[tuple[str, float]]:
    found = []
    for part in header.split(",")[:20]:
        tag, _, parameter = part.partition(";")
        try:
            weight = float(parameter.partition("=")[2]) if parameter else 1.0
        except ValueError:
            weight = 0.0
        if weight > 0:
            found.append((tag.strip(), weight))
    return found
