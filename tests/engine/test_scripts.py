"""How the people of a rehearsal behave: rules, and faults with their place."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from config.calendars import PLACES
from config.loader import load_named
from config.setdates import with_dates
from config.terms import Position
from engine.commands.answer import BadAnswer
from engine.rehearsal import rehearse
from engine.script import AnswerRule, Asked, CoordinatorRule, Script, plan
from engine.scripts import BUNDLED, ScriptError, bundled_script, dated_by, load_script

pytestmark = pytest.mark.long

SE = PLACES["SE"]
DOCS = Path(__file__).parents[2] / "docs"
ASKED_AT = datetime(2013, 4, 2, 6, tzinfo=UTC)


def asked(**changed: Any) -> Asked:
    """A question to Berg."""
    facts = {
        "step": "adopt/decision", "who": "berg", "asked_at": ASKED_AT, "offers": ("adopts", "refer_back"), **changed,
    }  # fmt: skip
    return Asked.model_validate(facts)


def script(*rules: dict[str, Any], **default: Any) -> Script:
    """A script of these rules."""
    return Script.model_validate({"answers": list(rules), "default": default})


def test_everybody_answers_with_the_first_offer_after_five_days() -> None:
    """Who is not named."""
    planned = plan(Script(), asked(), SE)
    assert planned is not None
    assert (planned.at, planned.position) == (ASKED_AT + timedelta(days=5), Position.ADOPTS)


def test_silence_is_no_plan() -> None:
    """By a rule, or because nobody answers who is not named."""
    assert plan(script({"step": "adopt/decision", "who": "berg", "silent": True}), asked(), SE) is None
    assert plan(script(answers=False), asked(), SE) is None
    assert plan(script({"step": "adopt/decision"}, answers=False), asked(), SE) is not None


def test_rule_is_for_the_first_time_unless_it_says_always() -> None:
    """Who refers back once adopts later."""
    once = {"step": "adopt/decision", "who": "berg", "position": "refer_back"}
    assert plan(script(once), asked(round=2), SE).position is Position.ADOPTS  # type: ignore[union-attr]
    again = plan(script({**once, "always": True}), asked(round=2), SE)
    assert again is not None
    assert again.position is Position.REFERS_BACK


def test_rule_holds_for_later_attempts_at_a_step_too() -> None:
    """`goals/approval` also means `goals/approval~2`."""
    rule = {"step": "adopt/decision", "position": "refer_back"}
    planned = plan(script(rule), asked(step="adopt/decision~2"), SE)
    assert planned is not None
    assert planned.position is Position.REFERS_BACK


def test_nobody_answers_before_it_makes_sense() -> None:
    """A decision of the third quarter is made in it, in the morning at the earliest."""
    planned = plan(script(after="0d"), asked(not_before=date(2013, 7, 1)), SE)
    assert planned is not None
    assert planned.at == datetime(2013, 7, 1, 6, tzinfo=UTC)


def test_texts_are_made_up_where_one_is_asked_for() -> None:
    """Or taken from the rule."""
    assert plan(Script(), asked(writes=True), SE).text == "berg: adopt/decision"  # type: ignore[union-attr]
    own = script({"step": "adopt/decision", "text": "our words"})
    assert plan(own, asked(writes=True), SE).text == "our words"  # type: ignore[union-attr]


def test_bundled_script_fits_the_bundled_definition(tmp_path: Path) -> None:
    """Its names are checked like anybody's."""
    from engine.scripts import BUNDLED

    loaded = load_script(BUNDLED / "jamtland-2012.yaml", load_named("jamtland-2012"))
    assert loaded == bundled_script("jamtland-2012")
    assert bundled_script("no-such-cycle") == Script()


