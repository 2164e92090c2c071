"""Saving what a form brought, before anybody asks whether it is an answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine.commands.draft import Save, draft_files, save_draft
from engine.documents.given import GivenFile, take_file
from engine.documents.refusals import FileRefused, Refusal
from portal.fields import filled_form
from portal.files import refusal_words
from portal.form import Typed

if TYPE_CHECKING:
    from portal.asked import Asked
    from portal.fields import FilledSection
    from portal.services import PortalServices
    from portal.uploads import Posted

REMOVE = "remove:"
SAVE = "save:"


@dataclass(frozen=True)
class Overtaken:
    """What another form of the same person had saved, before this one was saved over it."""

    typed: Typed
    saved_at: datetime
    filled: list[FilledSection]


@dataclass(frozen=True)
class Drafted:
    """A draft on its page."""

    saved_at: datetime
    overtaken: tuple[Overtaken, ...]  # the newest first


def keep_draft(services: PortalServices, asked: Asked, posted: Posted, typed: Typed) -> list[str]:
    """Save the texts and the good files of a form; returns why the others are not taken."""
    say, limits = asked.say, services.uploads
    taken: list[GivenFile] = []
    faults: list[str] = []
    for number, file in enumerate(posted.files if asked.takes_files else ()):
        # To look a file over takes time, which nobody gets more of by sending more files than are taken.
        refusal = file.refusal or (Refusal.TOO_MANY if number >= limits.files else None)
        if refusal is not None:
            faults.append(refusal_words(file.name, refusal, "", limits, say))
            continue
        try:
            taken.append(take_file(file.name, file.content, limits))
        except FileRefused as refused:
            faults.append(refusal_words(file.name, refused.refusal, refused.detail, limits, say))
    pressed = posted.fields.get("do", "")
    saved = save_draft(
        services.register,
        Save(
            asked.assignment.id, asked.person.id, typed.to_json(), seen=_number(posted.fields.get("revision", "")),
            added=taken, begun_with=asked.papers.given, limits=limits,
            removed=frozenset({pressed.removeprefix(REMOVE)}) if pressed.startswith(REMOVE) else frozenset(),
        ),
        now=asked.now,
    )  # fmt: skip
    return faults + [refusal_words(name, refusal, "", limits, say) for name, refusal in saved.refused]


def files_to_bind(services: PortalServices, asked: Asked) -> tuple[GivenFile, ...]:
    """The files as they stand now, with the bytes that are not kept yet."""
    with services.register.read() as session:
        if asked.papers.draft is None:
            return asked.papers.given
        return draft_files(session, asked.assignment.id, asked.person.id)


def place_of(pressed: str, asked: Asked) -> str:
    """Where on the page to go on after saving: the section whose button was pressed, the files, or the top."""
    place = pressed.removeprefix(SAVE) if pressed.startswith(SAVE) else ""
    if place in places(asked):
        return place
    return "attached" if pressed == "attach" or pressed.startswith(REMOVE) else "draft"


def places(asked: Asked) -> tuple[str, ...]:
    """The ids of the form's sections on its page."""
    return tuple(f"part-{n}" for n, _ in enumerate(asked.form.sections(), start=1)) if asked.form else ()


def drafted(asked: Asked) -> Drafted | None:
    """The draft as its writer is told of it; None while there is none."""
    draft = asked.papers.draft
    if draft is None:
        return None
    return Drafted(draft.saved_at, tuple(_overtaken(asked, before) for before in reversed(draft.overtaken)))


def _overtaken(asked: Asked, before: dict[str, Any]) -> Overtaken:
    typed = Typed.from_json(before["typed"])
    return Overtaken(typed, datetime.fromisoformat(before["saved_at"]), filled_form(asked, typed.fields))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= len("999999999") else 0
