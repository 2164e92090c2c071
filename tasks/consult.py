"""Consult: consultees take positions on a text, or on each of its subjects. Silence is no reply, never consent."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from config.base import in_language
from config.subjects import spelled_out
from config.terms import POSITIONS, Position, StepKind
from models.forms.subjects import Item, SubjectsForm
from tasks.asking import Asking, ask
from tasks.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from config.base import Text
    from config.definition import Consultation, Missing
    from config.terms import Language
    from models.change import Change
    from models.phase import Step
    from tasks.assignments import Reply
    from tasks.phase import AnyPhase, Participant


def consult(
    phase: AnyPhase, key: str, *, of: Sequence[Participant], given: tuple[str, ...],
    by: str | None = None, prepares: str | None = None, missing: Missing = "close",
    form: SubjectsForm | None = None, late_until: str | None = None,
) -> Outcome:  # fmt: skip
    """Ask each consultee for its position, by a milestone or the day before one; the outcome counts them.

    With subjects the positions are in the form, and the reply as a whole only hands it in. `late_until` names the
    step that makes use of the replies: until it is done, those who were silent may still reply, late.
    """

    def settle(change: Change, step: Step, came: Sequence[Reply]) -> Outcome:  # noqa: ARG001 - nothing else to write
        counts = Counter(str(reply.answer.position) for reply in came)
        return Outcome(
            "replied" if came else "no_reply", given, dict(sorted(counts.items())), detail=f"{len(came)}/{len(of)}"
        )

    offers = (Position.SUBMITS,) if form and form.items else POSITIONS[StepKind.CONSULT]
    asking = Asking(
        key, StepKind.CONSULT, of, phase.question(key), offers,
        form=form, by=by, prepares=prepares, about=given, missing=missing, late_until=late_until,
    )  # fmt: skip
    return ask(phase, asking, settle)


def subjects_form(says: Consultation, language: Language) -> SubjectsForm | None:
    """What a reply consists of beside its position: positions on the subjects, the approval, or nothing."""
    items = tuple(_items(says, language))
    return SubjectsForm(items=items, approved_inside=says.approved_inside) if items or says.approved_inside else None


def _items(says: Consultation, language: Language) -> Iterator[Item]:
    """Every subject, each followed by its activities."""
    for key, named in says.subjects.items():
        subject = spelled_out(named)
        title = by_language(subject.title, language)
        yield Item(name=key, title=title)
        for activity, words in subject.activities.items():
            yield Item(name=f"{key}.{activity}", title=_under(title, by_language(words, language), language))


def by_language(words: Text, language: Language) -> dict[str, str]:
    """A definition's words by language; those that name none are in the cycle's own."""
    return {str(language): words} if isinstance(words, str) else {str(code): text for code, text in words.items()}


def _under(subject: dict[str, str], activity: dict[str, str], language: Language) -> dict[str, str]:
    """An activity's title, which begins with its subject's, in every language that either has."""
    codes = dict.fromkeys((*subject, *activity))
    return {code: f"{in_language(subject, code, language)}: {in_language(activity, code, language)}" for code in codes}
