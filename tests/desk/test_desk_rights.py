"""Who may do what: every route of the desk, for everybody."""

from __future__ import annotations

import pytest
from sqlmodel import col, select

from engine.accounts.accounts import give_role, take_role
from engine.accounts.permissions import (
    Standing,
    may_administer,
    may_coordinate,
    may_read,
    may_start,
    permits,
    signed_in,
)
from models.account import Role
from models.journal import JournalEntry
from models.verify import verify
from portal.desk.app import desk_routes, desk_services
from portal.desk.routes import DeskRoute, DeskRoutes
from portal.services import PortalServices
from tests.desk.conftest import DeskBrowser, DeskWorld
from tests.portal.conftest import BASE, SECRET, SLUG, World

OPEN_TO_READERS = {signed_in, may_read}
PARTS = {
    "slug": SLUG,
    "phase": "antagande-inriktning",
    "step": "decision",
    "name:path": "Bergs kommun",
    "draft": "none",
    "number": "1",
}


def routes(desk: DeskWorld) -> list[DeskRoute]:
    """Every route that needs somebody signed in."""
    services = PortalServices(register=desk.register, clock=desk.world.clock, secret_key=SECRET, base_url=BASE)
    return desk_routes(desk_services(services)).listed


def address(route: DeskRoute, **instead: str) -> str:
    """An address of the route, with what is in the register."""
    made = route.path
    for name, value in {**PARTS, **instead}.items():
        made = made.replace(f"{{{name}}}", value)
    assert "{" not in made, f"say in PARTS what stands for a part of {route.path}"
    return made


def send(browser: DeskBrowser, route: DeskRoute, csrf: str, **instead: str) -> int:
    """What the route answers."""
    fields = {"csrf": csrf} if route.method == "POST" else None
    return browser.request(route.method, address(route, **instead), data=fields).status_code


def test_every_address_of_the_desk_is_guarded(desk: DeskWorld) -> None:
    """What the application serves under /desk is either for signing in, or listed with a permission."""
    from starlette.routing import Route

    listed = {(route.method, route.path) for route in routes(desk)}
    served = set()
    stack = list(desk.app().routes)
    while stack:
        route = stack.pop()
        stack += getattr(getattr(route, "original_router", None), "routes", []) or []
        path = getattr(route, "path", "")
        if isinstance(route, Route) and path.startswith("/desk"):
            served |= {(method, path) for method in route.methods or () if method != "HEAD"}
    open_to_all = {pair for pair in served if pair[1].startswith(("/desk/sign-in", "/desk/enter"))}
    assert served - open_to_all == listed
    assert [route.path for route in routes(desk) if route.may is None] == []


def test_signed_out(desk: DeskWorld) -> None:
    browser = desk.visitor()
    for route in routes(desk):
        answer = browser.request(route.method, address(route))
        assert answer.status_code == 303, route
        assert answer.headers["location"].startswith("/desk/sign-in"), route


def test_a_reader_may_look_and_not_act(desk: DeskWorld, deciding: World) -> None:
    browser = desk.reader()
    csrf = browser.csrf()
    for route in routes(desk):
        if route.path == "/desk/sign-out":
            continue
        status = send(browser, route, csrf)
        assert (status == 403) is (route.may not in OPEN_TO_READERS), route


def test_nobody_sees_that_another_s_cycle_is_there(desk: DeskWorld, deciding: World) -> None:
    """A cycle without a role in it, and one that does not exist, look the same: also to a coordinator of another."""
    browser = desk.signed_in(desk.account("stranger", starts=True))
    csrf = browser.csrf()
    for route in routes(desk):
        if "{slug}" in route.path:
            assert send(browser, route, csrf) == 404, route
            assert send(browser, route, csrf, slug="no-such-cycle") == 404, route
    assert browser.get("/desk/bodies/Bergs kommun").status_code == 404
    assert SLUG not in browser.get("/desk").text


def test_a_form_without_the_session_s_token_is_refused(desk: DeskWorld, deciding: World) -> None:
    browser, other = desk.administrator(), desk.coordinator()
    before = desk.world.state()
    for route in routes(desk):
        if route.method == "POST":
            for token in ("", "0" * 64, other.csrf()):
                assert send(browser, route, token) == 403, route
    browser.get("/desk")
    assert desk.world.journal_length() == len(before["journal"])
    assert desk.world.state()["account"] == before["account"]


def test_an_unset_permission_denies(desk: DeskWorld) -> None:
    chief = desk.account("chief", administrator=True)
    assert not permits(None, Standing(chief, Role.COORDINATOR))


