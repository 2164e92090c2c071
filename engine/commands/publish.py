"""Publish a new version of a text: who has not decided on it yet decides on the new one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from config.terms import StepKind
from engine.commands.coordinate import CannotDo, acting, any_phase
from models.phase import Step
from tasks.documents import key_of, newest_of, store_document, store_file

if TYPE_CHECKING:
    from datetime import datetime

    from engine.documents.given import GivenFile
    from models.change import Change
    from models.register import Register

MOST = 1_000_000
"""Characters in a text."""


def publish(register: Register, cycle: str, text: str, content: str, *, reason: str, now: datetime, actor: str) -> str:
    """Keep a new version of a text that the cycle has, or the first of one that its definition names.

    Principals that have referred the text back, tabled it or not answered yet are asked anew, about this version, at
    the next pass of the phase. Who has decided stays with the version decided on.

    Returns:
        The document's id, which says key and version.

    Raises:
        CannotDo: the cycle has no such text, nothing is new in it, it is too long, or no reason was given.
    """
    context = any_phase(register, cycle, now)
    with acting(register, cycle, now=now, actor=actor, reason=reason) as change:
        held = newest_of(change.session, cycle, text)
        if held is None and text not in context.definition.texts:
            raise CannotDo(f"there is no text '{text}' in '{cycle}'")
        _see_that_it_is_new(content, held.content if held else "")
        title = held.title if held else context.definition.text_title(text)
        document = store_document(context, change, text, title=title, content=content, step_id=None, reason=reason)
        change.record("text_published", document, reason=reason)
        _ask_those_who_decide(change, text)
    return document


def publish_file(
    register: Register, cycle: str, text: str, file: GivenFile, *, reason: str, now: datetime, actor: str
) -> str:
    """The same with a file, whose bytes are kept already.

    Raises:
        CannotDo: the cycle has no such text, it is the newest version already, or no reason was given.
    """
    context = any_phase(register, cycle, now)
    with acting(register, cycle, now=now, actor=actor, reason=reason) as change:
        held = newest_of(change.session, cycle, text)
        if held is None and text not in context.definition.texts:
            raise CannotDo(f"there is no text '{text}' in '{cycle}'")
        if held is not None and held.sha256 == file.sha256:
            raise CannotDo("the file is the same as the newest version")
        title = held.title if held else context.definition.text_title(text)
        document = store_file(context, change, text, title=title, file=file, reason=reason)
        change.record("text_published", document, reason=reason)
        _ask_those_who_decide(change, text)
    return document


def _see_that_it_is_new(content: str, held: str) -> None:
    if not content.strip():
        raise CannotDo("the text is empty")
    if len(content) > MOST:
        raise CannotDo(f"the text is longer than {MOST:,} characters")
    if content == held:
        raise CannotDo("the text is the same as the newest version")


def _ask_those_who_decide(change: Change, text: str) -> None:
    """Open questions about an older version get attention; the phase's own pass asks anew."""
    deciding = select(Step).where(
        col(Step.cycle_id) == change.cycle.id, col(Step.kind) == StepKind.DECIDE, col(Step.settled_at).is_(None)
    )
    for step in change.session.exec(deciding):
        if step.about and key_of(step.about[-1]) == text:
            step.attention = True
            change.wake(step.phase_id)
