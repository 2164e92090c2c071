"""How long a link lives, whose guesses are slowed, and which headers and cookies go with TLS."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest
from starlette.requests import Request

from config.settings import SettingsError, load_settings
from config.terms import Position
from engine.commands.answer import Reply
from engine.commands.coordinate import close_step
from models.phase import Step
from portal.clients import client_of
from portal.guesses import Guesses
from tests.portal.conftest import BASE, SLUG, Browser, token

if TYPE_CHECKING:
    from tests.portal.conftest import World

DECISION = "antagande-inriktning/decision"


def close(world: World) -> None:
    close_step(world.register, f"{SLUG}/{DECISION}", reason="Klart", now=world.clock.at, actor="coordinator")
    world.run()


def test_link_shows_the_outcome_until_the_grace_is_over(deciding: World, browser: Browser) -> None:
    link = deciding.link(DECISION, "berg")
    deciding.say(link, Reply(Position.ADOPTS, comment="Beslutat i full enighet"))
    close(deciding)
    page = browser.open(link)
    assert page.status_code == 410
    assert "Frågan är stängd" in page.text
    assert browser.get(f"/answer/{link}/receipt").status_code == 200
    with deciding.register.read() as session:
        due = session.get_one(Step, f"{SLUG}/{DECISION}").due_before
    deciding.clock.at = max(deciding.clock.at, due or deciding.clock.at) + timedelta(days=91)
    page = browser.open(link)
    assert page.status_code == 410
    assert "Länken gäller inte längre" in page.text
    for path in ("", "/receipt", "/document/1"):
        shut = browser.get(f"/answer/{link}{path}")
        assert shut.status_code == 410
        assert "full enighet" not in shut.text


def test_link_lives_while_its_question_waits(deciding: World, browser: Browser) -> None:
    link = deciding.link(DECISION, "berg")
    deciding.clock.at += timedelta(days=2000)  # nothing has run: the question is still open
    assert browser.open(link).status_code == 200


def test_grace_is_a_setting(deciding: World) -> None:
    link = deciding.link(DECISION, "berg")
    deciding.clock.at += timedelta(days=400)
    close(deciding)
    deciding.clock.at += timedelta(days=10)
    assert "Länken gäller inte längre" in deciding.browser(link_grace=timedelta(days=5)).open(link).text
    assert "Länken gäller inte längre" not in deciding.browser(link_grace=timedelta(days=20)).open(link).text


def from_client(world: World, guesses: Guesses, address: str = "203.0.113.9") -> Browser:
    """A browser at an address."""
    browser = Browser(app := world.app(guesses=guesses))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(address, 4711))
    browser.client = httpx.AsyncClient(transport=transport, base_url=BASE)
    return browser


def test_wrong_tokens_are_slowed_and_right_ones_never(deciding: World) -> None:
    right = token(deciding.link(DECISION, "berg"))
    office = from_client(deciding, Guesses("5/10 minutes"))
    statuses = [(office.get(f"/a/wrong-{number}")).status_code for number in range(8)]
    assert statuses == [404] * 5 + [429] * 3
    slowed = office.get("/a/wrong")
    assert 0 < int(slowed.headers["retry-after"]) <= 600
    assert slowed.headers["cache-control"] == "no-store"
    entered = office.get(f"/a/{right}")
    assert entered.status_code == 303
    assert (office.get(entered.headers["location"])).status_code == 200


def test_guessed_cookies_count_too_and_missing_ones_do_not(deciding: World) -> None:
    link = deciding.link(DECISION, "berg")
    office = from_client(deciding, Guesses("3/10 minutes"))
    for _ in range(10):
        assert (office.get(f"/answer/{link}")).status_code == 403
    guessed = {"cookie": "samsyn_answer=guess"}
    statuses = [(office.get(f"/answer/{link}", headers=guessed)).status_code for _ in range(5)]
    assert statuses == [403] * 3 + [429] * 2


def test_clients_are_counted_apart(deciding: World) -> None:
    guesses = Guesses("2/10 minutes")
    for address in ("203.0.113.9", "203.0.113.10", "2001:db8:1:1::1", "2001:db8:1:2::1"):
        client = from_client(deciding, guesses, address)
        assert [(client.get("/a/x")).status_code for _ in range(3)] == [404, 404, 429], address
    neighbour = from_client(deciding, guesses, "2001:db8:1:2:ffff::2")
    assert (neighbour.get("/a/x")).status_code == 429  # the same household


def request(peer: str, *forwarded: str) -> Request:
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    return Request({"type": "http", "client": (peer, 1), "headers": headers})


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("198.51.100.7", ["10.9.9.9"], "198.51.100.7"),  # nobody trusts this peer
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["1.1.1.1, 203.0.113.9"], "203.0.113.9"),  # the left one anybody may have written
        ("10.0.0.1", ["1.1.1.1", "203.0.113.9, 10.0.0.2"], "203.0.113.9"),
        ("10.0.0.1", ["rubbish"], "10.0.0.1"),
        ("::ffff:10.0.0.1", ["2001:db8::7"], "2001:db8::/64"),
    ],
)
def test_only_trusted_proxies_are_believed(peer: str, forwarded: list[str], client: str) -> None:
    trusted = load_settings(trusted_proxies="10.0.0.0/8").proxies
    assert client_of(request(peer, *forwarded), trusted) == client
    assert client_of(request(peer, *forwarded), ()) in (peer, peer.removeprefix("::ffff:"))


def test_bad_settings_are_told() -> None:
    with pytest.raises(SettingsError, match="no address or network"):
        load_settings(trusted_proxies="10.0.0.0/8, proxy.example")
    with pytest.raises(SettingsError, match="no rate"):
        load_settings(guess_limit="often")


def test_cookies_over_tls_have_the_host_prefix(deciding: World) -> None:
    first, second = deciding.link(DECISION, "berg"), deciding.link(DECISION, "are")
    browser = deciding.browser(base_url="https://samsyn.example")
    entered = browser.get(f"/a/{token(first)}")
    cookie = entered.headers["set-cookie"]
    assert cookie.startswith(f"__Host-samsyn-{first}=")
    for wanted in ("Secure", "HttpOnly", "Path=/;", "SameSite=lax"):
        assert wanted in cookie
    assert "Domain" not in cookie
    assert browser.open(second).status_code == 200
    assert browser.get(f"/answer/{first}").status_code == 200  # each link has its own
    plain = {"cookie": f"samsyn_answer={token(first)}"}
    assert deciding.browser(base_url="https://samsyn.example").get(f"/answer/{first}", headers=plain).status_code == 403


def test_every_kind_of_response_has_the_headers_over_tls(deciding: World) -> None:
    browser = deciding.browser(base_url="https://samsyn.example", guesses=Guesses("1/10 minutes"))
    link = deciding.link(DECISION, "berg")
    page = browser.open(link)
    responses = [
        page, browser.get("/a/x"), browser.get("/a/y"), browser.get("/nowhere"), browser.post("/"),
        browser.get(f"/a/{token(link)}"), browser.get("/static/samsyn.css"), browser.get("/static/none"),
        browser.post(f"/answer/{link}/review"), browser.review(link), browser.get("/accessibility"),
        browser.get("/openapi.json"), browser.post(f"/answer/{link}/review", {"text": "x" * 3_000_000}),
        browser.request("OPTIONS", "/"), browser.request("TRACE", "/healthz"), browser.head("/"),
    ]  # fmt: skip
    assert {one.status_code for one in responses} >= {200, 303, 403, 404, 405, 413, 422, 429}
    for one in responses:
        headers = one.headers
        assert headers["strict-transport-security"] == "max-age=31536000", one.url
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "script" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "server" not in headers
        if one.status_code != 200 or "static" not in str(one.url):
            assert headers["cache-control"] == "no-store"
        if one.url.path.startswith(("/a/", "/answer/")) or one.status_code >= 400:
            assert "noindex" in headers["x-robots-tag"], one.url
