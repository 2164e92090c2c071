"""Compile: the owner of a consultation says for each remark whether it is taken and why; the compilation is a document.

Late replies are accepted until then, and the owner's form grows with their remarks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from config.base import in_language
from config.terms import Language, Position, StepKind
from models.forms.compilation import CompilationForm, Remark
from models.phase import Phase as PhaseRow
from models.phase import Step
from models.schedule import ready
from notifications.form_words import DOCUMENT, ON_THE_WHOLE
from notifications.i18n import tongue
from notifications.terms import position_words
from tasks.asking import Asking, ask
from tasks.compilation import Compilation, Standing, read_compilation, remark_name, remarks_of
from tasks.compilation_text import compilation_text
from tasks.documents import store_document
from tasks.late import later_step
from tasks.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.assignment import Answer
    from models.change import Change
    from tasks.assignments import Reply
    from tasks.compilation import ConsulteeRow, ItemRow
    from tasks.phase import AnyPhase, Participant


def compile_replies(
    phase: AnyPhase, key: str, *, of: Sequence[Participant], given: tuple[str, ...], by: str | None = None
) -> Outcome:
    """Ask whoever compiles what becomes of each remark; the outcome counts the replies as they are by then."""

    def settle(change: Change, step: Step, came: Sequence[Reply]) -> Outcome:
        answer = came[-1].answer if came else None
        compilation = _compiled(change, phase.id, answer.content if answer else {})
        document = _store(phase, change, step, compilation, answer)
        late = sum(row.standing is Standing.LATE for row in compilation.consultees)
        return Outcome(
            "compiled", (*given, document), {"replied": compilation.replied, "late": late},
            detail=f"{compilation.replied}/{len(compilation.consultees)}",
        )  # fmt: skip

    asking = Asking(
        key, StepKind.SUBMIT, of, phase.question(key), (Position.SUBMITS,),
        form=lambda change: _form(_compiled(change, phase.id)), by=by, about=given, missing="hold",
    )  # fmt: skip
    return ask(phase, asking, settle)


def grow(change: Change, replied: Step) -> None:
    """A late reply has come: whoever compiles is asked about its remarks too."""
    compiling = change.session.get(Step, later_step(replied))
    if compiling is None or compiling.settled_at or ready(compiling):
        return
    compiling.form = _form(_compiled(change, compiling.phase_id)).to_json()


def _compiled(change: Change, phase_id: str, treatments: Mapping[str, Any] | None = None) -> Compilation:
    compilation = read_compilation(change.session, change.cycle, change.get(PhaseRow, phase_id), treatments)
    assert compilation is not None  # noqa: S101 - the replies were asked for before
    return compilation


def _store(
    phase: AnyPhase, change: Change, step: Step, compilation: Compilation, answer: Answer | None
) -> str:  # fmt: skip
    say = tongue(compilation.language)
    return store_document(
        phase, change, f"{phase.row.key}-{step.key}",
        title=say(DOCUMENT, title=compilation.title), content=compilation_text(compilation, say), step_id=step.id,
        answer=answer,
    )  # fmt: skip


def _form(compilation: Compilation) -> CompilationForm:
    remarks = (
        Remark(
            name=remark_name(row.key, item.name if item else ""),
            title={str(language): _title(compilation, row, item, language) for language in Language},
            words={compilation.language: words},
        )
        for row, item, words in remarks_of(compilation)
    )
    return CompilationForm(remarks=tuple(remarks))


def _title(compilation: Compilation, row: ConsulteeRow, item: ItemRow | None, language: Language) -> str:
    """Whose remark it is, on what, and with which position: `Åre kommun: Ökad tillgänglighet (avstyrker)`."""
    say = tongue(language)
    on = in_language(item.title, language, compilation.language) if item and item.title else say(ON_THE_WHOLE)
    position = compilation.voice(item, row.key).position if item else None
    return f"{row.name}: {on} ({position_words(position, say).lower()})" if position else f"{row.name}: {on}"
