"""Several reminders to one person at once are one mail, and each of them is accounted for exactly once."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy
from typing import TYPE_CHECKING

import pytest
from mail_world import SENDER, START, Recorder, World
from test_letters import Seen, same_words

from config.terms import Language
from models.assignment import Assignment, AssignmentStatus, Link
from models.cycle import Membership, Person
from models.notice import DeliveryStatus, NoticeKind
from notifications.outbox import Tally
from notifications.transport import Deferred, DiscardTransport, Refused, Sent

if TYPE_CHECKING:
    from email.message import EmailMessage

    from notifications.transport import Attempt, Outgoing

LATER = START + timedelta(days=1)


def one_person(world: World, *numbers: int) -> list[str]:
    """These principals' questions all go to the first one's secretary; their reminders."""
    first = f"c/p{numbers[0]:04}@"
    for number in numbers:
        world.edit(Assignment, f"c/groups/s/p{number:04}", person_id=first)
        world.edit(Membership, f"c/m@p{number:04}", person_id=first)
        world.edit(Link, f"link-{number}", person_id=first)
    from models.notice import Notice

    ids = [world.owe(NoticeKind.REMINDED, number) for number in numbers]
    for notice in ids:
        world.edit(Notice, notice, person_id=first)
    return ids


def parsed(mail: Outgoing) -> EmailMessage:
    return message_from_bytes(mail.raw, policy=policy.default)


@pytest.mark.parametrize("language", list(Language))
def test_three_reminders_are_one_mail_with_three_links(on_disk: World, language: Language) -> None:
    ids = one_person(on_disk, 0, 1, 2)
    on_disk.edit(Person, "c/p0000@", language=language)
    tally = on_disk.mailer(recorder := Recorder()).send_due_blocking(START)
    assert tally == Tally(sent=3)
    (mail,) = recorder.mails
    message = parsed(mail)
    assert message["X-Samsyn-Kind"] == "digest"
    plain, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    for number in range(3):
        assert SENDER.answer_url(f"link-{number}") in plain
        assert f'href="{SENDER.answer_url(f"link-{number}")}"' in html
        assert f"Kommun {number}" in plain
    assert plain.count("2013") >= 3
    same_words(" ".join(plain.split()), " ".join(" ".join(Seen(html).words).split()))
    rows = {row.notice_id: row for row in on_disk.deliveries()}
    assert [rows[notice].status for notice in ids] == [DeliveryStatus.SENT] * 3
    assert sorted(str(rows[notice].carried_by) for notice in ids) == sorted(["None", ids[0], ids[0]])
    assert all(row.raw is None for row in rows.values())


def test_two_reminders_are_two_mails(on_disk: World) -> None:
    one_person(on_disk, 0, 1)
    recorder = Recorder()
    assert on_disk.mailer(recorder).send_due_blocking(START) == Tally(sent=2)
    assert [parsed(mail)["X-Samsyn-Kind"] for mail in recorder.mails] == ["reminded"] * 2


def test_nobody_is_reminded_of_what_she_has_answered(on_disk: World) -> None:
    on_disk.principals = 4
    one_person(on_disk, 0, 1, 2)
    on_disk.answer(1)
    recorder = Recorder()
    assert on_disk.mailer(recorder).send_due_blocking(START) == Tally(sent=2, withdrawn=1)
    assert len(recorder.mails) == 2


def test_a_digest_that_did_not_get_through_is_written_anew_when_something_was_answered(on_disk: World) -> None:
    """The first attempt is put off; meanwhile one of the three is answered: the other two are reminded, once."""
    ids = one_person(on_disk, 0, 1, 2)
    later = Recorder(lambda _: Deferred("451 later"))
    assert on_disk.mailer(later).send_due_blocking(START) == Tally(deferred=3)
    on_disk.edit(Assignment, "c/groups/s/p0000", status=AssignmentStatus.ANSWERED)
    on_disk.wall += 1000
    recorder = Recorder()
    assert on_disk.mailer(recorder).send_due_blocking(LATER) == Tally(sent=2, withdrawn=1)
    said = "".join(parsed(mail).get_body(("plain",)).get_content() for mail in recorder.mails)
    assert SENDER.answer_url("link-0") not in said
    assert all(said.count(SENDER.answer_url(f"link-{number}")) == 1 for number in (1, 2))
    rows = {row.notice_id: row for row in on_disk.deliveries()}
    assert [rows[one].status for one in ids] == [DeliveryStatus.WITHDRAWN, DeliveryStatus.SENT, DeliveryStatus.SENT]


def test_a_retry_sends_the_same_bytes(on_disk: World) -> None:
    one_person(on_disk, 0, 1, 2)
    later, recorder = Recorder(lambda _: Deferred("451 later")), Recorder()
    on_disk.mailer(later).send_due_blocking(START)
    assert on_disk.mailer(recorder).send_due_blocking(LATER) == Tally(sent=3)
    assert later.mails == recorder.mails


def test_a_refused_digest_fails_as_a_whole(on_disk: World) -> None:
    one_person(on_disk, 0, 1, 2)
    assert on_disk.mailer(Recorder(lambda _: Refused("550"))).send_due_blocking(START) == Tally(refused=3)


def test_a_digest_is_not_broken_by_the_size_of_a_batch(on_disk: World) -> None:
    one_person(on_disk, 0, 1, 2)
    recorder = Recorder()
    assert on_disk.mailer(recorder).send_due_blocking(START, limit=1) == Tally(sent=3)
    assert len(recorder.mails) == 1


def test_a_crash_while_a_digest_is_sent_loses_none(on_disk: World) -> None:
    """The heir sends the same bytes when the lease is over; nobody sends a part of it meanwhile."""
    one_person(on_disk, 0, 1, 2)

    def die(mail: Outgoing) -> Attempt:
        raise KeyboardInterrupt

    dying, heir = Recorder(die), Recorder()
    with pytest.raises(KeyboardInterrupt):
        on_disk.mailer(dying).send_due_blocking(START)
    assert on_disk.mailer(heir, "heir").send_due_blocking(START) == Tally()
    on_disk.wall += 1000
    assert on_disk.mailer(heir, "heir").send_due_blocking(START) == Tally(sent=3)
    assert heir.mails == dying.mails


def test_a_rehearsal_has_digests_too(world: World) -> None:
    ids = one_person(world, 0, 1, 2)
    assert world.mailer(DiscardTransport()).send_due_blocking(START) == Tally(sent=3)
    assert {row.carried_by for row in world.deliveries() if row.notice_id in ids} == {None, ids[0]}


def test_reminders_can_be_turned_off_from_the_mail_program(on_disk: World) -> None:
    """RFC 2369 and RFC 8058, on reminders and digests alone."""
    one_person(on_disk, 0, 1, 2)
    on_disk.owe(NoticeKind.ASKED)
    on_disk.mailer(recorder := Recorder()).send_due_blocking(START)
    found = {parsed(mail)["X-Samsyn-Kind"]: str(parsed(mail)["List-Unsubscribe"]).strip() for mail in recorder.mails}
    assert found == {"asked": "None", "digest": f"<{SENDER.reminders_url('c/p0000@')}>"}
    digest = next(parsed(mail) for mail in recorder.mails if parsed(mail)["X-Samsyn-Kind"] == "digest")
    assert digest["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_who_wants_no_reminders_gets_none(on_disk: World) -> None:
    on_disk.owe(NoticeKind.REMINDED)
    on_disk.owe(NoticeKind.ASKED)
    on_disk.edit(Person, "c/p0000@", reminders_off_at=START)
    recorder = Recorder()
    assert on_disk.mailer(recorder).send_due_blocking(START) == Tally(sent=1, withdrawn=1)
    assert parsed(recorder.mails[0])["X-Samsyn-Kind"] == "asked"


def test_no_more_mails_in_a_minute_than_allowed(on_disk: World) -> None:
    """By all mailers on the register together; the rest goes in the next minute."""
    on_disk.owe_all()
    on_disk.rate = 2
    first, second = on_disk.mailer(Recorder()), on_disk.mailer(Recorder(), "two")
    assert first.send_due_blocking(START) == Tally(sent=2)
    assert second.send_due_blocking(START) == first.send_due_blocking(START) == Tally()
    on_disk.wall += 59
    assert second.send_due_blocking(START) == Tally()
    on_disk.wall += 2
    assert second.send_due_blocking(START) == Tally(sent=1)


def test_trouble_is_remembered_from_its_first_attempt(on_disk: World) -> None:
    notice = on_disk.owe(NoticeKind.ASKED)
    answers = iter([Deferred("451"), Deferred("451"), Sent("250")])
    mailer = on_disk.mailer(Recorder(lambda _: next(answers)))
    mailer.send_due_blocking(START)
    mailer.send_due_blocking(LATER)
    assert on_disk.delivery(notice).trouble_since == START
