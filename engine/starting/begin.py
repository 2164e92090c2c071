"""The start itself: once for each draft, whoever presses how often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete
from sqlmodel import col

from config.findings import Level
from engine.accounts.accounts import give_role_in
from engine.commands.start import is_over, start_cycle
from engine.starting.content import fingerprint
from engine.starting.dates import undecided
from engine.starting.drafts import NoSuchDraft, prepared
from engine.starting.particulars import Wrong, naming_faults
from engine.starting.preview import noted
from models.account import Role
from models.register import RegisterError
from models.start import StartDraft

if TYPE_CHECKING:
    from datetime import datetime

    from engine.starting.drafts import Prepared
    from models.account import Account
    from models.change import Change
    from models.register import Register


class NotReady(RegisterError):  # noqa: N818
    """Something has to be done before the cycle can begin."""


class Changed(RegisterError):  # noqa: N818
    """The draft is another than the one that was looked over."""


class Taken(RegisterError):  # noqa: N818
    """The name or the number has been taken meanwhile."""

    def __init__(self, wrong: dict[str, Wrong]) -> None:
        super().__init__(f"taken meanwhile: {', '.join(wrong)}")
        self.wrong = wrong


@dataclass(frozen=True)
class Missing:
    """What stands between a draft and its start."""

    particulars: bool
    people: bool
    dates: tuple[str, ...]
    errors: int
    unseen: int  # warnings that nobody has ticked

    @property
    def anything(self) -> bool:
        """Whether the cycle cannot begin yet."""
        return bool(self.particulars or self.people or self.dates or self.errors or self.unseen)


def missing(draft: Prepared, now: datetime) -> Missing:
    """What has to be done before a draft can begin."""
    definition, content = draft.definition, draft.content
    found = noted(definition)
    return Missing(
        particulars=not content.settled or not content.begins or is_over(definition, now),
        people=not content.seats,
        dates=tuple(undecided(definition, content)),
        errors=sum(one.finding.level is Level.ERROR for one in found),
        unseen=sum(one.finding.level is Level.WARNING and one.as_seen not in content.seen for one in found),
    )


def begin(register: Register, account: Account, draft_id: str, *, reviewed: str, now: datetime) -> str:
    """Start what was reviewed. The cycle, its coordinator and the end of the draft are one transaction.

    Args:
        register: the register.
        account: who starts it, and becomes its coordinator.
        draft_id: the draft.
        reviewed: the fingerprint of what was looked over.
        now: the instant, by the cycles' clock.

    Raises:
        NoSuchDraft: it has begun already, or was thrown away.
        NotReady: something has to be done first.
        Changed: it was changed after it had been looked over.
        Taken: its name or number has been taken meanwhile.
    """
    draft = prepared(register, account, draft_id)
    definition, content = draft.definition, draft.content
    if missing(draft, now).anything:
        raise NotReady("the draft is not ready")
    if fingerprint(definition, content) != reviewed:
        raise Changed("the draft was changed after it had been looked over")
    with register.read() as session:
        wrong = naming_faults(session, definition, content)
    if wrong:
        raise Taken(wrong)

    def along(change: Change) -> None:
        row = change.session.get(StartDraft, draft_id)
        if row is None or row.content != content.model_dump(mode="json"):
            raise NoSuchDraft(draft_id)
        change.session.execute(delete(StartDraft).where(col(StartDraft.id) == draft_id))
        give_role_in(change, account, Role.COORDINATOR)

    return start_cycle(
        register, definition, slug=content.slug, at=now, actor=account.actor,
        participants=[held.holder() for held in content.seats], along=along,
    )  # fmt: skip
