"""Letters about mail itself: what came in, and what does not get through."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from notifications.dates import moment
from notifications.handing import called
from notifications.i18n import N_
from notifications.labelled import Fact, concerns, contact
from notifications.letter import one_line, said

if TYPE_CHECKING:
    from notifications.letter import Case


def mail_received(case: Case) -> dict[str, Any]:
    """To the coordinator: somebody wrote. The words are not repeated here: a letter may be long, or not be meant so."""
    say = case.say
    received = Fact(say(N_("Received")), moment(case.notice.created_at, case.place.zone, case.language))
    files = Fact(say(N_("Files")), str(int(case.notice.data.get("files", 0))))
    facts = [concerns(case), Fact(say(N_("Body")), case.body or ""), received, files]
    return {
        "who": _who(case),
        "facts": [fact for fact in facts if fact.value],
        "desk_url": case.sender.desk_url(case.cycle.id, "letters"),
    }


def filed(case: Case) -> dict[str, Any]:
    """To who wrote: it is kept, and is no answer. Without a link: anybody can send a mail in her name."""
    return {"asked_in": one_line(said(case, "asked_in"), 150), "facts": [concerns(case), contact(case)]}


def undelivered(case: Case) -> dict[str, Any]:
    """To the coordinator: an address fails, and who could be asked instead."""
    say = case.say
    reply = case.rows.responses.get(str(case.notice.data.get("notice", "")), "")
    facts = [
        concerns(case),
        Fact(say(N_("Address")), _who(case)),
        Fact(say(N_("Body")), case.body or ""),
        Fact(say(N_("What the mail server said")), one_line(reply, 300), "en"),
    ]
    substitute = case.rows.people.get(str(case.notice.data.get("substitute", "")))
    return {
        "who": _who(case),
        "substitute": called(substitute) if substitute else "",
        "facts": [fact for fact in facts if fact.value],
    }


def mail_stuck(case: Case) -> dict[str, Any]:
    """To the coordinator: mails wait."""
    since = datetime.fromisoformat(str(case.notice.data["since"]))
    waiting = Fact(case.say(N_("Mails that wait")), str(int(case.notice.data.get("waiting", 0))))
    return {"since": moment(since, case.place.zone, case.language), "facts": [concerns(case), waiting]}


def _who(case: Case) -> str:
    person = case.rows.people.get(str(case.notice.data.get("person", "")))
    return called(person) if person else case.body or ""
