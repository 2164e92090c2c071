"""Register and model side by side: every difference is a line."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from campaigns.model.definition import SLUG
from campaigns.model.passes import wake
from campaigns.model.state import ORDER
from models.verify import verify

if TYPE_CHECKING:
    from collections.abc import Iterator

    from campaigns.model.register import Killable
    from campaigns.model.state import State

Rows = dict[Any, Any]


def differences(held: Killable, state: State) -> list[str]:
    """What register and model disagree about, and what the register holds against its own rules."""
    link_names = _link_names(held)
    found = []
    for name, real, meant in _sides(held, state, link_names):
        found += [f"{name} {key}: register {real.get(key)}, model {meant.get(key)}" for key in _other(real, meant)]
    return [*found, *_wakes(held, state), *_rules(held)]


def _other(real: Rows, meant: Rows) -> list[Any]:
    return sorted((key for key in real.keys() | meant.keys() if real.get(key) != meant.get(key)), key=str)


def _sides(held: Killable, state: State, links: dict[str, str]) -> Iterator[tuple[str, Rows, Rows]]:
    for name, read, meant in (
        ("cycle", _cycle, {"": (state.status, state.outcome)}),
        ("person", _people, {key: (one["address"], one["off"]) for key, one in state.people.items()}),
        ("seat", _seats, state.seats),
        ("milestone", _milestones, {key: tuple(one.values()) for key, one in state.milestones.items()}),
        ("phase", _phases, state.phases),
        ("step", _steps, {key: _plain_step(one) for key, one in state.steps.items()}),
        ("assignment", _asked, {key: _plain_asked(one) for key, one in state.asked.items()}),
        ("answer", _answers, dict(_plain_answers(state))),
        ("document", _documents, {f"project-description@{n}": text for n, text in enumerate(state.texts, start=1)}),
        ("decision", _decisions, state.decisions),
        ("proposal", _proposals, dict(enumerate(((o["act"], o["by"], o["open"]) for o in state.proposals), start=1))),
        ("draft", _drafts, {key: (o["typed"], o["revision"], o["overtaken"]) for key, o in state.drafts.items()}),
        ("disposal", _disposals, {"": state.disposals}),
    ):  # fmt: skip
        yield name, read(held), meant
    yield "link", dict(_links(held, links)), dict(_plain_links(state))
    yield "notice", dict(_notices(held, links)), state.notices
    yield "concern", _concerns(held, links), dict(enumerate((tuple(o.values()) for o in state.concerns), start=1))
    withheld = enumerate(((o["what"], o["passage"], o["open"]) for o in state.redactions), start=1)
    yield "redaction", _redactions(held), dict(withheld)


def _bare(key: str | None) -> str | None:
    """Without the cycle's name."""
    return None if key is None else key.removeprefix(SLUG).removeprefix("/").removeprefix("@")


def _instant(stored: str | None) -> datetime | None:
    return datetime.fromisoformat(f"{stored}+00:00") if stored else None


def _day(stored: str | None) -> date | None:
    return date.fromisoformat(stored) if stored else None


def _cycle(held: Killable) -> Rows:
    return {"": held.query("SELECT status, outcome FROM cycle")[0]}


def _people(held: Killable) -> Rows:
    rows = held.query("SELECT id, address, reminders_off_at FROM person")
    return {_bare(key): (address, off is not None) for key, address, off in rows}


def _seats(held: Killable) -> Rows:
    return {_bare(key): _bare(person) for key, person in held.query("SELECT id, person_id FROM membership")}


def _milestones(held: Killable) -> Rows:
    rows = held.query("SELECT key, due_on, status, met_on, missing FROM milestone")
    return {key: (_day(due), status, _day(met), json.loads(missing)) for key, due, status, met, missing in rows}


def _phases(held: Killable) -> Rows:
    return dict(held.query("SELECT key, status FROM phase"))


STEP = (
    "phase_id, asked, answered, attention, extended, closing, about, outcome, due_before, next_reminder_at, missed_at"
)


def _steps(held: Killable) -> Rows:
    rows = held.query(f"SELECT id, {STEP}, settled_at, done_on FROM step")  # noqa: S608
    return {_bare(key): _real_step(values) for key, *values in rows}


def _real_step(values: list[Any]) -> tuple[Any, ...]:
    phase, asked, answered, attention, extended, closing, about, outcome, *instants, done = values
    came = json.loads(outcome) or {}
    documents = [_bare(one) for one in json.loads(about)]
    result = (came.get("result"), came.get("missing", []))
    times = tuple(_instant(one) for one in instants)
    return (
        _bare(phase),
        asked,
        answered,
        bool(attention),
        bool(extended),
        closing,
        documents,
        *result,
        *times,
        _day(done),
    )


def _plain_step(step: dict[str, Any]) -> tuple[Any, ...]:
    names = "phase asked answered attention extended closing about result silent due remind missed settled done"
    return tuple(step[name] for name in names.split())


def _asked(held: Killable) -> Rows:
    rows = held.query(
        "SELECT id, step_id, membership_id, person_id, delegated_from, replaces, round, text, status, late "
        "FROM assignment"
    )
    return {_bare(key): (*(_bare(one) for one in ids), turn, _bare(text), status, bool(late))
            for key, *ids, turn, text, status, late in rows}  # fmt: skip


