"""What the record's formats for programs say in people's words: headings, kinds of news, and marks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from notifications.i18n import N_, tongue

if TYPE_CHECKING:
    from notifications.i18n import Tongue

LOCALES = Path(__file__).parent.parent / "locales"
WITHHELD = N_("[withheld: %(ground)s]")

MILESTONE_STATES = {
    "pending": N_("not due yet"),
    "met": N_("met"),
    "missed": N_("missed"),
    "moved": N_("moved"),
    "waived": N_("waived"),
}
MILESTONE_NEWS = {
    "met": N_("Milestone met: %(milestone)s"),
    "missed": N_("Milestone missed: %(milestone)s"),
    "moved": N_("Milestone moved: %(milestone)s"),
    "waived": N_("Milestone waived: %(milestone)s"),
}
ENDED = {"concluded": N_("The cycle is concluded"), "cancelled": N_("The cycle is cancelled")}


def say_in(language: str) -> Tongue:
    """The words of the record in a language."""
    return tongue(language, LOCALES)


def withheld_mark(ground: str, say: Tongue) -> str:
    """What stands in the place of something that is withheld."""
    return say(WITHHELD, ground=ground)
