"""Somebody else answers: the wrong person, a substitute, and the coordinator's replacement."""

from __future__ import annotations

import json
from datetime import time
from typing import TYPE_CHECKING

import pytest
from sqlmodel import col, select

from config.calendars import PLACES
from config.terms import Language, Position, Seat
from engine.commands.answer import NoLongerOpen, Reply
from engine.commands.coordinate import CannotDo
from engine.commands.delegate import CannotHandOver, delegate, hand_back
from engine.commands.on_behalf import OnBehalf, answer_for
from engine.commands.remind import remind_silent
from engine.commands.replace import NewHolder, replace
from models.assignment import Answer, Assignment, Link
from models.concern import ConcernKind, open_concerns
from models.cycle import Membership, Person
from models.notice import Notice, NoticeKind
from models.phase import Step
from models.verify import verify
from notifications.compose import compose
from notifications.sender import Sender
from tests.portal.conftest import BASE, SECRET, SLUG, Browser, World, hidden, token

if TYPE_CHECKING:
    import httpx

DECISION = "antagande-inriktning/decision"
SENDER = Sender("samsyn@samsyn.example", BASE, SECRET)


def with_substitute(world: World, body: str = "berg") -> str:
    """Give a body a substitute; returns the person's id."""
    with world.register.change(SLUG, at=world.clock.at, actor="test") as change:
        person = change.add(
            Person(
                id=f"{SLUG}/p-substitute", cycle_id=SLUG, address=f"substitute@{body}.example", name="Eva Ek",
                language=Language.SV, salt="salt",
            )
        )  # fmt: skip
        change.add(
            Membership(
                id=f"{SLUG}/@{body}.substitute-1", cycle_id=SLUG, body_id=f"{SLUG}/@{body}", person_id=person.id,
                seat=Seat.SUBSTITUTE,
            )
        )  # fmt: skip
        change.record("substitute_named", person.id)
    return f"{SLUG}/p-substitute"


def live_link(world: World, step: str, who: str) -> Link:
    """The link that answers now."""
    query = select(Link).where(col(Link.assignment_id).startswith(f"{SLUG}/{step}/{who}"))
    with world.register.read() as session:
        return session.exec(query.where(col(Link.revoked_at).is_(None))).one()


def letters(world: World, kind: NoticeKind) -> list[tuple[str, str, str]]:
    """Address, subject and text of every notice of a kind, as they would be sent now."""
    from models.notice import Delivery

    with world.register.read() as session:
        found = session.exec(select(Notice).where(col(Notice.kind) == kind).order_by(col(Notice.id))).all()
        made = [compose(session, one, session.get_one(Delivery, one.id), SENDER, now=world.clock.at) for one in found]
    return [(one.address, one.subject, one.raw.decode()) for one in made]


def hand_over(browser: Browser, link: str, **typed: str) -> httpx.Response:
    """All of it, as a person does it; returns the page at the end."""
    browser.open(link)
    form = browser.get(f"/answer/{link}/substitute")
    review = browser.post(f"/answer/{link}/substitute/review", {"csrf": hidden(form, "csrf"), **typed})
    fields = {name: hidden(review, name) for name in ("csrf", "sealed")}
    done = browser.post(f"/answer/{link}/substitute", fields)
    assert done.status_code == 303, done.text
    return browser.get(done.headers["location"])


def holds(world: World) -> bool:
    with world.register.read() as session:
        return verify(session, SLUG).holds


def test_whoever_was_asked_by_mistake_says_so(deciding: World, browser: Browser) -> None:
    link = deciding.link(DECISION, "berg")
    assert f"/answer/{link}/not-me" in browser.open(link).text
    form = browser.get(f"/answer/{link}/not-me")
    review = browser.post(f"/answer/{link}/not-me/review", {"csrf": hidden(form, "csrf"), "words": "Fråga Anna"})
    assert "Ingenting har hänt än" in review.text
    before = deciding.journal_length()
    fields = {name: hidden(review, name) for name in ("csrf", "sealed")}
    done = browser.post(f"/answer/{link}/not-me", fields)
    assert (done.status_code, done.headers["location"]) == (303, f"/answer/{link}/done")
    assert "Tack för att du säger till" in browser.get(done.headers["location"]).text
    assert deciding.journal_length() == before + 1
    with deciding.register.read() as session:
        (concern,) = open_concerns(session, SLUG)
    assert (concern.kind, concern.words) == (ConcernKind.NOT_ME, "Fråga Anna")
    page = browser.open(link)
    assert page.status_code == 410
    assert "Tack för att du säger till" in page.text
    again = browser.post(f"/answer/{link}/not-me", fields)
    assert again.status_code == 303
    assert deciding.journal_length() == before + 1
    ((address, subject, _),) = letters(deciding, NoticeKind.NOT_ME)
    assert "Frågan kom till fel person: Berg" in subject
    assert address != concern.words
    assert holds(deciding)


