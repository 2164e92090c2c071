"""The desk over the bundled cycle, and browsers that are signed in to it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from config.terms import Language
from engine.accounts.accounts import add_account, give_role
from engine.accounts.sessions import Limits, open_session
from engine.clock import FrozenClock
from engine.starting.previews import Previews
from models.account import Account, Role
from portal.desk.browser import cookie_name
from portal.desk.services import DeskSettings
from tests.portal.conftest import BASE, SLUG, Browser, advanced, deciding, hidden, world

if TYPE_CHECKING:
    import httpx

    from tests.portal.conftest import World

__all__ = ["advanced", "deciding", "world"]

WALL = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""The machine's clock, years away from the cycle's."""
PATIENT = Previews(patience=120)
"""Every page waits for its preview, and the tests share what was rehearsed."""


class DeskBrowser(Browser):
    """A browser that may be signed in."""

    def csrf(self, address: str = "/desk") -> str:
        """The token of a page's forms."""
        return hidden(self.get(address), "csrf")

    def act(self, where: str, page: str = "/desk", /, **fields: str) -> httpx.Response:
        """A form of a page."""
        return self.post(where, {"csrf": self.csrf(page), **fields})


class DeskWorld:
    """The cycle, its desk, and the accounts."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.register = world.register
        self.wall = FrozenClock(WALL)
        self.settings = DeskSettings(limits=Limits(), wall=self.wall, previews=PATIENT)

    def app(self, **changed: Any) -> Any:
        """The portal, with its desk."""
        return self.world.app(desk=self.settings, **changed)

    def visitor(self, **changed: Any) -> DeskBrowser:
        """Somebody who is not signed in."""
        return DeskBrowser(self.app(**changed), changed.get("base_url", BASE))

    def account(self, name: str, **rights: Any) -> Account:
        """Somebody with an account."""
        language = rights.pop("language", Language.SV)
        return add_account(
            self.register, f"{name}@region.example", now=WALL, name=name.capitalize(), language=language, **rights
        )

    def signed_in(self, account: Account, **changed: Any) -> DeskBrowser:
        """The browser of an account."""
        browser = self.visitor(**changed)
        limits = self.settings.limits
        token = open_session(self.register, account.id, via="test", now=self.wall.now(), limits=limits)
        browser.client.cookies.set(cookie_name(https=changed.get("base_url", BASE).startswith("https")), token)
        return browser

    def in_cycle(self, role: Role, **rights: Any) -> DeskBrowser:
        """The browser of somebody with a role in the cycle."""
        account = self.account(f"{role}", **rights)
        give_role(self.register, account, SLUG, role, now=self.world.clock.at, actor="test")
        return self.signed_in(account)

    def coordinator(self, **rights: Any) -> DeskBrowser:
        """A coordinator's."""
        return self.in_cycle(Role.COORDINATOR, **rights)

    def reader(self, **rights: Any) -> DeskBrowser:
        """A reader's."""
        return self.in_cycle(Role.READER, **rights)

    def administrator(self, **rights: Any) -> DeskBrowser:
        """An administrator's."""
        return self.signed_in(self.account("chief", administrator=True, **rights))


@pytest.fixture
def desk(world: World) -> DeskWorld:
    """The desk on the cycle's first morning, or with `deciding` in its first adoption round."""
    return DeskWorld(world)
