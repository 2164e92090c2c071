"""Addresses at which nobody gets mail, because they are examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

RESERVED = (".example", ".test", ".invalid", ".localhost", "example.com", "example.net", "example.org")
"""Domains at which nobody gets mail (RFC 2606)."""


def examples(addresses: Iterable[str]) -> list[str]:
    """Which of these addresses no mail reaches, each once."""
    return sorted({address.lower() for address in addresses if address.lower().endswith(RESERVED)})
