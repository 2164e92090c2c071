"""What a document consists of: headings, facts, paragraphs and tables, as plain values for a template."""

from __future__ import annotations

from typing import Any

Line = dict[str, Any]
"""Words with how they are set: `text`, and `lang`, `strong`, `small`, `mono` where they differ."""
Block = dict[str, Any]
NOTHING = "–"
"""In a cell where there is nothing to say."""


def line(text: str, language: str = "", **how: bool) -> Line:
    """A line, in another language than the document's where one is named."""
    return {"text": text, **({"lang": language} if language else {}), **{name: True for name, on in how.items() if on}}


def cell(*said: Line | str) -> dict[str, list[Line]]:
    """A cell of lines; the empty ones are left out. Line breaks in words are kept."""
    lines = [one if isinstance(one, dict) else line(one) for one in said]
    split = [{**one, "text": part} for one in lines for part in one["text"].split("\n") if part.strip()]
    return {"lines": split or [line(NOTHING)]}


def heading(text: str, language: str = "", level: int = 1) -> Block:
    """A heading of a section, or of a part of one."""
    return {"kind": "heading", "level": level, "line": line(text, language)}


def lines(*said: Line | str) -> Block:
    """Paragraphs."""
    return {"kind": "lines", "lines": cell(*said)["lines"]}


def items(said: list[Line]) -> Block:
    """A list."""
    return {"kind": "items", "lines": said}


def facts(pairs: list[tuple[str, Line | str]]) -> Block:
    """Terms with what they are; those that are nothing are left out."""
    given = [(term, one if isinstance(one, dict) else line(one)) for term, one in pairs]
    return {"kind": "facts", "facts": [{"term": term, "line": one} for term, one in given if one["text"]]}


def table(columns: list[tuple[str, float]], rows: list[list[dict[str, list[Line]]]]) -> Block:
    """A table with its column heads and their widths, in parts of the page's."""
    return {
        "kind": "table",
        "columns": [name for name, _ in columns],
        "widths": [width for _, width in columns],
        "rows": rows,
    }
