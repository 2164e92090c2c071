"""A coordinator of one cycle reaches nothing of another, by its address or by its ids on the pages of her own."""

from __future__ import annotations

import pytest
from sqlmodel import select

from config.loader import load_named
from engine.accounts.accounts import give_role
from engine.commands.start import start_cycle
from models.account import Role
from models.assignment import Assignment
from models.cycle import Membership
from models.phase import Milestone, Step
from models.verify import verify
from tests.desk.conftest import DeskBrowser, DeskWorld, desk, world
from tests.desk.test_desk_rights import address, routes
from tests.portal.conftest import SLUG, hidden

pytestmark = pytest.mark.long

__all__ = ["desk", "world"]

OTHER = "pks-2021"
SECRET_WORDS = "Angår ingen utanför processen"
NAMES = ("assignment", "question", "id", "number", "milestone", "seat", "meeting", "group", "text", "body", "person")


@pytest.fixture
def stranger(desk: DeskWorld) -> DeskBrowser:
    """A coordinator of another cycle, with a right to start more."""
    start_cycle(desk.register, load_named(OTHER), slug=OTHER, at=desk.world.clock.at, actor="test")
    account = desk.account("berit", starts=True)
    give_role(desk.register, account, OTHER, Role.COORDINATOR, now=desk.world.clock.at, actor="test")
    with desk.register.change(SLUG, at=desk.world.clock.at, actor="test") as change:
        change.cycle.title = SECRET_WORDS
        for step in change.session.exec(select(Step).where(Step.cycle_id == SLUG)).all():
            step.question = {"sv": SECRET_WORDS}
        change.record("renamed", SLUG)
    return desk.signed_in(account)


def test_every_route_of_another_cycle_is_not_there(desk: DeskWorld, stranger: DeskBrowser) -> None:
    csrf, before = stranger.csrf(), desk.world.state()
    tried = 0
    for route in routes(desk):
        if "{slug}" not in route.path:
            continue
        tried += 1
        for slug, found in ((SLUG, False), (OTHER, True)):
            fields = {"csrf": csrf, "reason": "x"} if route.method == "POST" else None
            status = stranger.request(route.method, address(route, slug=slug), data=fields).status_code
            assert found or status == 404, route
    assert tried > 30
    assert desk.world.state()["journal"] == before["journal"]
    assert stranger.get(f"/desk/{OTHER}").status_code == 200  # her own is there


def test_ids_of_another_cycle_open_nothing_in_her_own(desk: DeskWorld, stranger: DeskBrowser) -> None:
    """What an address or a form names is looked for in the cycle of the page, and nowhere else."""
    csrf = stranger.csrf()
    with desk.register.read() as session:
        foreign = [
            session.exec(select(table.id).where(table.cycle_id == SLUG)).first()
            for table in (Assignment, Step, Milestone, Membership)
        ]  # fmt: skip
    ids = [str(one) for one in foreign if one]
    assert len(ids) == 4
    ids += [one.removeprefix(f"{SLUG}/") for one in ids] + [f"../{SLUG}/{ids[1]}"]
    before = desk.world.state()["journal"]
    for route in routes(desk):
        if "{slug}" not in route.path:
            continue
        for one in ids:
            said = dict.fromkeys(NAMES, one)
            where = address(route, slug=OTHER, phase=f"..%2F{SLUG}", step=one)
            data = {**said, "csrf": csrf, "reason": "x"} if route.method == "POST" else None
            answer = stranger.request(route.method, where, params=said if data is None else None, data=data)
            assert answer.status_code < 500, (route, one)
            assert SECRET_WORDS not in answer.text, (route, one)
    assert [entry for entry in desk.world.state()["journal"] if entry["cycle_id"] == SLUG] == [
        entry for entry in before if entry["cycle_id"] == SLUG
    ]
    with desk.register.read() as session:
        assert verify(session, SLUG).holds


def test_what_was_reviewed_in_one_cycle_is_not_done_in_another(desk: DeskWorld, stranger: DeskBrowser) -> None:
    """A seal serves the address that it was made for, also for somebody who may act in both."""
    account = desk.account("cecilia")
    for slug in (SLUG, OTHER):
        give_role(desk.register, account, slug, Role.COORDINATOR, now=desk.world.clock.at, actor="test")
    both = desk.signed_in(account)
    csrf = both.csrf()
    review = both.post(f"/desk/{OTHER}/hold", {"csrf": csrf, "reason": "Paus"})
    sealed = hidden(review, "sealed")
    before = len(desk.world.state()["journal"])
    assert both.post(f"/desk/{SLUG}/hold/confirm", {"csrf": csrf, "sealed": sealed}).status_code == 400
    assert stranger.post(f"/desk/{OTHER}/hold/confirm", {"csrf": stranger.csrf(), "sealed": sealed}).status_code == 400
    assert len(desk.world.state()["journal"]) == before
    assert both.post(f"/desk/{OTHER}/hold/confirm", {"csrf": csrf, "sealed": sealed}).status_code == 303


def test_a_draft_of_a_start_is_its_maker_s_alone(desk: DeskWorld, stranger: DeskBrowser) -> None:
    maker = desk.signed_in(desk.account("david", starts=True))
    made = maker.act("/desk/new", "/desk/new", source=f"bundled:{OTHER}", begin_from=f"bundled:{OTHER}")
    where = made.headers.get("location", "")
    draft = where.split("?")[0].removeprefix("/desk/new/").split("/")[0]
    assert maker.get(f"/desk/new/{draft}").status_code == 200, f"no draft: {made.status_code} {made.text[:3000]}"
    csrf = stranger.csrf()
    for route in routes(desk):
        if "{draft}" in route.path:
            fields = {"csrf": csrf} if route.method == "POST" else None
            status = stranger.request(route.method, address(route, draft=draft), data=fields).status_code
            assert status == 404 or (status == 400 and route.path.endswith("/confirm")), route  # nothing was sealed
    assert maker.get(f"/desk/new/{draft}").status_code == 200
