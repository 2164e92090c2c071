"""Another person, or another address, on a seat; also straight from a concern, which is settled with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlmodel import col, func, select

from config.terms import Language, Seat
from engine.accounts.permissions import may_coordinate
from engine.commands.coordinate import ChangedMeanwhile
from engine.commands.people import BadAddress, checked_address
from engine.commands.replace import NewHolder, replace
from models.cycle import Body, Membership, Person
from models.finding import holds
from notifications.i18n import N_
from portal.desk.acting import Act, Field, Option, attempt, cycle_address, reason_faults, reason_field, show_act
from portal.desk.paging import PAGE, asked_page, page_of, wanted_in
from portal.desk.words import DeskWords
from portal.desk.you import NAMES

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.desk.paging import Pages
    from portal.desk.routes import DeskRoutes
    from portal.desk.visit import Visit

TITLE = N_("Replace a person or an address")
LOOKED_FOR_BY = (Body.name, Person.name, Person.address)
NO_ADDRESS = N_("Write an e-mail address, for instance anna@region.example.")


class Seated(NamedTuple):
    """A seat with who holds it."""

    membership: Membership
    body: Body
    person: Person

    @property
    def called(self) -> str:
        """The person's name and address."""
        return f"{self.person.name}, {self.person.address}" if self.person.name else self.person.address


def add_routes(routes: DeskRoutes) -> None:
    """`/desk/{slug}/people`."""
    routes.page("/desk/{slug}/people", show, may=may_coordinate)
    routes.act("/desk/{slug}/people", review, may=may_coordinate)
    routes.act("/desk/{slug}/people/confirm", put, may=may_coordinate)


def seats_of(visit: Visit, pages: Pages) -> list[Seated]:
    """The seats of a page, by body."""
    found = _whole(visit, Membership, Body, Person).where(holds(pages.wanted, *LOOKED_FOR_BY))
    in_order = found.order_by(col(Body.ordinal), col(Membership.seat), col(Membership.ordinal))
    with visit.register.read() as session:
        return [Seated(*row) for row in session.exec(in_order.offset(pages.first).limit(PAGE))]


def seat_of(visit: Visit, key: str) -> Seated | None:
    """The seat of that key (BODY.SEAT-NUMBER), while somebody holds it."""
    with visit.register.read() as session:
        whole = _whole(visit, Membership, Body, Person)
        row = session.exec(whole.where(col(Membership.id) == f"{visit.here.id}/@{key}")).first()
        return Seated(*row) if row else None


def _whole(visit: Visit, *what: Any) -> Any:
    return _held(visit, *what).join(Person, col(Person.id) == col(Membership.person_id))


def _held(visit: Visit, *what: Any) -> Any:
    return (
        select(*what)
        .select_from(Body)
        .join(Membership, col(Membership.body_id) == col(Body.id))
        .where(col(Body.cycle_id) == visit.here.id, col(Body.withdrawn).is_(False), col(Membership.ended).is_(False))
    )


def _page(visit: Visit) -> Pages:
    """Which seats can be chosen from here: a page of them."""
    wanted = wanted_in(visit)
    found = _whole(visit, func.count()).where(holds(wanted, *LOOKED_FOR_BY)) if wanted else _held(visit, func.count())
    with visit.register.read() as session:
        total = session.exec(found).one()
    address = visit.form.get("address", visit.asked("address"))
    kept = {"address": address} if address else {}
    return page_of(total, cycle_address(visit, "people"), asked_page(visit), kept=kept, wanted=wanted)


def show(visit: Visit) -> Response:
    """The form; `?seat=` and `?address=` are filled in already, by a concern."""
    return show_act(visit, _act(visit))


def _act(visit: Visit) -> Act:
    say, words, pages = visit.say, DeskWords(visit.say, visit.here), _page(visit)
    shown = seats_of(visit, pages)
    chosen = seat_of(visit, visit.form.get("seat", visit.asked("seat")))
    if chosen and chosen.membership.id not in {one.membership.id for one in shown}:
        shown.insert(0, chosen)
    options = tuple(
        Option(
            one.membership.id.rpartition("@")[2],
            f"{one.body.name}: {words.seat(str(one.membership.seat))} {one.membership.ordinal} – {one.called}",
            language=str(visit.here.language),
        )
        for one in shown
    )  # fmt: skip
    fields = (
        Field("seat", say(N_("Seat")), "select", options=options, value=visit.asked("seat")),
        Field(
            "address", say(N_("New address")), "address", value=visit.asked("address"),
            hint=say(N_("The same address again sends fresh links to it.")),
        ),
        Field("name", say(N_("Name")), optional=True),
        Field("language", say(N_("Language")), "select", options=_languages(visit)),
        reason_field(visit, N_("It becomes part of the record.")),
    )  # fmt: skip
    return Act(
        title=say(TITLE), address=cycle_address(visit, "people"), back=cycle_address(visit),
        fields=fields if options else (),
        hidden=pages.place, pages=pages,
        lead=say(N_("Open questions go along, old links are withdrawn, and both people are told.")),
    )  # fmt: skip


def _languages(visit: Visit) -> tuple[Option, ...]:
    same = Option("", visit.say(N_("as before")))
    return (same, *(Option(str(code), name, language=str(code)) for code, name in NAMES.items()))


def review(visit: Visit) -> Response:
    """Who goes and who comes."""
    say, form = visit.say, visit.form
    held = seat_of(visit, form.get("seat", ""))
    faults = {} if held else {"seat": say(N_("Choose a seat."))}
    try:
        address = checked_address(form.get("address", ""))
    except BadAddress:
        address, faults["address"] = "", say(NO_ADDRESS)
    if faults := faults | reason_faults(visit):
        return show_act(visit, _act(visit), faults)
    assert held is not None  # noqa: S101 - otherwise there is a fault
    words = DeskWords(say, visit.here)
    return visit.review(
        title=say(TITLE), act=cycle_address(visit, "people/confirm"), back=cycle_address(visit, "people"),
        facts=[
            (say(N_("Seat")), f"{held.body.name}: {words.seat(str(held.membership.seat))} {held.membership.ordinal}"),
            (say(N_("Until now")), held.called),
            (say(N_("From now on")), ", ".join(filter(None, (form.get("name"), address)))),
            (say(N_("Reason")), form["reason"]),
        ],
        content={
            "seat": form["seat"], "was": held.person.id, "address": address, "name": form.get("name", ""),
            "language": form.get("language", ""), "reason": form["reason"],
        },
        button=say(N_("Replace")),
    )  # fmt: skip


def put(visit: Visit) -> Response:
    """Put the new holder on the seat, if the one who was shown still holds it."""
    content = visit.reviewed()
    body, _, seat = content["seat"].partition(".")
    kind, _, number = seat.rpartition("-")

    def work() -> str:
        with visit.register.read() as session:
            held = session.get(Membership, f"{visit.here.id}/@{content['seat']}")
        if held is None or held.person_id != content["was"]:
            raise ChangedMeanwhile("somebody else has the seat by now")
        language = Language(content["language"]) if content["language"] in set(Language) else None
        done = replace(
            visit.register, visit.here.id, body, Seat(kind),
            NewHolder(content["address"], content["name"] or None, language), number=int(number),
            reason=content["reason"], now=visit.now, actor=visit.actor, secret_key=visit.services.secret_key,
        )  # fmt: skip
        return visit.say(
            N_("%(address)s has the seat. Questions that went along: %(count)s."), address=done.now,
            count=len(done.questions),
        )  # fmt: skip

    return attempt(visit, work, done=cycle_address(visit), back=cycle_address(visit, "people"))
