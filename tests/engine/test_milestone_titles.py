"""What milestones are called: by their titles wherever people read of them, and by their keys where they have none."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from config.loader import DefinitionError, bundled, load
from engine.commands.coordinate import move_milestone
from engine.display import show_report
from engine.plan import plan
from engine.plan_calendar import plan_calendar
from engine.plan_json import plan_json
from engine.plan_page import plan_page
from engine.plan_table import show_plan
from engine.record.facts import record_of
from models.notice import Delivery, Notice, NoticeKind
from notifications.compose import compose
from notifications.sender import Sender
from portal.record_page import render_record
from tests.tasks.world import HEAD, SLUG, World, tiny

if TYPE_CHECKING:
    from config.definition import Definition

REST = """
    milestones:
      answers: {title: {en: The towns have answered, sv: Kommunerna har svarat}, by: 2024-03-01}
      written-up: {title: Rapporten, by: 2024-04-01}
      in-use: {by: 2024-05-01}
    phases:
      ask: {kind: consultation, consultees: towns, due: answers}
      sum-up: {kind: drafting, after: ask, text: summary, due: written-up}
      end: {kind: drafting, after: sum-up, text: end, due: in-use}
"""
SWEDISH = HEAD.replace("language: en", "language: sv")
SENDER = Sender("samsyn@samsyn.example", "http://samsyn.example", "a secret for tests")


def swedish() -> Definition:
    """The cycle in Swedish."""
    return tiny(REST, SWEDISH)


def letter(world: World, kind: NoticeKind) -> str:
    """The first mail of a kind, in words."""
    notice: Notice = world.notices(kind)[0]
    with world.register.read() as session:
        made = compose(session, notice, session.get_one(Delivery, notice.id), SENDER, now=world.now)
    return made.raw.decode().replace("=\n", "")


def test_title_is_said_in_the_wanted_language_or_the_cycles_own() -> None:
    """One in a single language is the cycle's; without one the key is made readable."""
    definition = swedish()
    assert [definition.milestone_title(key) for key in definition.milestones] == [
        "Kommunerna har svarat", "Rapporten", "In use",
    ]  # fmt: skip
    assert definition.milestone_title("answers", "en") == "The towns have answered"
    assert definition.milestone_title("answers", "da") == "Kommunerna har svarat"


def test_empty_title_is_refused_with_its_place() -> None:
    with pytest.raises(DefinitionError, match=r"tiny.yaml:\d+:\d+: milestones.in-use.title"):
        load("tiny.yaml", tiny_text().replace("in-use: {by", "in-use: {title: '', by"))


def tiny_text() -> str:
    """The definition as text."""
    from textwrap import dedent

    return HEAD + dedent(REST)


def test_every_bundled_milestone_has_a_title_in_its_own_language_and_in_english() -> None:
    for path in bundled().values():
        definition = load(path)
        for milestone in definition.milestones.values():
            assert isinstance(milestone.title, dict)
            assert {definition.language, "en"} <= set(milestone.title)


def test_plan_names_milestones_everywhere() -> None:
    made = plan(swedish())
    shown = Console(file=StringIO(), width=100)
    show_plan(shown, made)
    table = shown.file.getvalue()  # type: ignore[attr-defined]
    assert "The towns have answered" in table, "the table is in English"
    assert "answers" in table, "commands go by the key"
    titles = [said["title"] for said in json.loads(json.dumps(plan_json(made)))["milestones"]]
    assert titles == ["Kommunerna har svarat", "Rapporten", "In use"]
    assert "Kommunerna har svarat" in plan_page(made)
    calendar = plan_calendar(made, SLUG, datetime(2024, 1, 1, tzinfo=UTC)).decode().replace("\r\n ", "")
    assert "SUMMARY:Kommunerna har svarat (sista dag)" in calendar
    assert f"UID:{SLUG}.milestone.answers@samsyn" in calendar


def test_status_and_record_name_milestones() -> None:
    """The record says them in the reader's language, with the source's words below."""
    world = World(swedish())
    assert [said["title"] for said in world.report()["milestones"]] == ["Kommunerna har svarat", "Rapporten", "In use"]
    shown = Console(file=StringIO(), width=120)
    show_report(shown, world.report())
    assert "Kommunerna har svarat" in shown.file.getvalue()  # type: ignore[attr-defined]
    record = record_of(world.register, SLUG)
    assert "Kommunerna har svarat" in render_record(record, "sv")
    assert "The towns have answered" in render_record(record, "en")
    assert '<span lang="sv">Rapporten</span>' in render_record(record, "en")


def test_mails_of_a_move_and_of_a_miss_name_the_milestone() -> None:
    world = World(swedish())
    move_milestone(
        world.register, SLUG, "answers", date(2024, 3, 8), reason="snö", now=world.now, actor="coordinator"
    )  # fmt: skip
    assert "Kommunerna har svarat" in letter(world, NoticeKind.MOVED)
    world.go("2024-03-09")
    assert "Kommunerna har svarat" in letter(world, NoticeKind.MISSED)


def test_mail_of_a_promise_that_nobody_was_asked_for_blames_nobody() -> None:
    """The coordinator is told which promise, by when, and that it can still be kept late."""
    world = World(tiny(REST.replace("due: answers}", "due: answers, missing: hold}"), SWEDISH))
    world.go("2024-04-02")
    said = letter(world, NoticeKind.MISSED)
    assert "Kommunerna har svarat" in said
    unasked = [row for row in world.notices(NoticeKind.MISSED) if row.subject_id == "tiny/:written-up"]
    with world.register.read() as session:
        made = compose(session, unasked[0], session.get_one(Delivery, unasked[0].id), SENDER, now=world.now)
    assert made.subject == "Inte hållet: Rapporten – A tiny cycle"
    text = made.raw.decode().replace("=\n", "")
    assert "Ingen har f" in text
    assert "Svar saknas" not in text
