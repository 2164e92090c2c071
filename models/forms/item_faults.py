"""What the rules do not allow in an item of a meeting: too few, too many votes, conflicts, late reservations."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from config.terms import ItemOutcome
from models.forms.base import Fault
from models.forms.decision import NO_TIE, NOT_POSTPONED, POSTPONED_BEFORE, TIE_FALLS
from models.forms.item import CLOCK, VOTES, election_of
from models.forms.seats import NO_SUCH_SEAT
from models.minutes import DECIDING
from models.rules.ballots import Resolution
from models.rules.postponing import postponed
from models.rules.taking_part import Refusal, reservation, separate_statement
from models.rules.voting import breaks_ties, by_majority, majority_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from models.forms.item import Treated

NO_CLOCK = "Write the time with hours and minutes, for instance 15:50."
NOT_QUORATE = "Too few took part to decide: %(present)s of the %(needed)s that are needed. Carry the item over."
CALLED_AGAIN = "The body has been called again about this: the minutes cannot say now that it was decided here."
VOTES_MISSING = "Write how many voted for and against."
VOTES_WITHOUT_VOTE = "Votes were counted: choose carried, rejected or put off, or take the figures away."
VOTES_SAY_OTHERWISE = "By the body's rules these votes come to something else."
NO_DECISION_EITHER = "By the body's rules these votes give no decision. Choose that no decision came about."
TOO_MANY_VOTES = "More have voted than took part: %(present)s took part."
CHAIR_MUST_VOTE = "The votes are equal: the chair must vote, and that vote decides. Mark the casting vote."
DECIDED_AFTER_ALL = "Enough took part, and the body's rules gave a decision. Look at the outcome and the votes."
NOT_THERE = "%(seat)s was not there."
NOT_FREE = "%(seat)s was not present as a substitute without a vote, or has a conflict of interest too."
NOBODY_LEFT = "More substitutes stepped in than places were left."
WHO_DIFFERED = "Write who it was."
CHAIR_IS_OUT = "The chair took no part in the item: write who presided, and so had the casting vote."
ONE_PRESIDES = "Write one seat: whoever presided over the item."
CANNOT_PRESIDE = "%(seat)s took no part in the item and cannot have presided over it."
REFUSALS = {
    Refusal.TOOK_NO_PART: "%(seat)s took no part in the decision. Only who took part can have this recorded.",
    Refusal.MEETING_CLOSED: "It was announced after the meeting had been closed. That is too late.",
    Refusal.NOT_AGAINST: "With these votes %(seat)s was for the decision, and has nothing to reserve against.",
}
RESULTS = {
    Resolution.CARRIED: ItemOutcome.DECIDED,
    Resolution.FELL: ItemOutcome.REJECTED,
    Resolution.NO_DECISION: ItemOutcome.NO_DECISION,
}
PUT_OFF = (ItemOutcome.TABLED, ItemOutcome.REFERRED_BACK)
VOTED = tuple(RESULTS.values())


def item_faults(it: Treated, closed: str, begins: str, needed: int, *, called_again: bool) -> Iterator[Fault]:
    """Everything; `closed` and `begins` are clocks on the wall, `needed` is the quorum when nobody has a conflict."""
    if it.item.elects and it.outcome in (ItemOutcome.AGREEMENT, ItemOutcome.NOTED):
        yield from _election_faults(it)
    if it.item.force:
        yield from (wrong := [*_conflict_faults(it)] or [*_presiding_faults(it)])
        if wrong:
            return
    if it.outcome in DECIDING and not it.quorate:
        values = (("present", str(it.taking_part)), ("needed", str(needed)))
        yield Fault(it.item.name("outcome"), NOT_QUORATE, values)
    elif it.outcome in DECIDING and called_again:
        yield Fault(it.item.name("outcome"), CALLED_AGAIN)
    elif it.item.force:
        yield from _vote_faults(it)
        yield from _differing_faults(it, closed, begins)


def _election_faults(it: Treated) -> Iterator[Fault]:
    election = election_of(it.item, (*it.room.members, *it.room.substitutes), it.room.rules)
    chosen = election.chosen(it.content)
    if len(set(chosen)) < it.item.elects:
        yield Fault(election.names()[0], WHO_DIFFERED)
    else:
        yield from election.faults(it.content, it.taking_part)


def _conflict_faults(it: Treated) -> Iterator[Fault]:
    for what in ("conflict", "stepped_in", "presided", "reserved", "stating"):
        if strangers := it.strangers(what):
            yield Fault(it.item.name(what), NO_SUCH_SEAT, (("seat", strangers[0]),))
    there = {*it.room.came.present, *it.room.came.without_vote}
    for seat, word in it.named("conflict").items():
        if seat not in there:
            yield Fault(it.item.name("conflict"), NOT_THERE, (("seat", word),))
    free = set(it.room.came.without_vote) - set(it.seats("conflict"))
    for seat, word in it.named("stepped_in").items():
        if seat not in free:
            yield Fault(it.item.name("stepped_in"), NOT_FREE, (("seat", word),))
    if len(it.seats("stepped_in")) > len(it.vacated):
        yield Fault(it.item.name("stepped_in"), NOBODY_LEFT)


def _presiding_faults(it: Treated) -> Iterator[Fault]:
    """Whoever presides over the item has the casting vote (KL 5:55, 6:33): a vice chair, or whom the body chose."""
    field, named = it.item.name("presided"), it.named("presided")
    if len(named) > 1:
        yield Fault(field, ONE_PRESIDES)
    for seat, word in named.items():
        if seat not in {one.who for one in it.serving}:
            yield Fault(field, CANNOT_PRESIDE, (("seat", word),))
    if it.casting and it.chair_is_out and not named:
        yield Fault(field, CHAIR_IS_OUT)


def _vote_faults(it: Treated) -> Iterator[Fault]:
    votes, outcome = it.votes, it.outcome
    if votes and sum(votes.values()) > it.taking_part:
        yield Fault(it.item.name("approve"), TOO_MANY_VOTES, (("present", str(it.taking_part)),))
    elif not votes:
        yield from _faults_without_votes(it)
    elif outcome in PUT_OFF:
        yield from _postponing_faults(it)
    elif outcome not in VOTED:
        yield Fault(it.item.name("outcome"), VOTES_WITHOUT_VOTE)
    else:
        yield from _result_faults(it)


def _faults_without_votes(it: Treated) -> Iterator[Fault]:
    if it.outcome is ItemOutcome.DECIDED:
        yield Fault(it.item.name("approve"), VOTES_MISSING)
    elif it.outcome is ItemOutcome.NO_DECISION and it.quorate and majority_of(it.room.rules) != "consensus":
        yield Fault(it.item.name("outcome"), DECIDED_AFTER_ALL)


def _result_faults(it: Treated) -> Iterator[Fault]:
    rules, yes, no = it.room.rules, it.votes["approve"], it.votes["reject"]
    if it.casting and (yes != no or not breaks_ties(rules)):
        yield Fault(it.item.name("casting_vote"), NO_TIE if yes != no else TIE_FALLS, (("votes", f"{yes}–{no}"),))
    elif yes == no and breaks_ties(rules) and it.quorate:  # KL 4:25, 5:55: the chair must vote, and decides
        if not it.casting:
            yield Fault(it.item.name("casting_vote"), CHAIR_MUST_VOTE)
        elif it.outcome is ItemOutcome.NO_DECISION:
            yield Fault(it.item.name("outcome"), DECIDED_AFTER_ALL)
    else:
        found = by_majority(rules, yes, no, sum(it.votes.values())) if it.quorate else Resolution.NO_DECISION
        if RESULTS[found] is not it.outcome:
            none = found is Resolution.NO_DECISION
            yield Fault(it.item.name("outcome"), NO_DECISION_EITHER if none else VOTES_SAY_OTHERWISE)


def _postponing_faults(it: Treated) -> Iterator[Fault]:
    """Votes for are votes for putting the matter off (KL 5:50)."""
    yes, no, before = it.votes["approve"], it.votes["reject"], it.item.delayed
    put_off = postponed(
        it.room.rules, yes, no, it.taking_part, once_before=before, election=bool(it.item.elects)
    )  # fmt: skip
    if not put_off.granted:
        message = POSTPONED_BEFORE if before else NOT_POSTPONED
        yield Fault(it.item.name("outcome"), message, (("votes", f"{yes}–{no}"),))


def _differing_faults(it: Treated, closed: str, begins: str) -> Iterator[Fault]:
    announced, end = it.text("announced"), _instant(closed, begins)
    for who, words in (("reserved", "reservation"), ("stating", "statement")):
        if it.text(words) and not it.text(who):
            yield Fault(it.item.name(who), WHO_DIFFERED)
    if announced and not CLOCK.fullmatch(announced):
        yield Fault(it.item.name("announced"), NO_CLOCK)
        return
    at = _instant(announced, begins) if announced else end
    served = {one.who for one in it.serving}
    present = {*it.room.came.present, *it.room.came.without_vote} - set(it.seats("conflict"))
    was_for = _all_were_for(it)
    for seat, word in it.named("reserved").items():
        refusal = reservation(took_part=seat in served, was_for=was_for, announced_at=at, closed_at=end)
        yield from _refused(it, "reserved", word, refusal)
    for seat, word in it.named("stating").items():
        refusal = separate_statement(was_present=seat in present, announced_at=at, closed_at=end)
        yield from _refused(it, "stating", word, refusal)


def _refused(it: Treated, what: str, word: str, refusal: Refusal | None) -> Iterator[Fault]:
    if refusal is not None:
        field = "announced" if refusal is Refusal.MEETING_CLOSED else what
        yield Fault(it.item.name(field), REFUSALS[refusal], (("seat", word),))


def _all_were_for(it: Treated) -> bool:
    """Whether more differ than can have been against: somebody among them has voted for the decision."""
    if not it.votes:
        return False
    against = it.votes["approve" if it.outcome is ItemOutcome.REJECTED else "reject"]
    silent = it.taking_part - it.votes["approve"] - it.votes["reject"]
    return len(it.seats("reserved")) > against + silent


def _instant(clock: str, begins: str) -> datetime:
    """A clock on the wall as an instant: one before the meeting's beginning is after midnight."""
    day = datetime(2000, 1, 1, tzinfo=UTC)  # any day will do: only the order counts
    late = bool(begins) and _clock(clock) < _clock(begins)
    return datetime.combine(day, _clock(clock), UTC) + timedelta(days=late)


def _clock(words: str) -> time:
    hour, minute = words.replace(".", ":").split(":")
    return time(int(hour), int(minute))


def votes_fields(it: Treated) -> set[str]:
    """The names of the figures."""
    return {it.item.name(vote) for vote in VOTES}
