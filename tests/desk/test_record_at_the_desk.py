"""The way from the desk to a cycle's public record, in each of its forms."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from config.loader import load_named
from config.publicity import Access
from engine.accounts.accounts import give_role
from engine.commands.start import start_cycle
from models.account import Role
from portal.record_page import FORMATS
from tests.portal.conftest import SLUG

if TYPE_CHECKING:
    from tests.desk.conftest import DeskWorld

LATER = "later"


def test_every_form_of_the_record_is_a_link_that_works(desk: DeskWorld) -> None:
    browser = desk.coordinator()
    links = re.findall(r'href="(/record/[^"]+)"', browser.get(f"/desk/{SLUG}").text)
    assert links == [f"/record/{SLUG}", *(f"/record/{SLUG}.{ending}" for ending in FORMATS)]
    for link, (media, _) in zip(links[1:], FORMATS.values(), strict=True):
        given = browser.get(link)
        assert given.status_code == 200
        assert given.headers["content-type"].startswith(media)
        assert given.content


@pytest.mark.parametrize("access", [Access.CLOSED, Access.WHEN_CONCLUDED])
def test_no_link_leads_to_a_record_that_nobody_may_read(desk: DeskWorld, access: Access) -> None:
    definition = load_named(SLUG).model_copy(update={"record": access, "cycle": LATER})
    start_cycle(desk.register, definition, slug=LATER, at=desk.world.clock.at, actor="test")
    account = desk.account("anna")
    give_role(desk.register, account, LATER, Role.COORDINATOR, now=desk.world.clock.at, actor="test")
    browser = desk.signed_in(account)
    page = browser.get(f"/desk/{LATER}").text
    assert "/record/" not in page
    assert "Redovisningen är inte offentlig nu." in page
    assert browser.get(f"/record/{LATER}").status_code == 404
