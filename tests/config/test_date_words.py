"""Dates of definitions in words."""

from __future__ import annotations

import pytest

from config.edtf_words import edtf_words, written_words
from config.loader import load_named
from config.named import date_written


@pytest.mark.parametrize(
    ("written", "swedish", "danish"),
    [
        ("2013-06-30", "söndag 30 juni 2013", "søndag den 30. juni 2013"),
        ("2013-06", "juni 2013", "juni 2013"),
        ("2013", "2013", "2013"),
        ("2014-Q1", "första kvartalet 2014", "første kvartal 2014"),
        ("2014-33", "första kvartalet 2014", "første kvartal 2014"),
        ("2013-22", "sommaren 2013", "sommeren 2013"),
        ("2014-40", "första halvåret 2014", "første halvår 2014"),
        ("2014-38", "maj–augusti 2014", "maj–august 2014"),
        ("2013-02/2013-03", "februari–mars 2013", "februar–marts 2013"),
        ("../2013-08-15", "senast torsdag 15 augusti 2013", "senest torsdag den 15. august 2013"),
        ("../2013-08~", "senast ca augusti 2013", "senest ca. august 2013"),
        ("2013-08/..", "från och med augusti 2013", "fra og med august 2013"),
        ("2016-06~", "ca juni 2016", "ca. juni 2016"),
        ("2016-06?", "troligen juni 2016", "formentlig juni 2016"),
        ("2016-06%", "troligen ca juni 2016", "formentlig ca. juni 2016"),
        ("2013-22/2014-21", "sommaren 2013 till och med våren 2014", "sommeren 2013 til og med foråret 2014"),
        ("2013~/2014-33", "ca 2013 till och med första kvartalet 2014", "ca. 2013 til og med første kvartal 2014"),
    ],
)
def test_a_date_is_said_as_a_person_would(written: str, swedish: str, danish: str) -> None:
    assert (edtf_words(written, "sv"), edtf_words(written, "da")) == (swedish, danish)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("+6w after begins", "6 veckor efter första dagen"),
        ("-1d after begins", "1 dag före första dagen"),
        ("+1w after remiss.closed", "1 vecka efter att ”remiss.closed” har avslutats"),
        ("+14d after remiss.opened", "14 dagar efter att ”remiss.opened” har börjat"),
        ("+1m before mote", "1 månad före ”mote”"),
        ("+2m before remiss.closed", "2 månader innan ”remiss.closed” avslutas"),
        ("-2m after remiss.opened", "2 månader innan ”remiss.opened” börjar"),
        ("-3d before mote", "3 dagar efter ”mote”"),
        ("2013-06", "juni 2013"),
    ],
)
def test_a_date_that_follows_from_an_event_names_it(written: str, words: str) -> None:
    assert written_words(written, "sv", str) == words


def test_what_a_date_follows_from_goes_by_its_title() -> None:
    definition = load_named("jamtland-2012")
    after = date_written(definition, "+6w after beslutsmote")
    assert str(after) == "+6w after beslutsmote"
    assert after.told("sv") == "6 veckor efter ”Målsättningsgruppens beslutsmöte”"
    assert date_written(definition, "+6w after avstamning.closed").told("sv") == (
        f"6 veckor efter att ”{definition.phase_title('avstamning', 'sv')}” har avslutats"
    )
