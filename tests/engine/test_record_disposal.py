"""Disposal: what a decision names is gone, everything else is there, and the chain still verifies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from config.publicity import Retention
from config.terms import Position
from engine.commands.answer import Reply, answer
from engine.commands.coordinate import CannotDo
from engine.commands.dispose import (
    dispose_of_deliveries,
    dispose_of_files,
    dispose_of_letters,
    dispose_of_people,
    set_retention,
)
from engine.documents.given import GivenFile
from models.assignment import Assignment, Document
from models.concern import Concern, ConcernKind, raise_concern
from models.cycle import Person
from models.disposal import Disposal
from models.draft import Draft, DraftFile, draft_id
from models.files import FileContent, file_hash, keep_content
from models.journal import JournalEntry
from models.notice import Delivery, DeliveryStatus
from tests.engine.record_world import CONSULTED, consulted, facts
from tests.tasks.world import SLUG, World, tiny

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DECISION = "The board, 2026-03-01 § 12"
BYTES = b"%PDF-1.7 a plan with a drawing in it"
FILE = GivenFile("plan.pdf", "application/pdf", len(BYTES), file_hash(BYTES), BYTES)
DISPOSABLE = "record: {retention: {project-description: disposable}}"


@pytest.fixture
def world() -> Iterator[World]:
    """The description was handed in as a file."""
    made = World(tiny(f"{DISPOSABLE}\n{CONSULTED}"))
    link = made.link("describe/description", "office")
    reply = Reply(Position.SUBMITS, content={}, files=(FILE,))
    answer(made.register, link_id=link, reply=reply, nonce="file", now=made.now)
    made.look()
    for seat in ("chair-1", "member-1", "member-2"):
        made.reply("describe/approval", f"board.{seat}")
    yield made
    made.register.close()


@pytest.fixture
def ended() -> Iterator[World]:
    """A cycle that has come to its end, with all its mail sent."""
    made = consulted()
    for town in ("berg", "krokom", "ragunda"):
        made.reply("adopt/decision", town)
    with made.register.operate() as session:
        for row in made.rows(Delivery):
            row.status, row.address, row.raw = DeliveryStatus.SENT, "somebody@somewhere.example", "a mail"
            session.merge(row)
    yield made
    made.register.close()


def dispose(world: World, *documents: str, decision: str = DECISION) -> list[str]:
    """What a coordinator does."""
    return dispose_of_files(world.register, SLUG, documents, decision=decision, now=world.now, actor="coordinator")


def bytes_of(world: World) -> bytes:
    """What is kept of the file."""
    [kept] = [row for row in world.rows(FileContent) if row.sha256 == FILE.sha256]
    return kept.content


def test_the_bytes_are_gone_and_the_hash_stays(world: World) -> None:
    assert bytes_of(world) == BYTES
    assert dispose(world, "project-description@1") == [FILE.sha256]
    assert bytes_of(world) == b""
    [document] = [row for row in world.rows(Document) if row.key == "project-description"]
    assert (document.sha256, document.size) == (FILE.sha256, len(BYTES))
    assert world.holds()
    record = facts(world)
    [told] = record.disposals
    assert (told.what, told.sha256, told.decision) == ("file", FILE.sha256, DECISION)
    [shown] = [one for one in record.documents if one.sha256 == FILE.sha256]
    assert shown.disposed_on == told.on
    with pytest.raises(CannotDo, match="already"):
        dispose(world, "project-description@1")


def test_bytes_that_vanish_without_a_decision_are_missed(world: World) -> None:
    with world.register.operate() as session:
        kept = session.get_one(FileContent, FILE.sha256)
        kept.content = b""
    assert not world.holds()


def test_what_is_handed_in_again_is_there_again(world: World) -> None:
    dispose(world, "project-description@1")
    with world.register.operate() as session:
        keep_content(session, FILE.sha256, BYTES)
    assert bytes_of(world) == BYTES
    assert world.holds()


def test_documents_are_kept_unless_somebody_said_otherwise(world: World) -> None:
    set_retention(
        world.register, SLUG, "project-description", Retention.KEEP, reason="history", now=world.now, actor="c"
    )  # fmt: skip
    with pytest.raises(CannotDo, match="is to be kept"):
        dispose(world, "project-description@1")
    assert bytes_of(world) == BYTES


def test_a_disposal_needs_a_named_decision(world: World) -> None:
    with pytest.raises(CannotDo, match="name the decision"):
        dispose(world, "project-description@1", decision=" ")


def test_words_in_the_journal_are_not_disposed_of() -> None:
    world = consulted(DISPOSABLE)
    with pytest.raises(CannotDo, match="stand in the journal"):
        dispose(world, "project-description@1")
    world.register.close()


def test_bytes_that_another_document_has_too_stay(world: World) -> None:
    with world.register.change(SLUG, at=world.now, actor="test") as change:
        change.add(
            Document(
                id=f"{SLUG}/other@1", cycle_id=SLUG, key="other", version=1, title="Other", content="",
                sha256=FILE.sha256, size=FILE.size, file=FILE.sha256, file_name="x.pdf", created_at=world.now,
            )
        )  # fmt: skip
        change.record("text_published", f"{SLUG}/other@1")
    with pytest.raises(CannotDo, match="belongs to tiny/other@1 too"):
        dispose(world, "project-description@1")
    assert bytes_of(world) == BYTES
    assert world.rows(Disposal) == []


@pytest.mark.parametrize("act", [dispose_of_deliveries, dispose_of_letters, dispose_of_people])
def test_a_running_cycle_needs_its_people(world: World, act: Callable[..., int]) -> None:
    with pytest.raises(CannotDo, match="until it has ended"):
        act(world.register, SLUG, decision=DECISION, now=world.now, actor="coordinator")


def test_people_and_deliveries_are_disposed_of_and_the_chain_holds(ended: World) -> None:
    people = dispose_of_people(ended.register, SLUG, decision=DECISION, now=ended.now, actor="coordinator")
    mails = dispose_of_deliveries(ended.register, SLUG, decision=DECISION, now=ended.now, actor="coordinator")
    assert (people, mails) == (len(ended.rows(Person)), len(ended.rows(Delivery)))
    assert {(row.address, row.name) for row in ended.rows(Person)} == {("", None)}
    assert {(row.address, row.raw) for row in ended.rows(Delivery)} == {(None, None)}
    assert ended.holds()
    assert [one.what for one in facts(ended).disposals] == ["people", "deliveries"]


def test_words_about_people_and_unsent_drafts_go_with_the_people(ended: World) -> None:
    words = "Anna Andersson har slutat; fråga Bo."
    asked = ended.rows(Assignment)[0]
    with ended.register.change(SLUG, at=ended.now, actor="test") as change:
        about = {"subject": SLUG, "assignment": asked.id, "person": asked.person_id}
        said = raise_concern(change, ConcernKind.NOT_ME, words=words, **about)
        raise_concern(change, ConcernKind.MAIL_STUCK, subject=SLUG)
    with ended.register.operate() as session:
        kept = Draft(
            id=draft_id(asked.id, asked.person_id), assignment_id=asked.id, person_id=asked.person_id, revision=1,
            typed={"comment": words}, saved_at=ended.now,
        )  # fmt: skip
        session.add(kept)
        session.flush()
        file = {"sha256": FILE.sha256, "number": 1, "name": "plan.pdf", "media_type": "x", "size": 1, "content": b"x"}
        session.add(DraftFile(draft_id=kept.id, **file))
    before = {row.id: row.salt for row in ended.rows(Concern)}
    dispose_of_people(ended.register, SLUG, decision=DECISION, now=ended.now, actor="coordinator")
    after = {row.id: row for row in ended.rows(Concern)}
    assert {row.words for row in after.values()} == {""}
    assert [key for key, row in after.items() if row.salt != before[key]] == [said.id]
    assert (ended.rows(Draft), ended.rows(DraftFile)) == ([], [])
    assert not [row for row in ended.rows(JournalEntry) if "Andersson har slutat" in row.body]
    assert ended.holds()


def test_mail_that_has_still_to_go_out_is_not_disposed_of(ended: World) -> None:
    with ended.register.operate() as session:
        row = session.get_one(Delivery, ended.rows(Delivery)[0].notice_id)
        row.status = DeliveryStatus.QUEUED
    with pytest.raises(CannotDo, match="1 mails have still to go out"):
        dispose_of_deliveries(ended.register, SLUG, decision=DECISION, now=ended.now, actor="coordinator")
    assert ended.rows(Delivery)[0].raw == "a mail"


def test_an_old_commitment_cannot_be_checked_after_the_disposal(ended: World) -> None:
    salts = {row.id: row.salt for row in ended.rows(Person)}
    dispose_of_people(ended.register, SLUG, decision=DECISION, now=ended.now, actor="coordinator")
    assert not [row.id for row in ended.rows(Person) if salts[row.id] == row.salt]
