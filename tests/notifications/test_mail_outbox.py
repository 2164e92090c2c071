"""The outbox: claims, retries, withdrawals, and what a crash may repeat."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from email import message_from_bytes
from typing import TYPE_CHECKING

import pytest
from mail_world import QUESTION, START, Recorder, World, every_kind

from config.terms import Language
from models.assignment import Link
from models.cycle import Cycle, CycleStatus
from models.notice import DeliveryStatus, NoticeKind
from models.phase import Milestone, Step
from models.register import RegisterBusy
from notifications.claims import LEASE
from notifications.outbox import Tally
from notifications.retry import PAUSES, QUEUE_PAUSE, retry_after
from notifications.transport import Deferred, DiscardTransport, QueueStopped, Refused, Sent

if TYPE_CHECKING:
    from models.register import Register
    from notifications.transport import Attempt, Outgoing

DAY = timedelta(days=1)


def test_what_is_due_is_sent_once(world: World) -> None:
    world.owe_all()
    recorder = Recorder()
    mailer = world.mailer(recorder)
    assert mailer.due_count(START) == 3
    assert mailer.send_due_blocking(START) == Tally(sent=3)
    assert mailer.send_due_blocking(START) == Tally()
    assert mailer.due_count(START) == 0
    assert mailer.next_due() is None
    assert len(recorder.mails) == 3


def test_what_is_sent_keeps_address_and_subject_but_no_token(world: World) -> None:
    notice = world.owe(NoticeKind.ASKED)
    world.mailer(Recorder()).send_due_blocking(START)
    row = world.delivery(notice)
    assert (row.status, row.attempts, row.sent_at) == (DeliveryStatus.SENT, 1, START)
    assert row.address == "secretary@p0000.example"
    assert row.subject
    assert row.raw is None
    assert (row.lease_owner, row.lease_until) == (None, 0.0)


def test_nothing_goes_before_its_hour(world: World) -> None:
    world.owe(NoticeKind.ASKED, at=START + DAY)
    mailer = world.mailer(Recorder())
    assert mailer.send_due_blocking(START) == Tally()
    assert mailer.next_due() == START + DAY
    assert mailer.send_due_blocking(START + DAY) == Tally(sent=1)


def test_every_retry_sends_the_same_bytes(world: World) -> None:
    notice = world.owe(NoticeKind.ASKED)
    replies: list[Attempt] = [Deferred("451 later"), Deferred("timeout"), Sent("250 ok")]
    recorder = Recorder(lambda _: replies.pop(0))
    mailer, now = world.mailer(recorder), START
    for expected in (Tally(deferred=1), Tally(deferred=1), Tally(sent=1)):
        assert mailer.send_due_blocking(now) == expected
        now += DAY
        world.edit(Step, "c/groups/s", question=f"{QUESTION} {now}")
    assert len({mail.raw for mail in recorder.mails}) == 1
    assert message_from_bytes(recorder.mails[2].raw)["Message-ID"] == world.delivery(notice).message_id
    assert world.delivery(notice).attempts == 3


def test_bytes_are_stored_before_the_first_attempt(world: World) -> None:
    notice = world.owe(NoticeKind.ASKED)
    seen: list[str | None] = []

    def look(mail: Outgoing) -> Attempt:
        row = world.delivery(notice)
        seen.append(row.raw)
        assert row.raw is not None
        assert row.raw.encode() == mail.raw
        return Sent("ok")

    world.mailer(Recorder(look)).send_due_blocking(START)
    assert len(seen) == 1


def test_a_deferred_mail_waits_longer_each_time(world: World) -> None:
    notice = world.owe(NoticeKind.ASKED)
    mailer, now = world.mailer(Recorder(lambda _: Deferred("451 later"))), START
    for pause in PAUSES:
        assert mailer.send_due_blocking(now) == Tally(deferred=1)
        assert world.delivery(notice).next_attempt_at == now + pause
        assert mailer.send_due_blocking(now + pause - timedelta(seconds=1)) == Tally()
        now += pause
    assert mailer.send_due_blocking(now) == Tally(refused=1)
    row = world.delivery(notice)
    assert row.status is DeliveryStatus.FAILED
    assert row.response == f"given up after {len(PAUSES) + 1} attempts: 451 later"
    assert row.raw is None


def test_the_schedule_grows_for_days_and_ends() -> None:
    assert list(PAUSES) == sorted(PAUSES)
    assert timedelta(days=4) < sum(PAUSES, timedelta()) < timedelta(days=6)
    assert retry_after(1) == PAUSES[0]
    assert retry_after(len(PAUSES) + 1) is None


def test_a_refused_mail_is_final_and_the_others_go(world: World) -> None:
    world.owe_all()
    decide = lambda mail: Refused("550 unknown") if "p0001" in mail.address else Sent("ok")  # noqa: E731
    assert world.mailer(Recorder(decide)).send_due_blocking(START) == Tally(sent=2, refused=1)
    failed = [row for row in world.deliveries() if row.status is DeliveryStatus.FAILED]
    assert [(row.response, row.raw) for row in failed] == [("550 unknown", None)]


def test_a_stopped_queue_costs_no_mail_an_attempt(world: World) -> None:
    world.owe_all()
    recorder = Recorder(lambda _: QueueStopped("535 wrong password"))
    mailer = world.mailer(recorder)
    assert mailer.send_due_blocking(START) == Tally(deferred=3, stopped="535 wrong password")
    assert len(recorder.mails) == 1
    for row in world.deliveries():
        assert (row.status, row.attempts) == (DeliveryStatus.QUEUED, 0)
        assert row.next_attempt_at == START + QUEUE_PAUSE
        assert (row.response, row.lease_until) == ("535 wrong password", 0.0)
    recorder.decide = lambda _: Sent("ok")
    assert mailer.send_due_blocking(START + QUEUE_PAUSE) == Tally(sent=3)


@pytest.mark.parametrize("kind", [NoticeKind.ASKED, NoticeKind.REMINDED, NoticeKind.ASKED_AGAIN])
def test_nobody_is_reminded_after_answering(world: World, kind: NoticeKind) -> None:
    notice = world.owe(kind)
    world.owe(kind, 1)
    world.answer(0)
    assert world.mailer(Recorder()).send_due_blocking(START) == Tally(sent=1, withdrawn=1)
    assert world.delivery(notice).status is DeliveryStatus.WITHDRAWN


def test_an_answer_between_two_attempts_withdraws_the_retry(world: World) -> None:
    notice = world.owe(NoticeKind.REMINDED)
    mailer = world.mailer(Recorder(lambda _: Deferred("451 later")))
    mailer.send_due_blocking(START)
    world.answer(0)
    assert mailer.send_due_blocking(START + DAY) == Tally(withdrawn=1)
    assert world.delivery(notice).raw is None


def test_what_is_over_is_not_asked(world: World) -> None:
    world.owe(NoticeKind.ASKED)
    world.owe(NoticeKind.SUMMONED)
    world.owe(NoticeKind.LAPSED)
    world.edit(Step, "c/groups/s", settled_at=START)
    assert world.mailer(Recorder()).send_due_blocking(START) == Tally(sent=1, withdrawn=2)


def test_nobody_is_reminded_of_a_meeting_that_has_not_been_held(world: World) -> None:
    world.edit(Step, "c/groups/s", not_before=(START + DAY).date())
    world.owe(NoticeKind.REMINDED)
    world.owe(NoticeKind.REMINDED, at=START + DAY, occurrence=2)
    mailer = world.mailer(Recorder())
    assert mailer.send_due_blocking(START) == Tally(withdrawn=1)
    assert mailer.send_due_blocking(START + DAY) == Tally(sent=1)


def test_a_revoked_link_is_not_sent(world: World) -> None:
    world.owe(NoticeKind.REMINDED)
    world.edit(Link, "link-0", revoked_at=START)
    assert world.mailer(Recorder()).send_due_blocking(START) == Tally(withdrawn=1)


def test_only_the_last_of_two_moves_is_told(world: World) -> None:
    world.owe(NoticeKind.MOVED, to="2013-07-07", milestone="done", reason="", **{"from": "2013-06-30"})
    world.owe(NoticeKind.MOVED, occurrence=2, to="2013-07-14", milestone="done", reason="", **{"from": "2013-07-07"})
    world.edit(Milestone, "c/:done", due_on=START.date().replace(month=7, day=14))
    assert world.mailer(Recorder()).send_due_blocking(START) == Tally(sent=1, withdrawn=1)


def test_a_held_cycle_sends_nothing_until_it_is_released(world: World) -> None:
    world.owe_all()
    world.edit(Cycle, "c", status=CycleStatus.HELD)
    mailer = world.mailer(Recorder())
    assert mailer.send_due_blocking(START) == Tally()
    assert (mailer.due_count(START), mailer.next_due()) == (0, None)
    world.edit(Cycle, "c", status=CycleStatus.RUNNING)
    assert mailer.send_due_blocking(START) == Tally(sent=3)


def test_only_the_cycle_that_is_named(world: World) -> None:
    world.owe_all()
    mailer = world.mailer(Recorder())
    assert mailer.send_due_blocking(START, cycle_id="other") == Tally()
    assert mailer.due_count(START, "other") == 0
    assert mailer.send_due_blocking(START, cycle_id="c", limit=2) == Tally(sent=2)
    assert mailer.due_count(START, "c") == 1


def test_two_mailers_at_once_send_nothing_twice(on_disk: World) -> None:
    on_disk.owe_all()
    first, second = Recorder(), Recorder()

    async def both() -> tuple[Tally, Tally]:
        return await asyncio.gather(
            on_disk.mailer(first, "one").send_due(START, limit=2),
            on_disk.mailer(second, "two").send_due(START, limit=2),
        )

    tallies = asyncio.run(both())
    assert sum(tally.sent for tally in tallies) == 3
    sent = [mail.address for mail in first.mails + second.mails]
    assert len(sent) == len(set(sent)) == 3


def test_a_lease_holds_until_it_runs_out(on_disk: World) -> None:
    """A mailer that dies between two mails loses none: the next takes over when the lease is over, same bytes."""
    on_disk.owe_all()

    def die(mail: Outgoing) -> Attempt:
        raise KeyboardInterrupt

    dying, heir = Recorder(die), Recorder()
    with pytest.raises(KeyboardInterrupt):
        on_disk.mailer(dying).send_due_blocking(START)
    assert on_disk.mailer(heir, "heir").send_due_blocking(START) == Tally()
    on_disk.wall += LEASE + 1
    assert on_disk.mailer(heir, "heir").send_due_blocking(START) == Tally(sent=3)
    assert dying.mails[0] in heir.mails


def test_a_lease_that_ran_out_stops_the_batch(on_disk: World) -> None:
    """A mailer that was held up for longer than its lease leaves the rest to whoever has it now."""
    on_disk.owe_all()

    def stall(_: Outgoing) -> Attempt:
        on_disk.wall += LEASE + 1
        return Sent("late")

    slow, heir = Recorder(stall), Recorder()
    assert on_disk.mailer(slow).send_due_blocking(START) == Tally(sent=1)
    assert on_disk.mailer(heir, "heir").send_due_blocking(START) == Tally(sent=2)
    assert not set(slow.mails) & set(heir.mails)


def test_a_long_batch_renews_its_lease(on_disk: World) -> None:
    on_disk.owe_all()

    def slowly(mail: Outgoing) -> Attempt:
        on_disk.wall += LEASE * 0.6
        return Sent("ok")

    assert on_disk.mailer(Recorder(slowly)).send_due_blocking(START) == Tally(sent=3)


def test_a_result_that_is_no_longer_ours_changes_nothing(on_disk: World) -> None:
    notice = on_disk.owe(NoticeKind.ASKED)
    other = on_disk.mailer(Recorder(), "other")

    def lose(mail: Outgoing) -> Attempt:
        on_disk.wall += LEASE + 1
        with on_disk.register.operate() as session:
            from notifications import claims

            claims.claim(session, owner="other", now=START, wall=on_disk.wall, cycle_id=None, limit=1)
        return Refused("550")

    assert on_disk.mailer(Recorder(lose)).send_due_blocking(START) == Tally()
    assert on_disk.delivery(notice).status is DeliveryStatus.QUEUED
    on_disk.wall += LEASE + 1
    assert other.send_due_blocking(START) == Tally(sent=1)


@pytest.mark.parametrize("language", [Language.SV, Language.EN])
def test_a_rehearsal_writes_every_mail_and_sends_none(register: Register, language: Language) -> None:
    world = World(register, language=language)
    ids = every_kind(world)
    assert world.mailer(DiscardTransport()).send_due_blocking(START) == Tally(sent=len(ids))
    for row in world.deliveries():
        assert (row.status, row.sent_at, row.attempts, row.raw) == (DeliveryStatus.SENT, START, 1, None)
        assert row.address
        assert row.subject


def test_a_rehearsal_withdraws_too(world: World) -> None:
    world.owe_all(NoticeKind.REMINDED)
    world.answer(2)
    assert world.mailer(DiscardTransport()).send_due_blocking(START) == Tally(sent=2, withdrawn=1)


def test_a_letter_that_cannot_be_written_is_tried_again(world: World) -> None:
    """What the register lacks can be mended, so the mail is not given up at once."""
    broken = world.owe(NoticeKind.RECEIPT, version=7)
    world.owe(NoticeKind.ASKED)
    assert world.mailer(Recorder()).send_due_blocking(START) == Tally(sent=1, deferred=1)
    assert "cannot be written" in str(world.delivery(broken).response)


def test_register_that_was_locked_when_a_mail_had_been_taken_repeats_none(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is no crash: what became of the mail is written down at the next look, and the others go at once."""
    world.owe_all()
    locked: list[bool] = []

    def take(_: Outgoing) -> Attempt:
        locked.append(True)
        return Sent("ok")

    recorder = Recorder(take)
    mailer, operate = world.mailer(recorder), world.register.operate

    def refuse() -> object:
        if locked:
            raise RegisterBusy("database is locked")
        return operate()

    monkeypatch.setattr(world.register, "operate", refuse)
    for _ in range(2):
        with pytest.raises(RegisterBusy):
            mailer.send_due_blocking(START)
    assert len(recorder.mails) == 1
    locked.clear()
    recorder.decide = lambda _: Sent("ok")
    assert mailer.send_due_blocking(START) == Tally(sent=2)
    assert len({mail.address for mail in recorder.mails}) == len(recorder.mails) == 3
    assert {row.status for row in world.deliveries()} == {DeliveryStatus.SENT}
