"""The values that each kind of letter is made of: labelled facts, sentences and links."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from config.base import in_language
from config.dates import PromiseKind, parse_duration
from config.terms import Position, StepKind
from models.forms import read_form
from models.notice import NoticeKind
from models.phase import MilestoneStatus
from notifications import mail_facts
from notifications.dates import long_day, moment, window_words
from notifications.handing import behalf, not_me, reassigned
from notifications.i18n import N_
from notifications.labelled import Fact, concerns, contact, documents_first, promise
from notifications.letter import clean, one_line, said, was_moved
from notifications.summonses import called_off, no_decision, summoned
from notifications.terms import answers_as, ask_words, lead_words, outcome_words, position_words, result_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.forms.base import Label
    from notifications.letter import Case

SILENCE = {
    "close": N_("The work goes on without your answer. It counts as no reply, never as consent."),
    "hold": N_("The work waits until you have answered. Silence never counts as consent."),
}
SILENCE_EXTENDED = {
    "close": N_(
        "If answers are missing on that day, the time is extended once, by %(days)s days. After that the work "
        "goes on without them. A missing answer counts as no reply, never as consent."
    ),
    "hold": N_(
        "If answers are missing on that day, the time is extended once, by %(days)s days. After that the work "
        "waits for them. Silence never counts as consent."
    ),
}
AFTERWARDS = {
    "close": N_("The work goes on with the answers that have come. The others count as no reply, never as consent."),
    "hold": N_("The work waits for the answers that are missing. Those who have not answered are reminded."),
    "extend": N_("The time has been extended once. Those who have not answered have been told."),
    "not_begun": N_("Nobody has been asked yet, so nobody has been silent. It can still be done, late."),
    "not_ended": N_("The phase that was to have ended by then has not ended. It can still end, late."),
}
PREVIEWED = 2
"""Facts that a list of mails shows beside the subject."""
LONGEST_PREVIEW = 140
LONGEST_NAME = 120
"""Signs of a file's name; it has been cut before."""
UNASKED = ("not_begun", "not_ended")
"""What is said of a promise that was missed although nobody had been asked for it."""


def facts(case: Case) -> dict[str, Any]:
    """What the template of the notice's kind is given.

    Raises:
        LookupError: the notice speaks of a row that is not there.
    """
    values = {**_common(case), **BY_KIND[case.notice.kind](case)}
    first = [f"{fact.label}: {fact.value}" for fact in values.get("facts", [])[:PREVIEWED]]
    return {**values, "preheader": one_line(" · ".join(first), LONGEST_PREVIEW)}


def _common(case: Case) -> dict[str, Any]:
    cycle, coordinator = case.cycle, case.coordinator
    return {
        "language": case.language,
        "cycle_language": str(cycle.language),
        "cycle": one_line(cycle.title),
        "registry_no": one_line(cycle.registry_no or ""),
        "phase": one_line(case.phase.title) if case.phase else "",
        "coordinator": one_line(coordinator.body),
        "coordinator_name": one_line(coordinator.name or ""),
        "coordinator_address": coordinator.address or "",
        "name": one_line(case.person.name or ""),
        "body": case.body or "",
        "question": clean(case.question),
        "question_line": one_line(case.question),
        "answers_as": _answers_as(case),
        "due": long_day(case.due_day, case.language) if case.due_day else "",
        "due_short": case.day(case.due_day) if case.due_day else "",
        "overdue": case.overdue,
        "url": case.answer_url or "",
        "reply_filed": case.reply_address is not None,
        "reminders_url": case.sender.reminders_url(case.person.id) if case.notice.kind is NoticeKind.REMINDED else "",
        "record_url": case.sender.record_url(cycle.id),
        "desk_url": case.sender.desk_url(cycle.id),
    }


def _answers_as(case: Case) -> str:
    return answers_as(case.membership.seat, case.body, case.say) if case.membership and case.body else ""


def _due(case: Case) -> Fact:
    """By when, and what that day was before or is called in the plan."""
    say = case.say
    label = say(N_("Answer by"))
    if case.due_day is None:
        return Fact(label, say(N_("As soon as you can")))
    day = long_day(case.due_day, case.language)
    if case.overdue:
        return Fact(label, say(N_("%(day)s. The time has passed, but your answer is still wanted."), day=day))
    until = say(N_("%(day)s, to the end of the day"), day=day)
    return Fact(label, f"{until} {aside}" if (aside := _aside(case)) else until)


