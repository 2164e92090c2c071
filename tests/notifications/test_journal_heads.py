"""Every mail says where the journal stood, and the mailer writes it down beside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mail_world import START, Recorder, World
from test_mail_digest import parsed

from models.anchors import HEADER, HeadFile, heads, parse_head, read_heads
from models.notice import NoticeKind
from models.verify import verify
from notifications.outbox import Mailer

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def sent_with(world: World, file: Path) -> Recorder:
    """What goes out, with the heads written to a file."""
    recorder, mailer = Recorder(), world.mailer(Recorder())
    Mailer(
        world.register, recorder, mailer.sender, owner="one", wall=lambda: world.wall, head_file=HeadFile(file)
    ).send_due_blocking(START)
    return recorder


def test_head_in_a_mail_is_the_journals(on_disk: World, tmp_path: Path) -> None:
    """As it stood when the mail was written; what is read from the header verifies."""
    on_disk.owe(NoticeKind.ASKED)
    (mail,) = sent_with(on_disk, tmp_path / "heads.txt").mails
    with on_disk.register.read() as session:
        standing = heads(session, ["c"])["c"]
        known = parse_head(str(parsed(mail)[HEADER]), "c")
        assert known == standing
        assert verify(session, "c", known=[known]).holds
    assert read_heads(tmp_path / "heads.txt") == [standing]


def test_header_stands_unencoded(on_disk: World, tmp_path: Path) -> None:
    """Whoever looks at the mail's source can read it: no encoded words, no line above 78 signs."""
    on_disk.owe(NoticeKind.ASKED)
    (mail,) = sent_with(on_disk, tmp_path / "heads.txt").mails
    head = mail.raw.partition(b"\r\n\r\n")[0].decode()
    written = head[head.index(HEADER) :].split("\r\nX-", 1)[0]
    assert "=?" not in written
    assert all(len(line) <= 78 for line in written.splitlines())


def test_mail_goes_out_where_heads_cannot_be_written(
    on_disk: World, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The file is no reason to keep people waiting; the log says what is wrong."""
    on_disk.owe(NoticeKind.ASKED)
    assert len(sent_with(on_disk, tmp_path / "nowhere" / "heads.txt").mails) == 1
    assert "the file of the journals' heads cannot be written" in caplog.text
