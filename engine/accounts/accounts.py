"""Accounts: made, listed, given roles, and revoked."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import delete, update
from sqlmodel import col, select

from config.base import Address
from config.terms import Language
from engine.accounts.permissions import Standing, may_read
from models.account import Account, CycleRole, DeskSession, Role
from models.cycle import Cycle
from models.register import AlreadyThere, RegisterError, UnknownCycle

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlmodel import Session

    from models.change import Change
    from models.register import Register

ADDRESS: TypeAdapter[str] = TypeAdapter(Address)
LONGEST_NAME = 200


class UnknownAccount(RegisterError):  # noqa: N818
    """There is no such account."""


class BadAccount(RegisterError):  # noqa: N818
    """The account cannot be made or changed like that; the message says why."""


@dataclass(frozen=True)
class Listed:
    """An account with its roles by cycle."""

    account: Account
    roles: Mapping[str, Role]


def normal_address(address: str) -> str:
    """An address as accounts are found by it: in small letters, without blanks around it."""
    return address.strip().lower()


def add_account(
    register: Register,
    address: str,
    *,
    now: datetime,
    name: str = "",
    language: Language = Language.SV,
    administrator: bool = False,
    starts: bool = False,
    reads_all: bool = False,
) -> Account:
    """Let somebody sign in. A revoked account of the address comes back, with these rights and no sessions.

    Raises:
        BadAccount: the address is none, or the name is too long or has a line break.
        AlreadyThere: the address has an account.
    """
    try:
        found = ADDRESS.validate_python(normal_address(address))
    except ValidationError:
        raise BadAccount(f"'{address}' is no e-mail address") from None
    called = " ".join(name.split())
    if len(called) > LONGEST_NAME:
        raise BadAccount(f"the name is too long; at most {LONGEST_NAME} signs")
    with register.operate() as session:
        account = session.exec(select(Account).where(col(Account.address) == found)).first()
        if account is not None and account.revoked_at is None:
            raise AlreadyThere(f"{found} has an account already")
        account = account or Account(
            id=secrets.token_hex(8), address=found, language=language, created_at=now
        )  # fmt: skip
        account.name, account.language, account.revoked_at = called, language, None
        account.administrator, account.starts, account.reads_all = administrator, starts, reads_all
        session.add(account)
    return account


def find_account(session: Session, address: str) -> Account | None:
    """The account of an address, unless it is revoked."""
    known = select(Account).where(col(Account.address) == normal_address(address), col(Account.revoked_at).is_(None))
    return session.exec(known).first()


def was_revoked(session: Session, address: str) -> bool:
    """Whether an address had an account that somebody has taken away."""
    known = select(Account.id).where(col(Account.address) == normal_address(address))
    return session.exec(known.where(col(Account.revoked_at).is_not(None))).first() is not None


def account_of(session: Session, address: str) -> Account:
    """The account of an address.

    Raises:
        UnknownAccount: it has none.
    """
    account = find_account(session, address)
    if account is None:
        raise UnknownAccount(f"there is no account for {address}")
    return account


def list_accounts(register: Register) -> list[Listed]:
    """Every account that is not revoked, by address."""
    with register.read() as session:
        roles: dict[str, dict[str, Role]] = {}
        for row in session.exec(select(CycleRole).order_by(col(CycleRole.cycle_id))):
            roles.setdefault(row.account_id, {})[row.cycle_id] = row.role
        query = select(Account).where(col(Account.revoked_at).is_(None)).order_by(col(Account.address))
        return [Listed(account, roles.get(account.id, {})) for account in session.exec(query)]


def remove_account(register: Register, address: str, *, now: datetime) -> Account:
    """Revoke an account: it keeps its row, because journals name it, and loses its roles and every session.

    Raises:
        UnknownAccount: the address has none.
        BadAccount: it is the last administrator, and nobody could let anybody in again from the desk.
    """
    with register.operate() as session:
        account = account_of(session, address)
        others = select(Account.id).where(
            col(Account.administrator), col(Account.revoked_at).is_(None), col(Account.id) != account.id
        )
        if account.administrator and session.exec(others).first() is None:
            raise BadAccount(f"{account.address} is the last administrator; add another one first")
        held = [row.cycle_id for row in session.exec(select(CycleRole).where(CycleRole.account_id == account.id))]
        account.revoked_at = now
        open_sessions = update(DeskSession).where(col(DeskSession.account_id) == account.id)
        session.execute(open_sessions.where(col(DeskSession.ended_at).is_(None)).values(ended_at=now))
    for cycle in held:
        take_role(register, account, cycle, now=now, actor=account.actor)
    return account


def set_language(register: Register, account: Account, language: Language) -> None:
    """The language that an account reads the desk in."""
    with register.operate() as session:
        session.get_one(Account, account.id).language = language


def give_role(register: Register, account: Account, cycle: str, role: Role, *, now: datetime, actor: str) -> None:
    """Give an account a role in a cycle, instead of the one that it has. The cycle's journal says who gave it.

    Raises:
        UnknownCycle: there is no such cycle.
    """
    with register.change(cycle, at=now, actor=actor) as change:
        give_role_in(change, account, role)


def give_role_in(change: Change, account: Account, role: Role) -> None:
    """The same within a change that does more, such as the one that brings the cycle into being."""
    cycle = change.cycle.id
    held = change.session.get(CycleRole, (account.id, cycle))
    if held is not None and held.role is role:
        return
    if held is None:
        change.session.add(CycleRole(account_id=account.id, cycle_id=cycle, role=role))
    else:
        held.role = role
    change.record("role_given", cycle, account=account.id, role=str(role))


def take_role(register: Register, account: Account, cycle: str, *, now: datetime, actor: str) -> None:
    """Take an account's role in a cycle away.

    Raises:
        UnknownCycle: there is no such cycle.
    """
    with register.change(cycle, at=now, actor=actor) as change:
        held = delete(CycleRole).where(col(CycleRole.account_id) == account.id, col(CycleRole.cycle_id) == cycle)
        if change.session.execute(held).rowcount:  # type: ignore[attr-defined]
            change.record("role_taken", cycle, account=account.id)


def standing_in(session: Session, account: Account, cycle_id: str) -> Standing:
    """Where an account stands in a cycle."""
    held = session.get(CycleRole, (account.id, cycle_id))
    return Standing(account, held.role if held else None)


def readable_cycles(session: Session, account: Account) -> Sequence[Cycle]:
    """The cycles that an account may see on the desk, the newest first."""
    query = select(Cycle).order_by(col(Cycle.started_at).desc(), col(Cycle.id))
    if not may_read(Standing(account)):
        mine = select(CycleRole.cycle_id).where(col(CycleRole.account_id) == account.id)
        query = query.where(col(Cycle.id).in_(mine))
    return session.exec(query).all()


__all__ = [
    "BadAccount", "Listed", "UnknownAccount", "UnknownCycle", "account_of", "add_account", "find_account",
    "give_role", "give_role_in", "list_accounts", "normal_address", "readable_cycles", "remove_account", "set_language",
    "standing_in", "take_role", "was_revoked",
]  # fmt: skip
