"""What the law says beside the counting of votes: postponing, electing, taking part, disagreeing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.definition import Rules
from config.terms import Position, Seat
from models.rulesets import (
    RULESETS,
    Ballot,
    Dissent,
    Postponed,
    Refusal,
    Resolution,
    elect,
    postponed,
    quorate,
    recorded,
    reservation,
    separate_statement,
    serving,
    tally,
)

CLOSED = datetime(2021, 6, 18, 13, 50, tzinfo=UTC)
COUNCIL, COMMITTEE, DANISH = (Rules(ruleset=name) for name in ("se-kl-council", "se-kl-committee", "dk-ksl"))
EVERY = st.sampled_from(sorted(RULESETS)).map(lambda name: Rules(ruleset=name))


def ballots(yes: int, no: int, chair: Position) -> list[Ballot]:
    said = [Position.APPROVES] * yes + [Position.REJECTS] * no
    return [*(Ballot(position, Seat.MEMBER) for position in said), Ballot(chair, Seat.CHAIR)]


@pytest.mark.parametrize(
    ("rules", "present", "conflicted", "enough"),
    [(COUNCIL, 20, 1, True), (COUNCIL, 20, 0, False), (COMMITTEE, 20, 1, False), (DANISH, 20, 0, False)],
)
def test_council_may_go_below_its_quorum_because_of_conflicts(
    rules: Rules, present: int, conflicted: int, enough: bool,  # noqa: FBT001
) -> None:  # fmt: skip
    """KL 5:46: of 41 members 21 are needed; one who may not take part is not missed."""
    assert quorate(rules, present, 41, conflicted) is enough


def test_chair_must_vote_when_nothing_can_be_decided_otherwise() -> None:
    """KL 4:24-25: members may abstain, the chair may not where the votes are equal."""
    count = tally(COUNCIL, ballots(3, 3, Position.ABSTAINS), 7)
    assert (count.resolution, count.chair_must_vote) == (Resolution.NO_DECISION, True)
    assert tally(COUNCIL, ballots(4, 2, Position.ABSTAINS), 7).carried
    assert tally(DANISH, ballots(3, 3, Position.ABSTAINS), 7).resolution is Resolution.FELL


@pytest.mark.parametrize(("yes", "no", "carried"), [(3, 1, True), (30, 11, False), (31, 10, True)])
def test_three_quarters_of_the_votes(yes: int, no: int, carried: bool) -> None:  # noqa: FBT001
    """Counted exactly, and the chair breaks no tie there."""
    rules = Rules(ruleset="se-kl-council", majority="three_quarters")
    members = [Ballot(Position.APPROVES, Seat.MEMBER)] * yes + [Ballot(Position.REJECTS, Seat.MEMBER)] * no
    assert tally(rules, members, yes + no).carried is carried


@pytest.mark.parametrize(
    ("rules", "wanting", "against", "present", "before", "result"),
    [
        (COUNCIL, 15, 30, 45, False, Postponed.BY_MINORITY),
        (COUNCIL, 14, 31, 45, False, Postponed.NOT),
        (COUNCIL, 15, 30, 45, True, Postponed.NOT),
        (COUNCIL, 23, 22, 45, True, Postponed.BY_MAJORITY),
        (COMMITTEE, 4, 5, 9, False, Postponed.NOT),
        (DANISH, 20, 21, 41, False, Postponed.NOT),
    ],
)
def test_a_third_can_put_a_matter_off_once(
    rules: Rules, wanting: int, against: int, present: int, before: bool, result: Postponed,  # noqa: FBT001
) -> None:  # fmt: skip
    """KL 5:50: a third of those present, and after that a simple majority."""
    assert postponed(rules, wanting, against, present, once_before=before) is result


def test_election_is_not_tabled_by_a_minority() -> None:
    """KL 5:50: an election takes a simple majority to be tabled."""
    assert not postponed(COUNCIL, 20, 21, 41, election=True).granted


def test_lot_decides_between_equals() -> None:
    """KL 5:56: the chair has no casting vote in an election."""
    votes = {"anna": 20, "bo": 20, "cecilia": 1}
    assert elect(COUNCIL, votes).tied == ("anna", "bo")
    drawn = elect(COUNCIL, votes, lot="bo")
    assert (drawn.elected, drawn.by_lot) == ("bo", True)
    assert elect(Rules(ruleset="advisory"), votes, lot="bo").elected is None
    with pytest.raises(ValueError, match="the lot is between anna, bo"):
        elect(COUNCIL, votes, lot="cecilia")
    assert elect(COUNCIL, {"anna": 21, "bo": 20}).elected == "anna"
    assert elect(COUNCIL, {}).elected is None


def test_substitutes_step_in_for_absence_and_conflict() -> None:
    """KL 6:28-30: whoever has a conflict of interest is out, also as a substitute."""
    there = serving(["a", "b", "c"], ["x", "y", "z"], away={"b", "x"}, conflicted={"c"})
    assert [(one.who, one.instead_of) for one in there] == [("a", None), ("y", "b"), ("z", "c")]
    alone = serving(["a", "b"], ["x"], away={"a"}, conflicted={"x"})
    assert [one.who for one in alone] == ["b"]


@pytest.mark.parametrize(
    ("took_part", "was_for", "minutes", "refusal"),
    [
        (True, False, 0, None),
        (True, False, 1, Refusal.MEETING_CLOSED),
        (False, False, 0, Refusal.TOOK_NO_PART),
        (True, True, 0, Refusal.NOT_AGAINST),
    ],
)
def test_reservation_comes_from_who_took_part_before_the_meeting_closes(
    took_part: bool, was_for: bool, minutes: int, refusal: Refusal | None,  # noqa: FBT001
) -> None:  # fmt: skip
    """KL 4:27."""
    at = CLOSED + timedelta(minutes=minutes)
    assert reservation(took_part=took_part, was_for=was_for, announced_at=at, closed_at=CLOSED) is refusal


def test_separate_statement_is_open_to_everybody_present() -> None:
    """Also to who agreed, as long as the meeting is open."""
    assert separate_statement(was_present=True, announced_at=CLOSED, closed_at=None) is None
    assert separate_statement(was_present=False, announced_at=CLOSED, closed_at=None) is Refusal.TOOK_NO_PART


def test_dissent_goes_along_with_the_case_in_denmark() -> None:
    """KSL 13 (2); elsewhere it stays in the minutes, and an empty one is none."""
    dissents = [Dissent("a", "Vi er uenige.", send_along=True), Dissent("b", " ", send_along=True)]
    assert [d.send_along for d in recorded(DANISH, dissents)] == [True]
    assert [d.send_along for d in recorded(COUNCIL, dissents)] == [False]


NAMES = st.lists(st.sampled_from("abcdefgh"), unique=True)


@given(NAMES, NAMES, st.sets(st.sampled_from("abcdefgh")), st.sets(st.sampled_from("abcdefgh")))
def test_nobody_with_a_conflict_takes_part_and_nobody_twice(
    members: list[str], substitutes: list[str], away: set[str], conflicted: set[str]
) -> None:
    """Whatever the lists: no place more than there are, nobody who is out, nobody in two places."""
    there = [one.who for one in serving(members, substitutes, away=away, conflicted=conflicted)]
    assert not set(there) & (away | conflicted)
    assert len(set(there)) == len(there) <= len(members)


@given(EVERY, st.integers(0, 60), st.integers(0, 60), st.integers(0, 20), st.booleans())
def test_majority_always_can_and_nobody_never(
    rules: Rules,
    wanting: int,
    against: int,
    silent: int,
    before: bool,  # noqa: FBT001
) -> None:
    """More for than against always puts a matter off; without a single voice for it nothing does."""
    result = postponed(rules, wanting, against, wanting + against + silent, once_before=before)
    assert result.granted or wanting <= against
    assert wanting or not result.granted


@given(EVERY, st.integers(1, 60), st.integers(0, 60), st.integers(0, 10))
def test_more_members_present_never_break_the_quorum(rules: Rules, present: int, more: int, conflicted: int) -> None:
    """Monotone in those present and in those excused."""
    entitled = present + more
    if quorate(rules, present, entitled, conflicted):
        assert more == 0 or quorate(rules, present + 1, entitled, conflicted)
        assert quorate(rules, present, entitled, conflicted + 1)


@given(EVERY, st.dictionaries(st.sampled_from("abc"), st.integers(0, 50)))
def test_winner_has_most_votes_or_the_lot(rules: Rules, votes: dict[str, int]) -> None:
    """Nobody is elected with fewer votes than another, and no tie is decided without a lot."""
    result = elect(rules, votes)
    assert result.elected is None or votes[result.elected] == max(votes.values())
    assert not (result.elected and result.tied)