def _aside(case: Case) -> str:
    before, milestone = was_moved(case), case.milestone
    if before is not None:
        return case.say(N_("(previously %(day)s)"), day=long_day(before, case.language))
    promised = milestone and milestone.promise is PromiseKind.IN and milestone.status is MilestoneStatus.PENDING
    if milestone and promised and milestone.earliest and milestone.due_on == case.due_day:
        return case.say(
            N_("(planned for %(window)s)"), window=window_words(milestone.earliest, milestone.due_on, case.language)
        )
    return ""


def _from(case: Case) -> list[Fact]:
    """The day of the meeting, or the first day on which an answer makes sense."""
    if case.step is None or case.step.not_before is None:
        return []
    label = N_("Day of the meeting") if case.step.kind is StepKind.MEET else N_("Answer no earlier than")
    return [Fact(case.say(label), long_day(case.step.not_before, case.language))]


def _silence(case: Case) -> str:
    missing = case.step.missing if case.step else {}
    then = str(missing.get("then", "close"))
    if "extend" in missing and case.step and not case.step.extended:
        return case.say(SILENCE_EXTENDED[then], days=parse_duration(str(missing["extend"])).days)
    return case.say(SILENCE["hold" if case.overdue else then])


def _asking(case: Case) -> dict[str, Any]:
    """Who asks, on whose behalf one answers, what, by when, what silence means, and whom to ask."""
    if case.step is None or case.assignment is None:
        raise LookupError(f"notice {case.notice.id} has no assignment to ask about")
    kind, say = case.step.kind, case.say
    held = kind is StepKind.MEET and list(case.step.offers) == [Position.CONFIRMS] and not case.step.form
    answering = Fact(say(N_("On whose behalf")), behalf(case))
    silence = Fact(say(N_("If you do not answer")), _silence(case))
    read_first = [*documents_first(case, _about(case)), *_terms(case)]
    return {
        "ask": ask_words(kind, say, held=held),
        "lead": lead_words(kind, one_line(case.coordinator.body), case.body or "", say, held=held),
        "facts": [*_from(case), _due(case), answering, concerns(case), *read_first, silence, contact(case)],
    }


def _about(case: Case) -> list[str]:
    """The documents to read first; of a text that has been revised, the version that this person is asked about."""
    about = list(case.step.about) if case.step else []
    text = case.assignment.text if case.assignment else None
    return [*about[:-1], text] if text else about


def _terms(case: Case) -> list[Fact]:
    """The terms of a commission, point by point."""
    form = read_form(case.step.form) if case.step else None
    brief = form.brief() if form else ()
    return [Fact(_labelled(case, title), "; ".join(_labelled(case, p) for p in points)) for title, points in brief]


def _labelled(case: Case, label: Label) -> str:
    return case.say(label) if isinstance(label, str) else one_line(in_language(label, case.language), 500)


def _asked_again(case: Case) -> dict[str, Any]:
    position = case.notice.data.get("position") or case.notice.data.get("by")
    words = position_words(str(position), case.say) if position else ""
    version = case.notice.data.get("version", "")
    return {**_asking(case), "position": words, "version": version, "reason": said(case, "reason")}


def _moved(case: Case) -> dict[str, Any]:
    before, asking = case.notice.data.get("from"), _asking(case)
    return {
        **asking,
        "facts": [*promise(case), *asking["facts"]],
        "before": long_day(date.fromisoformat(before), case.language) if before else "",
        "reason": said(case, "reason"),
    }


