"""What the texts, phases and dates of a cycle are called that is being prepared."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from engine.accounts.permissions import may_start
from engine.starting.titles import LONGEST, TitleKind, title_fault, titles_of
from notifications.i18n import N_
from portal.desk.starting import HERE, change, draft_of
from portal.desk.starting_words import Steps
from portal.pages import UNPROCESSABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from engine.starting.drafts import Prepared
    from engine.starting.titles import Title
    from portal.desk.routes import DeskRoutes
    from portal.desk.visit import Visit

GROUPS = {TitleKind.TEXT: N_("Texts"), TitleKind.PHASE: N_("Phases"), TitleKind.MILESTONE: N_("Milestones")}


def add_routes(routes: DeskRoutes) -> None:
    """`/desk/new/{draft}/titles`."""
    routes.page(f"{HERE}/{{draft}}/titles", show, may=may_start)
    routes.act(f"{HERE}/{{draft}}/titles", save, may=may_start)


def show(visit: Visit) -> Response:
    """Every title, as it is to be."""
    draft = draft_of(visit)
    return _page(visit, draft, draft.content.titles, {})


def _titles(draft: Prepared) -> list[Title]:
    return titles_of(draft.given, draft.content.language)


def _page(visit: Visit, draft: Prepared, typed: Mapping[str, str], faults: dict[str, str]) -> Response:
    grouped: dict[TitleKind, list[Title]] = defaultdict(list)
    for title in _titles(draft):
        grouped[title.kind].append(title)
    begins = draft.content.begins
    return visit.page(
        "desk/start_titles.html", status=UNPROCESSABLE if faults else 200, draft=draft, typed=typed, faults=faults,
        groups=[(visit.say(words), grouped[kind]) for kind, words in GROUPS.items() if grouped[kind]],
        again=begins is not None and begins.year != draft.given.begins.year, steps=Steps(visit, draft, "titles"),
    )  # fmt: skip


def save(visit: Visit) -> Response:
    """Keep the titles that say something else than the definition, when each is one."""
    draft = draft_of(visit)
    typed = {one.where: visit.form.get(one.where, one.given).strip() for one in _titles(draft)}
    wrong = visit.say(N_("Write a title: one line of at most %(most)s characters."), most=LONGEST)
    if faults := {where: wrong for where, words in typed.items() if title_fault(words)}:
        return _page(visit, draft, typed, faults)
    given = {one.where: one.given for one in _titles(draft)}
    change(visit, draft, {"titles": {where: words for where, words in typed.items() if words != given[where]}})
    return visit.go(f"{HERE}/{draft.id}/people")
