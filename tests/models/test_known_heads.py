"""What only a head that is known elsewhere shows: the end is gone with all that it wrote, or all was written anew."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING

import pytest

from models.anchors import BadAnchors, Head, HeadFile, heads, parse_head, read_heads
from models.verify import verify
from tests.tasks.world import SLUG, World, tiny

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DEFINITION = """
    milestones:
      described: {by: 2024-02-29, words: "by the end of February"}
    phases:
      describe: {kind: project_description, author: office, approved_by: board, due: described}
"""
pytestmark = pytest.mark.sqlite  # the register is set back by its bytes

AT = datetime(2024, 1, 15, 7, tzinfo=UTC)
HASH = "0123456789abcdef" * 4


@pytest.fixture
def world() -> Iterator[World]:
    """A cycle that waits for its first answer."""
    world = World(tiny(DEFINITION))
    yield world
    world.register.close()


def standing(world: World) -> Head:
    with world.register.read() as session:
        return heads(session, [SLUG])[SLUG]


def faults(world: World, *known: Head) -> tuple[str, ...]:
    with world.register.read() as session:
        return verify(session, SLUG, known=known).faults


def test_head_is_number_and_hash_of_the_last_entry(world: World) -> None:
    with world.register.read() as session:
        found = verify(session, SLUG)
    assert standing(world) == Head(SLUG, found.entries, found.head)


def test_every_head_that_was_ever_right_stays_right(world: World) -> None:
    known = [standing(world)]
    world.reply("describe/description", "office")
    known.append(standing(world))
    assert known[0] != known[1]
    assert faults(world, *known) == ()


def test_rolling_back_is_found_by_a_head_alone(world: World) -> None:
    """Rows and entries go together, so that nothing inside disagrees."""
    raw = world.register.raw  # type: ignore[attr-defined]
    before = raw.serialize()
    world.reply("describe/description", "office")
    known = standing(world)
    raw.deserialize(before)
    assert faults(world) == ()
    ends = world.journal_length()
    assert faults(world, known) == (
        f"{SLUG}: the journal ends at entry {ends}; it is known to have had entry {known.number}",
    )


def test_another_history_is_found_by_a_head_alone(world: World) -> None:
    raw = world.register.raw  # type: ignore[attr-defined]
    before = raw.serialize()
    world.reply("describe/description", "office", text="what was said")
    known = standing(world)
    raw.deserialize(before)
    world.reply("describe/description", "office", text="what somebody wishes had been said")
    assert faults(world) == ()
    [fault] = faults(world, known)
    assert fault == f"{SLUG}: journal entry {known.number} is another one than was known: {known.hash[:16]}…"


def test_head_of_another_cycle_says_nothing(world: World) -> None:
    assert faults(world, Head("another", 99, HASH)) == ()


def test_file_is_added_to_only_when_a_journal_has_grown(tmp_path: Path) -> None:
    file = HeadFile(tmp_path / "heads.txt")
    first, second = Head("a", 1, HASH), Head("a", 2, HASH[::-1])
    for head in (first, first, second):
        file.add({"a": head}, AT)
    HeadFile(file.path).add({"a": second}, AT)  # another process does not know
    assert file.path.read_text(encoding="utf-8").splitlines()[0] == f"2024-01-15T07:00:00+00:00 a 1:{HASH}"
    assert read_heads(file.path) == [first, second, second]


@pytest.mark.parametrize("written", [f"12:{HASH}", f" 12:{HASH[:32]}\r\n {HASH[32:]} ", f"12:{HASH.upper()}"])
def test_head_is_read_as_mail_programs_show_it(written: str) -> None:
    assert parse_head(written, "a") == Head("a", 12, HASH)


@pytest.mark.parametrize("written", ["", "12", HASH, f"0:{HASH}", f"12:{HASH}0", f"-1:{HASH}", f"12:{HASH[:-1]}g"])
def test_what_is_no_head_is_refused(written: str) -> None:
    with pytest.raises(BadAnchors, match="is no head of a journal"):
        parse_head(written, "a")


def test_faults_of_a_file_come_with_their_lines(tmp_path: Path) -> None:
    file = tmp_path / "heads.txt"
    file.write_text(f"2024-01-15T07:00:00+00:00 a 1:{HASH}\n\nnonsense\n2024-01-15 a 1:2\n", encoding="utf-8")
    with pytest.raises(BadAnchors) as refused:
        read_heads(file)
    assert [line.split(": ")[0] for line in str(refused.value).splitlines()] == [f"{file}:3", f"{file}:4"]
    with pytest.raises(BadAnchors, match=r"missing\.txt:1: cannot be read: No such file"):
        read_heads(tmp_path / "missing.txt")


def test_any_broken_file_is_refused_and_not_more(tmp_path: Path) -> None:
    """Seeded noise: a line for each fault, and no other exception."""
    chance, file = Random(7), tmp_path / "heads.txt"  # noqa: S311
    for _ in range(200):
        file.write_bytes(chance.randbytes(chance.randrange(1, 60)))
        with pytest.raises(BadAnchors):
            read_heads(file)
