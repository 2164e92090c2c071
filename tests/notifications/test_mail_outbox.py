"""The outbox: claims, retries, withdrawals, and what a crash may repeat."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from email import message_from_bytes
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest
from mail_world import QUESTION, START, Recorder, World, every_kind

from config.terms import Language
from models.assignment import Link
from models.cycle import Cycle, CycleStatus
from models.notice import DeliveryStatus, Notice, NoticeKind
from models.phase import Milestone, Step
from models.register import RegisterBusy
from notifications.claims import LEASE
from notifications.outbox import BATCH, Mailer, Tally
from notifications.recording import UNRECORDED
from notifications.retry import PAUSES, QUEUE_PAUSE, retry_after
from notifications.transport import Deferred, DiscardTransport, QueueStopped, Refused, Sent

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

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
    taken = len(recorder.mails)
    assert 1 <= taken <= UNRECORDED
    locked.clear()
    recorder.decide = lambda _: Sent("ok")
    assert mailer.send_due_blocking(START) == Tally(sent=3 - taken)
    assert len({mail.address for mail in recorder.mails}) == len(recorder.mails) == 3
    assert {row.status for row in world.deliveries()} == {DeliveryStatus.SENT}


def asking(world: World, number: int, at: datetime = START) -> World:
    """So many mails are due: the same three people are asked again and again."""
    with world.register.change("c", at=START, actor="test") as change:
        for turn in range(number):
            change.notify(
                Notice(
                    id=f"c!{turn}", cycle_id="c", kind=NoticeKind.CONCLUDED, subject_id="c", occurrence=turn,
                    person_id=f"c/p{turn % 3:04}@", created_at=at, send_from=at,
                )
            )  # fmt: skip
        change.record("notices_owed", "c")
    return world


def named(mails: Iterable[Outgoing]) -> set[str]:
    """Their Message-IDs."""
    return {str(message_from_bytes(mail.raw)["Message-ID"]) for mail in mails}


class InSlowDays(Recorder):
    """A server that takes everything, while the register that is to know of it is slow."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__()
        self.written, self.most, self.slow = 0, 0, Event()
        record = Mailer._record

        def slowly(mailer: Mailer, name: str, results: Any, tally: Any) -> None:
            # Nothing more goes until the room is used up: then the commit ends.
            assert not results or self.slow.wait(10)
            record(mailer, name, results, tally)
            self.written += len(results)

        monkeypatch.setattr(Mailer, "_record", slowly)

    async def send(self, mail: Outgoing) -> Attempt:
        """Take it; what is not written down by now would come again after a kill."""
        attempt = await super().send(mail)
        self.most = max(self.most, len(self.mails) - self.written)
        if len(self.mails) >= UNRECORDED:
            self.slow.set()
        return attempt


@pytest.mark.parametrize("connections", [1, 3])
def test_few_mails_are_sent_and_not_written_down(
    on_disk: World, monkeypatch: pytest.MonkeyPatch, connections: int
) -> None:
    """So many may come again after a kill, and no more: the next waits until the register knows of the first."""
    world = asking(on_disk, UNRECORDED * 2 + 5)
    server = InSlowDays(monkeypatch)
    mailer = world.mailer(server)
    mailer.connections = connections
    assert mailer.send_due_blocking(START) == Tally(sent=len(world.deliveries()))
    assert 1 < server.most <= UNRECORDED
    assert len(named(server.mails)) == len(server.mails) == len(world.deliveries())


@pytest.mark.parametrize("connections", [1, 3])
def test_more_than_a_batch_goes_at_one_time_each_once(on_disk: World, connections: int) -> None:
    """The next batch is written while the first is sent."""
    world = asking(on_disk, BATCH + 30)
    recorder = Recorder()
    mailer = world.mailer(recorder)
    mailer.connections = connections
    assert mailer.send_due_blocking(START) == Tally(sent=BATCH + 30)
    assert len(named(recorder.mails)) == len(recorder.mails) == BATCH + 30


def test_no_batch_is_kept_when_the_server_does_not_let_us_in(on_disk: World) -> None:
    """The one that was written meanwhile goes as soon as the queue goes on, not when its lease runs out."""
    world = asking(on_disk, BATCH + 3)
    mailer = world.mailer(Recorder(lambda _: QueueStopped("535 wrong password")))
    assert mailer.send_due_blocking(START) == Tally(deferred=BATCH, stopped="535 wrong password")
    assert mailer.send_due_blocking(START) == Tally(deferred=3, stopped="535 wrong password")
    mailer.transport = Recorder()
    assert mailer.send_due_blocking(START + QUEUE_PAUSE) == Tally(sent=BATCH + 3)


def test_the_newest_go_first_where_somebody_waits_for_them(world: World) -> None:
    """A receipt does not wait for all those who are being asked."""
    world.owe_all(at=START - DAY)
    world.answer(1)
    world.owe(NoticeKind.RECEIPT, 1, version=1)
    recorder = Recorder()
    world.mailer(recorder).send_due_blocking(START, limit=1, newest=True)
    assert [message_from_bytes(mail.raw)["X-Samsyn-Kind"] for mail in recorder.mails] == ["receipt"]


def test_a_batch_without_a_mail_stops_nothing(on_disk: World) -> None:
    """Of the second batch, nothing is true any more."""
    for number in range(3):
        on_disk.owe(NoticeKind.REMINDED, number, START)
        on_disk.answer(number)
    asking(on_disk, BATCH, at=START - DAY)
    assert on_disk.mailer(Recorder()).send_due_blocking(START) == Tally(sent=BATCH, withdrawn=3)
