"""A text as a tree in which every key and value knows its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from config.faults import Path
    from config.said import Said


@dataclass(frozen=True, order=True)
class Spot:
    """A place in a text; both count from 1."""

    line: int
    column: int


START = Spot(1, 1)


@dataclass
class Node:
    """One value: text (or None), a list, or a mapping with the places of its keys."""

    spot: Spot
    value: str | list[Node] | dict[str, Node] | None = None
    keys: dict[str, Spot] = field(default_factory=dict)

    def plain(self) -> Any:
        """The value without its places."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        return [node.plain() for node in self.value] if isinstance(self.value, list) else self.value

    def child(self, step: str | int) -> Node | None:
        """The value under a key or at a position."""
        if isinstance(self.value, dict):
            return self.value.get(str(step)) or self.value.get(f"{step}s")
        if isinstance(self.value, list) and isinstance(step, int) and step < len(self.value):
            return self.value[step]
        return None


@dataclass(frozen=True)
class Trouble:
    """Something that cannot be read, where it stands, and the way to it as far as that is known."""

    spot: Spot
    said: Said
    path: Path = ()

    @property
    def message(self) -> str:
        """What is wrong, in English."""
        return str(self.said)


@dataclass
class Tree:
    """A text that was read: its root, if there is one, and what was wrong with it."""

    root: Node | None
    troubles: list[Trouble]

    def spot(self, path: Path) -> Spot:
        """Where the value at a path stands; where it is missing, the nearest that it would belong to."""
        node, spot = self.root, START
        for step in path:
            below = node.child(step) if node else None
            if below is None:
                return spot
            node, spot = below, below.spot
        return spot

    def key_spot(self, path: Path) -> Spot:
        """Where the key at a path stands; for the root and for items of a list, where the value does."""
        holder = self.at(path[:-1])
        if holder and path and path[-1] in holder.keys:
            return holder.keys[str(path[-1])]
        return self.spot(path)

    def place(self, path: Path) -> Spot:
        """Where a person looks for what a path names: at its key when there is more than a word under it."""
        node = self.at(path)
        whole = node is None or not isinstance(node.value, str)
        return self.key_spot(path) if whole else self.spot(path)

    def at(self, path: Path) -> Node | None:
        """The node at a path."""
        node = self.root
        for step in path:
            node = node.child(step) if node else None
        return node
