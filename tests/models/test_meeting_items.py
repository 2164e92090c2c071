"""The rules that hold for one item of a meeting: conflicts, quorum, votes, ties, postponing, who may differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.definition import Rules
from config.terms import Force, ItemOutcome
from models.forms.attendance import Sitting
from models.forms.item import Item, Treated
from models.forms.item_faults import (
    CANNOT_PRESIDE,
    CHAIR_IS_OUT,
    CHAIR_MUST_VOTE,
    NO_DECISION_EITHER,
    NOBODY_LEFT,
    NOT_FREE,
    NOT_QUORATE,
    NOT_THERE,
    ONE_PRESIDES,
    REFUSALS,
    TOO_MANY_VOTES,
    VOTES_SAY_OTHERWISE,
    WHO_DIFFERED,
)
from models.forms.minutes import MinutesForm
from models.forms.seats import NO_SUCH_SEAT
from models.minutes import quorum
from models.rules.taking_part import Refusal
from models.rulesets import RULESETS, elected

if TYPE_CHECKING:
    from collections.abc import Mapping

RULES = {name: Rules(ruleset=name) for name in RULESETS}
OUTCOME = "item.plan.outcome"


def form(rules: Rules, members: int = 5, substitutes: int = 2, **item: object) -> MinutesForm:
    """A meeting with one item to decide. Seats are called in Swedish: `ledamot 3`."""
    said = {"key": "plan", "title": "The plan", "force": Force.ADOPTS, **item}
    return MinutesForm(
        members=tuple(_sitting("member", "ledamot", n) for n in range(1, members + 1)),
        substitutes=tuple(_sitting("substitute", "ersättare", n) for n in range(1, substitutes + 1)),
        quorum=quorum(rules, members),
        rules=rules,
        items=(Item.model_validate(said),),
        begins="13:00",
    )


def _sitting(seat: str, words: str, number: int) -> Sitting:
    return Sitting(seat=f"{seat}-{number}", label={"sv": f"{words.capitalize()} {number}"})


def faults(of: MinutesForm, **wishes: str) -> dict[str, str]:
    """What is wrong with minutes in which everything else is in order: the field, and the first message."""
    content = of.rehearsed({_name(name): said for name, said in wishes.items()}, "2024-06-10")
    found: dict[str, str] = {}
    for fault in of.faults(content, "confirms"):
        found.setdefault(fault.field, fault.message)
    return found


def _name(name: str) -> str:
    return name.replace("__", ".") if "__" in name or name == "closed" else f"item.plan.{name}"


def away(*numbers: int) -> dict[str, str]:
    return {f"present__member-{number}": "" for number in numbers}


def treated(of: MinutesForm, content: Mapping[str, str]) -> Treated:
    return next(iter(of.treated(content)))


def test_a_conflict_lowers_the_quorum_of_a_council_and_not_of_a_committee() -> None:
    """KL 5:46 is said of councils; in a committee as many as ever must take part (KL 6:27)."""
    council, committee = form(RULES["se-kl-council"]), form(RULES["se-kl-committee"])
    leaving = {**away(4, 5), "conflict": "ledamot 3", "outcome": "agreement"}  # two of five are left
    assert faults(council, **leaving) == {}
    assert faults(committee, **leaving) == {OUTCOME: NOT_QUORATE}


CHAIR = Sitting(seat="chair-1", label={"sv": "Ordförande"})
TIED = {"outcome": "decided", "approve": "2", "reject": "2", "casting_vote": "yes"}


def with_chair(ruleset: str = "se-kl-committee") -> MinutesForm:
    plain = form(RULES[ruleset], members=4)
    return plain.model_copy(update={"members": (CHAIR, *plain.members)})


def test_who_presides_instead_of_a_chair_with_a_conflict_has_the_casting_vote() -> None:
    """KL 6:33: whoever presides over the item; KL 6:28: the chair herself is not in the room."""
    committee = with_chair()
    leaving = {**TIED, "conflict": "ordförande"}
    assert faults(committee, **TIED, abstain="1") == {}
    assert faults(committee, **leaving) == {"item.plan.presided": CHAIR_IS_OUT}
    assert faults(committee, **leaving, presided="ledamot 1") == {}
    assert faults(committee, **TIED, **{"present__chair-1": ""}) == {"item.plan.presided": CHAIR_IS_OUT}
    said = {"item.plan.conflict": "ordförande", "item.plan.presided": "Ledamot 1"}
    assert treated(committee, committee.rehearsed(said, "2024-06-10")).presided == "member-1"


@pytest.mark.parametrize(
    ("presided", "message"),
    [("ordförande", CANNOT_PRESIDE), ("ledamot 1, ledamot 2", ONE_PRESIDES), ("ledamot 9", NO_SUCH_SEAT)],
)
def test_only_one_who_takes_part_can_preside(presided: str, message: str) -> None:
    assert faults(with_chair(), **TIED, conflict="ordförande", presided=presided) == {"item.plan.presided": message}


def test_a_substitute_who_is_there_steps_in_and_makes_the_quorum() -> None:
    """KL 6:28-30; seats are read as people write them, in any order."""
    committee = form(RULES["se-kl-committee"])
    leaving = {**away(4, 5), "conflict": "Ledamot 3", "outcome": "agreement"}
    assert faults(committee, **leaving, **{"instead__substitute-1": "without-vote"}) == {}
    assert faults(committee, **leaving, stepped_in="ersättare 1") == {"item.plan.stepped_in": NOT_FREE}


@pytest.mark.parametrize(
    ("wishes", "field", "message"),
    [
        ({"conflict": "ledamot 33"}, "conflict", NO_SUCH_SEAT),
        ({**away(5), "conflict": "ledamot 5"}, "conflict", NOT_THERE),
        ({"instead__substitute-1": "without-vote", "stepped_in": "ersättare 1"}, "stepped_in", NOBODY_LEFT),
        ({"conflict": "ledamot 3", "outcome": "decided", "approve": "5"}, "approve", TOO_MANY_VOTES),
        ({"outcome": "decided", "approve": "2", "reject": "3"}, "outcome", VOTES_SAY_OTHERWISE),
        ({"outcome": "decided", "approve": "2", "reject": "2", "abstain": "1"}, "casting_vote", CHAIR_MUST_VOTE),
        ({"reservation": "Vi är emot."}, "reserved", WHO_DIFFERED),
        ({**away(5), "reserved": "ledamot 5"}, "reserved", REFUSALS[Refusal.TOOK_NO_PART]),
        ({"conflict": "ledamot 2", "reserved": "ledamot 2"}, "reserved", REFUSALS[Refusal.TOOK_NO_PART]),
        ({"reserved": "ledamot 4", "announced": "15:10"}, "announced", REFUSALS[Refusal.MEETING_CLOSED]),
        (
            {"reserved": "ledamot 4", "outcome": "decided", "approve": "5", "reject": "0"},
            "reserved", REFUSALS[Refusal.NOT_AGAINST],
        ),
        ({"conflict": "ledamot 2", "stating": "ledamot 2"}, "stating", REFUSALS[Refusal.TOOK_NO_PART]),
    ],
)  # fmt: skip
def test_what_the_law_does_not_allow_is_told_at_its_field(wishes: dict[str, str], field: str, message: str) -> None:
    assert faults(form(RULES["se-kl-council"]), **wishes) == {f"item.plan.{field}": message}


def test_what_the_law_allows_has_no_faults() -> None:
    council = form(RULES["se-kl-council"])
    assert faults(council, outcome="decided", approve="2", reject="2", abstain="1", casting_vote="yes") == {}
    assert faults(council, outcome="decided", approve="4", reject="1", reserved="ledamot 2", announced="14:59") == {}
    assert faults(council, closed="00:20", reserved="ledamot 2", announced="23:50") == {}  # past midnight
    assert faults(council, stating="ledamot 1 och ledamot 2", statement="Vi är för, men …") == {}


def test_in_denmark_a_tie_falls_and_dissent_goes_along() -> None:
    """KSL 11 and 13 (2)."""
    danish = form(RULES["dk-ksl"], members=4)
    assert faults(danish, outcome="rejected", approve="2", reject="2") == {}
    assert faults(danish, outcome="decided", approve="2", reject="2") == {OUTCOME: VOTES_SAY_OTHERWISE}
    said = {"reserved": "ledamot 2", "reservation": "Nej.", "sent_along": "yes"}
    content = danish.rehearsed({f"item.plan.{name}": words for name, words in said.items()}, "2024-06-10")
    assert treated(danish, content).sent_along
    assert not treated(form(RULES["advisory"], members=4), content).sent_along


def test_by_consensus_one_against_is_no_decision() -> None:
    group = form(RULES["advisory"])
    for outcome in ("decided", "rejected"):
        assert faults(group, outcome=outcome, approve="4", reject="1") == {OUTCOME: NO_DECISION_EITHER}
    assert faults(group, outcome="no_decision", approve="4", reject="1") == {}


def test_a_third_of_those_present_put_a_matter_off_once() -> None:
    """KL 5:50: then it takes a majority, and nobody else than a council knows it."""
    forced = {"outcome": "tabled", "approve": "2", "reject": "3"}
    assert faults(form(RULES["se-kl-council"]), **forced) == {}
    for other in (form(RULES["se-kl-council"], delayed=True), form(RULES["se-kl-committee"])):
        assert list(faults(other, **forced)) == [OUTCOME]
        assert faults(other, outcome="referred_back", approve="3", reject="2") == {}


SETS = st.sampled_from(sorted(RULESETS))
FEW = st.integers(0, 7)


@given(SETS, st.integers(1, 9), FEW, st.sets(st.integers(1, 9)), st.sets(st.integers(1, 9)), st.integers(0, 3))
def test_nobody_with_a_conflict_takes_part_and_no_place_is_taken_twice(
    name: str, members: int, substitutes: int, out: set[int], conflicted: set[int], idle: int
) -> None:
    """Whoever comes, leaves and steps in."""
    of = form(RULES[name], members, substitutes)
    leaving = [f"member-{n}" for n in sorted(conflicted - out) if n <= members]
    wishes = {f"present.member-{n}": "" for n in out}
    wishes |= {f"instead.substitute-{n}": "without-vote" for n in range(1, min(idle, substitutes) + 1)}
    it = treated(of, of.rehearsed({**wishes, "item.plan.conflict": ", ".join(leaving)}, "2024-06-10"))
    who, places = [one.who for one in it.serving], [one.instead_of or one.who for one in it.serving]
    assert not set(who) & set(leaving)
    assert len(set(who)) == len(who)
    assert len(set(places)) == len(places) <= members
    came = members - len({n for n in out if n <= members})
    assert it.taking_part == came - len(leaving) + min(len(leaving), idle, substitutes)


@given(SETS, st.integers(1, 9), FEW, FEW, FEW, st.booleans())
def test_every_vote_has_exactly_one_outcome(
    name: str, members: int, yes: int, no: int, abstain: int, casting: bool,  # noqa: FBT001
) -> None:  # fmt: skip
    """Of carried, rejected and no decision one is taken, as the rules say; in a tie the chair's mark is needed."""
    of = form(RULES[name], members)
    if not yes + no + abstain or yes + no + abstain > members:
        return
    votes = {"approve": str(yes), "reject": str(no), "abstain": str(abstain), "casting_vote": "yes" if casting else ""}
    taken = {outcome for outcome in ("decided", "rejected", "no_decision") if not faults(of, outcome=outcome, **votes)}
    breaks = RULESETS[name].chair_breaks_ties
    if casting:
        assert taken == ({"decided", "rejected"} if breaks and yes == no else set())
    elif breaks and yes == no:
        assert taken == set()  # KL 4:25: the chair must vote
    elif name == "advisory":
        assert taken == {"decided" if yes and not no else "no_decision"}
    elif name == "dk-ksl":
        assert taken == {"decided" if yes > no else "rejected"}
    else:
        assert len(taken) == 1


