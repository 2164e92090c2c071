"""A rehearsal that remembers its mails: the very definition, with the very participants, and every letter.

A letter is written when somebody looks at it. What its template is given is kept meanwhile, packed: a thousand people
get several thousand letters, and few of those are looked at.
"""

from __future__ import annotations

import pickle
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.plan_pace import Paced
from engine.rehearsal import SECRET
from notifications.compose import Composed, Outline, outline
from notifications.outbox import Mailer
from notifications.sender import Sender
from notifications.transport import DiscardTransport

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from notifications.letter import Case
    from notifications.render import Letter

TOGETHER = 64
"""Outlines that are packed together: mails that go at once say much the same."""


@dataclass(frozen=True)
class RehearsedMail:
    """A mail of a rehearsal, as a list shows it."""

    number: int  # from 1, in the order in which they go
    at: datetime
    kind: str
    phase: str | None  # the key
    step: str | None  # the kind of step
    to: str
    name: str
    subject: str


@dataclass(frozen=True)
class Letters:
    """What the letters of a rehearsal are written from, by their numbers."""

    packed: tuple[bytes, ...]

    @classmethod
    def of(cls, outlines: Sequence[Outline]) -> Letters:
        """Packed; the first is number 1."""
        groups = (outlines[at : at + TOGETHER] for at in range(0, len(outlines), TOGETHER))
        return cls(tuple(zlib.compress(pickle.dumps(group), 1) for group in groups))

    def letter(self, number: int) -> Letter:
        """The letter of a number, written now.

        Raises:
            IndexError: there is none of that number.
        """
        if number < 1:
            raise IndexError(number)
        group, position = divmod(number - 1, TOGETHER)
        outlines: list[Outline] = pickle.loads(zlib.decompress(self.packed[group]))  # noqa: S301 - packed by `of`
        return outlines[position].letter


class KeepingMailer(Mailer):
    """Sends nothing, and remembers every mail that it would have sent."""

    mails: list[RehearsedMail]
    outlines: list[Outline]

    def unwritten(self, cases: Sequence[Case], message_id: str) -> Composed:  # noqa: ARG002 - as one that writes has it
        """Address and subject; the rest is remembered."""
        made, case = outline(cases), cases[0]
        self.outlines.append(made)
        self.mails.append(RehearsedMail(
            len(self.outlines), case.now, str(case.notice.kind), case.phase.key if case.phase else None,
            str(case.step.kind) if case.step else None, case.person.address, case.person.name or "", made.subject,
        ))  # fmt: skip
        return Composed(made.address, made.subject, b"")


@dataclass
class Previewed(Paced):
    """A rehearsal in which everybody answers on the last day, as the plan's is, with its mails."""

    base_url: str = "http://samsyn.example"
    mails: list[RehearsedMail] = field(default_factory=list)
    outlines: list[Outline] = field(default_factory=list)

    def sender(self) -> Sender:
        """Whose links lead where those of the mails will."""
        return Sender("samsyn@samsyn.example", self.base_url, SECRET)

    def new_mailer(self) -> Mailer:
        """One that remembers."""
        mailer = KeepingMailer(self.register, DiscardTransport(), self.sender(), owner="rehearsal")
        mailer.mails, mailer.outlines = self.mails, self.outlines
        return mailer
