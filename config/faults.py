"""What is well formed by itself but does not fit together: names that lead nowhere, and circles."""

from __future__ import annotations

from difflib import get_close_matches
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from config.i18n import N_
from config.meeting_faults import ONE_BODY, meeting_faults
from config.phases import ASKABLE, Adoption, EachOf, GoalSetting, Meeting
from config.said import Said, listed, sentence
from config.seats import placeholder_fault, template_fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from config.definition import Body, Definition
    from config.phases import PhaseBase

MOST_SEATS = 20_000
TELLING = 3
"""Shorter names are alike by chance."""
LISTED = 12
COMPARED = 100
"""Comparing is slow; a definition with more names than this is no person's work."""
Path = tuple[str | int, ...]
"""The way to a value in a definition: keys, and positions in lists."""
NO_BODY, NO_PHASE, NO_MILESTONE = N_("no body"), N_("no phase"), N_("no milestone")


class Fault(Exception):  # noqa: N818 - the field's word, and it is not always raised
    """Something in a definition that cannot stand; `path` says where: at the value, or `on_key` at its key."""

    def __init__(self, path: Path, wrong: Said, *, on_key: bool = False) -> None:
        super().__init__(str(wrong))
        self.path = path
        self.said = wrong
        self.on_key = on_key

    @property
    def message(self) -> str:
        """What is wrong, in English."""
        return str(self.said)


def faults_of(definition: Definition) -> Iterator[Fault]:
    """Everything in a definition that does not fit together, in the order of the parts."""
    yield from _address_faults(definition)
    yield from _body_faults(definition)
    yield from _size_faults(definition)
    yield from _anchor_faults(definition)
    for key, phase in definition.phases.items():
        yield from _phase_faults(definition, ("phases", key), phase)
    yield from _order_faults(definition)


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """A message for a name that is not there, with the nearest that is."""
    names = list(known)
    near = nearest(name, names)
    more = ", …" if len(names) > LISTED else ""
    listed = f"{', '.join(names[:LISTED])}{more}" or "none"
    hint = f"; did you mean '{near}'?" if near else f"; there are: {listed}"
    return f"there is no {what} '{name}'{hint}"


