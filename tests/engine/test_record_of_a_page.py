"""The record as its page needs it: the same facts as the whole record, and no body read that was only consulted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from config.loader import bundled, load_named
from engine.record.bodies import bodies_of, bodies_spoken_of
from engine.record.facts import public_record_of
from engine.rehearsal import Rehearsal
from engine.scripts import bundled_script


@pytest.mark.parametrize(("name", "days"), [*((name, 5_000) for name in sorted(bundled())), ("jamtland-2012", 120)])
def test_page_says_what_the_whole_record_says(name: str, days: int) -> None:
    """At the end of every cycle, with trouble, and half-way through one."""
    definition = load_named(name)
    rehearsal = Rehearsal(definition, bundled_script(name))
    try:
        rehearsal.play(definition.where.end_of(definition.begins + timedelta(days=days)))
        whole = public_record_of(rehearsal.register, rehearsal.slug)
        shown = public_record_of(rehearsal.register, rehearsal.slug, replies=False)
    finally:
        rehearsal.register.close()
    assert set(shown.bodies) <= set(whole.bodies)
    assert shown == replace(whole, consultations=(), bodies=shown.bodies)


def test_who_was_only_consulted_is_not_read_for_the_page() -> None:
    """Those who lead the work and the body that is to decide are; those who were asked for a reply are not."""
    definition = load_named("svom-remiss")
    rehearsal = Rehearsal(definition, bundled_script("svom-remiss"))
    try:
        rehearsal.play()
        record = public_record_of(rehearsal.register, rehearsal.slug, replies=False)
        with rehearsal.register.read() as session:
            everybody = bodies_of(session, rehearsal.slug)
            spoken_of = bodies_spoken_of(session, rehearsal.slug, set())
    finally:
        rehearsal.register.close()
    assert set(spoken_of) == {"svom-remiss/@projektledning", "svom-remiss/@svom"}
    assert len(everybody) > len(spoken_of)
    assert record.coordinator == everybody["svom-remiss/@projektledning"].name
