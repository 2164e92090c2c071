"""What the acts have in common: their forms, the reason, and what is said when somebody else was there first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.commands.coordinate import CannotDo
from notifications.i18n import N_
from portal.pages import UNPROCESSABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from starlette.responses import Response

    from portal.desk.paging import Pages
    from portal.desk.visit import Visit

OVERTAKEN = N_("Nothing was done: somebody else has been there meanwhile, or it cannot be done any more. Look again.")
NO_REASON = N_("Write the reason. It becomes part of the record.")
REASON = N_("Reason")
REASON_HINT = N_("It becomes part of the record, and is quoted to those who are told.")
LOOK_OVER = N_("Look it over")
MOST_REASON = 2_000
BACK = "change"
"""What the way back from a review says instead of going on; as a fault it is none, but the form is shown again."""
TOO_LONG = N_("At most %(most)s characters.")


@dataclass(frozen=True)
class Option:
    """One of several to choose from; `why_not` says why it cannot be chosen."""

    value: str
    words: str
    why_not: str = ""
    group: str = ""  # a heading over it, where the one before has another
    language: str = ""  # of the words, where it is not the page's


@dataclass(frozen=True)
class Field:
    """A field of an act's form. Kinds: line, address, area, day, choice, select, checks, file."""

    name: str
    label: str
    kind: str = "line"
    hint: str = ""
    options: tuple[Option, ...] = ()
    value: str = ""
    optional: bool = False
    rows: int = 5

    def chosen(self, typed: Mapping[str, str]) -> set[str]:
        """What stands checked: each box has a name of its own, because a form holds one value of a name."""
        return {option.value for option in self.options if f"{self.name}:{option.value}" in typed}


@dataclass(frozen=True)
class Act:
    """A form in front of an act."""

    title: str
    address: str  # that takes the form
    back: str
    fields: tuple[Field, ...]
    lead: str = ""
    button: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    hidden: Mapping[str, str] | None = None
    empty: str = ""  # what is said when there is nothing to do
    pages: Pages | None = None  # where the fields show a part of those that can be chosen
    others: str = ""  # what `links` lead to
    links: tuple[tuple[str, str], ...] = ()  # the same act about something else: words and address


def show_act(visit: Visit, act: Act, faults: Mapping[str, str] | None = None) -> Response:
    """The form; with what was typed and what is wrong with it, when it comes back."""
    faults = without_back(faults or {})
    typed = visit.form if visit.request.method == "POST" else {}
    fields = tuple(_typed(field, typed) for field in act.fields)
    return visit.page(
        "desk/act_form.html", status=UNPROCESSABLE if faults else 200, act=replace(act, fields=fields),
        typed=typed, faults=faults, reviews=act.button or visit.say(LOOK_OVER),
    )  # fmt: skip


def _typed(field: Field, typed: Mapping[str, str]) -> Field:
    return replace(field, value=typed[field.name]) if field.name in typed else field


def reason_field(visit: Visit, hint: str = REASON_HINT) -> Field:
    """The reason, which every act asks for."""
    return Field("reason", visit.say(REASON), kind="area", hint=visit.say(hint), rows=3)


def reason_faults(visit: Visit) -> dict[str, str]:
    """What is wrong with the reason; and `BACK`, when somebody returns from the review to the form."""
    if visit.form.get("do") == BACK:
        return {BACK: ""}
    reason = visit.form.get("reason", "")
    if not reason:
        return {"reason": visit.say(NO_REASON)}
    return {"reason": visit.say(TOO_LONG, most=MOST_REASON)} if len(reason) > MOST_REASON else {}


def without_back(faults: Mapping[str, str]) -> dict[str, str]:
    """What is really wrong."""
    return {name: words for name, words in faults.items() if name != BACK}


def attempt(visit: Visit, work: Callable[[], str], *, done: str, back: str = "") -> Response:
    """Do a reviewed act. `work` says what has been done; `done` is the page after it, `back` the one to look again."""
    try:
        message = work()
    except CannotDo:
        visit.tell(visit.say(OVERTAKEN), good=False)
        return visit.go(back or done)
    visit.tell(message)
    return visit.go(done)


def cycle_address(visit: Visit, part: str = "") -> str:
    """An address within the cycle."""
    return f"/desk/{visit.here.id}" + (f"/{part}" if part else "")


def listed(words: Sequence[str], *, most: int = 60) -> str:
    """Lines of a list, and how many more there are."""
    return "\n".join([*words[:most], *([f"… +{len(words) - most}"] if len(words) > most else [])])
