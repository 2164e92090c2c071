"""The particulars of a cycle that is being prepared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.accounts.permissions import may_start
from engine.starting.content import spoken
from engine.starting.particulars import read_particulars
from portal.desk.starting import HERE, any_draft, change, draft_of
from portal.desk.starting_words import WRONG, Steps
from portal.desk.you import NAMES
from portal.pages import UNPROCESSABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from engine.starting.drafts import Prepared
    from portal.desk.routes import DeskRoutes
    from portal.desk.visit import Visit

FIELDS = ("title", "slug", "registry_no", "begins", "language")


def add_routes(routes: DeskRoutes) -> None:
    """`/desk/new/{draft}`."""
    routes.page(f"{HERE}/{{draft}}", show, may=may_start)
    routes.act(f"{HERE}/{{draft}}", save, may=may_start)


def show(visit: Visit) -> Response:
    """The particulars; of a definition with faults, the faults."""
    draft = any_draft(visit)
    if draft.base is None:
        return visit.go(f"{HERE}/{draft.id}/text")
    said = draft.content
    typed = {name: str(getattr(said, name) or "") for name in FIELDS}
    return particulars_page(visit, draft, typed, {})


def particulars_page(visit: Visit, draft: Prepared, typed: Mapping[str, str], faults: dict[str, str]) -> Response:
    """The form, with what is typed in it and what is wrong with it."""
    return visit.page(
        "desk/start_particulars.html", status=UNPROCESSABLE if faults else 200, draft=draft, typed=typed,
        faults=faults, languages=NAMES, steps=Steps(visit, draft, "particulars"), given=draft.given,
    )  # fmt: skip


def save(visit: Visit) -> Response:
    """Keep the particulars, when nothing is wrong with them."""
    draft = draft_of(visit)
    read = read_particulars(visit.register, draft.given, draft.content, visit.form, now=visit.now)
    if read.wrong:
        faults = {name: visit.say(WRONG[wrong]) for name, wrong in read.wrong.items()}
        return particulars_page(visit, draft, visit.form, faults)
    changed = {name: getattr(read.content, name) for name in (*FIELDS, "settled")}
    if read.content.language != draft.content.language:
        changed["seats"] = spoken(draft.given, draft.content, read.content.language)
    if read.content.begins != draft.content.begins:
        changed |= {"days": {}, "kept": ()}
    change(visit, draft, changed)
    return visit.go(f"{HERE}/{draft.id}/titles")
