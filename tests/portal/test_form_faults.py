"""What is wrong with an answer is told at the top and at its field, and nothing typed is lost."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sqlmodel import col, select

from models.assignment import Answer

if TYPE_CHECKING:
    from tests.portal.conftest import Browser, World

DECISION = "antagande-inriktning/decision"


def answers(world: World) -> list[Answer]:
    with world.register.read() as session:
        in_order = select(Answer).where(~col(Answer.nonce).startswith("test-"))
        return list(session.exec(in_order.order_by(col(Answer.assignment_id), col(Answer.version))))


def name_at(html: str, anchor: str) -> str:
    """The name of the field that a link in the summary leads to."""
    found = re.findall(rf'name="([\w.-]+)"[^>]* id="{anchor}"', html)
    assert len(found) == 1, anchor
    return str(found[0])


@pytest.mark.parametrize(
    ("typed", "fields"),
    [
        ({}, ["position"]),
        ({"position": "submits"}, ["position"]),
        ({"position": "refer_back"}, ["comment"]),
        ({"position": "adopts", "meeting_on": "2099-01-01"}, ["meeting_on"]),
        ({"position": "adopts", "meeting_on": "0001-01-01"}, ["meeting_on"]),
        ({"position": "adopts", "meeting_on": "igår"}, ["meeting_on"]),
        ({"position": "declines", "meeting_on": "2099-01-01"}, ["meeting_on", "comment"]),
        ({"meeting_on": "igår"}, ["position", "meeting_on"]),
        ({"position": "adopts", "comment": "a" * 100_001}, ["comment"]),
    ],
)
def test_each_is_told_at_the_top_and_at_its_field(
    deciding: World, browser: Browser, typed: dict[str, str], fields: list[str]
) -> None:
    page = browser.review(deciding.link(DECISION, "berg"), **typed)
    assert page.status_code == 422
    assert "<title>Fel: " in page.text
    anchors = re.findall(r'<li><a href="#([\w-]+)">', page.text)
    assert [name_at(page.text, anchor) for anchor in anchors] == fields
    assert all(f'id="{anchor}-error"' in page.text for anchor in anchors)
    assert answers(deciding) == []


def test_what_was_typed_is_kept(deciding: World, browser: Browser) -> None:
    page = browser.review(deciding.link(DECISION, "berg"), comment="Ett långt skäl", meeting_on="2013-03-01")
    assert "Ett långt skäl</textarea>" in page.text
    assert 'value="2013-03-01"' in page.text


def test_control_characters_are_left_out(deciding: World, browser: Browser) -> None:
    browser.answer(deciding.link(DECISION, "berg"), position="adopts", comment="a\x00b\x1bc\td")
    assert answers(deciding)[0].comment == "abc\td"
