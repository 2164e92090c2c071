"""A backup is made while everything runs, and an installation goes on from it as if nothing had happened."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
import zipfile
from contextlib import closing
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import col, func, select

from config.secret import ensure_secret_key
from engine.backup.archive import BackupError
from engine.backup.make import back_up
from engine.backup.restore import restore
from models.account import Account, DeskSession
from models.journal import JournalEntry, PhaseRun
from models.notice import Delivery, DeliveryStatus
from models.register import Register
from models.verify import verify
from tests.engine.going_on import OnDisk, settings_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from config.settings import Settings

pytestmark = pytest.mark.long

NAME = "jamtland-2012"
HALF_WAY = date(2013, 6, 20)
NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], int]:
    """The report of the cycle when nothing happens to it, and how many mails went out."""
    cycle = OnDisk.begun(settings_in(tmp_path_factory.mktemp("undisturbed")), NAME)
    told = cycle.to_the_end()
    cycle.register.close()
    return told, len(cycle.post.taken)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Of an installation."""
    return settings_in(tmp_path / "data")


@pytest.fixture
def half_way(settings: Settings) -> Iterator[OnDisk]:
    """Its cycle, in the middle."""
    ensure_secret_key(settings)
    cycle = OnDisk.begun(settings, NAME)
    cycle.on_to(HALF_WAY)
    yield cycle
    cycle.register.close()


def test_cycle_goes_on_from_a_backup_in_an_empty_folder(
    half_way: OnDisk, settings: Settings, tmp_path: Path, undisturbed: tuple[dict[str, Any], int]
) -> None:
    """The same outcome as undisturbed, and no notice twice."""
    back_up(settings, tmp_path / "kept.samsyn", NOW)
    before = list(half_way.post.taken)
    elsewhere = settings_in(tmp_path / "elsewhere")
    done = restore(elsewhere, tmp_path / "kept.samsyn", NOW)
    assert (done.holds, done.kept, len(done.verified)) == (True, None, 1)
    half_way.register.close()
    half_way.on(Register(elsewhere.database_url))
    told = half_way.to_the_end()
    expected, mails = undisturbed
    assert told == expected
    assert len(half_way.post.taken) == len(set(half_way.post.taken)) == mails
    assert 0 < len(before) < mails
    assert ensure_secret_key(elsewhere) == ensure_secret_key(settings)


def test_mail_that_was_waiting_comes_with_the_same_message_id(
    half_way: OnDisk, settings: Settings, tmp_path: Path
) -> None:
    """It goes out after the backup, and again after the restore: mail programs show it once."""
    half_way.now = half_way._next_instant() or half_way.now
    half_way._pass_phases()
    with half_way.register.read() as session:
        due = select(Delivery.message_id).where(col(Delivery.status) == DeliveryStatus.QUEUED)
        waiting = set(session.exec(due.where(col(Delivery.next_attempt_at) <= half_way.now)))
    assert waiting
    back_up(settings, tmp_path / "kept.samsyn", NOW)
    before = len(half_way.post.taken)
    half_way._send()
    first = set(half_way.post.taken[before:])
    elsewhere = settings_in(tmp_path / "elsewhere")
    restore(elsewhere, tmp_path / "kept.samsyn", NOW)
    half_way.register.close()
    half_way.on(Register(elsewhere.database_url))
    half_way._send()
    again = set(half_way.post.taken[before + len(first) :])
    assert again == first == waiting


def test_backup_is_one_state_while_others_write(half_way: OnDisk, settings: Settings, tmp_path: Path) -> None:
    """Twenty backups beside a writer: each of them verifies."""
    stop, made = threading.Event(), 0

    def write() -> None:
        nonlocal made
        with Register(settings.database_url).operate() as session:
            session.add(Account(id=f"a{made}", address=f"{made}@office.example", language="en", created_at=NOW))
        made += 1

    def writing() -> None:
        while not stop.is_set():
            write()

    writer = threading.Thread(target=writing)
    writer.start()
    try:
        for number in range(20):
            back_up(settings, tmp_path / f"{number}.samsyn", NOW)
    finally:
        stop.set()
        writer.join()
    assert made > 0
    for number in (0, 19):
        elsewhere = settings_in(tmp_path / f"into-{number}")
        assert restore(elsewhere, tmp_path / f"{number}.samsyn", NOW).holds
        with closing(sqlite3.connect(elsewhere.data_dir / "samsyn.db")) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_what_is_in_it(half_way: OnDisk, settings: Settings, tmp_path: Path) -> None:
    """The manifest; the settings without their secrets; the file is for its owner alone."""
    file = tmp_path / "kept.samsyn"
    smtp = "smtp+starttls://user:a-password@mail.example:587"
    more = settings_in(settings.data_dir, smtp_url=smtp, oidc_client_secret="a client's secret")
    manifest = back_up(more, file, NOW)
    assert (manifest.cycles, manifest.revision, manifest.database) == (1, "0001", "sqlite")
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    with zipfile.ZipFile(file) as archive:
        assert set(archive.namelist()) == {"manifest.json", "register.sqlite3", "secret.key", "settings.json"}
        shape = archive.read("settings.json").decode()
    assert "a-password" not in shape
    assert "a client's secret" not in shape
    assert json.loads(shape)["smtp_url"] == "withheld"


