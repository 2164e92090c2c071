"""Whose request it is: the address of the client, told by a proxy only where the proxy is trusted."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from ipaddress import IPv4Address

    from starlette.requests import Request

Network = IPv4Network | IPv6Network
UNKNOWN = "unknown"
HOUSEHOLD = 64
"""Bits of an IPv6 address that one customer is given whole (RFC 6177, 2): whoever has it has all behind it."""


def client_of(request: Request, trusted: Sequence[Network]) -> str:
    """The client that limits are counted for: an IPv4 address, or the network of an IPv6 one.

    `X-Forwarded-For` is read from the right, as far as those who wrote it are trusted: what stands further left may
    have been written by anybody.
    """
    peer = _parsed(request.client.host) if request.client else None
    if peer is None:
        return UNKNOWN
    said = ",".join(request.headers.getlist("x-forwarded-for"))
    hops = [hop.strip() for hop in said.split(",") if hop.strip()]
    while hops and _is_trusted(peer, trusted):
        further = _parsed(hops.pop())
        if further is None:
            break
        peer = further
    return _household(peer)


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _is_trusted(address: IPv4Address | IPv6Address, trusted: Sequence[Network]) -> bool:
    return any(address in network for network in trusted)


def _household(address: IPv4Address | IPv6Address) -> str:
    if isinstance(address, IPv6Address):
        return str(ip_network((address, HOUSEHOLD), strict=False))
    return str(address)
