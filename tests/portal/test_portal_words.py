"""Every word in every language."""

from __future__ import annotations

import string
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import portal
from config.terms import Position, StepKind
from portal.words import LOCALES, STATES, languages, preferred, words

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

HOME = Path(portal.__file__).parent


METHODS = [("**.py", "python"), ("templates/**.html", "jinja2.ext.babel_extract")]


def extracted() -> set[str]:
    """Every message id of the portal."""
    found = extract_from_dir(
        HOME, METHODS, keywords={"_": None, "N_": None}, options_map={"templates/**.html": {"silent": "false"}}
    )
    return {cast("str", message) for _, _, message, _, _ in found}


def catalogue(language: str) -> Catalog:
    with (LOCALES / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def placeholders(text: str) -> set[str]:
    return {part.partition(")")[0] for part in text.split("%(")[1:]}


@pytest.mark.parametrize("language", [code for code in languages() if code != "en"])
def test_lacks_nothing_and_has_nothing_unused(language: str) -> None:
    translated = {str(entry.id) for entry in catalogue(language) if entry.id and entry.string}
    assert extracted() - translated == set()
    assert translated - extracted() == set()


@pytest.mark.parametrize("language", [code for code in languages() if code != "en"])
def test_placeholders_are_the_same(language: str) -> None:
    for entry in catalogue(language):
        if entry.id:
            assert placeholders(str(entry.id)) == placeholders(str(entry.string)), entry.id


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
