"""A plan as one self-contained page: the time line as a drawing and its table beside it, no scripts, no other files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from engine.plan_chart import NARROW, WIDE, chart
from engine.plan_parts import What
from engine.plan_words import Words
from notifications.dates import long_day, plain_day
from notifications.i18n import BABEL_LOCALE

if TYPE_CHECKING:
    from datetime import date

    from config.redate import Landing
    from engine.plan_parts import Plan

TEMPLATES = Path(__file__).parent / "templates"
SHOWN = (What.BEGINS, What.OPENS, What.MEETING, What.DEADLINE, What.MILESTONE, What.CLOSES, What.ENDS)
"""The rows that stand out; notices are told apart by their style."""


def plan_page(plan: Plan, landings: tuple[Landing, ...] = (), today: date | None = None) -> str:
    """The page's text. `today` is marked in the time line when it is given."""
    pages = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    words = Words(plan)
    language = words.language
    return pages.get_template("plan.html").render(
        plan=plan,
        words=words,
        say=words.say,
        landings=landings,
        today=today,
        charts=(chart(plan, WIDE, today), chart(plan, NARROW, today)),
        shown=SHOWN,
        long_day=lambda day: long_day(day, language),
        plain_day=lambda day: plain_day(day, language),
        month=lambda day: format_date(day, "MMM y", locale=BABEL_LOCALE[language]),
    )
