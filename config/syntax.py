"""What a YAML parser says, in words for people who do not write YAML for a living."""

from __future__ import annotations

SAYINGS: tuple[tuple[str, str], ...] = (
    ("mapping values are not allowed", "a colon cannot stand here; put the text in quotes, or mend the indentation"),
    ("could not find expected ':'", "a colon is missing after this key"),
    ("found character '\\t'", "a tab stands here; indent with spaces"),
    ("that cannot start any token", "a value cannot begin with this sign; put the text in quotes"),
    ("expected ',' or ']'", "a comma or a closing ] is missing before this"),
    ("expected ',' or '}'", "a comma or a closing } is missing before this"),
    ("unexpected end of stream", "a quotation mark is never closed"),
    ("unexpected document separator", "a quotation mark is never closed before '---'"),
    ("unexpected ':'", "a colon cannot stand here; put the text in quotes"),
    ("expected alphabetic or numeric", "'&', '*' and '!' have a meaning of their own here; put the text in quotes"),
    ("undefined tag handle", "'!' has a meaning of its own here; put the text in quotes"),
    ("escape", "this backslash means nothing; put the text in single quotes instead"),
    ("indentation indicator", "after | or > nothing else may stand on the line"),
    ("expected a comment or a line break", "after | or > nothing else may stand on the line"),
    ("sequence entries are not allowed", "a list cannot begin here; mend the indentation"),
    ("mapping keys are not allowed", "a key cannot stand here; mend the indentation"),
    ("expected '<document start>'", "the definition ends before this; mend the indentation"),
    ("expected <document start>", "the definition ends before this; mend the indentation"),
    ("expected <block end>", "the indentation does not fit the lines above"),
    ("did not find expected", "the indentation does not fit the lines above"),
    ("expected the node content", "a value is missing here"),
    ("directive", "a line cannot begin with %; put the text in quotes"),
)
OTHERWISE = "this cannot be read as YAML; mend the indentation, or put the text in quotes"


def yaml_message(problem: str) -> str:
    """The parser's problem, and what to write instead."""
    return next((saying for sign, saying in SAYINGS if sign in problem), OTHERWISE)
