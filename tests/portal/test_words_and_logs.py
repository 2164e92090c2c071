"""Every word in every language, and no token in any log."""

from __future__ import annotations

import logging
import string
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import portal
from config.terms import Position, StepKind
from flows import FLOWS
from portal.logs import LOGGERS, MaskTokens, mask, mask_logs
from portal.words import LOCALES, STATES, USUAL_QUESTIONS, languages, preferred, words
from tests.portal.conftest import Browser, token

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
class TestCatalogue:
    def test_lacks_nothing_and_has_nothing_unused(self, language: str) -> None:
        translated = {str(entry.id) for entry in catalogue(language) if entry.id and entry.string}
        assert extracted() - translated == set()
        assert translated - extracted() == set()

    def test_placeholders_are_the_same(self, language: str) -> None:
        for entry in catalogue(language):
            if entry.id:
                assert placeholders(str(entry.id)) == placeholders(str(entry.string)), entry.id


def test_swedish_is_there() -> None:
    assert set(languages()) >= {"sv", "en"}


def test_language_without_a_catalogue_is_shown_in_english() -> None:
    assert words("xx").language == "en"


def test_usual_questions_are_those_that_flows_ask() -> None:
    source = " ".join(Path(flow.body.__code__.co_filename).read_text(encoding="utf-8") for flow in FLOWS.values())
    assert [question for question in USUAL_QUESTIONS if question not in source] == []


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


class TestLogs:
    def test_tokens_are_masked_in_messages_and_arguments(self, caplog: pytest.LogCaptureFixture) -> None:
        secret = token("some-link")
        logger = logging.getLogger("tests.portal.masked")
        logger.addFilter(MaskTokens())
        with caplog.at_level(logging.INFO, logger="tests.portal.masked"):
            logger.info('%s - "%s %s HTTP/%s" %d', "::1", "GET", f"/a/{secret}?x=1", "1.1", 303)
            logger.info("GET http://testserver/a/%s done" % secret)  # noqa: UP031, G002 - what others may do
            logger.info("%(path)s", {"path": f"/calendar/{secret}.ics"})
        assert secret not in caplog.text
        assert "/a/***?x=1" in caplog.text
        assert "/calendar/***" in caplog.text

    def test_other_addresses_stay(self) -> None:
        assert mask("GET /answer/abc/review HTTP/1.1") == "GET /answer/abc/review HTTP/1.1"

    def test_filter_is_put_on_once(self) -> None:
        mask_logs()
        mask_logs()
        for name in LOGGERS:
            filters = [f for f in logging.getLogger(name).filters if isinstance(f, MaskTokens)]
            assert len(filters) == 1

    def test_portal_itself_logs_no_token(self, browser: Browser, caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level(logging.DEBUG):
            browser.get("/a/a-token-in-a-link")
        ours = [record for record in caplog.records if not record.name.startswith("httpx")]
        assert all("a-token-in-a-link" not in record.getMessage() for record in ours)


def test_stylesheet_has_no_foreign_assets() -> None:
    css = (HOME / "static" / "samsyn.css").read_text(encoding="utf-8")
    assert "url(" not in css
    assert "@import" not in css
    assert set(css) <= set(string.printable)
