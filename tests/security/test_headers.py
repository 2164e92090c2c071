"""Every response of every route says what a browser may do with it. A new route is found in the app's own table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from campaigns.fuzz.house import filled, routes_of
from config.identity import OpenIdProvider
from portal.headers import CSP_OF_A_MAIL
from tests.desk.conftest import DeskWorld, desk, world
from tests.portal.conftest import SLUG, token

if TYPE_CHECKING:
    import httpx

    from tests.desk.conftest import DeskBrowser
    from tests.portal.conftest import World

pytestmark = pytest.mark.long

__all__ = ["desk", "world"]

HTTPS = "https://testserver"
DIRECTIVES = ("default-src 'none'", "frame-ancestors ")
SHARED = ("/", "/accessibility", "/record/", "/static/", "/openapi.json")
"""What anybody may see; its cache may be kept."""


def lacking(response: httpx.Response, *, https: bool) -> list[str]:
    """What a response should say and does not."""
    said = {name.lower(): value for name, value in response.headers.items()}
    policy = said.get("content-security-policy", "")
    wanted = {
        "x-content-type-options": "nosniff", "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin", "cross-origin-resource-policy": "same-origin",
    }  # fmt: skip
    faults = [name for name, value in wanted.items() if said.get(name) != value]
    faults += [part for part in DIRECTIVES if part not in policy]
    if "unsafe" in policy and policy != CSP_OF_A_MAIL:
        faults.append(f"unsafe: {policy}")
    if "permissions-policy" not in said:
        faults.append("permissions-policy")
    if https and "max-age=" not in said.get("strict-transport-security", ""):
        faults.append("strict-transport-security")
    return [*faults, *_cache(response), *_cookies(response, https=https)]


def _cache(response: httpx.Response) -> list[str]:
    """Nothing that is for one person alone is kept by a browser or a proxy."""
    shared = response.url.path in SHARED[:2] or response.url.path.startswith(SHARED[2:])
    said = response.headers.get("cache-control", "")
    return [] if "no-store" in said or (shared and said) else [f"cache-control: {said}"]


def _cookies(response: httpx.Response, *, https: bool) -> list[str]:
    faults = []
    for cookie in response.headers.get_list("set-cookie"):
        name, *parts = (part.strip().lower() for part in cookie.split(";"))
        if not {"httponly", "samesite=lax"} <= set(parts):
            faults.append(cookie)
        if https and not ("secure" in parts and name.startswith("__host-") and "path=/" in parts):
            faults.append(cookie)
    return faults


def addresses(world: World, app: object) -> list[str]:
    """Every address of the app's table, with something real in each of its parts."""
    link = world.open_links()[0][2].id
    words = {"@CYCLE@": SLUG, "@LINK@": link, "@TOKEN@": token(link)}
    found = sorted({filled(path) for _, path in routes_of(app)})
    for word, value in words.items():
        found = [path.replace(word, value) for path in found]
    more = ["/static/samsyn.css", "/static/nothing", "/static/../app.py", "/nowhere", "/a/wrong", "/desk/nowhere/x/y"]
    return [*found, *more]


@pytest.mark.parametrize("base", ["http://testserver", HTTPS])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE", "OPTIONS"])
def test_every_response_of_every_route(desk: DeskWorld, base: str, method: str) -> None:
    """Signed out and as an administrator; found or not, allowed or not, with a form or without."""
    known = OpenIdProvider("http://127.0.0.1:9/none", "samsyn", "x")
    desk.settings = replace(desk.settings, oidc=known)
    changed = {"base_url": base}
    chief = desk.signed_in(desk.account("chief", administrator=True), **changed)
    visitors: list[DeskBrowser] = [chief, desk.visitor(**changed)]
    paths = addresses(desk.world, desk.app(**changed))
    assert len(paths) > 100
    statuses = set()
    for browser in visitors:
        for path in paths:
            response = browser.request(method, path)
            assert not lacking(response, https=base == HTTPS), (method, path, response.status_code)
            statuses.add(response.status_code)
    wanted = {"GET": {200, 303, 404, 405, 410}, "POST": {303, 403, 404, 405}, "DELETE": {404, 405}}
    assert wanted.get(method, {404}) <= statuses


def test_forms_that_do_not_fit_and_our_own_failing(desk: DeskWorld) -> None:
    """The pages of 413, 422 and 500 too."""

    class Broken:
        def now(self) -> None:
            raise RuntimeError("no clock")

    link = desk.world.open_links()[0][2].id
    browser = desk.visitor()
    answers = [
        browser.review(link), browser.review(link, text="x" * 2_000_000), desk.visitor(clock=Broken()).open(link),
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [422, 413, 500]
    for answer in answers:
        assert not lacking(answer, https=False), answer.status_code


def test_a_response_that_lacks_a_header_is_found(desk: DeskWorld) -> None:
    """The check can fail."""
    response = desk.visitor().get("/desk/sign-in")
    for name in ("content-security-policy", "x-content-type-options", "permissions-policy", "cache-control"):
        kept = response.headers.copy()
        del response.headers[name]
        assert lacking(response, https=False), name
        response.headers = kept
    response.headers["set-cookie"] = "samsyn-desk=x; Path=/"
    assert lacking(response, https=False)
