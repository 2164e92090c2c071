"""Drafts of starts: kept from the first step, one account's own, and gone when the cycle has begun."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete
from sqlmodel import col, select

from config.loader import DefinitionError, dump, load, parse_dumped
from engine.starting.content import Content, built, first_content, seats_of
from engine.starting.sources import FILE, chosen
from models.start import StartDraft

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from config.definition import Definition
    from config.loader import PlacedFault
    from models.account import Account
    from models.register import Register


KEPT_FOR = timedelta(days=90)
"""How long a draft is kept after it was saved last, where nobody has set another time."""


class NoSuchDraft(Exception):  # noqa: N818
    """The account has no such draft, or it has begun."""


@dataclass(frozen=True)
class Prepared:
    """A draft, read: its definition as it came and as it is to start."""

    id: str
    source: str
    text: str
    base: Definition | None  # None while an uploaded text has faults
    content: Content
    saved_at: datetime

    @property
    def given(self) -> Definition:
        """The definition as it came.

        Raises:
            NoSuchDraft: there is none yet.
        """
        if self.base is None:
            raise NoSuchDraft(self.id)
        return self.base

    @property
    def definition(self) -> Definition:
        """The definition as it is to start.

        Raises:
            NoSuchDraft: there is none yet.
        """
        return built(self.given, self.content)

    @property
    def called(self) -> str:
        """The title, or the file's name."""
        return self.content.title or self.source.partition(":")[2]


def begin_draft(register: Register, account: Account, source: str, *, now: datetime, today: date) -> str:
    """A new draft from something that is there; returns its id.

    Raises:
        NoSuchSource: it is not there.
    """
    definition, seats = chosen(register, account, source)
    return _add(register, account, source, "", definition, first_content(definition, seats, today), now)


def begin_from_text(
    register: Register, account: Account, name: str, text: str, *, now: datetime, today: date
) -> tuple[str, list[PlacedFault]]:  # fmt: skip
    """A new draft from an uploaded text, which may have faults: then only the text is kept. Returns id and faults."""
    definition, faults = checked_text(name, text)
    content = first_content(definition, seats_of(definition), today) if definition else Content()
    return _add(register, account, f"{FILE}:{name}", text, definition, content, now), faults


def checked_text(name: str, text: str) -> tuple[Definition | None, list[PlacedFault]]:
    """The definition in a text, or its faults."""
    try:
        return load(name, text), []
    except DefinitionError as wrong:
        return None, list(wrong.faults)


def mend_text(
    register: Register, account: Account, draft_id: str, text: str, *, now: datetime, today: date
) -> list[PlacedFault]:
    """Another text of an uploaded definition; what had been typed beside it begins anew. Returns its faults."""
    name = prepared(register, account, draft_id).source.partition(":")[2]
    definition, faults = checked_text(name, text)
    with register.operate() as session:
        row = session.get(StartDraft, draft_id)
        if row is None:
            raise NoSuchDraft(draft_id)
        row.text, row.saved_at = text, now
        row.definition = dump(definition) if definition else None
        if definition:
            row.content = first_content(definition, seats_of(definition), today).model_dump(mode="json")
    return faults


def prepared(register: Register, account: Account, draft_id: str) -> Prepared:
    """A draft of an account.

    Raises:
        NoSuchDraft: it has none of that id.
    """
    with register.read() as session:
        row = session.get(StartDraft, draft_id)
    if row is None or row.account_id != account.id:
        raise NoSuchDraft(draft_id)
    return _read(row)


def drafts_of(register: Register, account: Account) -> list[Prepared]:
    """Every draft of an account, the newest first."""
    mine = select(StartDraft).where(col(StartDraft.account_id) == account.id)
    with register.read() as session:
        return [_read(row) for row in session.exec(mine.order_by(col(StartDraft.saved_at).desc()))]


def change_draft(
    register: Register, account: Account, draft_id: str, changed: Callable[[Content], Content], *, now: datetime
) -> Content:
    """Change what a draft says, from what it says now: another window may have saved another page of it.

    Raises:
        NoSuchDraft: there is none.
    """
    with register.operate() as session:
        row = session.get(StartDraft, draft_id)
        if row is None or row.account_id != account.id:
            raise NoSuchDraft(draft_id)
        content = changed(Content.model_validate(row.content))
        row.content, row.saved_at = content.model_dump(mode="json"), now
    return content


def delete_draft(register: Register, account: Account, draft_id: str) -> None:
    """Throw a draft away; one that is gone already is no fault."""
    with register.operate() as session:
        row = session.get(StartDraft, draft_id)
        if row is not None and row.account_id == account.id:
            session.delete(row)


def dispose_of_start_drafts(register: Register, *, now: datetime, kept_for: timedelta) -> int:
    """Do away with drafts that nobody has saved for so long: they hold names and addresses. Returns how many.

    Both times are the machine's.
    """
    with register.operate() as session:
        gone = session.execute(delete(StartDraft).where(col(StartDraft.saved_at) < now - kept_for))
        return int(gone.rowcount)  # type: ignore[attr-defined]


def _add(
    register: Register, account: Account, source: str, text: str, definition: Definition | None, content: Content,
    now: datetime,
) -> str:  # fmt: skip
    row = StartDraft(
        id=secrets.token_hex(8), account_id=account.id, source=source, text=text,
        definition=dump(definition) if definition else None, content=content.model_dump(mode="json"), saved_at=now,
    )  # fmt: skip
    with register.operate() as session:
        session.add(row)
        return row.id


def _read(row: StartDraft) -> Prepared:
    base = parse_dumped(row.definition) if row.definition else None
    return Prepared(row.id, row.source, row.text, base, Content.model_validate(row.content), row.saved_at)
