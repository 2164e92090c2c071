"""The paces that a plan is read from, on every bundled cycle begun on other days."""

from __future__ import annotations

from datetime import date

import pytest

from config.loader import bundled, load_named
from config.redate import redate
from engine.plan_pace import course
from engine.plan_promises import kept_on

pytestmark = pytest.mark.long


@pytest.mark.parametrize("begins", [date(2027, 1, 11), date(2027, 6, 28)])
@pytest.mark.parametrize("name", sorted(bundled()))
def test_a_cycle_begun_anew_ends_with_every_promise_kept(name: str, begins: date) -> None:
    """Whoever answers on the last day is in time, also when months have other lengths."""
    definition = redate(load_named(name), begins)
    late = course(definition)
    assert late.ended is not None
    assert all(phase.opened and phase.closed for phase in late.phases.values())
    kept = {key: (kept_on(late, definition.where, key), promise.due) for key, promise in late.promises.items()}
    assert [key for key, (on, due) in kept.items() if on is None or due is None or on > due] == []