def test_words_about_the_wrong_person_stay_out_of_the_journal(deciding: World, browser: Browser) -> None:
    from models.journal import JournalEntry

    link = deciding.link(DECISION, "berg")
    browser.open(link)
    form = browser.get(f"/answer/{link}/not-me")
    review = browser.post(f"/answer/{link}/not-me/review", {"csrf": hidden(form, "csrf"), "words": "Hemlig Person"})
    browser.post(f"/answer/{link}/not-me", {name: hidden(review, name) for name in ("csrf", "sealed")})
    with deciding.register.read() as session:
        assert not any("Hemlig" in entry.body for entry in session.exec(select(JournalEntry)))


def test_substitute_gets_the_question(deciding: World, browser: Browser) -> None:
    substitute = with_substitute(deciding)
    link = deciding.link(DECISION, "berg")
    page = hand_over(browser, link, who=substitute)
    assert "Någon annan svarar i stället för dig" in page.text
    assert browser.open(link).status_code == 410
    new = live_link(deciding, DECISION, "berg")
    with deciding.register.read() as session:
        assignment = session.get_one(Assignment, new.assignment_id)
        giver = session.get_one(Person, assignment.delegated_from or "")
        assert open_concerns(session, SLUG) == []
    assert (assignment.person_id, new.person_id) == (substitute, substitute)
    asked = [raw for address, _, raw in letters(deciding, NoticeKind.ASKED) if address == "substitute@berg.example"]
    assert len(asked) == 1
    assert token(new.id) in asked[0].replace("=\n", "")
    ((address, _, _),) = letters(deciding, NoticeKind.REASSIGNED)
    assert address == giver.address
    theirs = deciding.browser()
    assert f"Du svarar i stället för {giver.name or giver.address}" in theirs.open(new.id).text
    receipt = theirs.answer(new.id, position="adopts")
    assert giver.address in receipt.text
    with deciding.register.read() as session:
        answer = session.exec(select(Answer).where(col(Answer.assignment_id) == assignment.id)).one()
    assert answer.by == substitute
    assert holds(deciding)


def test_an_address_that_is_typed_in_is_put_before_the_coordinator(deciding: World, browser: Browser) -> None:
    link = deciding.link(DECISION, "berg")
    hand_over(browser, link, who="typed", address="Anna.Ny@berg.example", name="Anna Ny")
    with deciding.register.read() as session:
        (concern,) = open_concerns(session, SLUG)
        person = session.get_one(Person, concern.person_id or "")
    assert (concern.kind, person.name) == (ConcernKind.REASSIGNED, "Anna Ny")


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"who": "nobody"},
        {"who": "typed"},
        {"who": "typed", "address": "x"},
        {"who": "typed", "address": "a\nb@c.se"},
    ],
)
def test_bad_choices_are_told_at_their_field(deciding: World, browser: Browser, typed: dict[str, str]) -> None:
    with_substitute(deciding)
    link = deciding.link(DECISION, "berg")
    browser.open(link)
    form = browser.get(f"/answer/{link}/substitute")
    before = deciding.state()
    review = browser.post(f"/answer/{link}/substitute/review", {"csrf": hidden(form, "csrf"), **typed})
    assert review.status_code == 422
    assert 'role="alert"' in review.text
    assert deciding.state() == before


