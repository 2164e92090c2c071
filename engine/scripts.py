"""Reading rehearsal scripts; every fault is told with its file, line and column."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from config.faults import unknown
from config.messages import value_message
from config.nodes import read
from config.phases import ASKABLE
from config.setdates import with_dates
from engine.script import Script
from engine.unusable import UnusableFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic_core import ErrorDetails

    from config.definition import Definition
    from config.faults import Path as Way
    from config.tree import Tree

BUNDLED = Path(__file__).parent.parent / "config" / "scripts"
NUMBER = re.compile(r"([~-]\d+)+$")
"""What tells the attempts at a step, or several meetings, apart."""


class ScriptError(UnusableFile):
    """A script that cannot be used; one line a fault."""


def bundled_script(name: str) -> Script:
    """The script of a bundled demonstration; everybody answers where there is none."""
    path = BUNDLED / f"{name}.yaml"
    return _read(path)[0] if path.exists() else Script()


def load_script(path: Path, definition: Definition) -> Script:
    """A script for a definition.

    Raises:
        ScriptError: it cannot be read, or names what the definition does not have.
    """
    script, tree = _read(path)
    strangers = [_line(path, tree, way, message) for way, message in _strangers(script, definition)]
    if strangers:
        raise ScriptError("\n".join(strangers))
    return script


def dated_by(script: Script, definition: Definition) -> Definition:
    """The definition with the script's dates, where it leaves them open; one that has been set already stays."""
    open_ = {name: day for name, day in script.dates.items() if _is_open(definition, name)}
    return with_dates(definition, open_) if open_ else definition


def _is_open(definition: Definition, name: str) -> bool:
    return name in definition.phases and definition.phases[name].due is None


def _read(path: Path) -> tuple[Script, Tree]:
    try:
        tree = read(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as unread:
        raise ScriptError(f"{path}:1:1: cannot be read: {getattr(unread, 'strerror', None) or unread}") from None
    if tree.troubles:
        raise ScriptError("\n".join(f"{path}:{t.spot.line}:{t.spot.column}: {t.message}" for t in tree.troubles))
    try:
        return Script.model_validate(tree.root.plain() if tree.root else {}), tree
    except ValidationError as refused:
        faults = [_line(path, tree, error["loc"], _message(error)) for error in refused.errors(include_url=False)]
        raise ScriptError("\n".join(faults)) from None


def _line(path: Path, tree: Tree, way: Way, message: str) -> str:
    spot = tree.key_spot(way) if tree.at(way) else tree.spot(way)
    where = ".".join(str(part) for part in way)
    said = f"{where}: {message}" if where else message
    return f"{path}:{spot.line}:{spot.column}: {' '.join(said.split())}"  # one line, whatever it quotes


def _message(error: ErrorDetails) -> str:
    if error["type"] == "extra_forbidden":
        return "there is no such key"
    if error["type"] == "missing":
        return "the key is missing"
    if error["type"] == "model_type":
        return "a script is made of keys with values: default, dates, answers, coordinator"
    return value_message(error)


def _strangers(script: Script, definition: Definition) -> Iterator[tuple[Way, str]]:
    """Names that the definition does not know: a rule for nobody would pass unnoticed."""
    bodies = {part for parts in definition.members_of.values() for part in parts}
    for name in script.dates:
        if name not in definition.phases:
            yield ("dates", name), unknown("phase", name, definition.phases)
    for number, rule in enumerate(script.answers):
        yield from _step_fault(("answers", number, "step"), rule.step, definition)
        if rule.who is not None and rule.who not in bodies:
            yield ("answers", number, "who"), unknown("body", rule.who, bodies)
    for number, act in enumerate(script.coordinator):
        if act.move is not None and act.move not in definition.milestones:
            yield ("coordinator", number, "move"), unknown("milestone", act.move, definition.milestones)
        if act.close is not None:
            yield from _step_fault(("coordinator", number, "close"), act.close, definition)
        for group in act.areas or ():
            if group not in definition.bodies:
                yield ("coordinator", number, "areas", group), unknown("body", group, definition.bodies)


def _step_fault(way: Way, step: str, definition: Definition) -> Iterator[tuple[Way, str]]:
    phase, slash, name = step.partition("/")
    if not slash:
        yield way, f"'{step}' names no step; write PHASE/STEP"
    elif phase not in definition.phases:
        yield way, unknown("phase", phase, definition.phases)
    else:
        known = ASKABLE[definition.phases[phase].kind]
        if NUMBER.sub("", name) not in known:
            yield way, unknown("step", name, known)
