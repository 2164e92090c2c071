"""The last page of a start: looked over once more, then begun with one button, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from engine.accounts.permissions import may_start
from engine.starting.begin import Changed, NotReady, Taken, begin, missing
from engine.starting.content import fingerprint
from engine.starting.drafts import NoSuchDraft
from models.account import CycleRole
from models.cycle import Cycle
from models.register import AlreadyThere
from notifications.i18n import N_
from portal.desk.starting import HERE, draft_of
from portal.desk.starting_particulars import FIELDS, particulars_page
from portal.desk.starting_preview import preview_of, preview_page
from portal.desk.starting_words import WRONG

if TYPE_CHECKING:
    from starlette.responses import Response

    from engine.starting.drafts import Prepared
    from portal.desk.routes import DeskRoutes
    from portal.desk.visit import Visit


def add_routes(routes: DeskRoutes) -> None:
    """`/desk/new/{draft}/start`."""
    routes.page(f"{HERE}/{{draft}}/start", review, may=may_start)
    routes.act(f"{HERE}/{{draft}}/start/confirm", start, may=may_start)


def review(visit: Visit) -> Response:
    """What will begin; when something has to be done first, the preview says what."""
    draft, say = draft_of(visit), visit.say
    if missing(draft, visit.now).anything:
        return preview_page(visit, draft, faults={"ready": say(N_("The process cannot start yet. See below why."))})
    definition, preview = draft.definition, preview_of(visit, draft).preview
    if preview is None:
        words = N_("The process can start when the preview has been worked out and you have seen it.")
        return preview_page(visit, draft, faults={"ready": say(words)})
    first = preview.mails[0] if preview.mails else None
    facts = [
        (say(N_("Process")), definition.text(definition.title)),
        (say(N_("Short name")), draft.content.slug),
        (say(N_("Registry number")), draft.content.registry_no or "–"),
        (say(N_("First day")), say.long_day(definition.begins)),
        (say(N_("Seats")), str(len(draft.content.seats))),
        (say(N_("First mail")), say.moment(first.at, definition.place) if first else "–"),
        (say(N_("Mails, if everybody answers on the last day")), str(len(preview.mails))),
    ]
    return visit.review(
        title=say(N_("Start the process")), facts=facts, act=f"{HERE}/{draft.id}/start/confirm",
        back=f"{HERE}/{draft.id}/preview", button=say(N_("Start")),
        content={"draft": draft.id, "fingerprint": fingerprint(definition, draft.content), "slug": draft.content.slug},
        warning=say(N_("The first mails go out at their hour. You become the coordinator of the process.")),
    )  # fmt: skip


def start(visit: Visit) -> Response:
    """Begin it. A second press finds it begun, and leads there."""
    reviewed = visit.reviewed()
    draft_id, slug = str(reviewed["draft"]), str(reviewed["slug"])
    try:
        begin(visit.register, visit.account, draft_id, reviewed=str(reviewed["fingerprint"]), now=visit.now)
    except NoSuchDraft:
        return _begun_already(visit, slug)
    except Taken as taken:
        return _named_again(visit, draft_of(visit), {name: WRONG[wrong] for name, wrong in taken.wrong.items()})
    except AlreadyThere:
        return _begun_already(visit, slug)
    except (NotReady, Changed):
        words = N_("The draft was changed after you had looked it over. Nothing has been started.")
        return preview_page(visit, draft_of(visit), faults={"ready": visit.say(words)})
    visit.tell(visit.say(N_("The process has started. The first mails go out at their hour.")))
    return visit.go(f"/desk/{slug}")


def _named_again(visit: Visit, draft: Prepared, faults: dict[str, str]) -> Response:
    """The name or the number was taken meanwhile: to be chosen anew, and nothing else is lost."""
    typed = {name: str(getattr(draft.content, name) or "") for name in FIELDS}
    return particulars_page(visit, draft, typed, {name: visit.say(words) for name, words in faults.items()})


def _begun_already(visit: Visit, slug: str) -> Response:
    """Where the first press has led, if it was this account's."""
    mine = select(Cycle.id).join(CycleRole, col(CycleRole.cycle_id) == col(Cycle.id))
    with visit.register.read() as session:
        found = session.exec(mine.where(col(Cycle.id) == slug, CycleRole.account_id == visit.account.id)).first()
    if found:
        return visit.go(f"/desk/{slug}")
    visit.tell(visit.say(N_("The draft is not there any more. Nothing has been started.")), good=False)
    return visit.go("/desk")
