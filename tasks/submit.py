"""Submit: somebody hands in a text by a date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.base import in_language
from config.terms import Position, StepKind
from models.forms import read_form
from notifications.i18n import tongue
from tasks.asking import Asking, ask
from tasks.documents import store_document
from tasks.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config.definition import Missing
    from models.change import Change
    from models.forms import Form
    from models.forms.base import Label
    from models.phase import Step
    from tasks.assignments import Reply
    from tasks.phase import AnyPhase, Participant


def submit(
    phase: AnyPhase, key: str, *, of: Sequence[Participant], text: str,
    by: str | None = None, given: tuple[str, ...] = (), missing: Missing = "hold", form: Form | None = None,
) -> Outcome:  # fmt: skip
    """Ask each of `of` for a text; every text handed in becomes a document.

    Several authors get a document each, named `TEXT.BODY`; one author's is named `TEXT`. Where the step has a form,
    the document is put together from what was filled in.
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
        form=form,
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
    content = _written(phase, step, reply)
    key = text if alone else f"{text}.{body.key}"
    return store_document(
        phase, change, key, title=title, content=content, step_id=step.id, answer=reply.answer
    )  # fmt: skip


def _written(phase: AnyPhase, step: Step, reply: Reply) -> str:
    """What was handed in, as a text in the cycle's language."""
    form, language = read_form(step.form), phase.definition.language
    if form is None:
        return str(reply.answer.content.get("text") or reply.answer.comment)

    def say(label: Label) -> str:
        return tongue(str(language))(label) if isinstance(label, str) else in_language(label, language)

    return form.document(reply.answer.content, say)
