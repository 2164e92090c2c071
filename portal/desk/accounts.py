"""The accounts of the installation, for its administrators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select
from starlette.exceptions import HTTPException

from config.terms import Language
from engine.accounts.accounts import (
    BadAccount,
    UnknownAccount,
    account_of,
    add_account,
    give_role,
    remove_account,
    take_role,
)
from engine.accounts.listing import accounts_page
from engine.accounts.permissions import may_administer
from models.account import Role
from models.cycle import Cycle
from models.register import AlreadyThere, UnknownCycle
from notifications.i18n import N_
from portal.desk.paging import Pages, number_of, wanted_in
from portal.desk.you import NAMES
from portal.pages import BAD_REQUEST, UNPROCESSABLE

if TYPE_CHECKING:
    from starlette.responses import Response

    from models.account import Account
    from portal.desk.routes import DeskRoutes
    from portal.desk.visit import Visit

HERE = "/desk/accounts"
ROLES = {Role.COORDINATOR: N_("Coordinator"), Role.READER: N_("Reader")}
RIGHTS = {
    "administrator": N_("Administrator of the installation"),
    "starts": N_("May start processes"),
    "reads_all": N_("May read every process"),
}


def add_routes(routes: DeskRoutes) -> None:
    """`/desk/accounts` and its acts."""
    routes.page(HERE, show, may=may_administer)
    routes.act(HERE, add, may=may_administer)
    routes.act(f"{HERE}/role", set_role, may=may_administer)
    routes.act(f"{HERE}/remove", review_removal, may=may_administer)
    routes.act(f"{HERE}/remove/confirm", remove, may=may_administer)


def show(visit: Visit) -> Response:
    """Everybody who may sign in, and the forms to change that."""
    return _page(visit)


def _page(visit: Visit, *, faults: dict[str, str] | None = None) -> Response:
    with visit.register.read() as session:
        cycles = session.exec(select(Cycle).order_by(col(Cycle.started_at).desc(), col(Cycle.id))).all()
    wanted = wanted_in(visit)
    shown = accounts_page(visit.register, number_of(visit.asked("page")), wanted=wanted)
    pages = Pages(HERE, shown.page, shown.pages, wanted=wanted)
    return visit.page(
        "desk/accounts.html", status=UNPROCESSABLE if faults else 200, shown=shown, pages=pages,
        few=not pages.searchable, cycles=cycles, typed=visit.form, faults=faults or {}, languages=NAMES,
        roles={str(role): visit.say(name) for role, name in ROLES.items()},
        rights={right: visit.say(name) for right, name in RIGHTS.items()},
    )  # fmt: skip


def add(visit: Visit) -> Response:
    """Let somebody sign in."""
    form = visit.form
    language = form.get("language", "")
    try:
        account = add_account(
            visit.register, form.get("address", ""), now=visit.now, name=form.get("name", ""),
            language=Language(language) if language in set(Language) else visit.account.language,
            administrator="administrator" in form, starts="starts" in form, reads_all="reads_all" in form,
        )  # fmt: skip
    except BadAccount:
        return _page(
            visit, faults={"address": visit.say(N_("Write an e-mail address, for instance anna@region.example."))}
        )
    except AlreadyThere:
        return _page(visit, faults={"address": visit.say(N_("This address has an account already."))})
    visit.tell(visit.say(N_("%(address)s may sign in."), address=account.address))
    return visit.go(HERE)


def set_role(visit: Visit) -> Response:
    """Give an account a role in a cycle, or take it; the cycle's journal says so."""
    cycle, role = visit.form.get("cycle", ""), visit.form.get("role", "")
    try:
        with visit.register.read() as session:
            account = account_of(session, visit.form.get("address", ""))
        if role in set(Role):
            give_role(visit.register, account, cycle, Role(role), now=visit.now, actor=visit.actor)
        else:
            take_role(visit.register, account, cycle, now=visit.now, actor=visit.actor)
    except UnknownAccount:
        return _page(visit, faults={"role-address": visit.say(N_("Nobody has an account with this address."))})
    except UnknownCycle as unknown:
        raise HTTPException(BAD_REQUEST) from unknown
    visit.tell(visit.say(N_("The role of %(address)s has been changed."), address=account.address))
    return visit.go(HERE)


def review_removal(visit: Visit) -> Response:
    """What removing an account means."""
    account, say = _account(visit), visit.say
    return visit.review(
        title=say(N_("Remove an account")),
        facts=[(say(N_("Address")), account.address), (say(N_("Name")), account.name or "–")],
        act=f"{HERE}/remove/confirm", back=HERE, content={"address": account.address}, button=say(N_("Remove")),
        warning=say(N_("It loses its roles and is signed out everywhere at once. What it did stays in the record.")),
    )  # fmt: skip


def remove(visit: Visit) -> Response:
    """Revoke the account that was looked over."""
    address = str(visit.reviewed()["address"])
    try:
        remove_account(visit.register, address, now=visit.now)
    except BadAccount:
        visit.tell(visit.say(N_("This is the last administrator. Add another one first.")), good=False)
    except UnknownAccount:
        visit.tell(visit.say(N_("The account had been removed already.")))
    else:
        visit.tell(visit.say(N_("%(address)s may not sign in any more."), address=address))
    return visit.go(HERE)


def _account(visit: Visit) -> Account:
    try:
        with visit.register.read() as session:
            return account_of(session, visit.form.get("address", ""))
    except UnknownAccount as unknown:
        raise HTTPException(BAD_REQUEST) from unknown
