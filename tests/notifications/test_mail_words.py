"""Dates as people write them, and catalogues that lack nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import notifications
from config.calendars import PLACES
from config.terms import Force, Position, Seat, StepKind
from notifications import terms
from notifications.dates import long_day, moment, plain_day, window_words
from notifications.i18n import LOCALES, tongue, translator

CATALOGUES = sorted(path.stem for path in LOCALES.glob("*.po"))
HOME = Path(notifications.__file__).parent


def extracted() -> set[object]:
    """Every message that code and templates ask for."""
    found = extract_from_dir(
        HOME,
        method_map=[("**.py", "python"), ("templates/**.jinja", "jinja2")],
        options_map={"templates/**.jinja": {"trimmed": "true", "extensions": "jinja2.ext.i18n"}},
        keywords={"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)},
    )
    return {message for _, _, message, _, _ in found}


def test_swedish_is_there() -> None:
    assert "sv" in CATALOGUES


@pytest.mark.parametrize("language", CATALOGUES)
def test_a_catalogue_has_every_message_and_no_other(language: str) -> None:
    with (LOCALES / f"{language}.po").open("rb") as stream:
        catalogue = read_po(stream, locale=language, abort_invalid=True)
    entries = [message for message in catalogue if message.id]
    assert {message.id for message in entries} == extracted()
    assert not [message.id for message in entries if message.fuzzy or not all([message.string])]
    assert not [m.id for m in entries if isinstance(m.string, tuple) and not all(m.string)]
    assert not catalogue.obsolete
    assert not [errors for _, errors in catalogue.check()]


@pytest.mark.parametrize("language", CATALOGUES)
def test_translations_use_the_placeholders_of_their_messages(language: str) -> None:
    import re

    with (LOCALES / f"{language}.po").open("rb") as stream:
        for message in read_po(stream, locale=language):
            if isinstance(message.id, str) and message.id:
                names = re.findall(r"%\((\w+)\)s", message.id)
                assert sorted(names) == sorted(re.findall(r"%\((\w+)\)s", str(message.string))), message.id


def test_a_language_without_a_catalogue_says_the_english_words(tmp_path: Path) -> None:
    assert translator("da", tmp_path).gettext("Supports") == "Supports"
    assert tongue("en")("Supports") == "Supports"
    assert tongue("sv")("Supports") == "Tillstyrker"


def test_every_term_has_words() -> None:
    say = tongue("sv")
    assert all(terms.position_words(position, say) for position in Position)
    assert all(terms.seat_words(seat, say) and terms.answers_as(seat, "X", say) for seat in Seat)
    assert all(terms.force_words(force, say) for force in Force)
    assert all(terms.ask_words(kind, say) and terms.lead_words(kind, "A", "B", say) for kind in StepKind)
    assert terms.result_words("not_adopted", say) == "inte antaget"
    assert terms.result_words("own_word", say) == "own word"


def test_days() -> None:
    assert long_day(date(2013, 6, 30), "sv") == "söndag 30 juni 2013"
    assert long_day(date(2013, 6, 30), "en") == "Sunday 30 June 2013"
    assert long_day(date(2013, 6, 30), "da") == "søndag den 30. juni 2013"
    assert plain_day(date(2013, 9, 1), "sv") == "1 september 2013"


def test_an_instant_is_said_by_the_clock_on_the_wall() -> None:
    late = datetime(2013, 6, 30, 21, 59, tzinfo=UTC)
    assert moment(late, PLACES["SE"].zone, "sv") == "söndag 30 juni 2013 kl. 23:59"


@pytest.mark.parametrize(
    ("earliest", "latest", "words"),
    [
        (date(2014, 1, 1), date(2014, 3, 31), "första kvartalet 2014"),
        (date(2014, 10, 1), date(2014, 12, 31), "fjärde kvartalet 2014"),
        (date(2014, 1, 1), date(2014, 12, 31), "2014"),
        (date(2013, 4, 1), date(2013, 4, 30), "april 2013"),
        (date(2013, 2, 1), date(2013, 3, 31), "februari–mars 2013"),
        (date(2012, 12, 1), date(2013, 1, 31), "december 2012–januari 2013"),
        (date(2013, 9, 11), date(2013, 9, 11), "onsdag 11 september 2013"),
        (date(2012, 12, 6), date(2013, 1, 31), "6 december 2012 till och med 31 januari 2013"),
        (date(2013, 4, 1), date(2013, 6, 29), "1 april 2013 till och med 29 juni 2013"),
        (None, date(2013, 8, 15), "senast torsdag 15 augusti 2013"),
        (date(2013, 8, 15), None, "från och med torsdag 15 augusti 2013"),
    ],
)
def test_a_window_is_said_as_a_person_would(earliest: date | None, latest: date | None, words: str) -> None:
    assert window_words(earliest, latest, "sv") == words


def test_a_window_with_two_open_ends_is_none() -> None:
    with pytest.raises(ValueError, match="at least one end"):
        window_words(None, None, "sv")
