"""A plan as JSON. The shape is described in `docs/planning.md`; it may grow, and no key changes its meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.plan_words import Words

if TYPE_CHECKING:
    from datetime import date, datetime

    from config.calendars import Place
    from config.redate import Landing
    from engine.plan_parts import Computed, Danger, Plan, Promise, Row, Slippage


def plan_json(plan: Plan, landings: tuple[Landing, ...] = ()) -> dict[str, Any]:
    """The whole plan in plain values."""
    place = plan.place
    return {
        "cycle": plan.cycle,
        "title": plan.title,
        "language": plan.language,
        "place": place.code,
        "zone": place.zone_name,
        "begins": _iso(plan.begins),
        "ends": _iso(plan.ends),
        "rows": [_row(row, place) for row in plan.rows],
        "phases": [
            {
                "key": phase.key,
                "kind": phase.kind,
                "title": phase.title,
                "after": list(phase.after),
                "opens": {"earliest": _iso(phase.opens_earliest), "latest": _iso(phase.opens_latest)},
                "closes": {"earliest": _iso(phase.closes_earliest), "latest": _iso(phase.closes_latest)},
                "dated": phase.dated,
            }
            for phase in plan.phases
        ],
        "milestones": [_promise(promise, Words(plan)) for promise in plan.promises],
        "to_decide": [
            {
                "where": landing.where,
                "day": _iso(landing.day),
                "is": str(landing.closed),
                "proposal": _iso(landing.proposal),
            }
            for landing in landings
        ],
        "slip": _slippage(plan.slippage) if plan.slippage else None,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _local(at: datetime, place: Place) -> str:
    return at.astimezone(place.zone).isoformat()


def _row(row: Row, place: Place) -> dict[str, Any]:
    return {
        "day": _iso(row.day),
        "at": _local(row.at, place),
        "what": row.what.value,
        "phase": row.phase,
        "step": row.step,
        "milestone": row.milestone,
        "count": row.count,
        "of": list(row.of),
        "words": row.words,
        "computed": _computed(row.computed),
        "earliest": _iso(row.earliest),
    }


def _computed(computed: Computed | None) -> dict[str, Any] | None:
    if computed is None:
        return None
    return {"rule": computed.rule.value, "from": computed.written, "rolled_from": _iso(computed.rolled_from)}


def _promise(promise: Promise, words: Words) -> dict[str, Any]:
    place = words.plan.place
    return {
        "key": promise.key,
        "title": words.milestone(promise.key),
        "promise": promise.promise.value,
        "edtf": promise.edtf,
        "words": promise.words,
        "inferred": promise.inferred,
        "statutory": promise.statutory,
        "mandate": promise.mandate,
        "phase": promise.phase,
        "bodies": list(promise.bodies),
        "due": _iso(promise.due),
        "until": _local(place.end_of(promise.due), place) if promise.due else None,
        "computed": _computed(promise.computed),
        "non_working_day": promise.closed,
        "waits_for": list(promise.waits_for),
        "ready": _iso(promise.ready),
        "slack_days": promise.slack,
        "earliest": _iso(promise.earliest),
        "latest": _iso(promise.latest),
        "late_days": promise.late,
    }


def _slippage(slippage: Slippage) -> dict[str, Any]:
    return {
        "slips": [{"name": name, "days": days} for name, days in slippage.slips],
        "moved": [{"milestone": m.milestone, "from": _iso(m.was), "to": _iso(m.to)} for m in slippage.moved],
        "endangered": [_danger(danger) for danger in slippage.dangers],
        "ends": _iso(slippage.ends),
    }


def _danger(danger: Danger) -> dict[str, Any]:
    promise = danger.promise
    return {
        "milestone": promise.key,
        "due": _iso(promise.due),
        "words": promise.words,
        "mandate": promise.mandate,
        "phase": promise.phase,
        "bodies": list(promise.bodies),
        "earliest": _iso(danger.earliest),
        "latest": _iso(danger.latest),
        "days": danger.days,
        "lost": danger.lost,
    }
