"""What people have raised: looked at with what belongs to it, answered by an act, or settled with a word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from sqlmodel import col, select
from starlette.exceptions import HTTPException
from starlette.responses import Response

from engine.accounts.permissions import may_coordinate, may_read
from engine.commands.concern import settle
from engine.incoming.letters import NoSuchLetter, files_of, letter_of, letters_of
from models.assignment import Assignment
from models.concern import Concern, ConcernKind, open_concerns
from models.cycle import Body, Membership, Person
from models.phase import Step
from notifications.i18n import N_
from portal.desk.acting import attempt, cycle_address, reason_faults
from portal.desk.words import CONCERNS, DeskWords
from portal.files import CSP_OF_A_FILE, disposition, size_words
from portal.pages import NOT_FOUND, UNPROCESSABLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlmodel import Session

    from models.mail import ReceivedLetter
    from portal.desk.routes import DeskRoutes
    from portal.desk.visit import Visit


def add_routes(routes: DeskRoutes) -> None:
    """`/desk/{slug}/concern?number=1`, `/letters`, `/letter?id=`."""
    routes.page("/desk/{slug}/concern", show, may=may_read)
    routes.act("/desk/{slug}/concern", settle_it, may=may_coordinate)
    routes.page("/desk/{slug}/letters", show_letters, may=may_coordinate)
    routes.page("/desk/{slug}/letter", show_letter, may=may_coordinate)
    routes.page("/desk/{slug}/letter/file", give_file, may=may_coordinate)


def show(visit: Visit) -> Response:
    """One concern, with what can be done about it."""
    return _page(visit, _concern(visit, visit.asked("number")))


def _concern(visit: Visit, number: str) -> Concern:
    with visit.register.read() as session:
        found = session.get(Concern, f"{visit.here.id}/!{number}")
    if found is None:
        raise HTTPException(NOT_FOUND)
    return found


def _page(visit: Visit, concern: Concern, faults: dict[str, str] | None = None) -> Response:
    with visit.register.read() as session:
        assignment = session.get(Assignment, concern.assignment_id) if concern.assignment_id else None
        about: dict[str, Any] = {
            "assignment": assignment, "step": session.get(Step, assignment.step_id) if assignment else None,
            "body": session.get(Body, assignment.body_id) if assignment else None,
            "person": session.get(Person, concern.person_id) if concern.person_id else None,
            "seat": _seat(session, assignment, concern),
        }  # fmt: skip
        letters = letters_of(session, visit.here.id)
    mine = [letter for letter in letters if concern.subject.startswith(letter.id) or _same(letter, concern)]
    values = {
        "body": about["body"].name if about["body"] else "",
        "address": about["person"].address if about["person"] else "–",
    }
    says = visit.say(CONCERNS[concern.kind], **values).removeprefix(": ").replace(" (–)", "")
    return visit.page(
        "desk/act_concern.html", status=UNPROCESSABLE if faults else 200, concern=concern, faults=faults or {},
        typed=visit.form, says=says, letters=mine, desk=DeskWords(visit.say, visit.here), about=about,
        can=visit.may(may_coordinate),
        replace_with=_replacing(visit, concern, about["seat"]), letter_address=letter_address(visit),
    )  # fmt: skip


def _same(letter: ReceivedLetter, concern: Concern) -> bool:
    return concern.assignment_id is not None and letter.assignment_id == concern.assignment_id


def _seat(session: Session, assignment: Assignment | None, concern: Concern) -> str:
    """The seat that a new holder would get: that of the question, or the first of the person."""
    if assignment is not None:
        return assignment.membership_id.rpartition("@")[2]
    held = select(Membership.id).where(
        col(Membership.cycle_id) == concern.cycle_id, col(Membership.person_id) == concern.person_id
    )
    return (session.exec(held.order_by(col(Membership.id))).first() or "").rpartition("@")[2]


def _replacing(visit: Visit, concern: Concern, seat: str) -> str:
    """Where a new holder is named, with the body's substitute filled in where there is one."""
    with visit.register.read() as session:
        proposed = session.get(Person, concern.data.get("substitute") or "")
    query = {"seat": seat, **({"address": proposed.address} if proposed else {})}
    return f"{cycle_address(visit, 'people')}?{urlencode(query)}"


def letter_address(visit: Visit) -> Callable[[ReceivedLetter], str]:
    """The page of a letter, by the letter."""
    return lambda letter: f"{cycle_address(visit, 'letter')}?id={quote(letter.id.partition('/')[2], safe='')}"


def settle_it(visit: Visit) -> Response:
    """Settle it with a word on what was done."""
    concern = _concern(visit, visit.form.get("number", ""))
    if faults := reason_faults(visit):
        return _page(visit, concern, faults)

    def work() -> str:
        settle(
            visit.register, visit.here.id, concern.number, reason=visit.form["reason"], now=visit.now,
            actor=visit.actor,
        )  # fmt: skip
        return visit.say(N_("It is settled."))

    return attempt(visit, work, done=cycle_address(visit))


def _about_mail(session: Session, cycle_id: str) -> dict[str | None, Concern]:
    """What nobody has dealt with yet of mail that came in, by the assignment that it is about."""
    mail = (one for one in open_concerns(session, cycle_id) if one.kind is ConcernKind.MAIL_RECEIVED)
    return {one.assignment_id: one for one in mail}


def show_letters(visit: Visit) -> Response:
    """Every mail that came in, the newest first."""
    with visit.register.read() as session:
        letters = letters_of(session, visit.here.id)[::-1]
        waiting = _about_mail(session, visit.here.id)
    return visit.page(
        "desk/act_letters.html", letters=letters, waiting=waiting, desk=DeskWords(visit.say, visit.here),
        letter_address=letter_address(visit),
    )  # fmt: skip


def _letter(visit: Visit) -> ReceivedLetter:
    try:
        return letter_of(visit.register, visit.here.id, visit.asked("id"))
    except NoSuchLetter as unknown:
        raise HTTPException(NOT_FOUND) from unknown


def show_letter(visit: Visit) -> Response:
    """One mail: its text as text, its files to be saved."""
    letter = _letter(visit)
    with visit.register.read() as session:
        assignment = session.get(Assignment, letter.assignment_id)
        body = session.get(Body, assignment.body_id) if assignment else None
        concern = None if letter.automatic else _about_mail(session, visit.here.id).get(letter.assignment_id)
    say = visit.say
    files = [
        (str(one["name"]), size_words(int(one["size"]), say.language), number)
        for number, one in enumerate(letter.attached, start=1)
    ]
    return visit.page(
        "desk/act_letter.html", letter=letter, files=files, body=body, concern=concern, desk=DeskWords(say, visit.here),
        here=letter_address(visit)(letter).replace("/letter?", "/letter/file?"),
        answer=f"{cycle_address(visit, 'answer')}?{urlencode({'assignment': letter.assignment_id})}&means=mail",
    )  # fmt: skip


def give_file(visit: Visit) -> Response:
    """A file of a mail, to be saved and never shown."""
    files = {str(file.number): file for file in files_of(visit.register, _letter(visit))}
    file = files.get(visit.asked("number"))
    if file is None:
        raise HTTPException(NOT_FOUND)
    headers = {
        "Content-Disposition": disposition(file.name), "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
        "Content-Security-Policy": CSP_OF_A_FILE, "Content-Type": "application/octet-stream",
    }  # fmt: skip
    return Response(file.content, headers=headers)
