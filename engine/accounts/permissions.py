"""What an account may do: small named predicates over where it stands. What no predicate permits is denied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from models.account import Account, Role


@dataclass(frozen=True)
class Standing:
    """An account, and its role in the cycle that is in question, if one is."""

    account: Account
    role: Role | None = None


Permission = Callable[[Standing], bool]


def signed_in(standing: Standing) -> bool:
    """Anybody who has an account that is not revoked."""
    return standing.account.revoked_at is None


def may_administer(standing: Standing) -> bool:
    """The installation: accounts and their roles."""
    return signed_in(standing) and standing.account.administrator


def may_start(standing: Standing) -> bool:
    """Prepare and start a cycle."""
    return signed_in(standing) and (standing.account.starts or standing.account.administrator)


def may_read(standing: Standing) -> bool:
    """See a cycle on the desk."""
    account = standing.account
    return signed_in(standing) and (standing.role is not None or account.reads_all or account.administrator)


def may_coordinate(standing: Standing) -> bool:
    """Act in a cycle: remind, move, answer on behalf, replace, close, hold, cancel."""
    return signed_in(standing) and (standing.role is Role.COORDINATOR or standing.account.administrator)


def permits(permission: Permission | None, standing: Standing) -> bool:
    """Whether a permission is given. An unset one is never."""
    return permission is not None and permission(standing)
