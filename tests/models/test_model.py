"""A little run of the machine that drives the register beside its model, and what its long runs have found."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from campaigns.model import asked, coordinator
from campaigns.model.definition import SLUG
from campaigns.model.machine import Model
from campaigns.model.register import OnDisk
from campaigns.model.state import at
from engine.commands.hold import hold
from models.change import Change

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.long, pytest.mark.sqlite]  # registers are taken over by their bytes


def short(examples: int, steps: int, number: int) -> None:
    """So many stories."""
    how = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, database=None, phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck), print_blob=False,
    )  # fmt: skip
    run_state_machine_as_test(seed(number)(Model), settings=how)


@pytest.fixture
def story() -> Iterator[Model]:
    """One story that the test tells itself."""
    model = Model()
    model.first()
    yield model
    model.teardown()


@pytest.mark.parametrize("number", [1, 2])
def test_register_says_what_the_model_says(number: int) -> None:
    """After every step of some dozen stories."""
    short(15, 25, number)


def test_a_file_that_is_left_by_a_kill_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same on disk: a kill leaves the file and its log as they are in the midst of the transaction."""
    monkeypatch.setattr(Model, "on_disk", True)
    short(3, 15, 3)


def test_kill_in_every_statement_of_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever it is, the answer is not there, and then it is given again."""
    monkeypatch.setattr(Model, "on_disk", True)
    model = Model()
    assert isinstance(model.both.held, OnDisk)
    model.first()
    for statement in range(60):
        kills = model.both.kills
        model.kill(statement)
        model._answer(model.open_link(0) or model.link(0), "submits", "words", model.nonce())
        model.agree()
        if model.both.kills == kills:
            break
    assert model.both.kills > 10
    assert len(model.state.answers) == 1
    model.teardown()


def test_an_answer_that_wakes_nobody_is_noticed(story: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: an answer that does not wake its phase."""
    monkeypatch.setattr("engine.commands.answer.ready", lambda _step: False)
    story.answer_as_wished(number=0, work=False)
    with pytest.raises(AssertionError, match=r"phase describe: wakes at 2024-02-29 .*, by the model at 2024-01-15"):
        story.agree()


def test_a_lost_journal_entry_is_noticed(story: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: a change whose entry says nothing of the rows."""
    finish = Change._append
    monkeypatch.setattr(Change, "_append", lambda self, _body: finish(self, '{"events":[],"rows":[]}'))
    story.answer_as_wished(number=0, work=False)
    with pytest.raises(AssertionError, match=r"changed behind the register's back: .*answered"):
        story.agree()


def test_a_pass_by_hand_does_nothing_while_the_cycle_is_held(story: Model) -> None:
    """Found: Resume in Prefect's pages asked, reminded and missed in a cycle on hold."""
    story.answer_as_wished(number=0, work=False)
    story.hold(on=True, reason="because")
    story.extra_pass(phase="describe")
    story.agree()
    assert list(story.state.steps) == ["describe/description"]


def test_a_hold_during_a_pass_stops_it(story: Model) -> None:
    """The pass has begun, and the coordinator holds the cycle before its next act."""
    from typing import Any

    from flows import FLOWS
    from tasks.phase import Phase as Pass

    story.answer_as_wished(number=0, work=False)
    register, now, acts = story.both.register, story.state.now, []

    def perform(act: str, title: str, work: Any, /) -> Any:
        acts.append(act)
        done = work()
        if act == "settle":
            hold(register, SLUG, reason="wait", now=now, actor="anna")
        return done

    seen: Pass[Any] = Pass(register, f"{SLUG}/describe", now=now, secret_key="x", perform=perform)
    done = FLOWS[seen.row.kind].run(seen)
    assert (done.outcome, done.waiting_for, acts) == (None, "the cycle to go on", ["settle", "ask"])
    assert story.both.held.query("SELECT key FROM step") == [("description",)]


def test_nobody_is_reminded_twice_on_a_day(story: Model) -> None:
    """Found: who had been reminded by the coordinator before the hour made the flow's own reminder fail all day."""
    _up_to_the_approval(story)
    story.state.now = at(story.state.today.replace(month=2, day=22)) - timedelta(hours=1)
    story.remind(everybody=True, number=0, reason="because")
    story.state.now += timedelta(hours=1)
    story.work()
    story.agree()


def test_a_promise_is_missed_twice_on_a_day(story: Model) -> None:
    """Found: moved to another past day and missed again, the coordinator's second notice made every pass fail."""
    for days in (-3, -2):
        story.try_(
            lambda _register, days=days: _moved(story, days),
            lambda state, days=days: coordinator.move(
                state, "described", story.state.today + timedelta(days=days), "because"
            ),
        )
        story.work()
        story.agree()


def _moved(story: Model, days: int) -> None:
    from engine.commands.coordinate import move_milestone

    to = story.state.today + timedelta(days=days)
    move_milestone(story.both.register, SLUG, "described", to, reason="because", **story.said)


def test_nobody_is_her_own_substitute(story: Model) -> None:
    """Found: the seat's new holder was the one whom the question had been handed to, and could not give it back."""
    link, key = story.open_link(0) or story.link(0)
    address = "new-1@elsewhere.example"
    _delegated(story, link, key, address)
    _replaced(story, address)
    story.agree()
    assert story.both.held.query("SELECT delegated_from FROM assignment") == [(None,)]


def _delegated(story: Model, link: asked.Link, key: str, address: str) -> None:
    from engine.commands.delegate import delegate

    now = story.state.now
    story.try_(
        lambda register: delegate(register, link_id=key, address=address, now=now, secret_key="x"),
        lambda state: asked.delegate(state, link, "", address),
    )


def _replaced(story: Model, address: str) -> None:
    from config.terms import Seat
    from engine.commands.replace import NewHolder, replace

    story.try_(
        lambda register: replace(register, SLUG, "office", Seat.CONTACT, NewHolder(address), reason="because",
                                 secret_key="x", **story.said),
        lambda state: coordinator.replace(state, "office.contact-1", address, "because"),
    )  # fmt: skip


def _up_to_the_approval(story: Model) -> None:
    story.answer_as_wished(number=0, work=True)
    assert "describe/approval" in story.state.steps
