"""Every term in every language. Whether a catalogue has every message is asked of all packages in one place."""

from __future__ import annotations

import string
from pathlib import Path

import pytest

import portal
from config.terms import Position, StepKind
from portal.words import STATES, languages, preferred, words

HOME = Path(portal.__file__).parent


def test_swedish_is_there() -> None:
    assert set(languages()) >= {"sv", "en"}


def test_language_without_a_catalogue_is_shown_in_english() -> None:
    assert words("xx").language == "en"


def test_every_term_has_words() -> None:
    for language in languages():
        say = words(language)
        for position in Position:
            assert say.position(position)
        for kind in StepKind:
            assert say.ask(kind)
            assert say.legend(kind)
        for state in STATES:
            assert say.state(state)


@pytest.mark.parametrize(
    ("asked", "given"),
    [("", "sv"), ("sv", "sv"), ("en", "en"), ("EN-us", "en"), ("de,en;q=0.2", "en"), ("en;q=0,sv;q=0.1", "sv")],
)
def test_preferred_language(asked: str, given: str) -> None:
    assert preferred(asked) == given


def test_stylesheet_has_no_foreign_assets() -> None:
    css = (HOME / "static" / "samsyn.css").read_text(encoding="utf-8")
    assert "url(" not in css
    assert "@import" not in css
    assert set(css) <= set(string.printable)
