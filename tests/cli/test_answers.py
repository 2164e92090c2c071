"""`samsyn replace`, `answer`, `remind` and `settle`."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlmodel import col, select

from flows import FLOWS
from models.assignment import Answer
from models.concern import ConcernKind, raise_concern
from models.cycle import Person
from models.notice import Notice, NoticeKind
from models.phase import Phase as PhaseRow
from models.register import Register
from tasks.phase import Phase, perform_plainly
from tests.registers import registers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Said

    Samsyn = Callable[..., Said]

NOW = datetime.now(UTC)


@pytest.fixture
def asked(samsyn: Samsyn, tiny: Path, tmp_path: Path) -> Register:
    """A cycle that has asked the towns."""
    begins = NOW.date() - timedelta(days=1)
    due = NOW.date() + timedelta(days=200)
    text = tiny.read_text(encoding="utf-8").replace("2099-01-15", f"{begins}").replace("2099-03-02", f"{due}")
    tiny.write_text(text, encoding="utf-8")
    assert samsyn("start", tiny).code == 0
    register = Register(registers.at(tmp_path / "data" / "samsyn.db"))
    run(register)
    return register


def run(register: Register) -> None:
    """One pass over each phase that is due."""
    with register.read() as session:
        due = session.exec(select(PhaseRow).where(col(PhaseRow.wake_at) <= NOW + timedelta(days=2))).all()
    for row in due:
        now = max(datetime.now(UTC), row.wake_at or NOW)
        FLOWS[row.kind].run(Phase(register, row.id, now=now, secret_key="k" * 40, perform=perform_plainly))


def question(samsyn: Samsyn, register: Register) -> str:
    """The step that is open, as PHASE/STEP."""
    from models.phase import Step

    with register.read() as session:
        steps = session.exec(select(Step).where(col(Step.settled_at).is_(None))).all()
    assert steps, samsyn("status", "tiny").out
    return steps[0].id.partition("/")[2]


def test_replace_takes_questions_along(samsyn: Samsyn, asked: Register) -> None:
    step = question(samsyn, asked)
    said = samsyn(
        "replace", "tiny", "berg", "contact", "--address", "new@berg.example", "--name", "New", "--reason", "left"
    )
    assert said.code == 0, said.err
    assert "new@berg.example" in said.out
    assert step in said.out
    with asked.read() as session:
        assert session.exec(select(Person).where(col(Person.address) == "new@berg.example")).one().name == "New"
    assert samsyn("verify", "tiny").code == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("replace", "tiny", "office", "king", "--address", "a@b.example", "--reason", "x"), "seat"),
        (("replace", "tiny", "offce", "contact", "--address", "a@b.example", "--reason", "x"), "office"),
        (("replace", "tiny", "office", "contact", "--address", "a-b.example", "--reason", "x"), "no e-mail address"),
        (("replace", "tiny", "office", "contact", "--address", "a@b.example", "--reason", " "), "reason"),
        (("remind", "tiny", "no/step"), "no open question"),
        (("settle", "tiny", "7", "--reason", "x"), "no open concern 7"),
        (("answer", "tiny", "no/step", "--body", "office", "--position", "submits", "--reason", "x"), "nobody"),
        (("answer", "tiny", "no/step", "--body", "office", "--position", "sumbits", "--reason", "x"), "submits"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(
    samsyn: Samsyn, asked: Register, arguments: tuple[str, ...], told: str
) -> None:
    assert asked.url
    said = samsyn(*arguments)
    assert said.code == 2
    assert told in said.err
    assert len(said.err.strip().splitlines()) == 1


def test_answer_on_paper(samsyn: Samsyn, asked: Register) -> None:
    step = question(samsyn, asked)
    said = samsyn(
        "answer", "tiny", step, "--body", "berg", "--position", "supports", "--comment", "Yes.",
        "--by", "telephone", "--reason", "called on Monday",
    )  # fmt: skip
    assert said.code == 0, said.err
    assert "Recorded supports" in said.out
    with asked.read() as session:
        answer = session.exec(select(Answer)).one()
    assert (answer.via, answer.comment) == ("coordinator", "Yes.")
    assert samsyn("verify", "tiny").code == 0


@pytest.mark.parametrize(
    ("position", "told"),
    [
        ("adopts", "'adopts' is not offered here; there are: supports, supports_with_changes, opposes, refrains"),
        ("opposes", "'opposes' has to be explained; write why, as the comment"),
    ],
)
def test_an_answer_that_is_refused_says_what_would_do(
    samsyn: Samsyn, asked: Register, position: str, told: str
) -> None:
    said = samsyn(
        "answer", "tiny", question(samsyn, asked), "--body", "berg", "--position", position, "--reason", "came by post"
    )
    assert (said.code, said.err) == (2, f"samsyn: {told}\n")


def ask_at(register: Register, hour: datetime) -> None:
    """Let the mails with the question go at an hour."""
    with register.change("tiny", at=NOW, actor="test") as change:
        for notice in change.session.exec(select(Notice).where(col(Notice.kind) == NoticeKind.ASKED)).all():
            notice.send_from = hour
        change.record("hour_changed", "tiny")


def test_remind_counts_and_does_not_remind_twice(samsyn: Samsyn, asked: Register) -> None:
    step = question(samsyn, asked)
    ask_at(asked, NOW - timedelta(hours=1))
    assert f"{step}: 2 reminded" in samsyn("remind", "tiny").out
    assert f"{step}: 0 reminded" in samsyn("remind", "tiny", step).out


def test_status_shows_what_has_to_be_looked_after_until_it_is_settled(samsyn: Samsyn, asked: Register) -> None:
    with asked.change("tiny", at=NOW, actor="test") as change:
        raise_concern(change, ConcernKind.NOT_ME, subject="link", words="[red]ask Anna")
    shown = samsyn("status", "tiny")
    assert "not me" in shown.out
    assert "[red]ask Anna" in shown.out
    (concern,) = json.loads(samsyn("status", "tiny", "--json").out)["concerns"]
    assert (concern["number"], concern["kind"], concern["words"]) == (1, "not_me", "[red]ask Anna")
    assert samsyn("settle", "tiny", "1", "--reason", "asked Anna").code == 0
    assert json.loads(samsyn("status", "tiny", "--json").out)["concerns"] == []
    assert "not me" not in samsyn("status", "tiny").out


def test_status_names_the_open_questions_as_commands_take_them(samsyn: Samsyn, asked: Register) -> None:
    step = question(samsyn, asked)
    (shown,) = json.loads(samsyn("status", "tiny", "--json").out)["questions"]
    due = (NOW.date() + timedelta(days=200)).isoformat()
    assert shown == {"question": step, "asked": 2, "answered": 0, "until": due}
    assert f"{step} │ 0/2" in samsyn("status", "tiny").out
    assert samsyn("close", "tiny", step, "--reason", "enough").code == 0
    run(asked)
    assert json.loads(samsyn("status", "tiny", "--json").out)["questions"] == []
    assert "Open questions" not in samsyn("status", "tiny").out


def test_nobody_is_reminded_of_a_question_that_she_has_not_been_asked(samsyn: Samsyn, asked: Register) -> None:
    """The mail with the question waits for its hour: a reminder would come with it, or before."""
    step = question(samsyn, asked)
    ask_at(asked, NOW + timedelta(days=300))
    assert f"{step}: 0 reminded" in samsyn("remind", "tiny", step).out
