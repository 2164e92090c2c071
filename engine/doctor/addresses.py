"""The addresses that people see: of the portal, and of who writes to them."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from engine.doctor.findings import broken, look, well

if TYPE_CHECKING:
    from collections.abc import Iterator

    from config.settings import Settings
    from engine.doctor.findings import Examined


def addresses(settings: Settings) -> Iterator[Examined]:
    """Whether mails lead where they should, and come from where they say."""
    yield _base(settings)
    yield _sender(settings)


def _base(settings: Settings) -> Examined:
    what, base = "base URL", settings.base_url
    if is_local(host_of(base)):
        if settings.smtp is None:
            return well(what, f"{base}, of this machine only")
        mend = "Set SAMSYN_BASE_URL to how people reach the portal, for instance https://samsyn.example.se"
        return broken(what, f"{base}: links in mails lead to whoever's own machine", mend)
    if not base.startswith("https://"):
        return broken(
            what, f"{base}: answers travel in the clear", "Put a proxy with TLS before the portal; see deploy/."
        )
    return well(what, base)


def _sender(settings: Settings) -> Examined:
    what, sender = "sender", settings.mail_from
    if settings.smtp is None:
        return well(what, f"{sender}, to the development mailbox")
    if sender == type(settings).model_fields["mail_from"].default:
        return broken(what, f"{sender} is nobody's address", "Set SAMSYN_MAIL_FROM to an address of yours.")
    domain, host = sender.rpartition("@")[2].lower(), host_of(settings.base_url)
    if not is_local(host) and _owner(domain) != _owner(host):
        mend = "People trust a mail whose sender and links are of one house; see SAMSYN_MAIL_FROM, SAMSYN_BASE_URL."
        return look(what, f"{sender} writes of links to {host}", mend)
    return well(what, sender)


def host_of(address: str) -> str:
    """The host that an address of the web names, in small letters."""
    return urlsplit(address).hostname or ""


def is_local(host: str) -> bool:
    """Whether only this machine itself reaches the host."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _owner(domain: str) -> str:
    return ".".join(domain.split(".")[-2:])