def test_key_can_be_left_out(half_way: OnDisk, settings: Settings, tmp_path: Path) -> None:
    """Then what is restored says so."""
    assert not back_up(settings, tmp_path / "kept.samsyn", NOW, with_key=False).has_key
    elsewhere = settings_in(tmp_path / "elsewhere")
    assert restore(elsewhere, tmp_path / "kept.samsyn", NOW).key.startswith("not in the backup")
    assert not (elsewhere.data_dir / "secret.key").exists()


def test_register_that_has_cycles_is_not_overwritten_unless_told(
    half_way: OnDisk, settings: Settings, tmp_path: Path
) -> None:
    """And then what was there is kept."""
    back_up(settings, tmp_path / "kept.samsyn", NOW)
    entries = journal_length(half_way.register)
    half_way.on_to(date(2013, 9, 1))
    later = journal_length(half_way.register)
    half_way.register.close()
    with pytest.raises(BackupError, match="has 1 cycle; use --force"):
        restore(settings, tmp_path / "kept.samsyn", NOW)
    done = restore(settings, tmp_path / "kept.samsyn", NOW, force=True)
    assert journal_length(Register(settings.database_url)) == entries < later
    assert done.kept is not None
    restore(settings_in(tmp_path / "undone"), done.kept, NOW)
    assert journal_length(Register(f"sqlite:///{tmp_path / 'undone' / 'samsyn.db'}")) == later


