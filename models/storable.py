"""What every database can keep: PostgreSQL takes no NUL in a text, so no register takes one."""

from __future__ import annotations

from typing import Any

NUL = "\0"


class Unstorable(ValueError):  # noqa: N818 - said of the value
    """A value that not every database can keep; the message is for a person."""


def storable(value: Any, where: str) -> Any:
    """The value, when it can be kept; `where` is the column that it is for.

    Raises:
        Unstorable: there is a NUL in it, however deep.
    """
    if holds_nul(value):
        raise Unstorable(f"{where}: the text holds a NUL character (U+0000), which cannot be kept; leave it out")
    return value


def holds_nul(value: Any) -> bool:
    """Whether a NUL stands in a text, or in a text within a value of JSON."""
    if isinstance(value, str):
        return NUL in value
    if isinstance(value, dict):
        return any(holds_nul(one) for pair in value.items() for one in pair)
    return isinstance(value, (list, tuple)) and any(holds_nul(one) for one in value)
