"""Accounts by the page, for an installation that has many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, func, select

from engine.accounts.accounts import Listed
from models.account import Account, CycleRole, Role
from models.finding import holds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel import Session

    from models.register import Register

PAGE = 50


@dataclass(frozen=True)
class Page:
    """Accounts by address; `total` counts all that were looked for."""

    listed: tuple[Listed, ...]
    total: int
    page: int
    pages: int


def accounts_page(register: Register, number: int, *, wanted: str = "") -> Page:
    """A page, from 1, of the accounts that are not revoked and whose address or name has `wanted` in it."""
    fits = (col(Account.revoked_at).is_(None), holds(wanted, Account.address, Account.name))
    with register.read() as session:
        total = session.exec(select(func.count()).select_from(Account).where(*fits)).one()
        pages = max(-(-total // PAGE), 1)
        page = min(number, pages)
        query = select(Account).where(*fits).order_by(col(Account.address)).offset((page - 1) * PAGE).limit(PAGE)
        accounts = session.exec(query).all()
        roles = _roles(session, [account.id for account in accounts])
    return Page(tuple(Listed(account, roles.get(account.id, {})) for account in accounts), total, page, pages)


def _roles(session: Session, accounts: Sequence[str]) -> dict[str, dict[str, Role]]:
    query = select(CycleRole).where(col(CycleRole.account_id).in_(accounts)).order_by(col(CycleRole.cycle_id))
    roles: dict[str, dict[str, Role]] = {}
    for row in session.exec(query):
        roles.setdefault(row.account_id, {})[row.cycle_id] = row.role
    return roles
