"""One change: what is written inside one transaction of the register."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from sqlalchemy import bindparam, event, insert, true, update
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import instance_state
from sqlalchemy.orm.util import identity_key
from sqlmodel import Session, SQLModel, col, select

from models.chain import GENESIS, canonical, entry_hash
from models.images import changed_columns, noted, primary_key
from models.journal import JournalEntry, PhaseRun
from models.notice import BY_DAY, Delivery, Notice
from models.phase import Phase
from models.rows import Statement, Write, changes, insertion, insertion_of, row_by_key, write
from models.storable import storable
from models.tables import JOURNALED
from models.waking import wake_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from sqlalchemy import Connection

    from models.cycle import Cycle
    from models.rows import Query

RowT = TypeVar("RowT", bound=SQLModel)


WRITE_ORDER: dict[Any, int] = {table: order for order, table in enumerate((*JOURNALED, Delivery, PhaseRun))}
APPEND = Statement(insert(JournalEntry.__table__))  # type: ignore[attr-defined]
STALE = Statement(
    update(PhaseRun.__table__)  # type: ignore[attr-defined]
    .where(col(PhaseRun.phase_id) == bindparam("phase"))
    .values(stale=true())
)


def _write_order(row: SQLModel) -> int:
    return WRITE_ORDER[type(row)]


class Identity(Protocol):
    """What a change needs of the register it is made in."""

    mail_domain: str
    shown: bool  # whether administrators look at runs of its phases

    def token(self, size: int) -> str:
        """A fresh unguessable text from `size` random bytes."""
        ...


class Change:
    """Collects rows, events and notices; `finish` computes `wake_at`, writes the journal entry and flushes.

    `connection` is in the transaction that the change is; a session is opened in it when somebody asks for one.
    """

    def __init__(
        self, register: Identity, connection: Connection, cycle: Cycle, *, at: datetime, actor: str,
        head: tuple[int, str] = (0, GENESIS),
    ) -> None:  # fmt: skip
        self.register = register
        self.connection = connection
        self.cycle = cycle
        self.at = at
        self.actor = actor
        self.head = head
        """Number and hash of the journal's last entry, read under the cycle's lock."""
        self.events: list[dict[str, Any]] = []
        self._opened: Session | None = None
        self._pending: list[SQLModel] = []
        self._added_to: set[type[SQLModel]] = set()
        self._kept: dict[tuple[Any, str], Any] = {}  # a session knows its rows only as long as somebody holds them
        self._owed: list[dict[str, Any]] = []  # deliveries: nothing in the change looks at them
        self._writes: list[Write] = []
        self._rows: list[list[Any]] = []
        self._phases: set[str] = set()
        self._shown: set[str] = set()

    @property
    def session(self) -> Session:
        """For queries; what has been added so far is visible to them."""
        self._send_added()
        return self._opened or self._open()

    def _send_added(self) -> None:
        """From here on rows that were added are rows like others."""
        written = self._write_added()
        self._send()
        for row in written:
            make_transient_to_detached(row)
        self.keep([row for row in written if isinstance(row, JOURNALED)])
        if others := [row for row in written if not isinstance(row, JOURNALED)]:
            (self._opened or self._open()).add_all(others)

    def _open(self) -> Session:
        self._opened = Session(self.connection, expire_on_commit=False)
        self._opened.add_all(self._kept.values())
        event.listen(self._opened, "before_flush", self._collect)
        return self._opened

    def close(self) -> None:
        """Let go of the rows."""
        if self._opened is not None:
            self._opened.close()

    def add(self, row: RowT) -> RowT:
        """A new row. Rows are written together, in an order that their references allow."""
        self._pending.append(row)
        self._added_to.add(type(row))
        return row

    def _write_added(self) -> list[SQLModel]:
        """Write added rows table by table: few statements, and no row before one that it refers to."""
        written: list[SQLModel] = []
        while self._pending:
            first = min(self._pending, key=_write_order)
            of_its_kind = [row for row in self._pending if type(row) is type(first)]
            self._pending = [row for row in self._pending if type(row) is not type(first)]
            written += self._insert(self._not_owed_yet(of_its_kind) if isinstance(first, Notice) else of_its_kind)
        if self._owed:
            self._writes.append(insertion_of(Delivery, self._owed))
            self._owed = []
        self._added_to.clear()
        return written

    def _insert(self, rows: list[SQLModel]) -> list[SQLModel]:
        self._rows += [noted(row) for row in rows if isinstance(row, JOURNALED)]
        if rows:
            self._writes.append(insertion(rows))
        return rows

    def _send(self) -> None:
        if self._writes:
            write(self.connection, self._writes)
            self._writes = []

    def _not_owed_yet(self, notices: Sequence[Any]) -> list[Any]:
        """Without what has been owed to the same people today: a coordinator may come before the phase's own pass."""
        by_day = [row.id for row in notices if row.kind in BY_DAY]
        if not by_day:
            return [*notices]
        self._send()
        held = set(self.connection.scalars(select(Notice.id).where(col(Notice.id).in_(by_day))))
        self._owed = [one for one in self._owed if one["notice_id"] not in held]
        return [row for row in notices if row.id not in held]

    def record(self, happened: str, subject: str, **data: Any) -> None:
        """What happened, in the past tense, to whom; the first event names the entry."""
        self.events.append({"event": happened, "subject": subject, **storable(data, happened)})

    def notify(self, notice: Notice) -> None:
        """Owe somebody a mail. Its Message-ID (RFC 5322, 3.6.4) is fixed here, for every attempt to come."""
        self.add(notice)
        self._owed.append(
            {
                "notice_id": notice.id,
                "cycle_id": self.cycle.id,
                "message_id": f"<{self.register.token(18)}@{self.register.mail_domain}>",
                "next_attempt_at": notice.send_from,
            }
        )

    def wake(self, *phase_ids: str) -> None:
        """Say that these phases are affected: their next look is computed when the change is finished."""
        self._phases.update(phase_ids)

    def show(self, phase_id: str) -> None:
        """Say that administrators should see something new of a phase whose next look stays as it is."""
        self._shown.add(phase_id)

    def get(self, table: type[RowT], key: str) -> RowT:
        """A row that must be there.

        Raises:
            LookupError: it is not.
        """
        row = self._found(table, key)
        if row is None:
            raise LookupError(f"no {table.__tablename__} '{key}'")
        return row

    def has(self, table: type[RowT], key: str) -> bool:
        """Whether there is such a row."""
        return self._found(table, key) is not None

    def _found(self, table: type[RowT], key: str) -> RowT | None:
        if table not in JOURNALED:  # the session's own business
            return self.session.get(table, key)
        if table in self._added_to:
            self._send_added()
        row = self._known(table, key) or row_by_key(self.connection, table, key)
        return self.keep([row])[0] if row is not None else None

    def _known(self, table: type[RowT], key: str) -> RowT | None:
        """A row that this change has already."""
        if (table, key) in self._kept or self._opened is None:
            return self._kept.get((table, key))
        return self._opened.identity_map.get(identity_key(table, key))

    def find(self, query: Query, **values: Any) -> list[Any]:
        """The rows of a table that a query finds, each as this change has it.

        The query must go by what never changes of a row: what this change has set may not be in the database yet.
        """
        if query.tables[0] in self._added_to:
            self._send_added()
        found = [row for _, (row,) in query.all(self.connection, values)]
        return [*self.keep([self._known(type(row), primary_key(row)) or row for row in found])]

    def keep(self, rows: Sequence[Any]) -> Sequence[Any]:
        """Hold on to rows that were read together, so that `get` finds them without asking the database again."""
        if not all(isinstance(row, JOURNALED) for row in rows):
            raise AssertionError("what is not journaled is the session's own")
        self._kept.update({(type(row), primary_key(row)): row for row in rows})
        if self._opened is not None:
            self._opened.add_all(rows)
        return rows

    def finish(self) -> None:
        """Make the change whole. A change that says nothing of itself is a fault in the program."""
        self._set_wakes()
        self._write_added()
        self._write_changed()
        if self._opened is not None:  # what is not journaled may refer to what is
            self._send()
            self._opened.flush()
        self._mark_stale()
        if self.events:
            self._append(canonical({"events": self.events, "rows": self._rows}))
        elif self._rows:
            raise AssertionError(f"a change without an event: {self._rows}")
        self._send()

    def _mark_stale(self) -> None:
        """What administrators are shown of these phases is no longer all there is."""
        phases = sorted(self._phases | self._shown)
        if phases and self.register.shown:
            self._writes.append(Write(STALE, [{"phase": phase_id} for phase_id in phases]))

    def _write_changed(self) -> None:
        """Write the rows that changed. The session is done with them: nothing comes after this."""
        self._writes += changes(self._note_changed())
        if self._opened is not None:
            for row in [row for row in self._opened.dirty if isinstance(row, JOURNALED)]:
                self._opened.expunge(row)

    def _note_changed(self) -> list[tuple[SQLModel, AbstractSet[str]]]:
        """The rows that changed, and what of them."""
        changed: list[tuple[SQLModel, AbstractSet[str]]] = [
            (row, names) for row in self._dirty() if isinstance(row, JOURNALED) and (names := changed_columns(row))
        ]
        changed.sort(key=lambda one: (_write_order(one[0]), primary_key(one[0])))  # `dirty` has no order
        self._rows += [noted(row, names) for row, names in changed]
        return changed

    def _dirty(self) -> list[SQLModel]:
        """The rows of which something was set."""
        if self._opened is not None:
            return list(self._opened.dirty)
        return [row for row in self._kept.values() if instance_state(row).modified]

    def _collect(self, session: Session, *_: object) -> None:
        """Whatever the session itself writes is written down too: nothing reaches a journaled table unseen."""
        self._rows += [noted(row) for row in session.new if isinstance(row, JOURNALED)]
        self._note_changed()
        if session.deleted:
            raise AssertionError(f"rows are never deleted: {session.deleted}")

    def _set_wakes(self) -> None:
        for phase_id in sorted(self._phases):
            phase = self.get(Phase, phase_id)
            wake = wake_of(self, phase)
            if phase.wake_at != wake:
                phase.wake_at = wake

    def _append(self, body: str) -> None:
        seq, previous = self.head[0] + 1, self.head[1]
        name = str(self.events[0]["event"])
        digest = entry_hash(self.cycle.id, seq, self.at, self.actor, name, body, previous)
        entry = {
            "cycle_id": self.cycle.id, "seq": seq, "at": self.at, "actor": self.actor,
            "event": name, "body": body, "previous": previous, "hash": digest,
        }  # fmt: skip
        self._writes.append(Write(APPEND, [entry]))
