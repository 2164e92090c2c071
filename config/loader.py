"""Reads definitions; every fault is told with its file, line and column, and what to write instead."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from config.definition import Definition
from config.faults import nearest
from config.i18n import N_, tongue
from config.messages import SchemaFault, schema_fault
from config.nodes import read, spot_at
from config.said import Said, listed, sentence, short
from config.tree import START, Spot, Tree

if TYPE_CHECKING:
    from collections.abc import Iterable

    from config.faults import Path

CYCLES = FilePath(__file__).parent / "cycles"
LARGEST = 1024 * 1024
TOO_LARGE = Said(N_("is larger than 1 MiB; a definition is a few pages"))
EMPTY = Said(N_("is empty; a definition begins with keys: cycle, title, begins, coordinator, bodies, phases"))
NOT_KEYS = Said(N_("a definition is made of keys with values, beginning with 'cycle:' and 'title:'"))
UNOPENED = N_("cannot be read: %(reason)s")
MOST_SHOWN = 100


@dataclass(frozen=True, order=True)
class PlacedFault:
    """Something that cannot stand, and where; line and column count from 1."""

    file: str
    line: int
    column: int
    path: str
    said: Said

    @property
    def message(self) -> str:
        """What is wrong, in English."""
        return str(self.said)

    def __str__(self) -> str:
        """One line, as compilers write it and editors read it."""
        return self._line(self.message)

    def told(self, language: str) -> str:
        """The same line in a language: sv, da or en."""
        return self._line(self.said.advised(language))

    def _line(self, words: str) -> str:
        where = f"{self.path}: " if self.path else ""
        return f"{self.file}:{self.line}:{self.column}: {where}{words}"


class DefinitionError(Exception):
    """The definition cannot be used; one line for each fault."""

    def __init__(self, faults: Iterable[PlacedFault]) -> None:
        self.faults = sorted(faults)
        super().__init__(self.faults)

    def __str__(self) -> str:
        """One line for each fault, the first hundred of them."""
        return self.told()

    def told(self, language: str | None = None) -> str:
        """The same lines in a language; in the English of `str` without one."""
        lines = [fault.told(language) if language else str(fault) for fault in self.faults[:MOST_SHOWN]]
        more = tongue(language or "en")(N_("… and %(count)s more"), count=len(self.faults) - len(lines))
        return "\n".join([*lines, more] if len(self.faults) > len(lines) else lines)


@dataclass(frozen=True)
class Loaded:
    """A definition, the file it came from, and where its parts stand there."""

    definition: Definition
    file: str
    places: Tree


def load(source: str | FilePath, text: str | None = None) -> Definition:
    """The definition in a file; with `text`, the definition in the text, and `source` is only its name.

    Raises:
        DefinitionError: with every fault that was found.
    """
    return load_placed(source, text).definition


def load_named(name_or_path: str) -> Definition:
    """The bundled definition of that name, or the one in that file.

    Raises:
        DefinitionError: there is none, or it has faults.
    """
    return load(find(name_or_path))


def find(name_or_path: str) -> FilePath:
    """The file of a bundled definition, or the file of that name.

    Raises:
        DefinitionError: there is neither.
    """
    cycles = bundled()
    path = FilePath(name_or_path)
    if name_or_path in cycles:
        return cycles[name_or_path]
    if path.is_file() or path.suffix in (".yaml", ".yml"):
        return path
    near = nearest(name_or_path, cycles)
    meant = N_("there is no such file, and no bundled definition of that name; did you mean '%(near)s'?")
    there = N_("there is no such file, and no bundled definition of that name; bundled are: %(known)s")
    wrong = sentence(meant, near=near) if near else sentence(there, known=listed(cycles))
    raise DefinitionError([_at(name_or_path, START, wrong)])


def bundled() -> dict[str, FilePath]:
    """The definitions that come with Samsyn, by name."""
    return {path.stem: path for path in sorted(CYCLES.glob("*.yaml"))}


def load_placed(source: str | FilePath, text: str | None = None) -> Loaded:
    """As `load`, with the places of the definition's parts.

    Raises:
        DefinitionError: with every fault that was found.
    """
    file = str(source)
    tree = read(_text_of(FilePath(source)) if text is None else _of_bearable_size(file, text))
    troubles = [_at(file, trouble.spot, trouble.said, trouble.path) for trouble in tree.troubles]
    if tree.root is None:
        raise DefinitionError(troubles or [_at(file, START, EMPTY)])
    definition, faults = _checked(tree.root.plain())
    spoiled = {trouble.path for trouble in tree.troubles}
    placed = [_placed(file, tree, fault) for fault in faults if not _follows(fault.path, spoiled)]
    if definition is None or troubles or placed:
        raise DefinitionError([*troubles, *placed])
    return Loaded(definition, file, tree)


def dump(definition: Definition) -> str:
    """The definition as JSON, in its own order and with every default written out.

    A running cycle keeps this text, so that a later Samsyn with other defaults runs it as it began.
    """
    values = definition.model_dump(mode="json", by_alias=True)
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def parse_dumped(text: str) -> Definition:
    """The definition that `dump` wrote; equal to the one that was dumped.

    Raises:
        DefinitionError: the text is something else; the faults' paths say where, their lines do not.
    """
    file = "stored definition"
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as unread:
        raise DefinitionError([_at(file, START, sentence(N_("is no JSON text")))]) from unread
    definition, faults = _checked(values)
    if definition is None or faults:
        nowhere = Tree(None, [])
        raise DefinitionError([_placed(file, nowhere, fault) for fault in faults])
    return definition


def _checked(values: Any) -> tuple[Definition | None, list[SchemaFault]]:
    """The definition that plain values make, and what is wrong with it."""
    if not isinstance(values, dict):
        return None, [SchemaFault((), EMPTY if values is None else NOT_KEYS)]
    try:
        definition = Definition.model_validate(values)
    except ValidationError as refused:
        errors = refused.errors(include_url=False)
        return None, list(dict.fromkeys(schema_fault(error, values) for error in errors))
    return definition, [SchemaFault(fault.path, fault.said, fault.on_key) for fault in definition.faults()]


def _follows(path: Path, spoiled: set[Path]) -> bool:
    """Whether a fault only follows from trouble that has been told already, at the value or above it."""
    return any(path[:length] in spoiled for length in range(1, len(path) + 1))


def _placed(file: str, tree: Tree, fault: SchemaFault) -> PlacedFault:
    if fault.on_key:
        return _at(file, tree.key_spot(fault.path), fault.said, fault.path[:-1])
    return _at(file, tree.place(fault.path), fault.said, fault.path)


def _at(file: str, spot: Spot, wrong: Said, path: Path = ()) -> PlacedFault:
    return PlacedFault(file, spot.line, spot.column, ".".join(short(step) for step in path), wrong)


def _text_of(path: FilePath) -> str:
    """The text of a file.

    Raises:
        DefinitionError: it cannot be opened, is too large, or is no UTF-8 text.
    """
    file = str(path)
    try:
        with path.open("rb") as opened:
            raw = opened.read(LARGEST + 1)
    except (OSError, ValueError) as closed:
        reason = getattr(closed, "strerror", None) or sentence(N_("no file can have such a name"))
        raise DefinitionError([_at(file, START, sentence(UNOPENED, reason=reason))]) from closed
    if len(raw) > LARGEST:
        raise DefinitionError([_at(file, START, TOO_LARGE)])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        readable = raw[: wrong.start].decode("utf-8-sig", "replace")
        spot = spot_at(readable, len(readable))
        unread = sentence(N_("is not UTF-8 text here; save the file as UTF-8"))
        raise DefinitionError([_at(file, spot, unread)]) from wrong


def _of_bearable_size(file: str, text: str) -> str:
    if len(text) > LARGEST:
        raise DefinitionError([_at(file, START, TOO_LARGE)])
    return text.removeprefix("\ufeff")
