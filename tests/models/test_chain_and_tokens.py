"""The journal's chain, and the tokens of links: small pure functions that much rests on."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.chain import GENESIS, canonical, commitment, entry_hash
from models.tokens import token_for, token_hash

AT = datetime(2013, 6, 30, 21, 59, tzinfo=UTC)
ENTRY: dict[str, Any] = {
    "cycle_id": "c", "seq": 1, "at": AT, "actor": "system", "event": "cycle_started", "body": "{}", "previous": GENESIS,
}  # fmt: skip
KEY = "an installation's secret key"


@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("cycle_id", "d"), ("seq", 2), ("at", AT + timedelta(microseconds=1)), ("actor", "anna"),
        ("event", "cycle_ended"), ("body", "{} "), ("previous", "1" + GENESIS[1:]),
    ],
)  # fmt: skip
def test_hash_covers_every_field(field: str, other: object) -> None:
    """Nothing in an entry can change without its hash."""
    assert entry_hash(**{**ENTRY, field: other}) != entry_hash(**ENTRY)


def test_fields_cannot_flow_into_each_other() -> None:
    """Actor `ab` with event `c` is not actor `a` with event `bc`."""
    one = entry_hash(**{**ENTRY, "actor": "ab", "event": "c"})
    other = entry_hash(**{**ENTRY, "actor": "a", "event": "bc"})
    assert one != other


def test_hash_does_not_depend_on_the_zone_in_which_an_instant_is_written() -> None:
    """Local time and UTC of one instant are the same instant."""
    local = AT.astimezone(timezone(timedelta(hours=2)))
    assert entry_hash(**{**ENTRY, "at": local}) == entry_hash(**ENTRY)


def test_canonical_form_has_one_spelling() -> None:
    """Sorted keys, no spaces, letters as they are."""
    said = canonical({"ö": date(2013, 6, 30), "a": [AT, None, True]})
    assert said == '{"a":["2013-06-30T21:59:00.000000+00:00",null,true],"ö":"2013-06-30"}'


def test_what_has_no_canonical_form_is_refused() -> None:
    """Better no entry than one that cannot be checked."""
    with pytest.raises(TypeError, match="no canonical form for object"):
        canonical(object())


@given(st.text(), st.text())
def test_commitment_needs_the_salt_and_the_value(salt: str, value: str) -> None:
    """It can be checked by who has both, and says nothing to who has neither."""
    made = commitment(salt, value)
    assert made == commitment(salt, value)
    assert made != commitment(salt + "x", value)
    assert made != commitment(salt, value + "x")


def test_no_name_is_committed_to_like_a_name() -> None:
    """The journal does not show who left the field empty."""
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", commitment("salt", None))
    assert commitment("salt", None) != commitment("other salt", None)


def test_token_has_256_bits() -> None:
    """As many as SHA-256 gives, in 43 URL-safe signs."""
    token = token_for("link", KEY)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token)
    assert len(base64.urlsafe_b64decode(token + "=")) * 8 == 256


def test_token_is_derived_and_needs_no_store() -> None:
    """A reminder carries the same link as the first mail."""
    assert token_for("link", KEY) == token_for("link", KEY)
    assert token_for("link", KEY) != token_for("link", KEY + "x")


def test_tokens_of_neighbouring_links_have_nothing_in_common() -> None:
    """About half of the bits differ for ids that differ in one sign: one token helps nobody to another."""
    tokens = [base64.urlsafe_b64decode(token_for(f"link-{n}", KEY) + "=") for n in range(200)]
    assert len(set(tokens)) == 200
    differing = [sum((a ^ b).bit_count() for a, b in zip(one, other, strict=True)) for one, other in pairwise(tokens)]
    assert min(differing) > 80
    assert max(differing) < 176


@pytest.mark.sqlite
def test_register_holds_the_hash_of_a_token_only() -> None:
    """A copy of the database opens no link."""
    from tests.tasks.world import SECRET, World, tiny

    world = World(tiny("phases: {write: {kind: drafting, text: draft}}\n"))
    link_id = world.link("write/draft", "office")
    token = token_for(link_id, SECRET)
    dumped = "\n".join(world.register.engine.raw_connection().driver_connection.iterdump())  # type: ignore[union-attr]
    assert token not in dumped
    assert hashlib.sha256(token.encode()).hexdigest() == token_hash(token)
    assert token_hash(token) in dumped
    world.register.close()
