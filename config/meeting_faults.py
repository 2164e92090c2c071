"""What does not fit together in a formal meeting: who can attest, the law's time limits, the agenda's names."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from config.agenda import AgendaItem, agenda_items
from config.dates import PromiseKind, parse_duration
from config.i18n import N_
from config.said import Row, Said, listed, sentence
from config.seats import occupants
from config.terms import VOTING_SEATS, Seat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from config.definition import Definition
    from config.phases import Meeting

Found = tuple[tuple[str | int, ...], Said]
"""Where in the phase, and what is wrong."""
ONE_BODY = N_("must be one body, not several; name one without 'each'")
BY_LAW = ("se-kl-council", "se-kl-committee")
"""Bodies whose minutes are attested, announced and appealed against as the Local Government Act (KL) says."""
WEEK, FORTNIGHT = timedelta(weeks=1), timedelta(weeks=2)


def meeting_faults(definition: Definition, phase: Meeting) -> Iterator[Found]:
    """Everything, in the order of the keys."""
    body, milestone = definition.bodies.get(phase.body), definition.milestones.get(phase.on)
    if body is not None and body.each is not None:
        yield ("body",), sentence(ONE_BODY)
    if milestone is not None and milestone.promise is not PromiseKind.ON:
        yield ("on",), sentence(N_("a meeting needs its day; write '%(milestone)s' with on"), milestone=phase.on)
    yield from _agenda_faults(phase)
    if body is not None:
        yield from _attestor_faults(definition, phase)
        yield from _legal_faults(phase, body.ruleset.ruleset)


def _agenda_faults(phase: Meeting) -> Iterator[Found]:
    if len(agenda_items(phase.agenda)) < len(phase.agenda):
        seen: set[str] = set()
        for position, entry in enumerate(phase.agenda):
            key = entry.key if isinstance(entry, AgendaItem) else None
            if key is not None and key in seen:
                twice = N_("the item '%(key)s' is on the agenda already; choose another key")
                yield ("agenda", position), sentence(twice, key=key)
            seen.add(key or "")


def _attestor_faults(definition: Definition, phase: Meeting) -> Iterator[Found]:
    """That a secretary holds an attestor's seat is a finding of its own (`config.check_bodies`)."""
    held = occupants(definition, phase.body)
    writing = {holder.address for holder in held if holder.seat is Seat.SECRETARY}
    seated = [holder for holder in held if holder.seat is Seat.ATTESTOR]
    if seated and len(seated) < phase.attestors:
        few = N_("%(wanted)s are to attest, and the body has %(attestors)s attestors")
        yield ("attestors",), sentence(few, wanted=phase.attestors, attestors=len(seated))
    electable = [holder for holder in held if holder.seat in VOTING_SEATS and holder.address not in writing]
    if not seated and len(electable) < phase.attestors:
        none = N_("%(wanted)s are to attest, and %(electable)s can be elected")
        yield ("attestors",), sentence(none, wanted=phase.attestors, electable=len(electable))


def _legal_faults(phase: Meeting, ruleset: str) -> Iterator[Found]:
    if ruleset == "se-kl-council" and parse_duration(phase.summons) < WEEK:
        soon = N_("%(time)s is too short; a council is called a week ahead at least (KL 5:13, 5:15)")
        yield ("summons",), sentence(soon, time=phase.summons)
    if ruleset in BY_LAW and parse_duration(phase.attest_within) > FORTNIGHT:
        late = N_("%(time)s is too long; minutes are attested within 14 days (KL 5:69)")
        yield ("attest_within",), sentence(late, time=phase.attest_within)
    if phase.notice and ruleset not in BY_LAW:
        unasked = N_("the law asks for a notice only of %(rulesets)s; leave it out")
        yield ("notice",), sentence(unasked, rulesets=listed(BY_LAW, Row.AND))