def test_substitute_gives_it_back_and_cannot_pass_it_on(deciding: World, browser: Browser) -> None:
    substitute = with_substitute(deciding)
    first = deciding.link(DECISION, "berg")
    hand_over(browser, first, who=substitute)
    second = live_link(deciding, DECISION, "berg").id
    theirs = deciding.browser()
    page = theirs.open(second)
    assert f"/answer/{second}/substitute" not in page.text
    with pytest.raises(CannotHandOver):
        delegate(
            deciding.register, link_id=second, address="third@berg.example", now=deciding.clock.at, secret_key=SECRET
        )
    form = theirs.get(f"/answer/{second}/return")
    done = theirs.post(f"/answer/{second}/return", {"csrf": hidden(form, "csrf")})
    assert done.headers["location"].endswith("/done")
    third = live_link(deciding, DECISION, "berg")
    assert third.id not in (first, second)
    assert theirs.open(second).status_code == 410
    assert deciding.browser().open(third.id).status_code == 200
    with deciding.register.read() as session:
        assert session.get_one(Assignment, third.assignment_id).delegated_from is None
    hand_over(deciding.browser(), third.id, who=substitute)  # and over again
    assert live_link(deciding, DECISION, "berg").person_id == substitute
    assert holds(deciding)


def test_whoever_handed_it_over_takes_it_back_until_there_is_an_answer(deciding: World, browser: Browser) -> None:
    substitute = with_substitute(deciding)
    first = deciding.link(DECISION, "berg")
    hand_over(browser, first, who=substitute)
    second = live_link(deciding, DECISION, "berg").id
    form = browser.get(f"/answer/{first}/return")
    assert browser.post(f"/answer/{first}/return", {"csrf": hidden(form, "csrf")}).headers["location"].endswith("done")
    third = live_link(deciding, DECISION, "berg").id
    assert browser.open(first).status_code == 410  # the old link opens nothing again
    assert deciding.browser().open(second).status_code == 410
    assert "Frågan är hos den som fick den först" in deciding.browser().open(second).text
    hand_over(browser, third, who=substitute)
    fourth = live_link(deciding, DECISION, "berg").id
    deciding.say(fourth, Reply(Position.ADOPTS))
    assert "/return" not in browser.open(third).text
    refused = browser.post(f"/answer/{third}/return", {"csrf": hidden(form, "csrf")})
    assert refused.status_code == 403
    assert live_link(deciding, DECISION, "berg").id == fourth


def test_withdrawn_link_shows_no_answer_of_somebody_else(deciding: World, browser: Browser) -> None:
    substitute = with_substitute(deciding)
    first = deciding.link(DECISION, "berg")
    hand_over(browser, first, who=substitute)
    deciding.say(
        live_link(deciding, DECISION, "berg").id, Reply(Position.ADOPTS_WITH_ADDITION, comment="Endast för oss")
    )
    for page in ("", "/receipt", "/document/1", "/not-me", "/substitute", "/return"):
        response = browser.get(f"/answer/{first}{page}")
        assert response.status_code == 410, page
        assert "Endast för oss" not in response.text


def test_votes_of_members_are_not_handed_to_anybody() -> None:
    from config.handing import MayDelegate, may_delegate
    from config.terms import StepKind

    assert may_delegate(None, StepKind.APPROVE) is MayDelegate.SUBSTITUTES
    assert may_delegate(None, StepKind.ATTEST) is MayDelegate.NOBODY
    assert may_delegate(MayDelegate.NOBODY, StepKind.CONSULT) is MayDelegate.NOBODY


def test_member_who_votes_can_choose_no_address(world: World, browser: Browser) -> None:
    world.advance_to("projektbeskrivning/approval")
    link = next(link for step, _, link in world.open_links() if step.id.endswith("projektbeskrivning/approval"))
    assert "/substitute" not in browser.open(link.id).text
    assert browser.get(f"/answer/{link.id}/substitute").status_code == 303
    with pytest.raises(CannotHandOver):
        delegate(world.register, link_id=link.id, address="x@y.example", now=world.clock.at, secret_key=SECRET)


def test_coordinator_replaces_a_person(deciding: World, browser: Browser) -> None:
    link = deciding.link(DECISION, "berg")
    with deciding.register.read() as session:
        assignment = session.get_one(Assignment, session.get_one(Link, link).assignment_id)
        seat = session.get_one(Membership, assignment.membership_id)
    done = replace(
        deciding.register, SLUG, "berg", seat.seat, NewHolder("ny@berg.example", "Ny Person"),
        reason="Har slutat", now=deciding.clock.at, actor="coordinator", secret_key=SECRET,
    )  # fmt: skip
    assert done.questions == (DECISION,)
    page = browser.open(link)
    assert page.status_code == 410
    assert "Någon annan svarar nu" in page.text
    new = live_link(deciding, DECISION, "berg")
    assert "Du svarar i stället för" in deciding.browser().open(new.id).text
    assert [address for address, _, _ in letters(deciding, NoticeKind.REASSIGNED)] == [done.before]
    assert "ny@berg.example" in [address for address, _, _ in letters(deciding, NoticeKind.ASKED)]
    deciding.say(new.id, Reply(Position.TABLES))
    deciding.run()
    with deciding.register.read() as session:
        again = session.get_one(Assignment, f"{assignment.id}~2")
        assert session.get_one(Person, again.person_id).address == "ny@berg.example"
    assert holds(deciding)


