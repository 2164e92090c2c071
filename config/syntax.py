"""What a YAML parser says, in words for people who do not write YAML for a living."""

from __future__ import annotations

from config.i18n import N_
from config.said import Said

SAYINGS: tuple[tuple[str, str], ...] = (
    (
        "mapping values are not allowed",
        N_("a colon cannot stand here; put the text in quotes, or mend the indentation"),
    ),
    ("could not find expected ':'", N_("a colon is missing after this key")),
    ("found character '\\t'", N_("a tab stands here; indent with spaces")),
    ("that cannot start any token", N_("a value cannot begin with this sign; put the text in quotes")),
    ("expected ',' or ']'", N_("a comma or a closing ] is missing before this")),
    ("expected ',' or '}'", N_("a comma or a closing } is missing before this")),
    ("unexpected end of stream", N_("a quotation mark is never closed")),
    ("unexpected document separator", N_("a quotation mark is never closed before '---'")),
    ("unexpected ':'", N_("a colon cannot stand here; put the text in quotes")),
    ("expected alphabetic or numeric", N_("'&', '*' and '!' have a meaning of their own here; put the text in quotes")),
    ("undefined tag handle", N_("'!' has a meaning of its own here; put the text in quotes")),
    ("escape", N_("this backslash means nothing; put the text in single quotes instead")),
    ("indentation indicator", N_("after | or > nothing else may stand on the line")),
    ("expected a comment or a line break", N_("after | or > nothing else may stand on the line")),
    ("sequence entries are not allowed", N_("a list cannot begin here; mend the indentation")),
    ("mapping keys are not allowed", N_("a key cannot stand here; mend the indentation")),
    ("expected '<document start>'", N_("the definition ends before this; mend the indentation")),
    ("expected <document start>", N_("the definition ends before this; mend the indentation")),
    ("expected <block end>", N_("the indentation does not fit the lines above")),
    ("did not find expected", N_("the indentation does not fit the lines above")),
    ("expected the node content", N_("a value is missing here")),
    ("directive", N_("a line cannot begin with %; put the text in quotes")),
)
OTHERWISE = N_("this cannot be read as YAML; mend the indentation, or put the text in quotes")


def yaml_fault(problem: str) -> Said:
    """The parser's problem, and what to write instead."""
    return Said(next((saying for sign, saying in SAYINGS if sign in problem), OTHERWISE))
