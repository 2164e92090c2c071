"""A portal with a cycle on its first morning, for requests to try: made once for each process."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from campaigns.fuzz.asking import Wire
from campaigns.fuzz.definitions import scratch
from engine.accounts.accounts import add_account
from engine.accounts.sessions import Limits, open_session
from engine.clock import FrozenClock
from models.account import DeskSession
from models.tokens import token_hash
from portal.access import csrf_token
from portal.desk import browser
from portal.desk.services import DeskSettings
from portal.guesses import Guesses
from tests.desk.conftest import WALL
from tests.portal.conftest import SECRET, SLUG, World, new_world
from tests.portal.conftest import token as token_of_link

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

PARTS = {
    "slug": "@CYCLE@", "link_id": "@LINK@", "token": "@TOKEN@", "phase": "projektbeskrivning", "step": "submit",
    "name:path": "Bergs kommun", "number": "1", "draft": "none",
}  # fmt: skip


@dataclass
class House:
    """The portal, an open link in it, and an administrator's session."""

    world: World
    words: dict[str, str] = field(default_factory=dict)
    desk: DeskSettings = field(default_factory=lambda: DeskSettings(limits=Limits(), wall=FrozenClock(WALL)))

    def app(self, **changed: Any) -> Any:
        """The portal, which counts guesses and does not stop after some."""
        return self.world.app(**{"desk": self.desk, "guesses": Guesses("100000000/minute"), **changed})

    def wire(self, **changed: Any) -> Wire:
        """Something to ask."""
        return Wire(self.app(**changed), self.words)

    @cached_property
    def addresses(self) -> list[tuple[bytes, bytes]]:
        """Method and address of everything that the portal answers at."""
        found = {(method, filled(path)) for method, path in routes_of(self.app()) if method in ("GET", "POST")}
        found.discard(("POST", "/desk/sign-out"))  # it would end what the other requests need
        return sorted((method.encode(), path.encode()) for method, path in found)


def routes_of(app: Any) -> set[tuple[str, str]]:
    """Method and path of every route, from the app's own table."""
    found: set[tuple[str, str]] = set()
    stack: list[BaseRoute] = list(app.routes)
    while stack:
        route = stack.pop()
        stack += getattr(getattr(route, "original_router", None), "routes", []) or []
        found |= {(method, getattr(route, "path", "")) for method in getattr(route, "methods", None) or ()}
    return found


def filled(path: str) -> str:
    """A route's path with something in every part of it."""
    pieces = path.split("{")
    return pieces[0] + "".join(_part(piece) for piece in pieces[1:])


def _part(piece: str) -> str:
    name, _, rest = piece.partition("}")
    return PARTS.get(name, "1") + rest


@cache
def house() -> House:
    """The one of this process."""
    folder = scratch() / "house"
    folder.mkdir()
    world = new_world(folder)
    made = House(world)
    link = world.open_links()[0][2].id
    chief = add_account(world.register, "chief@region.example", now=WALL, name="Chief", administrator=True)
    session = open_session(world.register, chief.id, via="test", now=WALL, limits=made.desk.limits)
    made.words = {
        "CYCLE": SLUG, "LINK": link, "TOKEN": token_of_link(link), "SESSION": session,
        "CSRF": csrf_token(SECRET, link, token_of_link(link)),
        "DESKCSRF": browser.csrf_token(SECRET, token_hash(session)),
    }  # fmt: skip
    with world.register.read() as reading:
        assert reading.get(DeskSession, token_hash(session)) is not None
    return made