def test_wrong_person_is_settled_by_a_replacement_and_not_written_to(deciding: World, browser: Browser) -> None:
    link = deciding.link(DECISION, "berg")
    browser.open(link)
    form = browser.get(f"/answer/{link}/not-me")
    review = browser.post(f"/answer/{link}/not-me/review", {"csrf": hidden(form, "csrf")})
    browser.post(f"/answer/{link}/not-me", {name: hidden(review, name) for name in ("csrf", "sealed")})
    with deciding.register.read() as session:
        seat = session.get_one(Membership, deciding_assignment(deciding, link).membership_id).seat
    new = NewHolder("ny@berg.example")
    replace(
        deciding.register, SLUG, "berg", seat, new,
        reason="Fel adress", now=deciding.clock.at, actor="coordinator", secret_key=SECRET,
    )  # fmt: skip
    with deciding.register.read() as session:
        assert open_concerns(session, SLUG) == []
    assert letters(deciding, NoticeKind.REASSIGNED) == []
    assert browser.open(live_link(deciding, DECISION, "berg").id).status_code == 200


def deciding_assignment(world: World, link: str) -> Assignment:
    with world.register.read() as session:
        return session.get_one(Assignment, session.get_one(Link, link).assignment_id)


def test_same_address_again_sends_a_fresh_link(deciding: World, browser: Browser) -> None:
    link = deciding.link(DECISION, "berg")
    with deciding.register.read() as session:
        assignment = session.get_one(Assignment, session.get_one(Link, link).assignment_id)
        seat = session.get_one(Membership, assignment.membership_id).seat
        address = session.get_one(Person, assignment.person_id).address
    replace(
        deciding.register, SLUG, "berg", seat, NewHolder(address.upper()),
        reason="Länken kom bort", now=deciding.clock.at, actor="coordinator", secret_key=SECRET,
    )  # fmt: skip
    assert "Du har ett nyare mejl" in browser.open(link).text
    page = browser.open(live_link(deciding, DECISION, "berg").id)
    assert page.status_code == 200
    assert "i stället för" not in page.text.partition("<form")[0]


def test_unknown_seat_and_missing_reason_are_refused(deciding: World) -> None:
    for body, reason in (("bergg", "x"), ("berg", "x"), ("berg", " ")):
        with pytest.raises(CannotDo):
            replace(
                deciding.register, SLUG, body, Seat.ATTESTOR, NewHolder("ny@berg.example"),
                reason=reason, now=deciding.clock.at, actor="coordinator", secret_key=SECRET,
            )  # fmt: skip


def test_answer_on_paper_keeps_both_names(deciding: World) -> None:
    receipt = answer_for(
        deciding.register, SLUG, OnBehalf(DECISION, "berg", means="paper"), Reply(Position.ADOPTS),
        reason="Kom med posten", now=deciding.clock.at, actor="coordinator",
    )  # fmt: skip
    with deciding.register.read() as session:
        answer = session.get_one(Answer, f"{receipt.assignment}#1")
        assignment = session.get_one(Assignment, receipt.assignment)
        by = session.get_one(Person, answer.by)
        receipts = session.exec(select(Notice).where(col(Notice.assignment_id) == assignment.id)).all()
    assert [one.person_id for one in receipts if one.kind is NoticeKind.RECEIPT] == [assignment.person_id]
    assert answer.via == "coordinator"
    assert by.id != assignment.person_id
    assert holds(deciding)


def test_answer_on_paper_to_what_nobody_is_asked_is_refused(deciding: World) -> None:
    for question, body in (("nothing/here", "berg"), (DECISION, "bergen")):
        with pytest.raises(CannotDo):
            answer_for(
                deciding.register, SLUG, OnBehalf(question, body), Reply(Position.ADOPTS),
                reason="Kom med posten", now=deciding.clock.at, actor="coordinator",
            )  # fmt: skip


