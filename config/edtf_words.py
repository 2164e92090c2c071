"""What a definition writes as a date, in words: EDTF, and dates that follow from an event."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from config.date_words import KEPT, window_words
from config.dates import OPEN, RELATIVE, normalise, parse_window
from config.i18n import N_, tongue

if TYPE_CHECKING:
    from collections.abc import Callable

PARTS_OF_YEAR = {
    "21": N_("the spring of %(year)s"),
    "22": N_("the summer of %(year)s"),
    "23": N_("the autumn of %(year)s"),
    "24": N_("the winter of %(year)s"),
    "37": N_("the first four months of %(year)s"),
    "38": N_("the second four months of %(year)s"),
    "39": N_("the last four months of %(year)s"),
    "40": N_("the first half of %(year)s"),
    "41": N_("the second half of %(year)s"),
}
"""ISO 8601-2, 4.8: divisions of a year that are no calendar quarter or month."""
PART_OF_YEAR = re.compile(r"([0-9]{4})-([0-9]{2})")
DOUBTS = {
    (True, False): N_("about %(date)s"),
    (False, True): N_("probably %(date)s"),
    (True, True): N_("probably about %(date)s"),
}
"""What the qualifiers ~, ? and % of EDTF mean: approximate, uncertain."""
QUALIFIERS = re.compile(r"[~?%]")
LENGTHS = {
    "d": (N_("1 day"), N_("%(count)s days")),
    "w": (N_("1 week"), N_("%(count)s weeks")),
    "m": (N_("1 month"), N_("%(count)s months")),
}
AFTER = {
    "begins": N_("%(length)s after the first day"),
    "opened": N_("%(length)s after “%(name)s” has begun"),
    "closed": N_("%(length)s after “%(name)s” is finished"),
    "": N_("%(length)s after “%(name)s”"),
}
BEFORE = {
    "begins": N_("%(length)s before the first day"),
    "opened": N_("%(length)s before “%(name)s” begins"),
    "closed": N_("%(length)s before “%(name)s” is finished"),
    "": N_("%(length)s before “%(name)s”"),
}


@lru_cache(maxsize=KEPT)
def edtf_words(text: str, language: str) -> str:
    """What an EDTF date says, in words: `2013-06` is `juni 2013`, `2016-06~` is `omkring juni 2016`.

    Raises:
        ValueError: the text is no date that Samsyn knows.
    """
    normal, say = normalise(text), tongue(language)
    start, slash, end = normal.partition("/")
    if not slash:
        return _one(normal, language)
    if start in ("", OPEN):
        return say(N_("no later than %(day)s"), day=_one(end, language))
    if end in ("", OPEN):
        return say(N_("from %(day)s"), day=_one(start, language))
    if not QUALIFIERS.search(normal) and not any(_part_of_year(part, language) for part in (start, end)):
        window = parse_window(normal)
        return window_words(window.earliest, window.latest, language)
    return say(N_("%(first)s to %(last)s"), first=_one(start, language), last=_one(end, language))


def _one(text: str, language: str) -> str:
    """A date that is no interval, with what its qualifiers say about it."""
    plain = QUALIFIERS.sub("", text)
    window = parse_window(plain)
    words = _part_of_year(plain, language) or window_words(window.earliest, window.latest, language)
    doubt = DOUBTS.get(("~" in text or "%" in text, "?" in text or "%" in text))
    return tongue(language)(doubt, date=words) if doubt else words


def _part_of_year(text: str, language: str) -> str | None:
    found = PART_OF_YEAR.fullmatch(text)
    words = PARTS_OF_YEAR.get(found[2]) if found else None
    return tongue(language)(words, year=found[1]) if found and words else None


def length_words(count: int, unit: str, language: str) -> str:
    """So many days (d), weeks (w) or months (m): `6 veckor`."""
    one, several = LENGTHS[unit]
    return tongue(language)(one) if count == 1 else tongue(language)(several, count=count)


def written_words(text: str, language: str, called: Callable[[str], str]) -> str:
    """What a definition's date says, be it EDTF or counted from an event: `6 veckor efter att ”Remiss” har avslutats`.

    Args:
        text: as the definition has it.
        language: sv, da or en.
        called: what people call what it is counted from: a milestone's key, or a phase's with `.opened` or `.closed`.

    Raises:
        ValueError: the text is no date that Samsyn knows.
    """
    found = RELATIVE.fullmatch(text.strip())
    if not found:
        return edtf_words(text, language)
    later = (found["sign"] == "+") == (found["side"] == "after")
    key, _, event = found["anchor"].partition(".")
    name = called(found["anchor"]) if key != "begins" else ""
    length = length_words(int(found["count"]), found["unit"], language)
    template = (AFTER if later else BEFORE)[event or ("begins" if key == "begins" else "")]
    return tongue(language)(template, length=length, name=name)
