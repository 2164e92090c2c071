"""What is withheld from the record, and the mark that stands in its place."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from sqlmodel import col, select

from config.calendars import PLACES
from engine.record.parts import DocumentRecord, WithheldRecord
from engine.record.words import say_in, withheld_mark
from models.assignment import Answer, Assignment, Document
from models.cycle import Body
from models.files import Attachment
from models.phase import Phase, Step
from models.redaction import Redaction
from notifications.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlmodel import Session

    from models.cycle import Cycle
    from notifications.i18n import Tongue

ValueT = TypeVar("ValueT")
PROSE = frozenset({
    "reason", "addition", "reservations", "paragraph", "text", "differing", "title", "comment", "why", "summary",
    "organ", "file_name", "words", "content", "name", "place", "attached",
})  # fmt: skip
"""The fields in which people's own words stand. A passage is withheld wherever in them it comes."""
NAMED = frozenset({
    ("Record", "title"), ("Record", "place"), ("Minutes", "place"), ("PhaseRecord", "title"), ("BodyRecord", "name"),
    ("MilestoneRecord", "title"), ("MilestoneRecord", "words"), ("Matrix", "title"), ("PrincipalRecord", "name"),
    ("Compilation", "title"), ("ConsulteeRow", "name"), ("ItemRow", "name"), ("ItemRow", "title"),
})  # fmt: skip
"""Fields of the same names that come from the definition: what bodies, phases and promises are called."""
FILLED = frozenset({"reason", "addition", "reservations", "paragraph", "file_name"})
"""The fields that an answer or a document filled, in what was made of it."""
TEXT = N_("%(title)s, version %(version)s")
ANSWER = N_("%(body)s: %(phase)s")
QUOTABLE = 24
"""Characters from which withheld words are looked for elsewhere too: minutes and compilations quote."""


@dataclass(frozen=True)
class Veil:
    """What the public does not see of a cycle."""

    say: Tongue
    answers: Mapping[str, str]  # the grounds by the ids of answers that are withheld as a whole
    documents: Mapping[str, str]  # and of documents
    passages: tuple[tuple[re.Pattern[str], str], ...]  # what is looked for, and the ground
    told: tuple[WithheldRecord, ...]

    def mark(self, ground: str) -> str:
        """What stands in the place of something withheld, in the cycle's language."""
        return withheld_mark(ground, self.say)

    def text(self, words: str) -> str:
        """Words without the passages that are withheld."""
        for passage, ground in self.passages:
            words = passage.sub(lambda _, ground=ground: self.mark(ground), words)  # type: ignore[misc]
        return words

    def over(self, value: ValueT) -> ValueT:
        """A value of the record, and all that it consists of, as the public sees it."""
        return value if not self.told else self._over(value)

    def _over(self, value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(self._over(one) for one in value)
        if isinstance(value, Attachment):
            return Attachment(**{**value.model_dump(), "name": self.text(value.name)})
        if not is_dataclass(value) or isinstance(value, (type, WithheldRecord)):
            return value
        hidden = self._ground(value)
        changed = {one.name: self._field(value, one.name, hidden) for one in fields(value)}
        return replace(value, **changed)

    def _ground(self, value: Any) -> str | None:
        """By which rule a value is withheld as a whole."""
        if isinstance(value, DocumentRecord):
            return self.documents.get(value.id)
        return self.answers.get(getattr(value, "answer", None) or "")

    def _field(self, holder: Any, name: str, hidden: str | None) -> Any:
        value = getattr(holder, name)
        if hidden is not None and name == "files":
            return ()
        if hidden is not None and name in FILLED and value:
            return self.mark(hidden)
        prose = name in PROSE and (type(holder).__name__, name) not in NAMED
        return self._prose(value) if prose else self._over(value)

    def _prose(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {key: self.text(words) for key, words in value.items()}
        if isinstance(value, tuple):
            return tuple(self._prose(one) for one in value)
        return self._over(value)


def veil_of(session: Session, cycle: Cycle) -> Veil:
    """What is withheld now; what has been lifted is not."""
    mine = select(Redaction).where(col(Redaction.cycle_id) == cycle.id, col(Redaction.lifted_at).is_(None))
    made = session.exec(mine.order_by(col(Redaction.number))).all()
    whole = [row for row in made if not row.passage]
    answers = {row.answer_id: row.ground for row in whole if row.answer_id}
    sought = [(row.passage, row.ground) for row in made if row.passage]
    sought += [(words, row.ground) for row in whole for words in quotable(session, row)]
    longest_first = sorted(sought, key=lambda one: -len(one[0]))
    return Veil(
        say=say_in(str(cycle.language)), answers=answers,
        documents={row.document_id: row.ground for row in whole if row.document_id},
        passages=tuple((pattern(words), ground) for words, ground in longest_first),
        told=tuple(_told(session, cycle, row) for row in made),
    )  # fmt: skip


def quotable(session: Session, row: Redaction) -> Iterator[str]:
    """The words of what is withheld as a whole that are long enough to be known again where they are quoted."""
    if row.document_id is not None:
        said = session.get_one(Document, row.document_id).content.splitlines()
    else:
        answer = session.get_one(Answer, row.answer_id)
        said = [words for words in (answer.comment, *answer.content.values()) if isinstance(words, str)]
    yield from (words.strip() for words in said if len(words.strip()) >= QUOTABLE)


def pattern(passage: str) -> re.Pattern[str]:
    """Finds a passage however its lines are broken and its letters are written, and not inside of longer words."""
    words = r"\s+".join(re.escape(word) for word in passage.split())
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)


def _told(session: Session, cycle: Cycle, row: Redaction) -> WithheldRecord:
    day = PLACES[cycle.place].today(row.made_at)
    return WithheldRecord(row.number, _where(session, cycle, row), not row.passage, row.ground, day)


def _where(session: Session, cycle: Cycle, row: Redaction) -> str:
    if row.document_id is not None:
        document = session.get_one(Document, row.document_id)
        return say_in(str(cycle.language))(TEXT, title=document.title, version=document.version)
    found = session.exec(
        select(Body.name, Phase.title)
        .join(Assignment, col(Assignment.body_id) == col(Body.id))
        .join(Answer, col(Answer.assignment_id) == col(Assignment.id))
        .join(Step, col(Step.id) == col(Assignment.step_id))
        .join(Phase, col(Phase.id) == col(Step.phase_id))
        .where(col(Answer.id) == row.answer_id)
    ).one()
    return say_in(str(cycle.language))(ANSWER, body=found[0], phase=found[1])