def test_register_that_somebody_has_open_is_left_alone(half_way: OnDisk, settings: Settings, tmp_path: Path) -> None:
    """A worker would go on with what it remembers of the other one."""
    back_up(settings, tmp_path / "kept.samsyn", NOW)
    half_way.register.close()
    program = (
        "import sys; from models.register import Register; from sqlalchemy import text\n"
        f"connection = Register({settings.database_url!r}).engine.connect()\n"
        "connection.execute(text('SELECT 1')); connection.rollback(); print('open', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(BackupError, match="another process has the register open"):
            restore(settings, tmp_path / "kept.samsyn", NOW, force=True)
        other.communicate("")
    assert restore(settings, tmp_path / "kept.samsyn", NOW, force=True).holds


def test_another_secret_key_is_not_replaced_unless_told(half_way: OnDisk, settings: Settings, tmp_path: Path) -> None:
    """Links in mails would stop working."""
    back_up(settings, tmp_path / "kept.samsyn", NOW)
    elsewhere = settings_in(tmp_path / "elsewhere")
    ensure_secret_key(elsewhere)
    with pytest.raises(BackupError, match="is not the key in the backup"):
        restore(elsewhere, tmp_path / "kept.samsyn", NOW)
    assert not (elsewhere.data_dir / "samsyn.db").exists()
    set_by_hand = settings_in(tmp_path / "elsewhere", secret_key="k" * 40)
    with pytest.raises(BackupError, match="SAMSYN_SECRET_KEY is set"):
        restore(set_by_hand, tmp_path / "kept.samsyn", NOW, force=True)
    restore(elsewhere, tmp_path / "kept.samsyn", NOW, force=True)
    assert ensure_secret_key(elsewhere) == ensure_secret_key(settings)


def test_leases_runs_and_sessions_are_gone(half_way: OnDisk, settings: Settings, tmp_path: Path) -> None:
    """Nothing waits for a holder that is not there, and nobody is signed in who may have been signed out since."""
    with half_way.register.operate() as session:
        [phase_id, *_] = session.exec(select(PhaseRun.phase_id)).all()
        run = session.get_one(PhaseRun, phase_id)
        run.lease_owner, run.lease_until, run.flow_run_id, run.stale = "pass:worker@gone#1/x", 9e9, "a run", False
        delivery = session.exec(select(Delivery).where(col(Delivery.status) == DeliveryStatus.SENT)).first()
        assert delivery is not None
        delivery.status, delivery.lease_owner, delivery.lease_until = DeliveryStatus.QUEUED, "worker@gone#1:x", 9e9
        session.add(Account(id="a", address="a@office.example", language="en", created_at=NOW))
        session.flush()
        session.add(DeskSession(id="s", account_id="a", via="link", opened_at=NOW, seen_at=NOW, ends_at=NOW))
    back_up(settings, tmp_path / "kept.samsyn", NOW)
    elsewhere = settings_in(tmp_path / "elsewhere")
    restore(elsewhere, tmp_path / "kept.samsyn", NOW)
    with Register(elsewhere.database_url).read() as session:
        restored = session.get_one(PhaseRun, phase_id)
        assert (restored.lease_owner, restored.flow_run_id, restored.stale) == (None, None, True)
        assert session.exec(select(func.max(Delivery.lease_until))).one() == 0
        assert session.exec(select(DeskSession)).all() == []
        assert session.get(Account, "a") is not None


@pytest.mark.parametrize("damage", ["cut", "byte", "text", "format", "newer", "strange"])
def test_damaged_backup_changes_nothing(half_way: OnDisk, settings: Settings, tmp_path: Path, damage: str) -> None:
    """It is refused in one line, before anything is written."""
    good, bad = tmp_path / "good.samsyn", tmp_path / "bad.samsyn"
    back_up(settings, good, NOW)
    damaged(good, bad, damage)
    elsewhere = settings_in(tmp_path / "elsewhere")
    with pytest.raises(Exception, match=r".") as refused:
        restore(elsewhere, bad, NOW, force=True)
    assert refused.type.__name__ in {"BackupError", "NewerRegister"}
    assert "\n" not in str(refused.value)
    assert list(elsewhere.data_dir.iterdir()) == []


def damaged(good: Path, bad: Path, damage: str) -> None:
    """A backup with something wrong."""
    content = good.read_bytes()
    if damage == "cut":
        bad.write_bytes(content[: len(content) // 2])
    elif damage == "text":
        bad.write_text("this is no backup", encoding="utf-8")
    else:
        _rewritten(good, bad, damage)


def _rewritten(good: Path, bad: Path, damage: str) -> None:
    changed: dict[str, Any] = {"format": {"format": 2}, "newer": {"revision": "9999"}, "strange": {"files": {"x": ""}}}
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(bad, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "manifest.json":
                content = json.dumps({**json.loads(content), **changed.get(damage, {})}).encode()
            elif name == "register.sqlite3" and damage == "byte":
                content = content[:5000] + bytes([content[5000] ^ 1]) + content[5001:]
            target.writestr(name, content)


def test_register_that_was_tampered_with_is_restored_only_when_told(
    half_way: OnDisk, settings: Settings, tmp_path: Path
) -> None:
    """A row was changed behind the register's back before the backup was made."""
    from sqlalchemy import text

    with half_way.register.operate() as session:
        session.connection().execute(text("UPDATE milestone SET edtf = '2030-01-01'"))
    back_up(settings, tmp_path / "kept.samsyn", NOW)
    elsewhere = settings_in(tmp_path / "elsewhere")
    with pytest.raises(BackupError, match="does not verify"):
        restore(elsewhere, tmp_path / "kept.samsyn", NOW)
    assert not (elsewhere.data_dir / "samsyn.db").exists()
    assert not restore(elsewhere, tmp_path / "kept.samsyn", NOW, force=True).holds


def test_nothing_to_back_up(settings: Settings, tmp_path: Path) -> None:
    """Said in words; no file is left."""
    with pytest.raises(BackupError, match="there is no register yet"):
        back_up(settings, tmp_path / "kept.samsyn", NOW)
    with pytest.raises(BackupError, match="there is no folder"):
        back_up(settings, tmp_path / "nowhere" / "kept.samsyn", NOW)
    assert list(tmp_path.iterdir()) == []


def journal_length(register: Register) -> int:
    """How many changes it has seen, all of them whole."""
    with register.read() as session:
        assert verify(session, NAME).holds
        found = session.exec(select(func.count()).select_from(JournalEntry)).one()
    register.close()
    return found