def test_an_answer_that_is_refused_is_told_with_its_question() -> None:
    """Somebody who opposes says why: the script has to, too."""
    rule = {"step": "remiss/replies", "who": "harnosand", "position": "opposes"}
    with pytest.raises(BadAnswer, match=r"^remiss/replies/harnosand\.contact-1: 'opposes' has to be explained"):
        rehearse(load_named("vasternorrland-rus-2019"), script(rule))


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("answers:\n  - {step: nowhere/x}\n", "2:6", "there is no phase 'nowhere'"),
        ("answers:\n  - {step: avstamning}\n", "2:6", "write PHASE/STEP"),
        ("answers:\n  - {step: avstamning/replys}\n", "2:6", "did you mean 'replies'?"),
        ("answers:\n  - step: avstamning/replies\n    who: bergen\n", "3:5", "did you mean 'berg'?"),
        ("answers:\n  - step: avstamning/replys\n      \x85 b\n", "2:5", "there is no step 'replys b'"),
        ("answers:\n  - {step: avstamning/replies, after: soon}\n", "2:", "write days or weeks"),
        ("answers:\n  - {step: avstamning/replies, silnt: yes}\n", "2:", "there is no such key"),
        ("coordinator:\n  - {on: 2013-05-20, move: nothing, reason: r}\n", "2:", "there is no milestone 'nothing'"),
        ("coordinator:\n  - {on: 2013-05-20, close: avstamning/x, reason: r}\n", "2:", "there is no step 'x'"),
        ("coordinator:\n  - {on: 2013-05-20, areas: {x: [A]}, reason: r}\n", "2:", "there is no body 'x'"),
        ("coordinator:\n  - {on: 2013-05-20, cancel: true}\n", "2:", "reason: the key is missing"),
        ("coordinator:\n  - {on: some day, cancel: true, reason: r}\n", "2:", "coordinator.0.on"),
        ("- a\n- list\n", "1:1", "a script is made of keys"),
        ("answers: [\n", "", ""),
    ],
)
def test_every_fault_has_its_place(tmp_path: Path, text: str, place: str, said: str) -> None:
    """File, line and column, and what is wrong there."""
    path = tmp_path / "script.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScriptError) as refused:
        load_script(path, load_named("jamtland-2012"))
    [line] = str(refused.value).splitlines()
    assert line.startswith(f"{path}:{place}")
    assert said in line


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    """One line each."""
    path = tmp_path / "script.yaml"
    path.write_text("answers:\n  - {step: a/b}\n  - {step: c/d, who: e}\n", encoding="utf-8")
    with pytest.raises(ScriptError) as refused:
        load_script(path, load_named("jamtland-2012"))
    assert len(str(refused.value).splitlines()) == 3


def test_empty_script_lets_everybody_answer(tmp_path: Path) -> None:
    """Nothing said is nothing special."""
    path = tmp_path / "script.yaml"
    path.write_text("\n", encoding="utf-8")
    assert load_script(path, load_named("jamtland-2012")) == Script()


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_unreadable_script(tmp_path: Path, content: bytes | None) -> None:
    """Not there, or no text."""
    path = tmp_path / "script.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ScriptError, match="cannot be read"):
        load_script(path, load_named("jamtland-2012"))


def test_script_gives_a_phase_the_date_that_its_definition_lacks() -> None:
    """A date from the command line goes before it."""
    definition = load_named("svom-remiss")
    behaviour = Script(dates={"remiss": date(2027, 5, 21)})
    assert dated_by(behaviour, definition).milestones["remiss"].date == "2027-05-21"
    by_hand = with_dates(definition, {"remiss": date(2027, 6, 1)})
    assert dated_by(behaviour, by_hand).milestones["remiss"].date == "2027-06-01"


def test_a_date_for_a_phase_that_is_not_there_is_refused_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "script.yaml"
    path.write_text("dates:\n  remis: 2027-05-21\n", encoding="utf-8")
    with pytest.raises(ScriptError, match=r"script.yaml:2:3: .*remis"):
        load_script(path, load_named("svom-remiss"))


@pytest.mark.parametrize("path", sorted(BUNDLED.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_bundled_script_fits_its_definition_and_ends_its_cycle(path: Path) -> None:
    """Also without a date on the command line; trouble has made somebody silent, late or contrary."""
    definition = load_named(path.stem.removesuffix("-trouble"))
    behaviour = load_script(path, definition)
    came = rehearse(dated_by(behaviour, definition), behaviour)
    assert came["outcome"] != "unfinished"
    if path.stem.endswith("-trouble"):
        unusual = {"declines", "refer_back", "table", "tabled", "carried_over", "not_adopted"}
        silent_or_late = came["assignments"]["late"] + came["assignments"]["no_reply"]
        assert silent_or_late or unusual & {decision["outcome"] for decision in came["decisions"]}


def test_every_key_of_a_script_is_documented() -> None:
    words = (DOCS / "rehearsals.md").read_text(encoding="utf-8")
    keys = {*AnswerRule.model_fields, *CoordinatorRule.model_fields}
    assert {key for key in keys if f"`{key}`" not in words and f"`{key}: " not in words} == set()
    assert {key for key in Script.model_fields if f"{key}:" not in words} == set()
