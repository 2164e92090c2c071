"""Minutes are attested, by others than the secretary, and the attestation is announced."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from config.check import check
from engine.commands.answer import BadAnswer
from engine.commands.coordinate import close_step
from models.assignment import Decision
from models.forms.minutes import MinutesForm
from models.meeting import Attestation
from models.notice import NoticeKind
from models.phase import PhaseStatus
from tests.tasks.meetings import attestation, board, items, meeting, record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.tasks.world import World


@pytest.fixture
def world() -> Iterator[World]:
    opened = board()
    yield opened
    opened.register.close()


def test_minutes_that_are_refused_are_written_anew(world: World) -> None:
    world.go("2024-06-11")
    record(world)
    world.reply("sitting/attestation", "board.member-1", "rejects", "The vote is missing.")
    world.reply("sitting/attestation", "board.member-2")
    assert "The vote is missing." in world.step("sitting/minutes~2").question["en"]
    assert not meeting(world).public_from
    record(world, "sitting/minutes~2")
    for who in ("board.member-1", "board.member-2"):
        world.reply("sitting/attestation~2", who)
    assert [row.paragraph for row in items(world).values()] == [1, 2, 3, 4]
    assert world.phase("sitting").status is PhaseStatus.CLOSED
    assert meeting(world).minutes == "tiny/minutes-sitting@2"


def test_the_secretary_is_refused_as_attestor(world: World) -> None:
    """Elected by mistake: `ledamot` and secretary are one person when the board is so small."""
    world.go("2024-06-11")
    form = MinutesForm.model_validate(world.step("sitting/minutes").form)
    itself = form.model_copy(update={"secretary": ("member-1", "secretary-1")})
    content = form.rehearsed({"attestor.1": "member-1", "attestor.2": "member-2"}, "")
    assert [f.field for f in form.faults(content, "confirms")] == []
    [fault] = itself.faults(content, "confirms")
    assert (fault.field, fault.message) == ("attestor.1", "The secretary cannot attest her own minutes.")


def test_a_secretary_in_an_attestors_seat_is_found_beforehand_and_never_asked() -> None:
    """`check` says so; should the cycle run all the same, only the other one is asked."""
    world = board(seats=", attestors: [secretary@board.example, attestor@board.example]")
    assert "secretary-attests" in [finding.code for finding in check(world.definition)]
    world.go("2024-06-11")
    record(world)
    assert list(world.people_asked("sitting/attestation")) == ["board.attestor-2"]
    world.register.close()


def test_a_silent_attestor_is_reminded_and_waited_for(world: World) -> None:
    world.go("2024-06-11")
    record(world)
    world.reply("sitting/attestation", "board.member-1")
    world.go("2024-06-26")
    assert world.notices(NoticeKind.REMINDED)
    assert world.notices(NoticeKind.MISSED)
    assert world.silent("sitting/attestation") == ["board"]
    assert not meeting(world).public_from
    world.reply("sitting/attestation", "board.member-2")
    assert attestation(world).late


def test_for_a_silent_attestor_another_is_asked_where_the_definition_says_close() -> None:
    world = board("missing: close")
    world.go("2024-06-11")
    record(world)
    world.reply("sitting/attestation", "board.member-1")
    world.go("2024-06-26")
    assert list(world.people_asked("sitting/attestation~2")) == ["board.chair-1"]
    world.reply("sitting/attestation~2", "board.chair-1")
    assert meeting(world).attestors == ["member-1", "chair-1"]
    assert meeting(world).public_from is not None
    assert world.holds()
    world.register.close()


def test_a_coordinator_may_close_the_question_and_then_another_is_asked(world: World) -> None:
    world.go("2024-06-11")
    record(world)
    close_step(world.register, "tiny/sitting/attestation", reason="Both are ill.", now=world.now, actor="office")
    world.look()
    assert list(world.people_asked("sitting/attestation~2")) == ["board.chair-1", "board.member-3"]
    world.reply("sitting/attestation~2", "board.chair-1")
    world.reply("sitting/attestation~2", "board.member-3")
    assert world.phase("sitting").status is PhaseStatus.CLOSED


def test_paragraphs_are_attested_one_by_one() -> None:
    world = board("attestation: paragraph")
    world.go("2024-06-11")
    record(world)
    said = {f"paragraph.{n}.answer": "attested" for n in range(1, 5)}
    refused = {**said, "paragraph.3.answer": "refused", "paragraph.3.reason": "Another text was agreed on."}
    world.reply("sitting/attestation", "board.member-1", **said)
    world.reply("sitting/attestation", "board.member-2", **refused)
    done = {row.paragraphs[0]: row.attested_on for row in world.rows(Attestation)}
    assert [number for number, on in done.items() if on is None] == [3]
    assert [row.paragraph for row in world.rows(Decision)] == ["§ 2"]
    form = MinutesForm.model_validate(world.step("sitting/minutes~2").form)
    assert [item.key for item in form.items] == ["stores"]
    record(world, "sitting/minutes~2")
    for who in ("board.member-1", "board.member-2"):
        world.reply("sitting/attestation~2", who, **{"paragraph.3.answer": "attested"})
    assert world.phase("sitting").status is PhaseStatus.CLOSED
    world.register.close()


def test_the_notice_begins_the_appeal_period() -> None:
    """Attested 2024-06-18, announced by the 20th; the appeal period ends on 2024-07-11."""
    world = board("notice: true")
    world.go("2024-06-18")
    record(world)
    for who in ("board.member-1", "board.member-2"):
        world.reply("sitting/attestation", who)
    assert attestation(world).announce_by == date(2024, 6, 20)
    world.go("2024-06-20")
    with pytest.raises(BadAnswer, match="cannot be older than the attestation"):
        world.reply("sitting/notice", "board.secretary", announced_on="2024-06-17")
    world.reply("sitting/notice", "board.secretary", announced_on="2024-06-20")
    assert (attestation(world).announced_on, attestation(world).final_on) == (date(2024, 6, 20), date(2024, 7, 11))
    assert world.holds()
    world.register.close()