def test_only_the_silent_are_reminded_and_once_a_day(deciding: World) -> None:
    deciding.say(deciding.link(DECISION, "berg"), Reply(Position.ADOPTS))
    with deciding.register.read() as session:
        step = session.get_one(Step, f"{SLUG}/{DECISION}")
    assert remind_silent(
        deciding.register, SLUG, DECISION, reason="För tidigt", now=deciding.clock.at, actor="coordinator"
    ) == {DECISION: 0}  # nobody can have decided yet
    assert step.not_before is not None
    deciding.clock.at = PLACES["SE"].at(step.not_before, time(9))

    def remind(question: str | None) -> dict[str, int]:
        return remind_silent(
            deciding.register, SLUG, question, reason="Dags", now=deciding.clock.at, actor="coordinator"
        )  # fmt: skip

    assert remind(None)[DECISION] == step.asked - 1
    assert remind(DECISION) == {DECISION: 0}
    reminded = [address for address, _, _ in letters(deciding, NoticeKind.REMINDED)]
    assert len(reminded) == step.asked - 1
    assert not any("berg.example" in address for address in reminded)
    with pytest.raises(CannotDo):
        remind("no/such")


def test_nothing_can_be_handed_over_after_closing(deciding: World) -> None:
    link = deciding.link(DECISION, "berg")
    deciding.say(link, Reply(Position.ADOPTS))
    with pytest.raises(NoLongerOpen):
        delegate(
            deciding.register, link_id=link, address="x@berg.example", now=deciding.clock.at, secret_key=SECRET
        )  # fmt: skip
    other = deciding.link(DECISION, "are")
    with pytest.raises(CannotHandOver):
        hand_back(deciding.register, link_id=other, now=deciding.clock.at, secret_key=SECRET)


def test_handing_over_changes_nothing_by_reading(deciding: World, browser: Browser) -> None:
    link = deciding.link(DECISION, "berg")
    browser.open(link)
    before = deciding.state()
    for path in ("not-me", "substitute", "return", "done", "not-me/review", "substitute/review"):
        for method in ("GET", "HEAD"):
            assert browser.request(method, f"/answer/{link}/{path}").status_code < 500
    assert deciding.state() == before


def showing(world: World, what: str) -> None:
    """Let the running cycle's definition show what a definition may show."""
    with world.register.change(SLUG, at=world.clock.at, actor="test") as change:
        says = json.loads(change.cycle.definition)
        says["phases"]["antagande-inriktning"]["shows"] = {"decision": what}
        change.cycle.definition = json.dumps(says)
        change.record("definition_changed", SLUG)


@pytest.mark.parametrize("what", ["nothing", "asked", "answered"])
def test_page_shows_the_others_as_far_as_the_definition_says(deciding: World, browser: Browser, what: str) -> None:
    showing(deciding, what)
    deciding.say(deciding.link(DECISION, "are"), Reply(Position.DECLINES, comment="Ingen får se detta"))
    page = browser.open(deciding.link(DECISION, "berg")).text
    assert ("Har också fått frågan" in page) is (what != "nothing")
    assert ("Åre kommun" in page) is (what != "nothing")
    assert (page.count(": har svarat<") == 1) is (what == "answered")
    assert "Ingen får se detta" not in page
    assert "Antar inte" not in page.partition("Har också fått frågan")[2]


def test_page_and_receipt_say_what_happens_next(deciding: World, browser: Browser) -> None:
    link = deciding.link(DECISION, "berg")
    for page in (browser.open(link), browser.answer(link, position="adopts")):
        assert "Vad som händer sedan" in page.text
        assert "Antagande, andra omgången" in page.text


def test_a_typed_name_is_one_line_without_signs_that_turn_it(deciding: World, browser: Browser) -> None:
    """It stands in a mail to whoever gets the question, and in sentences on pages: it may add none of its own."""
    link = deciding.link("antagande-inriktning/decision", "berg")
    browser.open(link)
    form = browser.get(f"/answer/{link}/substitute")
    typed = {"csrf": hidden(form, "csrf"), "who": "typed", "address": "a@b.example"}
    name = "Anna\n\nBetala till \u202egnp.exe\u2066"
    review = browser.post(f"/answer/{link}/substitute/review", {**typed, "name": name})
    assert "Anna Betala till gnp.exe (a@b.example)" in review.text
