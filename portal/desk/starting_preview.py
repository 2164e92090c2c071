"""What a start comes to, before anything is sent: time line, dates, findings, and every mail as it will look."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from config.findings import Level
from engine.accounts.permissions import may_start
from engine.plan_chart import NARROW, WIDE, chart
from engine.starting.begin import missing
from engine.starting.preview import noted, unreachable
from engine.starting.previews import State
from portal.desk.paging import number_of
from portal.desk.starting import HERE, change, draft_of
from portal.desk.starting_words import FindingWords, PreviewWords, Steps
from portal.headers import CSP_OF_A_MAIL
from portal.pages import NOT_FOUND, UNPROCESSABLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.starting.drafts import Prepared
    from engine.starting.preview import Preview
    from engine.starting.previews import Asked
    from engine.starting.rehearsed import RehearsedMail
    from portal.desk.routes import DeskRoutes
    from portal.desk.visit import Visit

ON_A_PAGE = 50
LONGEST_NUMBER = 6
FRAME = "; frame-src 'self'"


class Wanted(NamedTuple):
    """Which mails are shown."""

    kind: str
    phase: str
    to: str


def add_routes(routes: DeskRoutes) -> None:
    """`/desk/new/{draft}/preview`, and the mails."""
    where = f"{HERE}/{{draft}}/preview"
    routes.page(where, show, may=may_start)
    routes.act(where, tick, may=may_start)
    routes.act(f"{where}/again", try_again, may=may_start)
    routes.page(f"{where}/mails", list_mails, may=may_start)
    routes.page(f"{where}/mails/{{number}}", show_mail, may=may_start)
    routes.page(f"{where}/mails/{{number}}/html", show_html, may=may_start)


def preview_of(visit: Visit, draft: Prepared) -> Asked:
    """The rehearsed start of a draft, as far as it has come."""
    return visit.services.settings.previews.of(draft, visit.services.base_url)


def show(visit: Visit) -> Response:
    """The whole of it on one page."""
    return preview_page(visit, draft_of(visit))


def preview_page(visit: Visit, draft: Prepared, *, faults: dict[str, str] | None = None) -> Response:
    """The page; with faults when the start did not go."""
    asked, definition = replace(preview_of(visit, draft)), draft.definition  # as it is now, on the whole page
    return visit.page(
        "desk/start_preview.html", status=UNPROCESSABLE if faults else 200, draft=draft, asked=asked, state=State,
        faults=faults or {}, noted=noted(definition), level=Level, missing=missing(draft, visit.now),
        unreachable=unreachable(draft.content), definition=definition, found=FindingWords(visit.say, definition),
        steps=Steps(visit, draft, "preview"), **(_rehearsed(visit, asked.preview) if asked.preview else {}),
    )  # fmt: skip


def _rehearsed(visit: Visit, preview: Preview) -> dict[str, Any]:
    """What only a rehearsal knows."""
    return {
        "preview": preview, "plan": preview.plan, "words": PreviewWords(visit.say, preview),
        "charts": (chart(preview.plan, WIDE), chart(preview.plan, NARROW)),
        "people": len({mail.to for mail in preview.mails}),
    }  # fmt: skip


def try_again(visit: Visit) -> Response:
    """Work out once more what could not be."""
    draft = draft_of(visit)
    visit.services.settings.previews.again(draft, visit.services.base_url)
    return visit.go(f"{HERE}/{draft.id}/preview")


def tick(visit: Visit) -> Response:
    """Remember the warnings that somebody has looked at, and go on."""
    draft = draft_of(visit)
    there = {one.as_seen for one in noted(draft.definition)}
    seen = tuple(sorted(one for one in there if f"seen-{one}" in visit.form))
    change(visit, draft, {"seen": seen})
    return visit.go(f"{HERE}/{draft.id}/start")


def list_mails(visit: Visit) -> Response:
    """Who gets what when; a filter keeps some."""
    draft = draft_of(visit)
    preview = preview_of(visit, draft).preview
    if preview is None:
        return visit.go(f"{HERE}/{draft.id}/preview")
    wanted = Wanted(visit.asked("kind"), visit.asked("phase"), visit.asked("to").strip().lower())
    shown = [mail for mail in preview.mails if _fits(mail, wanted)]
    pages = max(-(-len(shown) // ON_A_PAGE), 1)
    page = min(number_of(visit.asked("page", "1")), pages)
    return visit.page(
        "desk/start_mails.html", draft=draft, preview=preview, words=PreviewWords(visit.say, preview),
        wanted=wanted, found=len(shown), mails=shown[(page - 1) * ON_A_PAGE : page * ON_A_PAGE],
        kinds=_once([mail.kind for mail in preview.mails]), phases=_once([mail.phase for mail in preview.mails]),
        page=page, pages=pages, steps=Steps(visit, draft, "preview"),
    )  # fmt: skip


def _fits(mail: RehearsedMail, wanted: Wanted) -> bool:
    known = wanted.kind in ("", mail.kind) and wanted.phase in ("", mail.phase)
    return known and (wanted.to in mail.to.lower() or wanted.to in mail.name.lower())


def _once(values: Sequence[str | None]) -> list[str]:
    return list(dict.fromkeys(value for value in values if value))


def show_mail(visit: Visit) -> Response:
    """One mail as it will look."""
    draft = draft_of(visit)
    preview = preview_of(visit, draft).preview
    if preview is None:
        return visit.go(f"{HERE}/{draft.id}/preview")
    mail = _mail(visit, preview)
    shown = visit.page(
        "desk/start_mail.html", draft=draft, mail=mail, letter=preview.letters.letter(mail.number),
        total=len(preview.mails), words=PreviewWords(visit.say, preview), steps=Steps(visit, draft, "preview"),
    )  # fmt: skip
    shown.headers["Content-Security-Policy"] += FRAME
    return shown


def show_html(visit: Visit) -> Response:
    """Its HTML, which can do nothing."""
    draft = draft_of(visit)
    preview = preview_of(visit, draft).preview
    if preview is None:
        return visit.go(f"{HERE}/{draft.id}/preview")
    letter = preview.letters.letter(_mail(visit, preview).number)
    return HTMLResponse(letter.html, headers={"Content-Security-Policy": CSP_OF_A_MAIL})


def _mail(visit: Visit, preview: Preview) -> RehearsedMail:
    number = visit.part("number")
    plain = number.isascii() and number.isdecimal() and len(number) <= LONGEST_NUMBER
    if not plain or not 0 < int(number) <= len(preview.mails):
        raise HTTPException(NOT_FOUND)
    return preview.mails[int(number) - 1]
