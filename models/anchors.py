"""Heads of the journal that are known outside the register: where it stood once, so that it cannot have ended earlier.

The chain shows that nothing inside the journal was changed. That its last entries are gone together with all that they
wrote, or that somebody has written all of it anew, shows only against a head that was kept elsewhere: in a mail that
was sent, or in a file of heads that was copied away.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import select as select_values
from sqlmodel import col, func

from models.journal import JournalEntry
from models.register import RegisterError
from models.rows import Query, among, is_among

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from sqlmodel import Session

HEADER = "X-Samsyn-Journal-Head"
"""The header of a mail that says where the journal of its cycle stood when the mail was written."""
HEAD = re.compile(r"(?P<number>[1-9][0-9]{0,14}):(?P<hash>[0-9a-f]{64})")
HALF = 32
log = logging.getLogger("samsyn.mail")


class BadAnchors(RegisterError):  # noqa: N818
    """A head, or a file of heads, that cannot be read; one line each, each beginning with its place."""


@dataclass(frozen=True, order=True)
class Head:
    """Where the journal of a cycle stood: its last entry's number and hash."""

    cycle: str
    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"

    @property
    def for_mail(self) -> str:
        """The same as a header's value, with a space where a mail program may break the line."""
        return f"{self.number}:{self.hash[:HALF]} {self.hash[HALF:]}"


def parse_head(text: str, cycle: str) -> Head:
    """A head as a mail or a file has it, `NUMBER:HASH`; spaces and line breaks within it do not count.

    Raises:
        BadAnchors: it is none.
    """
    found = HEAD.fullmatch("".join(text.split()).lower())
    if found is None:
        raise BadAnchors(f"'{text}' is no head of a journal; write NUMBER:HASH, the hash with 64 signs")
    return Head(cycle, int(found["number"]), found["hash"])


def heads(session: Session, cycles: Collection[str]) -> dict[str, Head]:
    """Where the journals of these cycles stand."""
    if not cycles:
        return {}
    number, wanted = among(cycles)
    found = [Head(**one.values) for one in _standing(number).all(session.connection(), wanted)]
    return {head.cycle: head for head in found}


@cache
def _standing(number: int) -> Query:
    """The last entries of so many journals."""
    last = (
        select_values(col(JournalEntry.cycle_id), func.max(JournalEntry.seq).label("last"))
        .where(is_among(col(JournalEntry.cycle_id), number))
        .group_by(col(JournalEntry.cycle_id))
        .subquery()
    )
    cycle, seq = col(JournalEntry.cycle_id), col(JournalEntry.seq)
    entries: Any = select_values(cycle.label("cycle"), seq.label("number"), col(JournalEntry.hash))
    return Query(entries.join(last, (cycle == last.c.cycle_id) & (seq == last.c.last)))


def read_heads(path: Path) -> list[Head]:
    """A file of heads: on each line an instant, a cycle and a head.

    Raises:
        BadAnchors: it cannot be read; a line for each fault.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as unread:
        raise BadAnchors(f"{path}:1: cannot be read: {getattr(unread, 'strerror', None) or unread}") from None
    found, faults = [], []
    for number, line in enumerate(lines, start=1):
        try:
            found += [_head(line)] if line.strip() else []
        except ValueError:
            faults.append(f"{path}:{number}: no head; a line is an instant, a cycle and NUMBER:HASH")
        except BadAnchors as bad:
            faults.append(f"{path}:{number}: {bad}")
    if faults:
        raise BadAnchors("\n".join(faults))
    return found


def _head(line: str) -> Head:
    _instant, cycle, head = line.split()
    return parse_head(head, cycle)


class HeadFile:
    """A file that heads are added to, each once for as long as it stands. It is meant to be copied elsewhere."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._written: dict[str, Head] = {}

    def add(self, standing: Mapping[str, Head], at: datetime) -> None:
        """Write down where journals stand at an instant.

        Raises:
            OSError: it cannot be written.
        """
        fresh = [head for cycle, head in sorted(standing.items()) if self._written.get(cycle) != head]
        if not fresh:
            return
        lines = "".join(f"{at.isoformat(timespec='seconds')} {head.cycle} {head}\n" for head in fresh)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(lines)
        self._written |= {head.cycle: head for head in fresh}

    def note(self, standing: Mapping[str, Head], at: datetime) -> None:
        """The same for a mail that tells of them: that they cannot be written down stops no mail."""
        try:
            self.add(standing, at)
        except OSError as refused:
            log.warning("the file of the journals' heads cannot be written: %s", refused)


def head_faults(cycle_id: str, entries: Sequence[JournalEntry], known: Iterable[Head]) -> Iterator[str]:
    """Where the journal is not the one that was known outside."""
    for head in sorted({head for head in known if head.cycle == cycle_id}):
        if head.number > len(entries):
            yield f"{cycle_id}: the journal ends at entry {len(entries)}; it is known to have had entry {head.number}"
        elif entries[head.number - 1].hash != head.hash:
            yield f"{cycle_id}: journal entry {head.number} is another one than was known: {head.hash[:16]}…"


__all__ = ["HEADER", "BadAnchors", "Head", "HeadFile", "head_faults", "heads", "parse_head", "read_heads"]