@given(SETS, st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 9), min_size=1), st.integers(1, 3), st.data())
def test_whoever_is_elected_has_no_fewer_votes_than_whoever_is_not(
    name: str, votes: dict[str, int], posts: int, data: st.DataObject
) -> None:
    """And no lot can change that; without one, a tie for the last post elects nobody to it."""
    won, last = elected(RULES[name], votes, posts)
    if last.tied and len(won) < posts and RULESETS[name].lot_in_elections:
        left = posts - len(won)
        lot = data.draw(st.permutations(last.tied))[:left]
        won, _ = elected(RULES[name], votes, posts, lot)
        assert len(won) == posts
    assert len(set(won)) == len(won) <= posts
    others = [count for who, count in votes.items() if who not in won]
    assert not won or min(votes[who] for who in won) >= max(others, default=0)


def test_the_lot_decides_the_election_of_attestors() -> None:
    """KL 5:56: between equals, and only between them; where the rules know no lot, nobody is elected."""
    base = form(RULES["se-kl-committee"]).model_copy(update={"elect": 1})
    vote = {"attestor__1": "member-2", "attestor__votes": "2, 2, 1"}
    vote["attestor__stood"] = "ledamot 2, ledamot 3, ledamot 4"
    assert list(faults(base, **vote)) == ["attestor.lot"]
    assert faults(base, **vote, attestor__lot="ledamot 2") == {}
    assert list(faults(base, **vote, attestor__lot="ledamot 4")) == ["attestor.lot"]
    assert list(faults(base, **vote, attestor__lot="ledamot 3")) == ["attestor.1"]
    plain = {**vote, "attestor__votes": "3, 1, 1", "attestor__closed": "yes"}
    assert faults(base, **plain) == {}
    assert list(faults(base, **plain, attestor__lot="ledamot 2")) == ["attestor.lot"]
    advisory = form(RULES["advisory"]).model_copy(update={"elect": 1})
    assert list(faults(advisory, **vote, attestor__lot="ledamot 2")) == ["attestor.votes"]


def test_an_election_of_several_under_an_item() -> None:
    of = form(RULES["se-kl-council"], force=None, elects=2, expects=ItemOutcome.AGREEMENT)
    names = {"elected.1": "member-1", "elected.2": "member-3"}
    vote = {**names, "elected.stood": "ledamot 1, ledamot 2, ledamot 3", "elected.votes": "5, 2, 2"}
    assert faults(of, **names) == {}
    assert list(faults(of, **vote)) == ["item.plan.elected.lot"]
    assert faults(of, **vote, **{"elected.lot": "ledamot 3"}) == {}
