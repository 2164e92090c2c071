"""Letters from templates: one template for each kind of notice, laid out twice.

A kind's template is run with the parts of `html/` and again with those of `text/`, so that the two halves of a mail
cannot say different things.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from css_inline import CSSInliner
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from notifications.facts import facts
from notifications.i18n import tongue
from notifications.letter import one_line

if TYPE_CHECKING:
    from jinja2 import Template

    from notifications.letter import Case

TEMPLATES = Path(__file__).parent / "templates"
WIDTH = 72
KEPT = 4096
"""Texts that are kept wrapped: the mails of a batch quote the same ones."""
LONGEST_SUBJECT = 150
MODULES = {"part": "parts.jinja", "asking": "asking.jinja"}
"""The macros that every letter has at hand, by the name that templates know them by."""
BLANK_LINES = re.compile(r"\n{3,}")

Medium = Literal["html", "text"]


@dataclass(frozen=True)
class Letter:
    """What one recipient reads."""

    subject: str
    text: str
    html: str


def render(case: Case) -> Letter:
    """The letter for a notice, in the recipient's language."""
    return render_named(f"{case.notice.kind}.jinja", case.language, facts(case))


def render_named(name: str, language: str, values: dict[str, Any]) -> Letter:
    """A letter by the name of its template."""
    line = subject_named(name, language, values)
    html = _inliner().inline(_template("html", language, name).render(values, subject=one_line(line)))
    return Letter(line, _tidy(_template("text", language, name).render(values)), html)


def subject_named(name: str, language: str, values: dict[str, Any]) -> str:
    """A subject line by the name of the letter's template."""
    template = _template("text", language, name)
    return one_line("".join(template.blocks["subject"](template.new_context(values))), LONGEST_SUBJECT)


@cache
def _inliner() -> CSSInliner:
    """Writes the style sheet into the elements; the page's own sheet, for dark screens, stays as it is."""
    sheet = (TEMPLATES / "html" / "mail.css").read_text(encoding="utf-8")
    return CSSInliner(inline_style_tags=False, keep_style_tags=True, load_remote_stylesheets=False, extra_css=sheet)


@cache
def _template(medium: Medium, language: str, name: str) -> Template:
    return _environment(medium, language).get_template(name)


@cache
def _environment(medium: Medium, language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader([TEMPLATES, TEMPLATES / medium]),
        autoescape=medium == "html",  # noqa: S701 - plain text has nothing to escape
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    translations: Any = tongue(language).translations
    environment.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]
    environment.policies["ext.i18n.trimmed"] = True
    environment.filters["wrapped"] = wrapped
    for name, module in MODULES.items():  # once, and not by each template of each letter
        environment.globals[name] = environment.get_template(module).module
    return environment


@lru_cache(maxsize=KEPT)
def wrapped(text: str, indent: str = "") -> str:
    """Lines of at most 72 signs; line breaks are kept, and addresses are never broken."""
    return "\n".join(
        textwrap.fill(
            line, WIDTH, initial_indent=indent, subsequent_indent=indent,
            break_long_words=False, break_on_hyphens=False,
        )
        for line in text.split("\n")
    )  # fmt: skip


def _tidy(text: str) -> str:
    return BLANK_LINES.sub("\n\n", text).strip() + "\n"
