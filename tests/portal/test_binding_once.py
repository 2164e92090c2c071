"""The same press of a button counts once, however often it arrives."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from sqlmodel import col, select

from models.assignment import Answer
from models.verify import verify
from tests.portal.conftest import SLUG, Browser, World, hidden, token

DECISION = "antagande-inriktning/decision"


def versions(world: World, link: str) -> list[int]:
    """The versions of the answers through a link's assignment."""
    with world.register.read() as session:
        wanted = select(Answer.version).where(col(Answer.assignment_id).contains("/berg."))
        return sorted(session.exec(wanted.where(col(Answer.assignment_id).contains(DECISION))).all())


def test_binding_twice_records_once(deciding: World, browser: Browser) -> None:
    link = deciding.link(DECISION, "berg")
    review = browser.review(link, position="adopts")
    first, second = browser.bind(link, review), browser.bind(link, review)
    assert first.headers["location"] == second.headers["location"]
    assert versions(deciding, link) == [1]


def test_replay_after_closing_leads_to_the_receipt(deciding: World, browser: Browser) -> None:
    link = deciding.link(DECISION, "berg")
    review = browser.review(link, position="refer_back", comment="Utred")
    browser.bind(link, review)
    deciding.run()
    assert browser.bind(link, review).status_code == 303
    assert versions(deciding, link) == [1]


def test_many_at_once_record_one_version(deciding: World, browser: Browser) -> None:
    link = deciding.link(DECISION, "berg")
    review = browser.review(link, position="adopts")
    cookie = {"cookie": f"samsyn_answer={token(link)}"}
    fields = {name: hidden(review, name) for name in ("csrf", "sealed")}

    app = deciding.app()

    def press(_: int) -> int:
        return Browser(app).post(f"/answer/{link}", fields, headers=cookie).status_code

    before = deciding.journal_length()
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(press, range(24))) == {303}
    assert versions(deciding, link) == [1]
    assert deciding.journal_length() == before + 1


def test_two_browsers_get_a_version_each(deciding: World) -> None:
    link = deciding.link(DECISION, "berg")

    app = deciding.app()

    def answer(number: int) -> int:
        return Browser(app).answer(link, position="adopts", comment=f"nummer {number}").status_code

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(answer, range(6))) == {200}
    assert versions(deciding, link) == [1, 2, 3, 4, 5, 6]
    with deciding.register.read() as session:
        assert verify(session, SLUG).faults == ()
