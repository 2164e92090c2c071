"""How an answer came that was not given on its page: by which means, from whom, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import TYPE_CHECKING

from sqlmodel import col, select

from engine.commands.on_behalf import OnBehalf
from models.cycle import Membership, Person
from notifications.i18n import N_
from portal.desk.acting import Field, Option, reason_faults, reason_field

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from portal.asked import Asked
    from portal.desk.visit import Visit

WHY = N_("Why it was not given on the page. It becomes part of the record.")
MEANS = {
    "paper": N_("on paper"), "telephone": N_("by telephone"), "mail": N_("by e-mail"), "meeting": N_("at a meeting"),
}  # fmt: skip
OWN = ("assignment", "means", "given_by", "received_on", "reason")
"""The fields of the page that are about how the answer came; the rest is the participant's form."""
NOON = time(12)
"""The hour that a day of receipt stands for: it lies within the day wherever the clock changes."""


def how_fields(visit: Visit, asked: Asked) -> tuple[Field, ...]:
    """How, from whom and when it came."""
    say, form = visit.say, visit.form
    means = tuple(Option(key, say(words)) for key, words in MEANS.items())
    today = asked.place.today(visit.now).isoformat()
    return (
        Field("means", say(N_("How it came")), "choice", options=means, value=form.get("means", visit.asked("means"))),
        Field(
            "given_by", say(N_("Who gave it")), "select",
            options=givers(visit, asked), value=form.get("given_by", ""),
        ),
        Field(
            "received_on", say(N_("When it came")), "day", value=form.get("received_on", today),
            hint=say(N_("The day on which it reached the organisation. It counts from then.")),
        ),
        replace(reason_field(visit, WHY), value=form.get("reason", "")),
    )  # fmt: skip


def givers(visit: Visit, asked: Asked) -> tuple[Option, ...]:
    """Whoever was asked, and the others of the body."""
    query = (
        select(Person)
        .join(Membership, col(Membership.person_id) == col(Person.id))
        .where(col(Membership.body_id) == asked.body.id, col(Membership.ended).is_(False))
        .order_by(col(Membership.ordinal))
    )
    with visit.register.read() as session:
        first = session.get_one(Person, asked.assignment.person_id)
        people = {person.id: person for person in (first, *session.exec(query))}
    return tuple(Option(person.id, person.name or person.address) for person in people.values())


def coming_faults(visit: Visit, asked: Asked) -> dict[str, str]:
    """What is wrong with them, by field."""
    say, form = visit.say, visit.form
    faults = {} if form.get("means") in MEANS else {"means": say(N_("Choose how it came."))}
    if form.get("given_by") not in {option.value for option in givers(visit, asked)}:
        faults["given_by"] = say(N_("Choose who gave it."))
    if received_at(visit, asked, form.get("received_on", "")) is None:
        faults["received_on"] = say(N_("Write a day between the day of the question and today."))
    return faults | reason_faults(visit)


def received_at(visit: Visit, asked: Asked, text: str) -> datetime | None:
    """The instant that a day of receipt stands for; None when it cannot be one."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    if not asked.place.today(asked.step.opened_at) <= day <= asked.place.today(visit.now):
        return None
    return min(max(asked.place.at(day, NOON), asked.step.opened_at), visit.now)


def came_by(visit: Visit, asked: Asked, content: Mapping[str, str]) -> OnBehalf:
    """The same as the register takes it, from what was looked over."""
    return OnBehalf(
        question=asked.step.id.partition("/")[2], body=asked.body.key,
        seat=asked.membership.id.rpartition("@")[2].partition(".")[2], means=content["means"],
        given_by=content["given_by"], received_at=received_at(visit, asked, content["received_on"]),
        nonce=content["nonce"], recorded_by=visit.actor,
    )  # fmt: skip
