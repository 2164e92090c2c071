"""The acts on a running cycle: each done once, by who may, in its own cycle, as it was looked over."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlmodel import col, select

from config.loader import load_named
from config.terms import Position
from engine.commands.answer import Reply
from engine.commands.start import start_cycle
from models.assignment import Answer, Assignment, Document
from models.concern import Concern, ConcernKind, raise_concern
from models.cycle import Cycle, CycleStatus, Membership, Person
from models.journal import JournalEntry
from models.notice import Notice, NoticeKind
from models.phase import Milestone, MilestoneStatus, Step
from models.proposal import Proposal
from models.verify import verify
from tests.portal.conftest import SLUG, hidden

if TYPE_CHECKING:
    import httpx

    from tests.desk.conftest import DeskBrowser, DeskWorld
    from tests.portal.conftest import World

HERE = f"/desk/{SLUG}"
STEP = "antagande-inriktning/decision"
OPEN = f"{SLUG}/{STEP}"
OTHER = "another"
WHY = "Kommunen har bett om det"


def press(browser: DeskBrowser, review: httpx.Response) -> httpx.Response:
    """The binding button of a page on which an act is looked over."""
    assert review.status_code == 200, review.text[:3000]
    found = re.findall(r'<form method="post" action="([^"]+/confirm)"', review.text)
    assert found, review.text[:3000]
    fields = {name: hidden(review, name) for name in ("csrf", "sealed")}
    return browser.post(html.unescape(found[-1]), fields)


def entries(world: World) -> list[JournalEntry]:
    """The journal, the newest entry first."""
    with world.register.read() as session:
        mine = select(JournalEntry).where(col(JournalEntry.cycle_id) == SLUG)
        return list(session.exec(mine.order_by(col(JournalEntry.seq).desc())))


def holds(world: World) -> bool:
    """Whether the register is what its journal says."""
    with world.register.read() as session:
        return verify(session, SLUG).holds


def assignment(world: World, body: str) -> Assignment:
    """What a body is asked in the open question."""
    with world.register.read() as session:
        query = select(Assignment).where(col(Assignment.step_id) == OPEN, col(Assignment.body_id) == f"{SLUG}/@{body}")
        return session.exec(query).one()


def notices(world: World, kind: NoticeKind) -> list[Notice]:
    """The notices of a kind."""
    with world.register.read() as session:
        return list(session.exec(select(Notice).where(col(Notice.kind) == kind).order_by(col(Notice.id))))


def milestone(world: World, key: str) -> Milestone:
    """A milestone."""
    with world.register.read() as session:
        return session.get_one(Milestone, f"{SLUG}/:{key}")


def due_of_step(world: World) -> Milestone:
    """The milestone that the open question hangs on."""
    with world.register.read() as session:
        key = session.get_one(Step, OPEN).milestone
    assert key is not None
    return milestone(world, key)


def test_reminding_shows_who_gets_it_and_nobody_gets_it_twice(desk: DeskWorld, deciding: World) -> None:
    deciding.say(deciding.link(STEP, "berg"), Reply(Position.ADOPTS))
    browser = desk.coordinator()
    page = browser.get(f"{HERE}/remind")
    assert "Bergs kommun" not in page.text
    assert "går inte att svara än" in page.text
    with deciding.register.read() as session:
        due = session.get_one(Step, OPEN).due_before
    assert due is not None
    deciding.clock.at = due - timedelta(days=2)
    one = assignment(deciding, "are")
    review = browser.act(f"{HERE}/remind", HERE, **{f"who:{one.id}": "yes", "reason": WHY})
    assert "Åre kommun" in review.text
    assert "Ragunda" not in review.text
    assert press(browser, review).status_code == 303
    assert [notice.assignment_id for notice in notices(deciding, NoticeKind.REMINDED)][-1:] == [one.id]
    assert entries(deciding)[0].event == "participants_reminded"
    assert entries(deciding)[0].actor.startswith("account:")
    press(browser, review)  # pressed twice
    mine = [notice for notice in notices(deciding, NoticeKind.REMINDED) if notice.assignment_id == one.id]
    assert len({notice.occurrence for notice in mine}) == len(mine)
    again = browser.get(f"{HERE}/remind").text
    assert "har påmints i dag" in again
    assert f'name="who:{one.id}"' not in again
    rest = press(browser, browser.act(f"{HERE}/remind", HERE, reason=WHY))
    assert rest.status_code == 303
    today = [notice for notice in notices(deciding, NoticeKind.REMINDED) if notice.created_at == deciding.clock.at]
    assert len(today) == 8
    assert holds(deciding)


def test_nothing_typed_is_lost_when_the_reason_is_missing(desk: DeskWorld, deciding: World) -> None:
    browser = desk.coordinator()
    key = due_of_step(deciding).key
    shown = browser.act(f"{HERE}/move", HERE, milestone=key, day="2014-01-10", words="före advent", reason="")
    assert shown.status_code == 422
    assert 'value="2014-01-10"' in shown.text
    assert "före advent" in shown.text
    assert 'href="#reason"' in shown.text
    assert 'aria-invalid="true"' in shown.text


@pytest.mark.parametrize(
    "typed", [{"day": "in spring"}, {"day": "0001-01-01"}, {"edtf": "2013-99", "day": "2013-09-01"}]
)
def test_a_day_that_is_none_is_told_at_its_field(desk: DeskWorld, deciding: World, typed: dict[str, str]) -> None:
    shown = desk.coordinator().act(
        f"{HERE}/move", HERE, milestone=due_of_step(deciding).key, reason=WHY, **{"day": "", **typed}
    )
    assert shown.status_code == 422
    field = "edtf" if "edtf" in typed else "day"
    assert f'id="{field}-fault"' in shown.text


def test_a_milestone_is_moved_as_it_was_shown_and_not_when_it_has_moved_meanwhile(
    desk: DeskWorld, deciding: World
) -> None:
    browser = desk.coordinator()
    before = due_of_step(deciding)
    assert before.due_on is not None
    to = before.due_on + timedelta(days=20)
    form = {"milestone": before.key, "day": to.isoformat(), "reason": WHY}
    journal = deciding.journal_length()
    first, second = (browser.act(f"{HERE}/move", HERE, **form) for _ in range(2))
    assert deciding.journal_length() == journal
    assert press(browser, first).status_code == 303
    assert due_of_step(deciding).due_on == to
    assert entries(deciding)[0].event == "milestone_moved"
    done = deciding.journal_length()
    press(browser, second)
    assert deciding.journal_length() == done
    assert "någon annan har hunnit före" in browser.get(f"{HERE}/dates").text
    assert holds(deciding)


def test_a_promise_gets_a_vaguer_date_with_its_words(desk: DeskWorld, deciding: World) -> None:
    browser = desk.coordinator()
    key = due_of_step(deciding).key
    review = browser.act(f"{HERE}/move", HERE, milestone=key, edtf="2014-01", words="under januari 2014", reason=WHY)
    assert "under januari 2014" in review.text
    press(browser, review)
    moved = due_of_step(deciding)
    assert (moved.edtf, moved.words, moved.due_on, moved.earliest) == (
        "2014-01", "under januari 2014", date(2014, 1, 31), date(2014, 1, 1),
    )  # fmt: skip
    assert "under januari 2014" in browser.get(f"{HERE}/history").text


def test_an_answer_on_behalf_counts_from_when_it_came(desk: DeskWorld, deciding: World) -> None:
    """It came on the last day and is written down a day later: it is in time, and both names stand there."""
    with deciding.register.read() as session:
        due = session.get_one(Step, OPEN).due_before
    assert due is not None
    deciding.clock.at = due + timedelta(hours=10)
    browser = desk.coordinator()
    one = assignment(deciding, "are")
    came = {
        "assignment": one.id, "means": "telephone", "given_by": one.person_id, "reason": "Ingen dator",
        "received_on": (due - timedelta(hours=3)).date().isoformat(), "position": "adopts", "comment": "Enligt §.",
    }  # fmt: skip
    review = browser.act(f"{HERE}/answer/review", HERE, **came)
    assert "på telefon" in review.text
    press(browser, review)
    press(browser, review)
    with deciding.register.read() as session:
        answers = session.exec(select(Answer).where(col(Answer.assignment_id) == one.id)).all()
    assert [(answer.via, answer.late, answer.version, str(answer.position)) for answer in answers] == [
        ("coordinator", False, 1, "adopts")
    ]
    assert answers[0].by.startswith("account:")
    assert answers[0].received_at < due
    event = entries(deciding)[0]
    assert (event.event, event.actor) == ("answered_on_behalf", answers[0].by)
    receipts = [notice for notice in notices(deciding, NoticeKind.RECEIPT) if notice.assignment_id == one.id]
    assert [notice.person_id for notice in receipts] == [one.person_id]
    assert "Coordinator" in browser.get(f"{HERE}/question/{STEP}").text
    assert holds(deciding)


def test_an_answer_with_a_file_and_every_fault_told_at_once(desk: DeskWorld, deciding: World) -> None:
    browser = desk.coordinator()
    one = assignment(deciding, "are")
    typed = {"assignment": one.id, "comment": "Se bilagan.", "received_on": "2099-01-01", "csrf": browser.csrf(HERE)}
    files = {"files": ("Utdrag.txt", "Protokoll § 7".encode(), "text/plain")}
    shown = browser.post(f"{HERE}/answer/review", typed, files=files)
    assert shown.status_code == 422
    for field in ("means", "given_by", "received_on", "reason", "position"):
        assert f'href="#{field}"' in shown.text, field
    assert "Se bilagan." in shown.text
    assert "Utdrag.txt" in shown.text  # it is kept, and need not be chosen again
    today = deciding.clock.at.date().isoformat()
    good = {
        **typed,
        "means": "mail",
        "given_by": one.person_id,
        "received_on": today,
        "reason": WHY,
        "position": "adopts",
    }
    review = browser.post(f"{HERE}/answer/review", good)
    assert "Utdrag.txt" in review.text
    press(browser, review)
    from models.files import Attachment

    with deciding.register.read() as session:
        assert session.exec(select(Attachment.name)).all() == ["Utdrag.txt"]
    assert holds(deciding)


def test_somebody_else_gets_the_seat_straight_from_a_concern(desk: DeskWorld, deciding: World) -> None:
    one = assignment(deciding, "are")
    with deciding.register.change(SLUG, at=deciding.clock.at, actor="test") as change:
        concern = raise_concern(
            change, ConcernKind.ADDRESS_FAILS, subject=one.person_id, assignment=one.id, person=one.person_id,
            data={"substitute": assignment(deciding, "berg").person_id},
        )  # fmt: skip
        number = concern.number
    browser = desk.coordinator()
    page = browser.get(f"{HERE}/concern?number={number}")
    link = re.search(r'href="(/desk/[^"]+/people\?[^"]+)"', page.text)
    assert link
    form = browser.get(html.unescape(link[1])).text
    seat = one.membership_id.rpartition("@")[2]
    assert f'value="{seat}" lang="sv" selected' in form or f'value="{seat}" selected' in form
    with deciding.register.read() as session:
        proposed = session.get_one(Person, assignment(deciding, "berg").person_id).address
    assert f'value="{proposed}"' in form
    first, second = (
        browser.act(f"{HERE}/people", HERE, seat=seat, address=address, name="Eva", reason=WHY)
        for address in ("eva@are.example", "olle@are.example")
    )
    press(browser, first)
    with deciding.register.read() as session:
        held = session.get_one(Person, session.get_one(Membership, one.membership_id).person_id)
        settled = session.get_one(Concern, f"{SLUG}/!{number}").settled_at
    assert (held.address, settled) == ("eva@are.example", deciding.clock.at)
    press(browser, second)  # looked over before the first was done
    with deciding.register.read() as session:
        assert session.get_one(Membership, one.membership_id).person_id == held.id
    assert holds(deciding)
    shown = browser.act(f"{HERE}/people", HERE, seat=seat, address="no address", reason=WHY)
    assert shown.status_code == 422
    assert 'value="no address"' in shown.text


def test_a_concern_is_settled_with_a_word_once(desk: DeskWorld, deciding: World) -> None:
    with deciding.register.change(SLUG, at=deciding.clock.at, actor="test") as change:
        raise_concern(change, ConcernKind.MAIL_RECEIVED, subject=SLUG, words="<b>Hej</b>")
    browser = desk.coordinator()
    page = browser.get(f"{HERE}/concern?number=1").text
    assert "&lt;b&gt;Hej&lt;/b&gt;" in page
    assert browser.act(f"{HERE}/concern", HERE, number="1", reason="").status_code == 422
    assert browser.act(f"{HERE}/concern", HERE, number="1", reason="Jag ringde").status_code == 303
    length = deciding.journal_length()
    browser.act(f"{HERE}/concern", HERE, number="1", reason="Jag ringde igen")
    assert deciding.journal_length() == length
    with deciding.register.read() as session:
        assert session.get_one(Concern, f"{SLUG}/!1").settlement == "Jag ringde"


def test_a_question_is_closed_early(desk: DeskWorld, deciding: World) -> None:
    browser = desk.coordinator()
    assert browser.act(f"{HERE}/close", HERE, question="no/such", reason=WHY).status_code == 422
    review = browser.act(f"{HERE}/close", HERE, question=STEP, reason=WHY)
    assert "Åre kommun" in review.text
    press(browser, review)
    length = deciding.journal_length()
    press(browser, review)
    assert deciding.journal_length() == length
    with deciding.register.read() as session:
        assert session.get_one(Step, OPEN).closing == WHY
    deciding.run()
    with deciding.register.read() as session:
        assert session.get_one(Step, OPEN).settled_at is not None


def test_on_hold_nothing_happens_and_then_it_goes_on(desk: DeskWorld, deciding: World) -> None:
    browser = desk.coordinator()
    press(browser, browser.act(f"{HERE}/hold", HERE, reason="Val"))
    with deciding.register.read() as session:
        due = session.get_one(Step, OPEN).due_before
        assert session.get_one(Cycle, SLUG).status is CycleStatus.HELD
    assert due is not None
    length = deciding.journal_length()
    deciding.clock.at = due + timedelta(days=2)
    deciding.run()
    assert deciding.journal_length() == length  # not reminded, not missed
    page = browser.get(f"{HERE}/hold")
    assert "Låt processen fortsätta" in page.text
    assert "Sista dagar som har passerat" in page.text
    review = browser.act(f"{HERE}/hold", HERE, reason="Valet är över")
    press(browser, review)
    press(browser, review)
    deciding.run()
    with deciding.register.read() as session:
        assert session.get_one(Cycle, SLUG).status is CycleStatus.RUNNING
        assert session.get_one(Step, OPEN).missed_at is not None
    events = [entry.event for entry in entries(deciding)]
    assert events.count("cycle_held") == events.count("cycle_released") == 1
    assert holds(deciding)


def test_a_cycle_is_cancelled(desk: DeskWorld, deciding: World) -> None:
    browser = desk.coordinator()
    review = browser.act(f"{HERE}/cancel", HERE, reason=WHY)
    press(browser, review)
    with deciding.register.read() as session:
        assert session.get_one(Cycle, SLUG).status is CycleStatus.CANCELLED
    length = deciding.journal_length()
    press(browser, review)
    assert deciding.journal_length() == length
    assert "/cancel" not in browser.get(HERE).text


@pytest.mark.parametrize("act", ["move", "close", "cancel"])
def test_where_two_are_wanted_it_waits_for_another_account(desk: DeskWorld, deciding: World, act: str) -> None:
    desk.settings = replace(desk.settings, second_person=True)
    browser, chief = desk.coordinator(), desk.administrator()
    due = due_of_step(deciding)
    typed = {
        "move": {"milestone": due.key, "day": "2014-01-10"}, "close": {"question": STEP}, "cancel": {},
    }[act]  # fmt: skip
    before = deciding.state()["step"], deciding.state()["milestone"], deciding.state()["cycle"]
    press(browser, browser.act(f"{HERE}/{act}", HERE, reason=WHY, **typed))
    assert (deciding.state()["step"], deciding.state()["milestone"], deciding.state()["cycle"]) == before
    assert entries(deciding)[0].event == "act_proposed"
    for one in (browser, chief):
        assert f"{HERE}/proposal?number=1" in one.get("/desk").text
    length = deciding.journal_length()
    assert browser.act(f"{HERE}/proposal/confirm", HERE, number="1").status_code == 303  # one's own
    press(browser, browser.act(f"{HERE}/{act}", HERE, reason=WHY, **typed))  # the same once more
    assert deciding.journal_length() == length
    assert WHY in chief.get(f"{HERE}/proposal?number=1").text
    assert chief.act(f"{HERE}/proposal/confirm", HERE, number="1").status_code == 303
    assert entries(deciding)[0].event == "proposal_confirmed"
    with deciding.register.read() as session:
        assert session.get_one(Proposal, f"{SLUG}/?1").done
        done = {
            "move": session.get_one(Milestone, due.id).due_on == date(2014, 1, 10),
            "close": session.get_one(Step, OPEN).closing == WHY,
            "cancel": session.get_one(Cycle, SLUG).status is CycleStatus.CANCELLED,
        }
    assert done[act]
    assert holds(deciding)


def test_a_proposal_is_turned_down(desk: DeskWorld, deciding: World) -> None:
    desk.settings = replace(desk.settings, second_person=True)
    browser, chief = desk.coordinator(), desk.administrator()
    press(browser, browser.act(f"{HERE}/cancel", HERE, reason=WHY))
    assert chief.act(f"{HERE}/proposal/drop", HERE, number="1", reason="").status_code == 422
    assert chief.act(f"{HERE}/proposal/drop", HERE, number="1", reason="Nej").status_code == 303
    assert chief.get(f"{HERE}/proposal?number=1").status_code == 404
    with deciding.register.read() as session:
        assert session.get_one(Cycle, SLUG).status is CycleStatus.RUNNING


def test_a_promise_is_given_up(desk: DeskWorld, deciding: World) -> None:
    browser, key = desk.coordinator(), due_of_step(deciding).key
    review = browser.act(f"{HERE}/waive", HERE, milestone=key, reason=WHY)
    press(browser, review)
    assert due_of_step(deciding).status is MilestoneStatus.WAIVED
    assert browser.get(f"{HERE}/move?milestone={key}").status_code == 404
    length = deciding.journal_length()
    press(browser, review)
    assert deciding.journal_length() == length


def test_a_date_that_was_worked_out_is_confirmed(desk: DeskWorld, world: World) -> None:
    with world.register.read() as session:
        found = session.exec(select(Milestone).where(col(Milestone.inferred), col(Milestone.met_on).is_(None))).first()
    assert found is not None
    browser = desk.coordinator()
    assert f"confirm-date?milestone={found.key}" in browser.get(f"{HERE}/dates").text
    press(browser, browser.act(f"{HERE}/confirm-date", HERE, milestone=found.key, reason=WHY))
    assert not milestone(world, found.key).inferred


def test_the_areas_of_the_groups_are_filled_in(desk: DeskWorld, world: World) -> None:
    browser = desk.coordinator()
    group = hidden(browser.get(f"{HERE}/areas"), "group")
    review = browser.act(f"{HERE}/areas", HERE, group=group, names="Barn\nÄldre", reason=WHY)
    other = browser.act(f"{HERE}/areas", HERE, group=group, names="Skola", reason=WHY)
    press(browser, review)
    press(browser, other)
    assert "Äldre\nBarn</textarea>" in browser.get(f"{HERE}/areas").text
    assert [entry.event for entry in entries(world)].count("areas_set") == 1
    twice = browser.act(f"{HERE}/areas", HERE, group=group, names="Barn\nbarn", reason=WHY)
    assert twice.status_code == 422


@pytest.mark.parametrize("as_file", [False, True])
def test_a_version_is_published(desk: DeskWorld, deciding: World, *, as_file: bool) -> None:
    browser = desk.coordinator()
    with deciding.register.read() as session:
        key = session.get_one(Document, session.get_one(Step, OPEN).about[-1]).key
    fields = {"text": key, "reason": WHY, "csrf": browser.csrf(HERE), "content": "" if as_file else "Ny text."}
    files = {"file": ("Ny.txt", b"Ny text i fil.", "text/plain")} if as_file else None
    review = browser.post(f"{HERE}/publish/review", fields, **({"files": files} if files else {}))
    press(browser, review)
    with deciding.register.read() as session:
        newest = session.exec(
            select(Document).where(col(Document.key) == key).order_by(col(Document.version).desc())
        ).first()
    assert newest is not None
    assert (newest.file_name, newest.content) == (("Ny.txt", "") if as_file else (None, "Ny text."))
    length = deciding.journal_length()
    press(browser, review)
    assert deciding.journal_length() == length
    assert holds(deciding)
    assert browser.post(f"{HERE}/publish/review", {**fields, "content": ""}).status_code == 422


def test_no_act_reaches_into_another_cycle(desk: DeskWorld, deciding: World) -> None:
    """A coordinator of one cycle names what belongs to another: there is nothing of the kind."""
    from engine.accounts.accounts import give_role
    from models.account import Role

    start_cycle(deciding.register, load_named(SLUG), slug=OTHER, at=deciding.clock.at, actor="test")
    account = desk.account("owner")
    give_role(deciding.register, account, OTHER, Role.COORDINATOR, now=deciding.clock.at, actor="test")
    browser, one = desk.signed_in(account), assignment(deciding, "are")
    before = deciding.journal_length()
    there = f"/desk/{OTHER}"
    assert browser.get(f"{there}/answer?assignment={one.id}").status_code == 404
    assert browser.act(f"{there}/answer/review", there, assignment=one.id).status_code == 404
    assert browser.get(f"{HERE}/remind").status_code == 404
    assert browser.act(f"{there}/close", there, question=STEP, reason=WHY).status_code == 422
    # What was looked over in one cycle cannot be done in the other.
    chief = desk.administrator()
    review = chief.act(f"{HERE}/cancel", HERE, reason=WHY)
    fields = {name: hidden(review, name) for name in ("csrf", "sealed")}
    assert chief.post(f"{there}/cancel/confirm", fields).status_code == 400
    assert chief.post(f"{HERE}/close/confirm", fields).status_code == 400
    assert deciding.journal_length() == before


def test_the_way_back_from_a_review_loses_nothing(desk: DeskWorld, deciding: World) -> None:
    """The reason and the new day stand in the form again, and nothing has been done."""
    browser = desk.coordinator()
    key, entry = due_of_step(deciding).key, entries(deciding)[0].seq
    form = {"milestone": key, "day": "2013-10-15", "words": "till mitten av oktober", "reason": WHY}
    review = browser.act(f"{HERE}/move", HERE, **form)
    hidden_fields = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
    sent = dict(hidden_fields.findall(review.text.partition('id="as-typed"')[2]))
    again = browser.post(f"{HERE}/move", {name: html.unescape(value) for name, value in sent.items()})
    assert again.status_code == 200
    assert 'value="2013-10-15"' in again.text
    assert "till mitten av oktober" in again.text
    assert html.escape(WHY) in again.text
    assert entries(deciding)[0].seq == entry
