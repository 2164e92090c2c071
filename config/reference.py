"""docs/settings.md, written from the settings themselves: `python -m config.reference`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from config.settings import FILE, PREFIX, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).parent.parent / "docs" / "settings.md"
HEAD = f"""\
# Settings

From the environment, or from `{FILE}` in the current folder (there without the prefix, in small letters); the
environment wins. A setting that does not exist, or a value that cannot be used, ends the program with one line that
says which and why. `samsyn doctor` looks at what the settings lead to. This page is written from the code by
`python -m config.reference`.

| variable | value | default | meaning |
|---|---|---|---|
"""
TYPES = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}
FORMATS = {"path": "path", "password": "secret text"}
LIMITS = {"minimum": "at least {}", "exclusiveMinimum": "more than {}", "maximum": "at most {}"}
IN_DATA_DIR = {
    "database_url": "`samsyn.db` in the data folder",
    "mailbox_dir": "`mailbox` in the data folder",
    "journal_heads": "`journal-heads.txt` in the data folder",
}
"""Defaults that hang on another setting."""


def page() -> str:
    """The page as the code has it now.

    Raises:
        LookupError: a setting has no docstring.
    """
    described: dict[str, dict[str, Any]] = Settings.model_json_schema(by_alias=False)["properties"]
    if silent := [name for name, one in described.items() if "description" not in one]:
        raise LookupError(f"without a word on what they mean: {', '.join(silent)}")
    return HEAD + "".join(f"| {' | '.join(_row(name, one))} |\n" for name, one in described.items())


def variable(name: str) -> str:
    """What a setting is called in the environment."""
    return f"{'' if name.startswith('prefect_api') else PREFIX}{name}".upper()


def _row(name: str, one: dict[str, Any]) -> tuple[str, str, str, str]:
    said = " ".join(one["description"].split()).replace("|", "\\|")
    return f"`{variable(name)}`", ", ".join(_value(one)), _default(name, one.get("default")), said


def _value(one: dict[str, Any]) -> Iterator[str]:
    """The type and its limits; of a setting that may be absent, those that it has when it is there."""
    kind = next((part for part in one.get("anyOf", ()) if part["type"] != "null"), one)
    if "enum" in kind:
        yield " or ".join(f"`{word}`" for word in kind["enum"])
        return
    yield FORMATS.get(kind.get("format", ""), TYPES[kind["type"]])
    yield from (words.format(kind[limit]) for limit, words in LIMITS.items() if limit in kind)


def _default(name: str, value: Any) -> str:
    if name in IN_DATA_DIR:
        return IN_DATA_DIR[name]
    if value in (None, ""):
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