@pytest.mark.parametrize(
    ("rights", "role", "allowed"),
    [
        ({}, None, {signed_in}),
        ({}, Role.READER, {signed_in, may_read}),
        ({}, Role.COORDINATOR, {signed_in, may_read, may_coordinate}),
        ({"reads_all": True}, None, {signed_in, may_read}),
        ({"starts": True}, None, {signed_in, may_start}),
        ({"administrator": True}, None, {signed_in, may_read, may_coordinate, may_start, may_administer}),
    ],
)
def test_the_predicates(desk: DeskWorld, rights: dict[str, bool], role: Role | None, allowed: set[object]) -> None:
    standing = Standing(desk.account("anna", **rights), role)
    every = (signed_in, may_read, may_coordinate, may_start, may_administer)
    assert {permission for permission in every if permits(permission, standing)} == allowed
    standing.account.revoked_at = desk.wall.now()
    assert not [permission for permission in every if permits(permission, standing)]


def test_a_role_is_in_the_cycle_s_journal_and_its_person_is_not(desk: DeskWorld) -> None:
    account = desk.account("anna")
    give_role(desk.register, account, SLUG, Role.READER, now=desk.world.clock.at, actor="shell")
    give_role(desk.register, account, SLUG, Role.COORDINATOR, now=desk.world.clock.at, actor="account:x")
    length = desk.world.journal_length()
    give_role(desk.register, account, SLUG, Role.COORDINATOR, now=desk.world.clock.at, actor="account:x")
    assert desk.world.journal_length() == length
    take_role(desk.register, account, SLUG, now=desk.world.clock.at, actor="shell")
    with desk.register.read() as session:
        entries = session.exec(select(JournalEntry).order_by(col(JournalEntry.seq).desc()).limit(3)).all()
        assert verify(session, SLUG).holds
    assert [(entry.event, entry.actor) for entry in entries] == [
        ("role_taken", "shell"), ("role_given", "account:x"), ("role_given", "shell"),
    ]  # fmt: skip
    assert not [entry for entry in entries if "anna" in entry.body]


def test_what_a_reader_was_given_is_taken_at_once(desk: DeskWorld) -> None:
    browser = desk.reader()
    assert browser.get(f"/desk/{SLUG}").status_code == 200
    with desk.register.read() as session:
        from engine.accounts.accounts import account_of

        account = account_of(session, "reader@region.example")
    take_role(desk.register, account, SLUG, now=desk.world.clock.at, actor="shell")
    assert browser.get(f"/desk/{SLUG}").status_code == 404


def test_routes_are_guarded_by_the_collector_itself(desk: DeskWorld) -> None:
    """A route whose permission somebody forgot is closed to administrators too."""
    from fastapi import FastAPI

    services = PortalServices(
        register=desk.register, clock=desk.world.clock, secret_key=SECRET, base_url=BASE, desk=desk.settings
    )
    collector = DeskRoutes(desk_services(services))
    collector.page("/desk/forgotten", lambda visit: visit.go("/desk"))
    app = FastAPI()
    app.include_router(collector.router)
    browser = desk.administrator()
    inside = DeskBrowser(app)
    inside.client.cookies = browser.client.cookies
    assert inside.get("/desk/forgotten").status_code == 403


def test_what_was_written_is_not_lost_when_the_session_has_ended(desk: DeskWorld, deciding: World) -> None:
    """A form that comes too late does nothing, and gives every word back."""
    del deciding
    late = desk.visitor()
    reason = "Grupperna behöver mer tid.\n<b>Därför</b>"
    came = late.post(
        f"/desk/{SLUG}/move", {"csrf": "old", "reason": reason}, headers={"referer": f"{BASE}/desk/{SLUG}"}
    )
    assert came.status_code == 403
    assert "Grupperna behöver mer tid.\n&lt;b&gt;Därför&lt;/b&gt;" in came.text
    assert f"/desk/sign-in?next=%2Fdesk%2F{SLUG}" in came.text


def test_a_form_in_no_encoding_is_refused(desk: DeskWorld) -> None:
    """A request may name an encoding that nothing can be read in."""
    kind = {"content-type": 'multipart/form-data; boundary="x"; charset=undefined'}
    body = b'--x\r\ncontent-disposition: form-data; name="address"\r\n\r\na\r\n--x--\r\n'
    assert desk.visitor().request("POST", "/desk/sign-in", content=body, headers=kind).status_code == 400
