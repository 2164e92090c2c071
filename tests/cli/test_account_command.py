"""`samsyn account …`: who may sign in to the desk."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Said

    Samsyn = Callable[..., Said]

YES, NO, UNUSABLE = 0, 1, 2


def listed(samsyn: Samsyn) -> list[dict[str, Any]]:
    """Every account, for a program."""
    said = samsyn("account", "list", "--json")
    assert said.err == ""
    found: list[dict[str, Any]] = json.loads(said.out)
    return found


def test_the_first_administrator(samsyn: Samsyn) -> None:
    """Where nobody has an account, the list says how to make the first."""
    assert "samsyn account add ADDRESS --administrator" in samsyn("account", "list").out
    said = samsyn("account", "add", "Anna@Region.example", "--administrator", "--name", "Anna Berg")
    assert (said.code, said.err) == (YES, "")
    assert "anna@region.example may sign in at http://127.0.0.1:8700/desk" in said.out
    [account] = listed(samsyn)
    assert (account["address"], account["name"], account["rights"]) == (
        "anna@region.example", "Anna Berg", ["administrator"],
    )  # fmt: skip
    assert "Anna Berg" in samsyn("account", "list").out


def test_what_cannot_be(samsyn: Samsyn) -> None:
    """Each is told in one line, and changes nothing."""
    for address in ("anna", "anna@", "a\nb@region.example", ""):
        said = samsyn("account", "add", address)
        assert (said.code, said.out) == (UNUSABLE, "")
        assert "is no e-mail address" in said.err
    samsyn("account", "add", "anna@region.example", "--administrator")
    assert "has an account already" in samsyn("account", "add", "ANNA@region.example").err
    assert "is the last administrator" in samsyn("account", "remove", "anna@region.example").err
    assert "there is no account for berit@region.example" in samsyn("account", "remove", "berit@region.example").err
    unknown = samsyn("account", "role", "anna@region.example", "no-cycle", "reader")
    assert unknown.code == UNUSABLE
    assert "there is no cycle 'no-cycle'" in unknown.err
    assert len(listed(samsyn)) == 1


def test_roles_come_and_go(samsyn: Samsyn, tiny: Path) -> None:
    """A role is an event of the cycle, and the journal still verifies; a removed account has none."""
    assert samsyn("start", tiny).code == YES
    samsyn("account", "add", "anna@region.example", "--language", "da")
    assert samsyn("account", "role", "anna@region.example", "tiny", "coordinator").code == YES
    assert listed(samsyn)[0]["roles"] == {"tiny": "coordinator"}
    assert samsyn("account", "role", "anna@region.example", "tiny", "none").code == YES
    assert listed(samsyn)[0]["roles"] == {}
    samsyn("account", "role", "anna@region.example", "tiny", "reader")
    assert samsyn("account", "remove", "anna@region.example").code == YES
    assert listed(samsyn) == []
    assert samsyn("verify", "tiny").code == YES
    assert samsyn("account", "add", "anna@region.example").code == YES
    [back] = listed(samsyn)
    assert (back["roles"], back["rights"]) == ({}, [])
