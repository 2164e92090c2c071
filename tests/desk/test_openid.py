"""Signing in with an identity provider that really runs: over HTTP, with codes, PKCE and signed tokens."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

# The provider speaks plain HTTP on loopback, which Authlib's server takes only when it is told so.
os.environ.setdefault("AUTHLIB_INSECURE_TRANSPORT", "1")

import httpx
import pytest
from joserfc.jwk import RSAKey
from sqlmodel import select

from config.identity import OpenIdProvider
from config.settings import SettingsError, load_settings
from engine.accounts.accounts import find_account, remove_account
from models.account import DeskSession
from tests.desk.provider import CLIENT, SECRET, Provider, Running
from tests.portal.conftest import BASE, SLUG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.desk.conftest import DeskBrowser, DeskWorld

RETURN = f"{BASE}/desk/sign-in/oidc/return"
ANNA = {"sub": "4711", "email": "Anna@Region.example", "email_verified": True, "name": "Anna Berg"}


@pytest.fixture
def provider() -> Iterator[Provider]:
    made = Provider(person=dict(ANNA))
    made.client.return_to = RETURN
    with Running(made) as running:
        yield running


@pytest.fixture
def browser(desk: DeskWorld, provider: Provider) -> DeskBrowser:
    return with_provider(desk, provider)


def with_provider(desk: DeskWorld, provider: Provider, **changed: Any) -> DeskBrowser:
    values: dict[str, Any] = {
        "discovery_url": provider.discovery, "client_id": CLIENT, "client_secret": SECRET, "name": "Regionen",
        **changed,
    }  # fmt: skip
    desk.settings = replace(desk.settings, oidc=OpenIdProvider(**values))
    return desk.visitor()


def leave(browser: DeskBrowser, wanted: str = "/desk") -> str:
    """To the provider, and the address that it sends the browser back to."""
    left = browser.get(f"/desk/sign-in/oidc?next={wanted}")
    assert left.status_code == 303
    at_provider = httpx.get(left.headers["location"])
    assert at_provider.status_code == 302, at_provider.text
    return str(at_provider.headers["location"]).removeprefix(BASE)


def test_somebody_with_an_account_gets_in(desk: DeskWorld, provider: Provider, browser: DeskBrowser) -> None:
    desk.account("anna", administrator=True)
    assert "Logga in med Regionen" in browser.get("/desk/sign-in").text
    entered = browser.get(leave(browser, f"/desk/{SLUG}"))
    assert (entered.status_code, entered.headers["location"]) == (303, f"/desk/{SLUG}")
    assert browser.get("/desk").status_code == 200
    [asked] = provider.asked
    assert asked["code_challenge_method"] == "S256"
    assert {"state", "nonce", "code_challenge"} <= asked.keys()
    assert "openid" in asked["scope"].split()
    with desk.register.read() as session:
        assert session.exec(select(DeskSession.via)).all() == ["oidc"]


def test_a_code_and_its_state_count_once_and_in_one_browser(desk: DeskWorld, browser: DeskBrowser) -> None:
    desk.account("anna")
    back = leave(browser)
    thief = desk.visitor()
    assert thief.get(back).headers["location"] == "/desk/sign-in?failed=oidc"
    assert browser.get(back).headers["location"] == "/desk"
    assert browser.get(back).headers["location"] == "/desk/sign-in?failed=oidc"


@pytest.mark.parametrize(
    "claims",
    [
        {"email_verified": False},
        {"email_verified": "true"},
        {"email": None},
        {"nonce": "another"},
        {"aud": ["somebody-else"]},
        {"aud": ["somebody-else"], "azp": CLIENT},
        {"iss": "https://elsewhere.example"},
        {"exp": 1_000_000},
        {"iat": None, "exp": None},
        {"at_hash": "of-another-token"},
    ],
    ids=str,
)
def test_a_token_that_does_not_say_it_all_lets_nobody_in(
    desk: DeskWorld, provider: Provider, browser: DeskBrowser, claims: dict[str, Any]
) -> None:
    desk.account("anna")
    provider.claims = claims
    assert browser.get(leave(browser)).headers["location"] == "/desk/sign-in?failed=oidc"
    assert browser.get("/desk").status_code == 303


def test_a_token_with_another_s_signature_lets_nobody_in(
    desk: DeskWorld, provider: Provider, browser: DeskBrowser
) -> None:
    desk.account("anna")
    provider.signs_with = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
    assert browser.get(leave(browser)).headers["location"] == "/desk/sign-in?failed=oidc"


def test_another_state_lets_nobody_in(desk: DeskWorld, browser: DeskBrowser) -> None:
    desk.account("anna")
    path, _, query = leave(browser).partition("?")
    code = parse_qs(query)["code"][0]
    assert browser.get(f"{path}?code={code}&state=other").headers["location"] == "/desk/sign-in?failed=oidc"


def test_without_the_verifier_the_provider_gives_no_token(desk: DeskWorld, browser: DeskBrowser) -> None:
    """PKCE at work: a code that was caught on its way is worth nothing."""
    code = parse_qs(urlsplit(leave(browser)).query)["code"][0]
    discovery = desk.settings.oidc.discovery_url if desk.settings.oidc else ""
    fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": RETURN, "code_verifier": "x" * 64}
    refused = httpx.post(
        discovery.replace(".well-known/openid-configuration", "token"), data=fields, auth=(CLIENT, SECRET)
    )
    assert refused.status_code == 400


def test_somebody_without_an_account_does_not_get_in(desk: DeskWorld, browser: DeskBrowser) -> None:
    back = browser.get(leave(browser)).headers["location"]
    assert back == "/desk/sign-in?failed=unknown"
    assert "inget konto" in browser.get(back).text


def test_a_setting_makes_a_reader_of_whom_the_provider_vouches_for(desk: DeskWorld, provider: Provider) -> None:
    browser = with_provider(desk, provider, readers=True)
    assert browser.get(leave(browser)).headers["location"] == "/desk"
    with desk.register.read() as session:
        account = find_account(session, "anna@region.example")
    assert account is not None
    assert (account.name, account.reads_all, account.starts, account.administrator) == ("Anna Berg", True, False, False)
    assert browser.get(f"/desk/{SLUG}").status_code == 200


def test_a_removed_account_does_not_come_back_that_way(desk: DeskWorld, provider: Provider) -> None:
    account = desk.account("anna")
    remove_account(desk.register, account.address, now=desk.wall.now())
    browser = with_provider(desk, provider, readers=True)
    assert browser.get(leave(browser)).headers["location"] == "/desk/sign-in?failed=unknown"


def test_a_provider_that_is_away_is_told(desk: DeskWorld) -> None:
    desk.settings = replace(desk.settings, oidc=OpenIdProvider("http://127.0.0.1:9/none", CLIENT, SECRET))
    browser = desk.visitor()
    assert browser.get("/desk/sign-in/oidc").headers["location"] == "/desk/sign-in?failed=oidc"
    assert "lyckades inte" in browser.get("/desk/sign-in?failed=oidc").text


def test_what_the_provider_says_of_an_error_is_not_shown(desk: DeskWorld, browser: DeskBrowser) -> None:
    leave(browser)
    refused = browser.get("/desk/sign-in/oidc/return?error=access_denied&error_description=%3Cb%3E")
    assert refused.headers["location"] == "/desk/sign-in?failed=oidc"


def test_half_of_the_settings_is_refused(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load_settings(oidc_url="https://id.example/.well-known/openid-configuration")
    with pytest.raises(SettingsError, match="SAMSYN_OIDC_CLIENT_ID") as refused:
        _ = settings.oidc
    assert "SAMSYN_OIDC_CLIENT_SECRET" in str(refused.value)
