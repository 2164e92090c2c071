"""Meeting: a body is called, meets, and its minutes are attested and announced; undecided, it is called again."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from config.terms import PhaseKind
from flows.phase_flow import phase_flow
from models.minutes import UNDECIDED
from tasks.calling_again import another, beside, call_again
from tasks.meeting.announce import announce
from tasks.meeting.attest import attest
from tasks.meeting.record import failed, record
from tasks.meeting.summon import summon
from tasks.phase import Phase, attempt

if TYPE_CHECKING:
    from config.phases import Meeting
    from tasks.outcome import Outcome


@phase_flow(PhaseKind.MEETING)
def meeting(phase: Phase[Meeting]) -> Outcome:
    """Call the body; record the minutes until they are attested; announce that they are. Undecided: call it again."""
    return _sitting(phase, 1, phase.says.on)


def _sitting(phase: Phase[Meeting], number: int, on: str) -> Outcome:
    """One meeting, and where it comes to no decision the next, beside the attestation of its minutes."""
    called = summon(phase, another("summons", number), number, on)
    first = record(phase, another("minutes", number), number)
    if first.result == "not_held":
        return first
    if first.result in UNDECIDED:
        minutes, came = beside(lambda: _attested(phase, number), lambda: _again(phase, number, first))
    else:
        minutes = came = _attested(phase, number)
        if minutes.result in UNDECIDED:  # an attestor has found that too few were there after all
            came = _again(phase, number, minutes)
    documents = dict.fromkeys((*called.documents, *minutes.documents, *came.documents))
    return replace(came, documents=tuple(documents))


def _attested(phase: Phase[Meeting], number: int) -> Outcome:
    """The minutes, written anew until they are attested, and the notice that they are."""
    turns = count(1)
    for writing in count(1):
        minutes = record(phase, attempt(another("minutes", number), writing), number)
        if attest(phase, another("attestation", number), turns, number).carried:
            break
    if phase.says.notice:
        announce(phase, another("notice", number), number)
    return minutes


def _again(phase: Phase[Meeting], number: int, undecided: Outcome) -> Outcome:
    """The next meeting; where the body is not to be called again, nothing is decided."""
    on = call_again(phase, another("new-day", number), failed(phase, number, undecided.result))
    return undecided if on is None else _sitting(phase, number + 1, on)
