"""What is withheld from the record is in none of its forms, the record says so, and the register keeps it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.publicity import People
from engine.commands.coordinate import CannotDo
from engine.commands.redact import lift, redact
from engine.compilation import NoConsultation
from engine.record.access import NotPublic
from engine.record.atom import record_atom
from engine.record.consultations import public_compilation
from engine.record.facts import public_record_of
from engine.record.feed_calendar import record_calendar
from engine.record.matrix_csv import record_csv
from engine.record.news import news_of
from engine.record.popolo import record_json
from engine.record.withheld import pattern
from models.assignment import Answer
from models.journal import JournalEntry
from portal.record_page import render_record
from portal.record_pdf import record_document
from tests.engine.record_world import BASE, PRIVATE, REMARK, consulted, facts
from tests.tasks.world import SLUG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.tasks.world import World

BERG = "ask/replies/berg.secretary-1"
GROUND = "OSL 21:7"
PEOPLE = "record: {people: %s}"


@pytest.fixture
def world() -> Iterator[World]:
    """A town has written about a person."""
    made = consulted()
    yield made
    made.register.close()


def withhold(world: World, passage: str = "", what: str = BERG) -> int:
    """What a coordinator does."""
    return redact(world.register, SLUG, what, ground=GROUND, passage=passage, now=world.now, actor="coordinator")


def all_forms(world: World) -> dict[str, str]:
    """The record in every form, as text."""
    record = facts(world)
    feed = record_atom(record, news_of(world.register, SLUG), "en", BASE)
    return {
        "page": render_record(record, "en"), "document": json.dumps(record_document(record, "en", BASE)),
        "json": record_json(record, BASE), "csv": record_csv(record, "en"), "atom": feed.decode(),
        "ics": record_calendar(record, "en", BASE).decode(),
        "replies": str(public_compilation(world.register, SLUG, "ask")),
    }  # fmt: skip


def test_a_passage_is_in_no_form_and_the_rest_stays(world: World) -> None:
    assert PRIVATE in all_forms(world)["json"]
    withhold(world, PRIVATE)
    forms = all_forms(world)
    assert not [name for name, text in forms.items() if "Anna" in text]
    for name in ("json", "document", "replies"):
        assert f"We reject it, since [withheld: {GROUND}], has been ill" in forms[name]
    for name in ("page", "document", "json", "atom"):
        assert GROUND in forms[name], name


def test_a_whole_answer_is_withheld_wherever_it_is_quoted(world: World) -> None:
    world.reply("adopt/decision", "berg", "declines", comment=f"As before: {REMARK}")
    withhold(world)
    forms = all_forms(world)
    assert not [name for name, text in forms.items() if "Anna" in text or "ill for long" in text]
    [told] = facts(world).withheld
    assert (told.where, told.whole, told.ground) == ("Berg: Ask", True, GROUND)


def test_only_the_words_are_withheld_and_not_the_position(world: World) -> None:
    withhold(world)
    [berg, *_] = public_compilation(world.register, SLUG, "ask").items[0].voices
    assert (berg.position, berg.comment) == ("opposes", f"[withheld: {GROUND}]")
    assert "opposes" in facts(world).consultations[0].items[0].counts


def test_a_short_answer_hides_nobody_elses(world: World) -> None:
    for town in ("berg", "krokom"):
        world.reply("adopt/decision", town, "declines", comment="Too dear")
    withhold(world, what="adopt/decision/berg.secretary-1")
    reasons = {one.name: one.latest.reason for one in facts(world).adoptions[0].principals}
    assert (reasons["Berg"], reasons["Krokom"]) == (f"[withheld: {GROUND}]", "Too dear")


def test_a_document_is_withheld(world: World) -> None:
    withhold(world, "going to do", what="project-description@1")
    assert "project-description" in all_forms(world)["json"]
    [told] = facts(world).withheld
    assert (told.whole, told.where.endswith(", version 1")) == (False, True)


def test_the_register_keeps_it_and_the_journal_holds(world: World) -> None:
    withhold(world, PRIVATE)
    assert [row.comment for row in world.rows(Answer) if "replies/berg" in row.id] == [REMARK]
    assert world.holds()
    entry = max(world.rows(JournalEntry), key=lambda row: row.seq)
    assert entry.event == "withheld"
    assert GROUND in entry.body
    assert "Anna" not in entry.body  # what must not be seen is a commitment there


def test_it_can_be_shown_again_with_a_reason(world: World) -> None:
    number = withhold(world, PRIVATE)
    with pytest.raises(CannotDo, match="reason"):
        lift(world.register, SLUG, number, reason=" ", now=world.now, actor="coordinator")
    lift(world.register, SLUG, number, reason="the person agrees", now=world.now, actor="coordinator")
    assert PRIVATE in all_forms(world)["json"]
    assert facts(world).withheld == ()
    with pytest.raises(CannotDo, match="nothing is withheld"):
        lift(world.register, SLUG, number, reason="again", now=world.now, actor="coordinator")


@pytest.mark.parametrize(
    ("what", "passage", "ground", "says"),
    [
        ("ask/replies/nobody", "", GROUND, "for instance: .*ask/replies/berg"),
        (BERG, "not in it", GROUND, "does not say"),
        (BERG, "", " ", "name the rule"),
    ],
)
def test_what_cannot_be_withheld(world: World, what: str, passage: str, ground: str, says: str) -> None:
    with pytest.raises(CannotDo, match=says):
        redact(world.register, SLUG, what, ground=ground, passage=passage, now=world.now, actor="coordinator")


def test_the_same_is_withheld_once(world: World) -> None:
    withhold(world, PRIVATE)
    with pytest.raises(CannotDo, match="already, under the number 1"):
        withhold(world, PRIVATE)


def test_the_record_of_a_closed_cycle_is_not_there() -> None:
    world = consulted("record: closed")
    with pytest.raises(NotPublic):
        public_record_of(world.register, SLUG)
    with pytest.raises(NoConsultation):
        public_compilation(world.register, SLUG, "ask")
    assert facts(world).slug == SLUG  # it can be written out
    world.register.close()


def test_a_record_opens_when_the_cycle_has_ended() -> None:
    world = consulted("record: when_concluded")
    with pytest.raises(NotPublic):
        public_record_of(world.register, SLUG)
    for town in ("berg", "krokom", "ragunda"):
        world.reply("adopt/decision", town)
    assert public_record_of(world.register, SLUG).outcome == "adopted"
    world.register.close()


@pytest.mark.parametrize("people", list(People))
def test_people_are_named_as_the_definition_says(people: People) -> None:
    world = consulted(PEOPLE % people)
    made = json.loads(record_json(facts(world), BASE))
    assert (len(made["posts"]) > 0) is (people is not People.NONE)
    assert (len(made["persons"]) > 0) is (people is People.NAMES)
    assert len(made["memberships"]) == (len(made["posts"]) if people is People.NAMES else 0)
    text = json.dumps(made) + render_record(facts(world), "en")
    assert not [body.key for body in facts(world).bodies if f"@{body.key}.example" in text]  # never an address
    assert ("secretary-1" in text) is (people is not People.NONE)
    world.register.close()


@given(st.text(st.characters(categories=("L", "N", "P", "Zs")), min_size=1).filter(lambda words: bool(words.split())))
def test_a_passage_is_found_however_it_is_spaced(words: str) -> None:
    spread = "\n ".join(words.split())
    assert pattern(words).search(f"( {spread} )")


def test_a_passage_is_not_found_inside_of_words() -> None:
    assert pattern("Ann").search("Annex") is None
    assert pattern("ann").search("by Ann, again")
