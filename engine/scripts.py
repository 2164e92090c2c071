"""Reading rehearsal scripts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from engine.script import Script
from models.register import RegisterError

if TYPE_CHECKING:
    from config.definition import Definition

BUNDLED = Path(__file__).parent.parent / "config" / "scripts"


class ScriptError(RegisterError):
    """A script that cannot be used; one line a fault."""


def bundled_script(name: str) -> Script:
    """The script of a bundled demonstration; everybody answers where there is none."""
    path = BUNDLED / f"{name}.yaml"
    return _read(path) if path.exists() else Script()


def load_script(path: Path, definition: Definition) -> Script:
    """A script for a definition.

    Raises:
        ScriptError: it cannot be read, or names what the definition does not have.
    """
    script = _read(path)
    faults = list(_strangers(script, definition))
    if faults:
        raise ScriptError("\n".join(f"{path}: {fault}" for fault in faults))
    return script


def _read(path: Path) -> Script:
    try:
        return Script.model_validate(YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8")) or {})
    except ValidationError as refused:
        faults = (f"{path}: {_where(error['loc'])}: {error['msg']}" for error in refused.errors())
        raise ScriptError("\n".join(faults)) from None
    except YAMLError as broken:
        mark: Any = getattr(broken, "problem_mark", None)
        place = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        raise ScriptError(f"{path}{place}: {getattr(broken, 'problem', None) or broken}") from None
    except (OSError, UnicodeDecodeError, RecursionError, ValueError) as unread:
        raise ScriptError(f"{path}: cannot be read: {unread}") from None


def _where(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location) or "the file"


def _strangers(script: Script, definition: Definition) -> Any:
    """Names that the definition does not know: a rule for nobody would pass unnoticed."""
    bodies = {part for parts in definition.members_of.values() for part in parts}
    for number, rule in enumerate(script.answers):
        phase, slash, _ = rule.step.partition("/")
        if not slash or phase not in definition.phases:
            yield f"answers.{number}.step: '{rule.step}' names no phase; write PHASE/STEP"
        if rule.who is not None and rule.who not in bodies:
            yield f"answers.{number}.who: there is no body '{rule.who}'"
    for number, act in enumerate(script.coordinator):
        if act.move is not None and act.move not in definition.milestones:
            yield f"coordinator.{number}.move: there is no milestone '{act.move}'"
