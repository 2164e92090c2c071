"""How ballots become a resolution, body by body."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.definition import Rules
from config.terms import Position, Seat
from models.rulesets import RULESETS, Ballot, Resolution, Tally, tally

YES, NO, ABSTAINS = Position.APPROVES, Position.REJECTS, Position.ABSTAINS
CARRIED, FELL, NONE = Resolution.CARRIED, Resolution.FELL, Resolution.NO_DECISION


def members(yes: int = 0, no: int = 0, abstain: int = 0) -> list[Ballot]:
    """Ballots of plain members."""
    said = [YES] * yes + [NO] * no + [ABSTAINS] * abstain
    return [Ballot(position, Seat.MEMBER) for position in said]


def chair(position: Position) -> list[Ballot]:
    """The chair's ballot."""
    return [Ballot(position, Seat.CHAIR)]


def vote(ruleset: str, ballots: list[Ballot], entitled: int, **parameters: str) -> Tally:
    """What a body comes to."""
    return tally(Rules.model_validate({"ruleset": ruleset, **parameters}), ballots, entitled)


@pytest.mark.parametrize("ruleset", ["se-kl-council", "se-kl-committee"])
@pytest.mark.parametrize(("entitled", "present", "quorate"), [(9, 5, True), (9, 4, False), (8, 5, True), (8, 4, False)])
def test_more_than_half_must_be_present(ruleset: str, entitled: int, present: int, quorate: bool) -> None:  # noqa: FBT001
    """KL 5:45 for a council, 6:27 for a committee."""
    assert vote(ruleset, members(yes=present), entitled).resolution is (CARRIED if quorate else NONE)


@pytest.mark.parametrize(("entitled", "present", "quorate"), [(9, 5, True), (9, 4, False), (8, 4, True), (8, 3, False)])
def test_half_must_be_present_in_denmark(entitled: int, present: int, quorate: bool) -> None:  # noqa: FBT001
    """Kommunestyrelsesloven 11 (3): at least half of the members."""
    assert vote("dk-ksl", members(yes=present), entitled).resolution is (CARRIED if quorate else NONE)


@pytest.mark.parametrize("ruleset", ["se-kl-council", "se-kl-committee", "dk-ksl"])
def test_most_votes_win_and_abstentions_are_not_votes(ruleset: str) -> None:
    """KL 5:55: what more than half of those voting support. Who abstains is present, and votes for nothing."""
    assert vote(ruleset, members(yes=2, no=1, abstain=6), 9).resolution is CARRIED
    assert vote(ruleset, members(yes=1, no=2, abstain=6), 9).resolution is FELL
    assert vote(ruleset, members(abstain=9), 9).resolution is FELL


@pytest.mark.parametrize("ruleset", ["se-kl-council", "se-kl-committee"])
@pytest.mark.parametrize(("said", "resolution"), [(YES, CARRIED), (NO, FELL)])
def test_chair_breaks_a_tie(ruleset: str, said: Position, resolution: Resolution) -> None:
    """KL 5:55 and 6:33: in a tie the chair's vote decides (utslagsröst)."""
    others = members(yes=3, no=4) if said is YES else members(yes=4, no=3)
    count = vote(ruleset, [*others, *chair(said)], 8)
    assert (count.resolution, count.casting_vote) == (resolution, True)


def test_tie_without_the_chair_carries_nothing() -> None:
    """The chair is away: no vote decides, and the proposal has no majority."""
    assert vote("se-kl-council", members(yes=3, no=3), 8).resolution is FELL


def test_tie_falls_in_denmark() -> None:
    """The chair's vote weighs no more than another's."""
    count = vote("dk-ksl", [*members(yes=3, no=4), *chair(YES)], 8)
    assert (count.resolution, count.casting_vote) == (FELL, False)


@pytest.mark.parametrize(("yes", "no", "resolution"), [(6, 3, CARRIED), (5, 3, FELL), (2, 1, CARRIED), (1, 1, FELL)])
def test_two_thirds_of_the_votes(yes: int, no: int, resolution: Resolution) -> None:
    """Counted exactly: six of nine are two thirds. The chair breaks no tie there."""
    count = vote("se-kl-council", members(yes=yes, no=no), yes + no, majority="two_thirds")
    assert count.resolution is resolution
    assert not count.casting_vote


