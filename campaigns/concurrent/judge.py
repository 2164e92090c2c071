"""Whether a history has a serial order: the journal's, if no act stands in it before one that was over earlier."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from config.terms import Position
from models.assignment import Answer, Assignment, Decision
from models.chain import GENESIS
from models.journal import JournalEntry
from models.phase import Step
from models.verify import verify

if TYPE_CHECKING:
    from sqlmodel import Session

    from campaigns.concurrent.history import History
    from models.register import Register


@dataclass
class Verdict:
    """How often each promise was tried, and what was found against it."""

    tried: Counter[str] = field(default_factory=Counter)
    faults: dict[str, list[str]] = field(default_factory=dict)

    def hold(self, promise: str, holds: bool, fault: str) -> None:  # noqa: FBT001
        """One trial."""
        self.tried[promise] += 1
        if not holds:
            self.faults.setdefault(promise, []).append(fault)

    def add(self, other: Verdict) -> None:
        """Those of another round."""
        self.tried.update(other.tried)
        for promise, found in other.faults.items():
            self.faults.setdefault(promise, []).extend(found)


TAKEN = "An answer that was confirmed is in the journal once, and one that was refused is not"
ORDER = "Acts stand in the journal in an order that agrees with when they were done"
CLOSED = "No answer is taken after its question has been settled"
TALLY = "A decision counts the last answer of each that came before it, and nothing else"
CHAIN = "A cycle's journal is one chain without fork or gap, and the tables agree with it"
ALONE = "No phase has two passes at a time"
SPOKEN = "Whatever is not done is refused in words, and nothing fails because others act"
PROMISES = (TAKEN, ORDER, CLOSED, TALLY, CHAIN, ALONE, SPOKEN)


def judge(register: Register, history: History, cycles: list[str]) -> Verdict:
    """Hold the history against what the register has."""
    verdict = Verdict()
    with register.read() as session:
        for cycle in cycles:
            found = Journal(session, cycle)
            _judge_chain(session, found, verdict)
            _judge_answers(found, history, verdict)
            _judge_settled(session, found, verdict)
    _judge_passes(history, verdict)
    acts = len(history.done) + len(history.passes)
    verdict.tried[SPOKEN] += acts
    if history.errors:
        verdict.faults[SPOKEN] = list(history.errors)
    return verdict


class Journal:
    """One cycle's, with where each answer stands in it."""

    def __init__(self, session: Session, cycle: str) -> None:
        query = select(JournalEntry).where(col(JournalEntry.cycle_id) == cycle).order_by(col(JournalEntry.seq))
        self.cycle = cycle
        self.entries = session.exec(query).all()
        self.answers = {row.nonce: row for row in session.exec(select(Answer).where(col(Answer.cycle_id) == cycle))}
        self.at: dict[str, int] = {}  # an answer's id, a settled step: the number of its entry
        for entry in self.entries:
            for event in json.loads(entry.body)["events"]:
                self._place(entry.seq, event)

    def _place(self, seq: int, event: dict[str, Any]) -> None:
        if event["event"] == "answer_received":
            self.at[f"{event['subject']}#{event['version']}"] = seq
        elif event["event"] == "step_settled":
            self.at[event["subject"]] = seq

    def seq_of(self, answer: Answer) -> int | None:
        """The number of the entry in which it came."""
        return self.at.get(f"{answer.assignment_id}#{answer.version}")


def _judge_chain(session: Session, journal: Journal, verdict: Verdict) -> None:
    entries = journal.entries
    links = [GENESIS, *(entry.hash for entry in entries)]
    whole = [entry.seq for entry in entries] == list(range(1, len(entries) + 1)) and all(
        entry.previous == before for entry, before in zip(entries, links, strict=False)
    )
    verdict.hold(CHAIN, whole, f"{journal.cycle}: the chain is broken")
    checked = verify(session, journal.cycle)
    verdict.hold(CHAIN, checked.holds, f"{journal.cycle}: {checked.faults}")


def _judge_answers(journal: Journal, history: History, verdict: Verdict) -> None:
    of_cycle = [one for one in history.done if one.what == "answer" and one.subject.startswith(f"{journal.cycle}/")]
    for one in of_cycle:
        row = journal.answers.get(one.by)
        stands = row is not None and journal.seq_of(row) is not None and str(row.position) == one.said
        verdict.hold(TAKEN, stands if one.taken else row is None, f"{one}")
    known = {one.by for one in of_cycle}
    for nonce in journal.answers:
        verdict.hold(TAKEN, nonce in known, f"{nonce} was given by nobody")
    taken = [
        (one, journal.seq_of(journal.answers[one.by])) for one in of_cycle if one.taken and one.by in journal.answers
    ]
    in_order = sorted(((seq, one) for one, seq in taken if seq is not None), key=lambda pair: pair[0])
    latest = -1
    for seq, one in in_order:  # nothing in the journal before it may have begun after it was over
        verdict.hold(
            ORDER, one.over > latest, f"{journal.cycle} entry {seq}: over before one that stands before it began"
        )
        latest = max(latest, one.begun)


def _judge_settled(session: Session, journal: Journal, verdict: Verdict) -> None:
    steps = session.exec(select(Step).where(col(Step.cycle_id) == journal.cycle)).all()
    decisions = session.exec(select(Decision).where(col(Decision.cycle_id) == journal.cycle)).all()
    assignments = {
        row.id: row for row in session.exec(select(Assignment).where(col(Assignment.cycle_id) == journal.cycle))
    }
    last: dict[str, Answer] = {}
    for row in sorted(journal.answers.values(), key=lambda row: row.version):
        last[row.assignment_id] = row
        settled = journal.at.get(assignments[row.assignment_id].step_id)
        seq = journal.seq_of(row)
        if settled is not None:
            verdict.hold(
                CLOSED, seq is not None and seq < settled, f"{row.assignment_id}: answer {seq}, settled {settled}"
            )
    for step in (step for step in steps if step.settled_at is not None):
        final = {key: row for key, row in last.items() if assignments[key].step_id == step.id}
        for decision in (one for one in decisions if one.step_id == step.id):
            _judge_decision(decision, final, verdict)


def _judge_decision(decision: Decision, final: dict[str, Answer], verdict: Verdict) -> None:
    """A body's vote counts its members; a principal's decision is the answer that it gave last."""
    own = final.get(decision.id.removesuffix("!decision"))
    if own is not None:
        verdict.hold(TALLY, decision.outcome == str(own.position), f"{decision.id}: {decision.outcome}, {own.position}")
        return
    counted = Counter(str(row.position) for row in final.values())
    votes = {"approve": counted[Position.APPROVES], "reject": counted[Position.REJECTS]}
    told = {name: decision.tally.get(name, 0) for name in votes}
    verdict.hold(TALLY, told == votes, f"{decision.id}: {decision.tally}, and the answers say {counted}")


def _judge_passes(history: History, verdict: Verdict) -> None:
    by_phase: dict[str, list[tuple[int, int]]] = {}
    for one in history.passes:
        by_phase.setdefault(one.phase, []).append((one.begun, one.over))
    for phase, spans in by_phase.items():
        for (_, over), (begun, _) in pairwise(sorted(spans)):
            verdict.hold(ALONE, over < begun, f"{phase}: a pass began at {begun}, and one was over at {over}")
