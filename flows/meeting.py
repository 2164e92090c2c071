"""Meeting: a body is called, meets, and its minutes are attested and announced."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from config.terms import PhaseKind
from flows.phase_flow import phase_flow
from tasks.meeting.announce import announce
from tasks.meeting.attest import attest
from tasks.meeting.record import record
from tasks.meeting.summon import summon
from tasks.phase import Phase, attempt

if TYPE_CHECKING:
    from config.phases import Meeting
    from tasks.outcome import Outcome


@phase_flow(PhaseKind.MEETING)
def meeting(phase: Phase[Meeting]) -> Outcome:
    """Call the body; record the minutes until they are attested; announce that they are."""
    called = summon(phase, "summons")
    turns = count(1)
    for number in count(1):
        minutes = record(phase, attempt("minutes", number))
        if attest(phase, "attestation", turns).carried:
            break
    if phase.says.notice:
        announce(phase, "notice")
    return replace(minutes, documents=(*called.documents, *minutes.documents))
