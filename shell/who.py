"""Who acts when a command is typed: the account that was named, or else the machine's user.

The journal says who did what for as long as the record is kept, so a person stands there wherever one is known. An
account's id says nothing of the person once the account is erased; a user's name does.
"""

from __future__ import annotations

import os
import pwd
from typing import TYPE_CHECKING, Annotated

import typer

from shell.version import Version

if TYPE_CHECKING:
    from engine.services import Services

SHELL = "shell:"
"""What the actor of a command begins with in the journal, before the machine's user."""

AsAccount = Annotated[
    str,
    typer.Option(
        "--as-account",
        help="The address of the account that acts, before the command; the machine's user when left out.",
        metavar="ADDRESS",
    ),
]
_named = ""


def act_as(address: AsAccount = "", *, _version: Version = False) -> None:
    """Remember which account the command that follows acts as."""
    global _named  # noqa: PLW0603 - one command in one process
    _named = address


def actor_of(services: Services) -> str:
    """The actor of this command, for the journal.

    Raises:
        UnknownAccount: an account was named that is not there.
    """
    return account_of_command(services) or f"{SHELL}{user()}"


def account_of_command(services: Services) -> str:
    """The actor of the account that was named; nothing where none was.

    Raises:
        UnknownAccount: it is not there.
    """
    from engine.accounts.accounts import account_of

    if not _named:
        return ""
    with services.register.read() as session:
        return account_of(session, _named).actor


def user() -> str:
    """The machine's user: who became the administrator, where somebody did."""
    try:
        own = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container's user without a name
        own = str(os.getuid())
    before = os.environ.get("SUDO_USER", "")
    return before if before and before.isprintable() else own
