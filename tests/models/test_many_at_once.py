"""Many who write and read at one instant: each gets a turn, and none is turned away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

from sqlmodel import col, func, select

from models.journal import JournalEntry
from models.verify import verify
from tests.models.rows import AT

if TYPE_CHECKING:
    from models.register import Register

CROWD = 60
"""More than a pool of connections usually holds, and more than SQLite serves in any order."""


def test_sixty_writers_and_sixty_readers_all_get_through(on_disk: Register) -> None:
    """Whoever waits is served; the journal has one entry for each, in an unbroken chain."""
    together = Barrier(2 * CROWD, timeout=60)

    def write(number: int) -> None:
        together.wait()
        with on_disk.change("c", at=AT, actor=f"writer-{number}") as change:
            change.record("noted", "c", number=number)

    def read(_: int) -> int:
        together.wait()
        with on_disk.read() as session:
            return session.exec(select(func.count()).select_from(JournalEntry)).one()

    with ThreadPoolExecutor(2 * CROWD) as pool:
        writing = [pool.submit(write, number) for number in range(CROWD)]
        reading = [pool.submit(read, number) for number in range(CROWD)]
        seen = [future.result() for future in reading]
        for future in writing:
            future.result()
    with on_disk.read() as session:
        noted = session.exec(select(JournalEntry).where(col(JournalEntry.event) == "noted")).all()
        assert verify(session, "c").holds
    assert {entry.actor for entry in noted} == {f"writer-{number}" for number in range(CROWD)}
    assert all(count >= 1 for count in seen)


def test_writers_who_wait_keep_no_reader_waiting(on_disk: Register) -> None:
    """While one change is being made and many wait for their turn, pages can be read."""
    about_to = Barrier(CROWD + 1, timeout=60)

    def write(number: int) -> None:
        about_to.wait()
        with on_disk.change("c", at=AT, actor=f"writer-{number}") as change:
            change.record("noted", "c", number=number)

    def read() -> int:
        with on_disk.read() as session:
            return session.exec(select(func.count()).select_from(JournalEntry)).one()

    with ThreadPoolExecutor(CROWD + 1) as pool:
        with on_disk.change("c", at=AT, actor="slow") as change:
            writing = [pool.submit(write, number) for number in range(CROWD)]
            about_to.wait()
            seen = [pool.submit(read).result(timeout=10) for _ in range(50)]
            change.record("noted", "c")
        for future in writing:
            future.result()
    assert seen == [1] * 50
