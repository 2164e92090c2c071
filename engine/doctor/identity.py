"""The OpenID provider that people sign in with, if one is named."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from config.settings import SettingsError
from engine.accounts.openid import OpenId, OpenIdError
from engine.doctor.addresses import host_of, is_local
from engine.doctor.findings import broken, look, well

if TYPE_CHECKING:
    from collections.abc import Iterator

    from config.identity import OpenIdProvider
    from config.settings import Settings
    from engine.doctor.findings import Examined

WHAT = "sign-in provider"
BACK = "sign-in address"
WELL_KNOWN = "/.well-known/openid-configuration"
"""What a discovery document's address ends with, after the issuer (OpenID Connect Discovery 1.0, 4)."""
RETURN = "/desk/sign-in/oidc/return"
"""Where the provider sends people back to, below the portal's address."""


def identity(settings: Settings) -> Iterator[Examined]:
    """Whether the provider answers and is who its address says, and where it is told to send people back to."""
    try:
        provider = settings.oidc
    except SettingsError as missing:
        yield broken(WHAT, str(missing), "Set what the provider gave you when you registered Samsyn with it.")
        return
    if provider is not None:
        yield _provider(provider, _return_to(settings))
        yield _way_back(_return_to(settings))


def _provider(provider: OpenIdProvider, return_to: str) -> Examined:
    openid = OpenId(provider, return_to)
    try:
        metadata = openid.metadata()
        keys = len(openid.keys(metadata).keys)
    except OpenIdError as away:
        return broken(WHAT, str(away), "See SAMSYN_OIDC_URL, and whether this machine reaches it.")
    return _judged(provider.discovery_url, metadata, keys)


def _judged(url: str, metadata: dict[str, str], keys: int) -> Examined:
    issuer = metadata["issuer"]
    if not url.endswith(WELL_KNOWN):
        mend = f"It ends with {WELL_KNOWN}, after the issuer's own address: see SAMSYN_OIDC_URL."
        return look(WHAT, f"{url} is no discovery document's address; its issuer is {issuer}", mend)
    if issuer.rstrip("/") != url.removesuffix(WELL_KNOWN).rstrip("/"):
        mend = "See SAMSYN_OIDC_URL: it must be the issuer's own. A provider for many organisations wants yours in it."
        return broken(WHAT, f"{url} says that its issuer is {issuer}", mend)
    if in_clear := sorted(name for name, value in metadata.items() if _in_the_clear(name, value)):
        return broken(WHAT, f"{url}: no https in {', '.join(in_clear)}", "Put the provider behind TLS.")
    return well(WHAT, f"{issuer} answers, with {keys} {'key' if keys == 1 else 'keys'}")


def _in_the_clear(name: str, value: object) -> bool:
    """Whether people or secrets would travel there unprotected."""
    address = isinstance(value, str) and name.endswith(("_endpoint", "issuer", "jwks_uri"))
    return address and urlsplit(str(value)).scheme == "http" and not is_local(host_of(str(value)))


def _way_back(address: str) -> Examined:
    if not address.startswith("https://") and not is_local(host_of(address)):
        mend = "Set SAMSYN_BASE_URL to the https address, and register the new address with the provider."
        return broken(BACK, f"{address} is not https: providers refuse it, and it would travel in the clear", mend)
    return well(BACK, f"{address}, as it must be registered with the provider")


def _return_to(settings: Settings) -> str:
    return f"{settings.base_url.rstrip('/')}{RETURN}"