def missing(none: str, name: str, known: Iterable[str]) -> Said:
    """A name in a definition that leads nowhere, with the nearest that is there; `none` says of what: "no phase"."""
    names = list(known)
    near = nearest(name, names)
    if near:
        meant = N_("there is %(none)s '%(name)s'; did you mean '%(near)s'?")
        return sentence(meant, none=Said(none), name=name, near=near)
    there = N_("there is %(none)s '%(name)s'; there are: %(known)s")
    return sentence(there, none=Said(none), name=name, known=listed(names, most=LISTED))


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that is most like a given one, if any is."""
    if len(name) < TELLING:
        return None
    return _most_like(name[:64].lower(), tuple(known)[:COMPARED])


@lru_cache(maxsize=1024)
def _most_like(name: str, known: tuple[str, ...]) -> str | None:
    """The same; a word that is wrong in thousands of rows is compared once."""
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    return near[0] if near else None


def _address_faults(definition: Definition) -> Iterator[Fault]:
    wrong = template_fault(definition.addresses)
    if wrong:
        yield Fault(("addresses",), wrong)
    for key, body in definition.bodies.items():
        yield from _occupant_faults(("bodies", key, "seats"), body)


def _size_faults(definition: Definition) -> Iterator[Fault]:
    """A slip of the pen (`members: 500` in each of a thousand bodies) should not become millions of mails."""
    seats = 0
    for key, body in definition.bodies.items():
        each = sum(holders if isinstance(holders, int) else len(holders) for holders in body.seats.values())
        seats += each * (1 if body.each is None else len(body.each))
        if seats > MOST_SEATS:
            many = N_("brings the cycle to %(seats)s seats; at most %(most)s can take part")
            yield Fault(("bodies", key), sentence(many, seats=seats, most=MOST_SEATS))
            return


def _occupant_faults(path: Path, body: Body) -> Iterator[Fault]:
    for seat, holders in body.seats.items():
        for position, holder in enumerate(holders if isinstance(holders, list) else ()):
            address = holder if isinstance(holder, str) else holder.address
            wrong = placeholder_fault(address, ("body",))
            if wrong:
                yield Fault((*path, seat.value, position), wrong)


def _body_faults(definition: Definition) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for key, body in definition.bodies.items():
        parts = list(body.each) if body.each is not None else [key]
        for part in parts:
            if part in seen:
                twice = N_("the body '%(body)s' is already there, under '%(entry)s'")
                yield Fault(("bodies", key), sentence(twice, body=part, entry=seen[part]))
            seen.setdefault(part, key)
    if definition.coordinator not in definition.bodies:
        yield Fault(("coordinator",), missing(NO_BODY, definition.coordinator, definition.bodies))
    elif definition.bodies[definition.coordinator].each is not None:
        yield Fault(("coordinator",), sentence(ONE_BODY))


def _phase_faults(definition: Definition, path: Path, phase: PhaseBase) -> Iterator[Fault]:
    for field, body in phase.body_refs():
        if body not in definition.bodies:
            yield Fault((*path, *_spot(phase, field, body)), missing(NO_BODY, body, definition.bodies))
    for field, milestone in phase.milestone_refs():
        if milestone not in definition.milestones:
            yield Fault((*path, field), missing(NO_MILESTONE, milestone, definition.milestones))
    for before in phase.predecessors:
        if before not in definition.phases:
            yield Fault((*path, *_spot(phase, "after", before)), missing(NO_PHASE, before, definition.phases))
    yield from _kind_faults(definition, path, phase)
    yield from _ask_faults(path, phase)


def _kind_faults(definition: Definition, path: Path, phase: PhaseBase) -> Iterator[Fault]:
    if isinstance(phase, GoalSetting):
        areas = phase.outcome.areas
        if areas is not None and areas not in definition.bodies:
            yield Fault((*path, "outcome", "areas"), missing(NO_BODY, areas, definition.bodies))
    if isinstance(phase, Meeting):
        for where, wrong in meeting_faults(definition, phase):
            yield Fault((*path, *where), wrong)
    if isinstance(phase, Adoption) and isinstance(phase.adopted_when, EachOf):
        named = [key for _, key in phase.body_refs() if key in definition.bodies]
        principals = sum(len(definition.members_of[key]) for key in named)
        if phase.adopted_when.at_least > principals:
            few = N_("%(least)s must adopt, but there are %(principals)s principals")
            wrong = sentence(few, least=phase.adopted_when.at_least, principals=principals)
            yield Fault((*path, "adopted_when", "at_least"), wrong)


def _ask_faults(path: Path, phase: PhaseBase) -> Iterator[Fault]:
    kind = getattr(phase, "kind", None)
    steps = ASKABLE[kind] if kind else ()
    for field, named in (("asks", phase.asks), ("shows", phase.shows)):
        for step in named:
            if step not in steps:
                yield Fault((*path, field, step), missing(N_("no step"), step, steps), on_key=True)


def _spot(phase: PhaseBase, field: str, name: str) -> Path:
    """Where a phase names something: the field, and the position when the field is a list."""
    value = getattr(phase, field)
    return (field, value.index(name)) if isinstance(value, list) else (field,)


def _anchor_faults(definition: Definition) -> Iterator[Fault]:
    for key, milestone in definition.milestones.items():
        if key == "begins":
            yield Fault(("milestones", key), sentence(N_("'begins' is the cycle's first day; choose another name")))
        if milestone.relative and not _is_anchor(definition, milestone.relative.anchor):
            nothing = N_(
                "nothing here is called '%(anchor)s'; write begins, a milestone's key, PHASE.opened or PHASE.closed"
            )
            wrong = sentence(nothing, anchor=milestone.relative.anchor)
            yield Fault(("milestones", key, milestone.promise.value), wrong)
        if milestone.mandate is not None and milestone.mandate not in definition.phases:
            yield Fault(("milestones", key, "mandate"), missing(NO_PHASE, milestone.mandate, definition.phases))


def _is_anchor(definition: Definition, anchor: str) -> bool:
    phase, dot, event = anchor.partition(".")
    if dot:
        return phase in definition.phases and event in ("opened", "closed")
    return anchor == "begins" or anchor in definition.milestones


def _order_faults(definition: Definition) -> Iterator[Fault]:
    phases = definition.phases
    after = {key: [name for name in phase.predecessors if name in phases] for key, phase in phases.items()}
    for circle in _circles(after):
        wrong = sentence(N_("the phases wait for each other: %(circle)s"), circle=" -> ".join([*circle, circle[0]]))
        yield Fault(("phases", circle[0], "after"), wrong)
    anchors = {
        key: [promise.relative.anchor]
        for key, promise in definition.milestones.items()
        if promise.relative and promise.relative.anchor in definition.milestones
    }
    for chain in _circles(anchors):
        promise = definition.milestones[chain[0]].promise.value
        wrong = sentence(N_("the dates follow from each other: %(circle)s"), circle=" -> ".join([*chain, chain[0]]))
        yield Fault(("milestones", chain[0], promise), wrong)


def _circles(edges: Mapping[str, list[str]]) -> Iterator[list[str]]:
    """Each circle once, beginning at its first node in the order of the definition."""
    remaining = dict(edges)
    order = list(edges)
    while True:
        try:
            tuple(TopologicalSorter(remaining).static_order())
        except CycleError as found:
            circle = list(reversed(found.args[1]))[:-1]
            first = min(range(len(circle)), key=lambda n: order.index(circle[n]))
            yield circle[first:] + circle[:first]
            remaining = {
                node: [before for before in edges if before not in circle]
                for node, edges in remaining.items()
                if node not in circle
            }
        else:
            return
