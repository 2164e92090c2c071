"""The doctor on signing in with an OpenID provider: a real one on loopback, and what is wrong with its settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.desk.provider import CLIENT, SECRET, Provider, Running
from tests.engine.test_doctor import LOOK, NO, but, found, free_port, settings, something_else

if TYPE_CHECKING:
    from collections.abc import Iterator

    from config.settings import Settings
    from engine.doctor import Examined

__all__ = ["settings"]

WHAT, BACK = "sign-in provider", "sign-in address"
OURS = {"oidc_client_id": CLIENT, "oidc_client_secret": SECRET}


@pytest.fixture
def provider() -> Iterator[Provider]:
    """The provider as it should be."""
    with Running(Provider(person={})) as running:
        yield running


def said_of(settings: Settings, url: str, **changed: str) -> dict[str, Examined]:
    """What the doctor says with a provider."""
    return found(but(settings, oidc_url=url, **{**OURS, **changed}))


def test_without_a_provider_nothing_is_said(settings: Settings) -> None:
    """People sign in by mail."""
    assert not {WHAT, BACK} & found(settings).keys()


def test_a_provider_that_answers_as_itself(settings: Settings, provider: Provider) -> None:
    """Discovery, issuer and keys are read; the address to register is named."""
    said = said_of(settings, provider.discovery)
    assert said[WHAT].well
    assert said[WHAT].said == f"{provider.issuer} answers, with 1 key"
    assert said[BACK].well
    assert f"{settings.base_url}/desk/sign-in/oidc/return" in said[BACK].said
    assert SECRET not in "".join(one.said + one.mend for one in said.values())


@pytest.mark.parametrize("named", ["https://login.example/{tenant}", "https://login.example/v2.0"])
def test_another_issuer_than_the_address_says(settings: Settings, provider: Provider, named: str) -> None:
    """As a provider for many organisations has it, or one whose address was mistyped."""
    provider.named = named
    said = said_of(settings, provider.discovery)[WHAT]
    assert said.level is NO
    assert named in said.said


def test_an_address_that_is_no_discovery_document(settings: Settings, provider: Provider) -> None:
    """Signing in works, and nobody can tell whose the document is."""
    assert said_of(settings, f"{provider.discovery}?x=")[WHAT].level is LOOK


def test_something_else_or_nothing_answers(settings: Settings) -> None:
    """It is told with how to mend it."""
    nowhere = f"http://127.0.0.1:{free_port()}/.well-known/openid-configuration"
    with something_else() as port:
        for url in (nowhere, f"http://127.0.0.1:{port}/.well-known/openid-configuration"):
            said = said_of(settings, url)[WHAT]
            assert (said.level, bool(said.mend)) == (NO, True)


def test_a_part_of_the_settings_is_missing(settings: Settings, provider: Provider) -> None:
    """The doctor says which, instead of failing itself."""
    said = said_of(settings, provider.discovery, oidc_client_secret="")[WHAT]
    assert said.level is NO
    assert "SAMSYN_OIDC_CLIENT_SECRET" in said.said


def test_people_would_come_back_in_the_clear(settings: Settings, provider: Provider) -> None:
    """An address that others reach has to be https."""
    said = said_of(settings, provider.discovery, base_url="http://samsyn.region.invalid")[BACK]
    assert said.level is NO
    assert "http://samsyn.region.invalid/desk/sign-in/oidc/return is not https" in said.said
