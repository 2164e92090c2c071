"""The journal's hash chain, pure.

Each entry's hash covers its cycle, number, instant, actor, event, canonical body and the hash before it, so that a
change, deletion, swap or insertion shows. A chain alone does not stop somebody who can rewrite all of it: for that
its head must be known outside.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

GENESIS = "0" * 64


def canonical(value: Any) -> str:
    """JSON with one spelling: sorted keys, no spaces, UTF-8; instants in UTC with microseconds."""
    return _CANONICAL.encode(value)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    msg = f"no canonical form for {type(value).__name__}"
    raise TypeError(msg)


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


def entry_hash(cycle_id: str, seq: int, at: datetime, actor: str, event: str, body: str, previous: str) -> str:
    """SHA-256 over the entry, in hexadecimal."""
    covered = canonical([cycle_id, seq, at, actor, event, body, previous])
    return hashlib.sha256(covered.encode()).hexdigest()


def commitment(salt: str, value: object) -> str:
    """What the journal holds instead of a personal value: it can be checked while the salt exists, and not after."""
    return "sha256:" + hashlib.sha256(f"{salt}:{canonical(value)}".encode()).hexdigest()
