"""Accounts: who may sign in to the desk, and to which cycles."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from config.terms import Language
from shell.who import actor_of
from shell.words import AsJson, new_app, out, print_json, services_for

if TYPE_CHECKING:
    from engine.accounts.accounts import Listed

app = new_app("Who may sign in to the desk, and what they may do there.")
Address = Annotated[str, typer.Argument(help="The e-mail address that the account belongs to.")]


class Given(StrEnum):
    """A role in a cycle, or none."""

    COORDINATOR = "coordinator"
    READER = "reader"
    NONE = "none"


@app.command()
def add(
    address: Address,
    *,
    name: Annotated[str, typer.Option(help="What the person is called.")] = "",
    language: Annotated[Language, typer.Option(help="The language of the desk.")] = Language.SV,
    administrator: Annotated[bool, typer.Option("--administrator", help="Of the installation: everything.")] = False,
    starts: Annotated[bool, typer.Option("--starts", help="May start cycles, and coordinates those.")] = False,
    reads_all: Annotated[bool, typer.Option("--reads-all", help="May read every cycle.")] = False,
) -> None:
    """Let somebody sign in to the desk."""
    from engine.accounts.accounts import add_account

    services = services_for()
    account = add_account(
        services.register, address, now=services.clock.now(), name=name, language=language,
        administrator=administrator, starts=starts, reads_all=reads_all,
    )  # fmt: skip
    out.print(f"{escape(account.address)} may sign in at {services.settings.base_url}/desk")


@app.command("list")
def list_all(*, as_json: AsJson = False) -> None:
    """Every account, with its rights and roles."""
    from engine.accounts.accounts import list_accounts

    listed = list_accounts(services_for().register)
    if as_json:
        print_json([_as_json(one) for one in listed])
        return
    table = Table("address", "name", "rights", "cycles")
    for one in listed:
        data = _as_json(one)
        roles = ", ".join(f"{cycle}: {role}" for cycle, role in data["roles"].items())
        table.add_row(escape(data["address"]), escape(data["name"]), ", ".join(data["rights"]), roles)
    none = "There is no account yet; make one with: samsyn account add ADDRESS --administrator"
    out.print(table if listed else none, soft_wrap=not listed)


def _as_json(one: Listed) -> dict[str, Any]:
    account = one.account
    rights = [name for name in ("administrator", "starts", "reads_all") if getattr(account, name)]
    return {
        "address": account.address,
        "name": account.name,
        "language": str(account.language),
        "rights": rights,
        "roles": {cycle: str(role) for cycle, role in one.roles.items()},
        "actor": account.actor,
    }


@app.command()
def remove(address: Address) -> None:
    """Take an account away: it is signed out everywhere at once, and loses its roles."""
    from engine.accounts.accounts import remove_account

    services = services_for()
    account = remove_account(services.register, address, now=services.clock.now())
    out.print(f"{escape(account.address)} may not sign in any more.")


@app.command()
def role(address: Address, cycle: str, given: Annotated[Given, typer.Argument(metavar="ROLE")]) -> None:
    """Give an account a role in a cycle (coordinator, reader), or none; the cycle's journal says so."""
    from engine.accounts.accounts import account_of, give_role, take_role
    from models.account import Role

    services = services_for()
    with services.register.read() as session:
        account = account_of(session, address)
    now = services.clock.now()
    if given is Given.NONE:
        take_role(services.register, account, cycle, now=now, actor=actor_of(services))
        out.print(f"{escape(account.address)} has no role in {cycle}.")
    else:
        give_role(services.register, account, cycle, Role(given), now=now, actor=actor_of(services))
        out.print(f"{escape(account.address)} is {given} of {cycle}.")