def test_consensus_means_that_nobody_is_against() -> None:
    """A collaboration body agrees or has not decided; it never votes anything down."""
    assert vote("advisory", members(yes=1, abstain=8), 9).resolution is CARRIED
    assert vote("advisory", members(yes=8, no=1), 9).resolution is NONE
    assert vote("advisory", members(abstain=9), 9).resolution is NONE


def test_unanimity_needs_every_member() -> None:
    """One against, one abstaining or one away is enough to stop it."""
    assert vote("unanimous", members(yes=9), 9).resolution is CARRIED
    assert vote("unanimous", members(yes=8, no=1), 9).resolution is FELL
    assert vote("unanimous", members(yes=8, abstain=1), 9).resolution is FELL
    assert vote("unanimous", members(yes=8), 9).resolution is NONE


def test_body_may_change_parts_of_its_ruleset() -> None:
    """An advisory body that votes by simple majority, when more than half are there."""
    parameters = {"quorum": "more_than_half", "majority": "simple"}
    assert vote("advisory", members(yes=3, no=2), 9, **parameters).resolution is CARRIED
    assert vote("advisory", members(yes=3, no=1), 9, **parameters).resolution is NONE


def test_figures_are_for_the_record() -> None:
    """Votes for, against, and abstentions."""
    assert vote("advisory", members(yes=3, no=2, abstain=1), 6).counts() == {"approve": 3, "reject": 2, "abstain": 1}


RULES = st.builds(
    Rules,
    ruleset=st.sampled_from(sorted(RULESETS)),
    quorum=st.sampled_from([None, "more_than_half", "half", "all", "any"]),
    majority=st.sampled_from([None, "simple", "two_thirds", "consensus", "unanimous"]),
)
POSITIONS = st.lists(st.sampled_from([YES, NO, ABSTAINS]), max_size=9)


@st.composite
def votes(draw: st.DrawFn) -> tuple[Rules, list[Ballot], int]:
    """Some rules, some ballots with perhaps a chair's among them, and how many could have voted."""
    said = draw(POSITIONS)
    chaired = draw(st.booleans())
    ballots = [Ballot(p, Seat.CHAIR if chaired and n == 0 else Seat.MEMBER) for n, p in enumerate(said)]
    return draw(RULES), ballots, len(said) + draw(st.integers(0, 4))


@given(votes())
def test_nobody_decides_by_silence(drawn: tuple[Rules, list[Ballot], int]) -> None:
    """Without a single vote in favour nothing is carried, whatever the rules and however few there are."""
    rules, ballots, entitled = drawn
    against = [b for b in ballots if b.position is not YES]
    assert not tally(rules, against, entitled).carried
    assert not tally(rules, [], entitled).carried


@given(votes(), st.sampled_from(["no", "abstention", "absence"]))
def test_one_more_in_favour_never_makes_it_fall(drawn: tuple[Rules, list[Ballot], int], instead: str) -> None:
    """Monotone: a member who changes to yes, or comes to vote yes, cannot harm the proposal."""
    rules, ballots, entitled = drawn
    if not tally(rules, ballots, entitled).carried:
        return
    if instead == "absence":
        changed = [*ballots, *members(yes=1)] if len(ballots) < entitled else ballots
    else:
        which = next((b for b in ballots if b.position is (NO if instead == "no" else ABSTAINS)), None)
        changed = [Ballot(YES, b.seat) if b is which else b for b in ballots]
    assert tally(rules, changed, entitled).carried


@given(votes(), st.randoms(use_true_random=False))
def test_order_of_the_ballots_is_of_no_account(drawn: tuple[Rules, list[Ballot], int], random: object) -> None:
    """Symmetric: who votes first has no advantage."""
    rules, ballots, entitled = drawn
    shuffled = list(ballots)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert tally(rules, shuffled, entitled) == tally(rules, ballots, entitled)


@given(votes())
def test_chair_weighs_no_more_than_others_unless_it_is_a_tie(drawn: tuple[Rules, list[Ballot], int]) -> None:
    """The seat matters only where the casting vote was used."""
    rules, ballots, entitled = drawn
    seated = tally(rules, ballots, entitled)
    plain = tally(rules, [Ballot(b.position, Seat.MEMBER) for b in ballots], entitled)
    if seated.approve != seated.reject:
        assert seated == plain