def _plain_asked(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(
        row[name] for name in ("step", "seat", "person", "from", "replaces", "round", "text", "status", "late")
    )


def _answers(held: Killable) -> Rows:
    rows = held.query("SELECT id, position, comment, nonce, late, received_at FROM answer")
    return {_bare(key): (*said, bool(late), _instant(at)) for key, *said, late, at in rows}


def _plain_answers(state: State) -> Iterator[tuple[str, Any]]:
    for assignment, given in state.answers.items():
        for version, said in enumerate(given, start=1):
            names = ("position", "text", "nonce", "late", "received")
            yield f"{assignment}#{version}", tuple(said[name] for name in names)


def _documents(held: Killable) -> Rows:
    return {_bare(key): content for key, content in held.query("SELECT id, content FROM document")}


def _decisions(held: Killable) -> Rows:
    return {_bare(key): outcome for key, outcome in held.query("SELECT id, outcome FROM decision")}


def _proposals(held: Killable) -> Rows:
    rows = held.query("SELECT id, act, proposed_by, settled_at FROM proposal")
    return {int(key.rpartition("?")[2]): (act, by, settled is None) for key, act, by, settled in rows}


def _drafts(held: Killable) -> Rows:
    rows = held.query("SELECT assignment_id, person_id, typed, revision, overtaken FROM draft")
    return {
        (_bare(a), _bare(p)): (json.loads(typed), number, len(json.loads(over))) for a, p, typed, number, over in rows
    }


def _disposals(held: Killable) -> Rows:
    return {"": held.query("SELECT count(*) FROM disposal")[0][0]}


def _link_names(held: Killable) -> dict[str, str]:
    """Links by assignment and number: their own ids are random."""
    names: dict[str, str] = {}
    numbers: dict[str, int] = {}
    for key, assignment in held.query("SELECT id, assignment_id FROM link ORDER BY rowid"):
        number = numbers.get(assignment, 0)
        numbers[assignment] = number + 1
        names[key] = f"{_bare(assignment)}%{number}"
    return names


def _links(held: Killable, names: dict[str, str]) -> Iterator[tuple[str, Any]]:
    for key, person, revoked in held.query("SELECT id, person_id, revoked_for FROM link"):
        yield names[key], (_bare(person), revoked)


def _plain_links(state: State) -> Iterator[tuple[str, Any]]:
    for assignment, links in state.links.items():
        for number, link in enumerate(links):
            yield f"{assignment}%{number}", (link["person"], link["revoked"])


def _notices(held: Killable, names: dict[str, str]) -> Iterator[tuple[Any, Any]]:
    for kind, subject, person, occurrence, send in held.query(
        "SELECT kind, subject_id, person_id, occurrence, send_from FROM notice"
    ):
        yield (kind, names.get(subject, _bare(subject)), _bare(person), occurrence), _instant(send)


def _concerns(held: Killable, names: dict[str, str]) -> Rows:
    rows = held.query("SELECT id, kind, subject, assignment_id, person_id, settled_at FROM concern")
    return {
        int(key.rpartition("!")[2]): (kind, names.get(subject, _bare(subject)), _bare(a), _bare(p), settled is None)
        for key, kind, subject, a, p, settled in rows
    }


def _redactions(held: Killable) -> Rows:
    rows = held.query("SELECT number, answer_id, document_id, passage, lifted_at FROM redaction")
    return {number: (_bare(a or d), passage, lifted is None) for number, a, d, passage, lifted in rows}


def _wakes(held: Killable, state: State) -> Iterator[str]:
    """What is stored is what would be computed now; whatever is past is now."""
    stored = {key: _instant(at) for key, at in held.query("SELECT key, wake_at FROM phase")}
    for phase in ORDER:
        meant, real = (one if one is None else max(one, state.now) for one in (wake(state, phase), stored[phase]))
        if meant != real:
            yield f"phase {phase}: wakes at {real}, by the model at {meant}"


RULES: dict[str, str] = {
    "an open assignment in a closed step":
        "SELECT a.id FROM assignment a JOIN step s ON s.id = a.step_id "
        "WHERE a.status = 'open' AND s.settled_at NOTNULL",
    "a notice owed twice":
        "SELECT min(id) FROM notice GROUP BY kind, subject_id, person_id, occurrence HAVING count(*) > 1",
    "two decisions of one body in one round of a step":
        "SELECT min(id) FROM decision GROUP BY step_id, body_id, round HAVING count(*) > 1",
    "more than one link that reaches an assignment":
        "SELECT assignment_id FROM link WHERE revoked_at IS NULL GROUP BY assignment_id HAVING count(*) > 1",
    "a notice without a delivery, or the other way round":
        "SELECT id FROM notice WHERE id NOT IN (SELECT notice_id FROM delivery) "
        "UNION SELECT notice_id FROM delivery WHERE notice_id NOT IN (SELECT id FROM notice)",
    "a count of answers that is not so":
        "SELECT s.id FROM step s WHERE NOT s.attention AND s.answered != "
        "(SELECT count(*) FROM assignment a WHERE a.step_id = s.id AND a.status = 'answered')",
}  # fmt: skip


def _rules(held: Killable) -> Iterator[str]:
    for rule, query in RULES.items():
        for (key,) in held.query(query):
            yield f"{key}: {rule}"


def verified(held: Killable) -> tuple[str, ...]:
    """What verification finds."""
    with held.register.read() as session:
        return verify(session, SLUG).faults
