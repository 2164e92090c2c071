"""What is wrong with an e-mail address that somebody has typed, told apart so that it can be mended."""

from __future__ import annotations

import re

from engine.starting.sheet_faults import SheetCode
from notifications.mime import Unsendable, deliverable

LONGEST, LONGEST_LOCAL = 254, 64
"""RFC 5321, 4.5.3.1, and its erratum 1690."""
SIGNS = re.compile(r'[,;:<>()\[\]"\\{}|/]')
LABEL = re.compile(r"[^\W_](?:[\w-]{0,61}[^\W_])?")


def address_fault(address: str) -> SheetCode | None:
    """The first thing that is wrong, or nothing."""
    found = _shape(address) or _parts(*address.rpartition("@")[::2])
    if found is not None:
        return found
    try:
        deliverable(address)
    except Unsendable:
        return SheetCode.ADDRESS_UNSENDABLE
    return None


def _shape(address: str) -> SheetCode | None:
    if not address:
        return SheetCode.ADDRESS_MISSING
    if any(sign.isspace() for sign in address):
        return SheetCode.ADDRESS_SPACE
    if "@" not in address:
        return SheetCode.ADDRESS_NO_AT
    if SIGNS.search(address):
        return SheetCode.ADDRESS_SIGNS
    if address.count("@") > 1:
        return SheetCode.ADDRESS_TWO_AT
    return None


def _parts(local: str, domain: str) -> SheetCode | None:
    if not local:
        return SheetCode.ADDRESS_NO_NAME
    if not domain:
        return SheetCode.ADDRESS_NO_DOMAIN
    if len(local) > LONGEST_LOCAL or len(local) + len(domain) >= LONGEST:
        return SheetCode.ADDRESS_LONG
    if ".." in local or local.startswith(".") or local.endswith("."):
        return SheetCode.ADDRESS_DOTS
    labels = domain.split(".")
    plain = len(labels) > 1 and all(LABEL.fullmatch(label) for label in labels)
    return None if plain else SheetCode.ADDRESS_DOMAIN
