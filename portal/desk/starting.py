"""Starting a cycle: what to begin from, and the drafts of starts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from config.calendars import PLACES
from config.loader import LARGEST
from engine.accounts.permissions import may_start
from engine.documents.refusals import FileRefused
from engine.starting.drafts import (
    NoSuchDraft,
    begin_draft,
    begin_from_text,
    change_draft,
    checked_text,
    delete_draft,
    drafts_of,
    mend_text,
    prepared,
)
from engine.starting.particulars import free_slug
from engine.starting.sheet_csv import decoded
from engine.starting.sources import NoSuchSource, bundled_offers, earlier_cycles
from notifications.i18n import N_
from portal.desk.starting_words import placed
from portal.pages import NOT_FOUND, UNPROCESSABLE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from starlette.responses import Response

    from config.loader import PlacedFault
    from engine.starting.content import Content
    from engine.starting.drafts import Prepared
    from portal.desk.routes import DeskRoutes
    from portal.desk.visit import Visit

HERE = "/desk/new"
LONGEST_NAME = 100


def add_routes(routes: DeskRoutes) -> None:
    """`/desk/new`, and what is to be mended in a text or thrown away."""
    routes.page(HERE, show, may=may_start)
    routes.act(HERE, choose, may=may_start)
    routes.act(f"{HERE}/file", upload, may=may_start, files=True)
    routes.page(f"{HERE}/{{draft}}/text", show_text, may=may_start)
    routes.act(f"{HERE}/{{draft}}/text", mend, may=may_start)
    routes.act(f"{HERE}/{{draft}}/delete", review_deletion, may=may_start)
    routes.act(f"{HERE}/{{draft}}/delete/confirm", delete, may=may_start)


def draft_of(visit: Visit) -> Prepared:
    """The draft of the address.

    Raises:
        HTTPException: 404, when the account has none of that name, or its definition has faults still.
    """
    draft = any_draft(visit)
    if draft.base is None:
        raise HTTPException(NOT_FOUND)
    return draft


def any_draft(visit: Visit) -> Prepared:
    """The same, also while its definition has faults."""
    try:
        return prepared(visit.register, visit.account, visit.part("draft"))
    except NoSuchDraft as gone:
        raise HTTPException(NOT_FOUND) from gone


def change(visit: Visit, draft: Prepared, kept: Mapping[str, object]) -> None:
    """Keep what was typed, and let the preview of it be worked out meanwhile."""

    def changed(content: Content) -> Content:
        return content.model_copy(update=kept)

    content = change_draft(visit.register, visit.account, draft.id, changed, now=touched(visit))
    if content.settled:
        visit.services.settings.previews.begin(replace(draft, content=content), visit.services.base_url)


def touched(visit: Visit) -> datetime:
    """When a draft is saved, by the machine's clock: a stepped one must not make drafts expire."""
    return visit.services.settings.wall.now()


def today(visit: Visit) -> date:
    """The day, where nothing says yet in which place."""
    return PLACES["SE"].today(visit.now)


def show(visit: Visit) -> Response:
    """What a cycle can be begun from."""
    return _page(visit)


def goes_on(visit: Visit, draft: Prepared) -> date:
    """The day on which a draft is deleted, if nobody saves anything in it before."""
    return PLACES["SE"].today(draft.saved_at + visit.services.settings.start_drafts_for)


def _page(visit: Visit, *, faults: dict[str, str] | None = None) -> Response:
    return visit.page(
        "desk/start_choose.html", status=UNPROCESSABLE if faults else 200, faults=faults or {},
        offers=bundled_offers(), cycles=earlier_cycles(visit.register, visit.account),
        drafts=drafts_of(visit.register, visit.account), goes=lambda draft: goes_on(visit, draft),
    )  # fmt: skip


def choose(visit: Visit) -> Response:
    """Begin a draft from something that is there."""
    source = visit.form.get("source", "")
    try:
        made = begin_draft(visit.register, visit.account, source, now=touched(visit), today=today(visit))
    except NoSuchSource:
        return _page(visit, faults={"source": visit.say(N_("Choose what to begin from."))})
    _name_freely(visit, made)
    return visit.go(f"{HERE}/{made}")


def upload(visit: Visit) -> Response:
    """Begin a draft from a file."""
    file = next(iter(visit.files), None)
    if file is None or not file.content.strip():
        return _page(visit, faults={"file": visit.say(N_("Choose a file with a definition."))})
    try:
        text = decoded(file.content[: LARGEST + 1])
    except FileRefused:
        return _page(visit, faults={"file": visit.say(N_("The file is no text. Save it as UTF-8 and try again."))})
    name = file.name.replace("\\", "/").rpartition("/")[2][:LONGEST_NAME] or "definition.yaml"
    made, faults = begin_from_text(visit.register, visit.account, name, text, now=touched(visit), today=today(visit))
    if faults:
        return visit.go(f"{HERE}/{made}/text")
    _name_freely(visit, made)
    return visit.go(f"{HERE}/{made}")


def _name_freely(visit: Visit, draft: str) -> None:
    """Propose a name that no cycle has."""
    with visit.register.read() as session:
        wanted = prepared(visit.register, visit.account, draft).content.slug
        slug = free_slug(session, wanted or "process")
    change_draft(
        visit.register,
        visit.account,
        draft,
        lambda content: content.model_copy(update={"slug": slug}),
        now=touched(visit),
    )


def show_text(visit: Visit) -> Response:
    """An uploaded definition with its faults, to be mended in place."""
    draft = any_draft(visit)
    if not draft.text:
        raise HTTPException(NOT_FOUND)
    _, faults = checked_text(draft.source.partition(":")[2], draft.text)
    return _text_page(visit, draft, draft.text, faults)


def _text_page(visit: Visit, draft: Prepared, text: str, faults: list[PlacedFault]) -> Response:
    return visit.page(
        "desk/start_text.html", status=UNPROCESSABLE if faults and visit.form else 200, draft=draft, text=text,
        faults=placed(text, faults), many=len(faults),
    )  # fmt: skip


def mend(visit: Visit) -> Response:
    """The text as it was mended."""
    draft = any_draft(visit)
    text = visit.form.get("text", "")
    faults = mend_text(visit.register, visit.account, draft.id, text, now=touched(visit), today=today(visit))
    if faults:
        return _text_page(visit, draft, text, faults)
    _name_freely(visit, draft.id)
    return visit.go(f"{HERE}/{draft.id}")


def review_deletion(visit: Visit) -> Response:
    """What throwing a draft away means."""
    draft, say = any_draft(visit), visit.say
    return visit.review(
        title=say(N_("Throw the draft away")), facts=[(say(N_("Process")), draft.called)],
        act=f"{HERE}/{draft.id}/delete/confirm", back=f"{HERE}/{draft.id}", content={"draft": draft.id},
        button=say(N_("Throw away")), warning=say(N_("What you have typed in it is lost. Nothing has been sent.")),
    )  # fmt: skip


def delete(visit: Visit) -> Response:
    """Throw it away."""
    gone = str(visit.reviewed()["draft"])
    delete_draft(visit.register, visit.account, gone)
    visit.services.settings.previews.forget(gone)
    visit.tell(visit.say(N_("The draft has been thrown away.")))
    return visit.go("/desk")