def _receipt(case: Case) -> dict[str, Any]:
    version = int(case.notice.data.get("version", 1))
    answer = case.rows.answers[case.notice.assignment_id or "", version]
    say, zone = case.say, case.place.zone
    received = moment(answer.received_at, zone, case.language)
    given = [
        Fact(say(N_("Your answer")), position_words(answer.position, say)),
        Fact(say(N_("Received")), received),
    ]
    if answer.decided_on:
        given.append(Fact(say(N_("Decided on")), long_day(answer.decided_on, case.language)))
    if names := case.rows.files.get(answer.id):
        given.append(Fact(say(N_("Files")), "; ".join(one_line(name, LONGEST_NAME) for name in names)))
    changeable = case.step is not None and case.step.settled_at is None
    return {
        "facts": [concerns(case), Fact(say(N_("On whose behalf")), behalf(case)), *given, contact(case)],
        "comment": clean(answer.comment),
        "version": version,
        "late": answer.late,
        "by_coordinator": answer.via == "coordinator",
        "url": (case.answer_url or "") if changeable else "",
    }


def _informed(case: Case) -> dict[str, Any]:
    question = clean(case.question)
    documents = list(case.notice.data.get("documents") or (case.step.about if case.step else []))
    return {
        "question": question,
        "question_line": one_line(question),
        "facts": [concerns(case), *documents_first(case, documents), contact(case)],
    }


def _missed(case: Case) -> dict[str, Any]:
    policy = str(case.notice.data.get("policy", "close"))
    keys = [str(key) for key in case.notice.data.get("missing", [])]
    milestone = case.milestone
    return {
        "silent": [one_line(case.rows.body_names.get((case.cycle.id, key), key)) for key in keys],
        "afterwards": case.say(AFTERWARDS[policy]),
        "extended": policy == "extend",
        "unasked": policy in UNASKED,
        "milestone": one_line(milestone.called(case.language, str(case.cycle.language))) if milestone else "",
        "promised": long_day(milestone.due_on, case.language) if milestone and milestone.due_on else "",
        "facts": [*promise(case), concerns(case)],
    }


def _lapsed(case: Case) -> dict[str, Any]:
    late = case.step is not None and case.step.late_until is not None  # the replies are to be compiled
    return {
        "facts": [concerns(case), Fact(case.say(N_("On whose behalf")), _answers_as(case)), contact(case)],
        "late_url": (case.answer_url or "") if late else "",
    }


def _referred_back(case: Case) -> dict[str, Any]:
    position = case.notice.data.get("position")
    words = position_words(str(position), case.say) if position else ""
    return {
        "position": words,
        "reason": said(case, "reason"),
        "facts": [concerns(case), Fact(case.say(N_("Body")), case.body or ""), Fact(case.say(N_("Position")), words)],
    }


def _concluded(case: Case) -> dict[str, Any]:
    say, place = case.say, case.place
    phases = case.rows.agenda.get(case.cycle.id, [])
    results = []
    for phase in phases:
        result = str((phase.outcome or {}).get("result", ""))
        day = case.day(place.today(phase.closed_at)) if phase.closed_at else ""
        detail = str((phase.outcome or {}).get("detail", ""))
        words = [outcome_words(result, detail, say) if result else "", day]
        value = ", ".join(word for word in words if word) or say(N_("not carried out"))
        results.append(Fact(one_line(phase.title), value, None))
    outcome = result_words(case.cycle.outcome, say) if case.cycle.outcome else ""
    return {"outcome": outcome, "results": results, "facts": [contact(case)]}


BY_KIND: dict[NoticeKind, Callable[[Case], dict[str, Any]]] = {
    NoticeKind.ASKED: _asking,
    NoticeKind.ASKED_AGAIN: _asked_again,
    NoticeKind.REMINDED: _asking,
    NoticeKind.RECEIPT: _receipt,
    NoticeKind.SUMMONED: summoned,
    NoticeKind.CALLED_OFF: called_off,
    NoticeKind.INFORMED: _informed,
    NoticeKind.MOVED: _moved,
    NoticeKind.MISSED: _missed,
    NoticeKind.LAPSED: _lapsed,
    NoticeKind.REFERRED_BACK: _referred_back,
    NoticeKind.NO_DECISION: no_decision,
    NoticeKind.CONCLUDED: _concluded,
    NoticeKind.REASSIGNED: lambda case: reassigned(case, _asking),
    NoticeKind.NOT_ME: not_me,
    NoticeKind.MAIL_RECEIVED: mail_facts.mail_received,
    NoticeKind.FILED: mail_facts.filed,
    NoticeKind.UNDELIVERED: mail_facts.undelivered,
    NoticeKind.MAIL_STUCK: mail_facts.mail_stuck,
}
