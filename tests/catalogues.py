"""What a package's code and templates say, and what its catalogues have for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

if TYPE_CHECKING:
    from pathlib import Path

    from babel.messages.catalog import Catalog

METHODS = [("**.py", "python"), ("**/templates/**.jinja", "jinja2"), ("**/templates/**.html", "jinja2")]
OPTIONS = {
    "**/templates/**.jinja": {"trimmed": "true", "extensions": "jinja2.ext.i18n", "silent": "false"},
    "**/templates/**.html": {"trimmed": "true", "extensions": "jinja2.ext.i18n", "silent": "false"},
}
KEYWORDS: dict[str, tuple[int, ...] | None] = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True)
class Catalogues:
    """The catalogues of one package, and how its sources mark what they say."""

    home: Path
    plain: str | None = None  # of templates: the name that a message is said by, when it is none of the keywords

    @cached_property
    def said(self) -> set[str]:
        """Every message id in the sources."""
        found = extract_from_dir(self.home, METHODS, options_map=OPTIONS, keywords=KEYWORDS)
        marked = {str(message[0] if isinstance(message, tuple) else message) for _, _, message, _, _ in found}
        if self.plain is None:
            return marked
        pages = "".join(page.read_text(encoding="utf-8") for page in self.home.glob("templates/*.html"))
        return marked | set(re.findall(rf'\b{self.plain}\("([^"]+)"', pages))

    def catalogue(self, language: str) -> Catalog:
        """What the package says in a language."""
        with (self.home / "locales" / f"{language}.po").open("rb") as stream:
            return read_po(stream, locale=language, abort_invalid=True)


def forms(text: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    """The singular and the plural of a message, or the one form that it has."""
    return (text,) if isinstance(text, str) else tuple(text)


def placeholders(text: str) -> list[str]:
    """The names of the values in a message."""
    return sorted(PLACEHOLDER.findall(text))
