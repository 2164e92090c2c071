"""Reads YAML into a tree in which every key and value knows its place.

Only what a person needs for a definition is read: mappings, lists and words. Every scalar stays the text that
was written (`no` is a language, 08:00 a time, 2013-04 a month); what it means is for the schema to say. Tags,
anchors, aliases and merge keys are refused: with them a line would mean something that is not written there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
)

from config.i18n import N_
from config.said import Said, sentence, short
from config.syntax import yaml_fault
from config.tree import START, Node, Spot, Tree, Trouble

try:
    from ruamel.yaml.cyaml import CParser  # type: ignore[attr-defined]
except ImportError:  # the compiled parser is a convenience, not a need
    CParser = None

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ruamel.yaml.events import Event

DEEPEST = 40
MOST_NODES = 100_000
UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NULLS = frozenset({"", "~", "null", "Null", "NULL"})


def read(text: str) -> Tree:
    """The tree of a YAML text. Never raises: what is wrong is in the tree's troubles.

    The compiled parser is some twenty times faster; on what it refuses, the pure one has the last word, so that
    messages and YAML 1.2 are the same with and without it.
    """
    strange = UNREADABLE.search(text)
    if strange:
        message = N_("the sign %(sign)s cannot stand in a text file; save it as plain UTF-8 text")
        wrong_sign = sentence(message, sign=f"U+{ord(strange[0]):04X}")
        return Tree(None, [Trouble(spot_at(text, strange.start()), wrong_sign)])
    for parse in _PARSERS[:-1]:
        try:
            return _build(parse(text))
        except FAILURES:
            continue
    try:
        return _build(_PARSERS[-1](text))
    except MarkedYAMLError as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        spot = Spot(mark.line + 1, mark.column + 1) if mark else START
        return Tree(None, [Trouble(spot, yaml_fault(wrong.problem or ""))])
    except FAILURES:
        return Tree(None, [Trouble(START, sentence(N_("is not YAML that can be read; look at the first lines")))])


def spot_at(text: str, index: int) -> Spot:
    """The place of a sign in a text."""
    line_start = text.rfind("\n", 0, index) + 1
    return Spot(text.count("\n", 0, index) + 1, index - line_start + 1)


def _compiled(text: str) -> Iterator[Event]:
    parser = CParser(text)
    while parser.check_event():
        yield parser.get_event()


def _pure(text: str) -> Iterator[Event]:
    yield from YAML(typ="safe", pure=True).parse(text)


_PARSERS: list[Callable[[str], Iterator[Event]]] = [_compiled, _pure] if CParser else [_pure]

# The pure parser answers some nonsense (bad directives, odd escapes) with bare Python errors.
FAILURES = (YAMLError, ValueError, AssertionError, IndexError, TypeError, AttributeError, NotImplementedError)


def _build(events: Iterator[Event]) -> Tree:
    builder = _Builder()
    try:
        for event in events:
            builder.take(event)
    except _TooMuch as stop:
        builder.troubles.append(stop.trouble)
        return Tree(None, builder.troubles)
    return Tree(builder.root, builder.troubles)


class _TooMuch(Exception):  # noqa: N818 - carries a trouble to where the others are
    """Reading should not go on."""

    def __init__(self, spot: Spot, wrong: Said) -> None:
        super().__init__(str(wrong))
        self.trouble = Trouble(spot, wrong)


@dataclass
class _Frame:
    """A collection that is being read, and the key or position of its next value."""

    node: Node
    key: str | None = None
    key_spot: Spot = START
    has_key: bool = False

    @property
    def step(self) -> str | int | None:
        return len(self.node.value) if isinstance(self.node.value, list) else self.key


class _Builder:
    """Makes a tree of events, without recursion."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.troubles: list[Trouble] = []
        self._stack: list[_Frame] = []
        self._documents = 0
        self._nodes = 0

    def take(self, event: Event) -> None:
        """One event more.

        Raises:
            _TooMuch: the text is deeper or longer than a definition can be, or holds several documents.
        """
        if isinstance(event, NodeEvent):
            self._take_node(event)
        elif isinstance(event, (MappingEndEvent, SequenceEndEvent)):
            self._place(self._stack.pop().node)
        elif isinstance(event, DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                second = N_("a second document begins here; write one definition in a file")
                raise _TooMuch(_spot(event), sentence(second))

    def _take_node(self, event: NodeEvent) -> None:
        self._nodes += 1
        spot = _spot(event)
        if self._nodes > MOST_NODES:
            many = N_("holds more than %(most)s values; a definition is a few pages")
            raise _TooMuch(spot, sentence(many, most=MOST_NODES))
        self._refuse_references(event, spot)
        if isinstance(event, CollectionStartEvent):
            if len(self._stack) >= DEEPEST:
                raise _TooMuch(spot, sentence(N_("is nested more than %(deepest)s levels deep"), deepest=DEEPEST))
            empty: Any = {} if isinstance(event, MappingStartEvent) else []
            self._stack.append(_Frame(Node(spot, empty)))
        else:
            self._place(Node(spot, _scalar(event)))

    def _refuse_references(self, event: NodeEvent, spot: Spot) -> None:
        if isinstance(event, AliasEvent):
            alias = N_("'%(alias)s' refers to another place; write the value out here")
            self._trouble(spot, sentence(alias, alias=f"*{event.anchor}"))
        elif event.anchor:
            anchor = N_("'%(anchor)s' is an anchor, which is not used here; leave it out")
            self._trouble(spot, sentence(anchor, anchor=f"&{event.anchor}"))
        elif tag := getattr(event, "tag", None):
            shown = str(tag).replace("tag:yaml.org,2002:", "!!")
            self._trouble(spot, sentence(N_("'%(tag)s' is a tag, which is not used here; leave it out"), tag=shown))

    def _trouble(self, spot: Spot, wrong: Said, *last: str) -> None:
        steps = [frame.step for frame in self._stack]
        path = tuple(step for step in steps if step is not None)
        self.troubles.append(Trouble(spot, wrong, (*path, *last)))

    def _place(self, node: Node) -> None:
        if not self._stack:
            self.root = node
            return
        frame = self._stack[-1]
        if isinstance(frame.node.value, list):
            frame.node.value.append(node)
        elif not frame.has_key:
            self._open_key(frame, node)
        else:
            self._close_key(frame, node)

    def _open_key(self, frame: _Frame, node: Node) -> None:
        frame.has_key, frame.key_spot = True, node.spot
        if not isinstance(node.value, str):
            self._trouble(node.spot, sentence(N_("a key must be a word, written before a colon")))
        elif node.value == "<<":
            self._trouble(node.spot, sentence(N_("'<<' would merge another place into this one; write the keys out")))
        elif node.value in frame.node.keys:
            first = frame.node.keys[node.value]
            there = N_("the key '%(key)s' is there already, at line %(line)s, column %(column)s")
            twice = sentence(there, key=short(node.value), line=first.line, column=first.column)
            self._trouble(node.spot, twice, node.value)
        else:
            frame.key = node.value
            frame.node.keys[node.value] = node.spot

    def _close_key(self, frame: _Frame, node: Node) -> None:
        if frame.key is not None and isinstance(frame.node.value, dict):
            frame.node.value[frame.key] = node
        frame.key, frame.has_key = None, False


def _scalar(event: NodeEvent) -> str | None:
    if not isinstance(event, ScalarEvent):
        return None
    return None if not event.style and event.value in NULLS else str(event.value)


def _spot(event: Event) -> Spot:
    return Spot(event.start_mark.line + 1, event.start_mark.column + 1)
