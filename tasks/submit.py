"""Submit: somebody hands in a text by a date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.terms import Position, StepKind
from tasks.asking import Asking, ask
from tasks.documents import store_document
from tasks.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config.definition import Missing
    from models.change import Change
    from models.phase import Step
    from tasks.assignments import Reply
    from tasks.phase import AnyPhase, Participant


def submit(
    phase: AnyPhase, key: str, *, of: Sequence[Participant], text: str,
    by: str | None = None, given: tuple[str, ...] = (), missing: Missing = "hold",
) -> Outcome:  # fmt: skip
    """Ask each of `of` for a text; every text handed in becomes a document.

    Several authors get a document each, named `TEXT.BODY`; one author's is named `TEXT`.
    """

    def settle(change: Change, step: Step, came: Sequence[Reply]) -> Outcome:
        documents = tuple(_store(phase, change, step, reply, text, alone=len(of) == 1) for reply in came)
        return Outcome("submitted" if came else "no_reply", documents, {"submits": len(came)}, detail=_share(came, of))

    asking = Asking(
        key,
        StepKind.SUBMIT,
        of,
        phase.question(key),
        (Position.SUBMITS,),
        by=by,
        about=given,
        missing=missing,
    )
    return ask(phase, asking, settle)


def _share(came: Sequence[Reply], of: Sequence[Participant]) -> str:
    return f"{len(came)}/{len(of)}"


def _store(phase: AnyPhase, change: Change, step: Step, reply: Reply, text: str, *, alone: bool) -> str:
    body = phase.body_of(reply.assignment.body_id)
    called = phase.definition.text_title(text)
    title = called if alone else f"{called}: {body.name}"
    content = str(reply.answer.content.get("text") or reply.answer.comment)
    return store_document(
        phase, change, text if alone else f"{text}.{body.key}", title=title, content=content, step_id=step.id
    )
