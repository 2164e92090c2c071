"""`samsyn restore`: an installation as it was when a backup was made.

Everything is tried on a copy first: only a register that is whole, migrated and verified takes the place of another.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import func, select

from config.secret import FILE as KEY_FILE
from engine.backup.archive import KEY, POSTGRESQL, SQLITE, BackupError, Manifest, unpack_archive
from engine.backup.databases import file_of, in_use, is_sqlite, put_back
from engine.backup.make import back_up
from engine.backup.release import release
from engine.listing import recorded_cycles
from models.cycle import Cycle
from models.migrate import known_revision, upgrade
from models.register import Register, table_names
from models.verify import Verification, verify

if TYPE_CHECKING:
    from datetime import datetime

    from config.settings import Settings

IN_USE = "another process has the register open: end portal, worker and whatever else works on it, and try again"


@dataclass(frozen=True)
class Restored:
    """What came of it."""

    manifest: Manifest
    verified: tuple[Verification, ...]
    key: str  # what became of the secret key, in words
    kept: Path | None  # a backup of what was there before

    @property
    def holds(self) -> bool:
        """Whether every cycle's journal and rows agree."""
        return all(one.holds for one in self.verified)


def restore(settings: Settings, backup: Path, now: datetime, *, force: bool = False) -> Restored:
    """Put a backup in the place that the settings name.

    With `force` it takes the place of a register that has cycles, of which a backup is made first, and of another
    secret key; and it is put there although it does not verify.

    Raises:
        BackupError: nothing was changed, and why.
        NewerRegister: it was made by a later version of this program; nothing was changed.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".samsyn-restore-", dir=settings.data_dir) as name:
        folder = Path(name)
        manifest = unpack_archive(backup, folder)
        known_revision(manifest.revision).refuse_newer()
        _refuse_other_database(manifest, settings)
        _refuse_other_key(settings, folder, force=force)
        occupied = _occupied(settings)
        if occupied and not force:
            raise BackupError(f"{occupied}; use --force to put the backup in its place")
        if in_use(settings.database_url):
            raise BackupError(IN_USE)
        verified = _staged(folder / SQLITE, force=force) if is_sqlite(settings.database_url) else ()
        kept = _keep(settings, now) if occupied else None
        verified = verified or _put_straight(settings.database_url, folder / POSTGRESQL)
        if is_sqlite(settings.database_url):
            put_back(folder / SQLITE, settings.database_url)
        return Restored(manifest, verified, _place_key(settings, folder), kept)


def _refuse_other_database(manifest: Manifest, settings: Settings) -> None:
    wanted = "sqlite" if is_sqlite(settings.database_url) else "postgresql"
    if manifest.database != wanted:
        raise BackupError(f"the backup is of {manifest.database}, and SAMSYN_DATABASE_URL names {wanted}")


def _refuse_other_key(settings: Settings, folder: Path, *, force: bool) -> None:
    """Two keys would mean that links which people have in their mail stop working; somebody has to want that."""
    backed_up, present = folder / KEY, _present_key(settings)
    if not backed_up.exists() or not present or present == backed_up.read_text(encoding="ascii").strip():
        return
    if settings.secret_key is not None:
        raise BackupError("SAMSYN_SECRET_KEY is set, and is not the key in the backup; links in mails would not work")
    if not force:
        raise BackupError(f"{settings.data_dir / KEY_FILE} is not the key in the backup; use --force to replace it")


def _present_key(settings: Settings) -> str:
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    path = settings.data_dir / KEY_FILE
    return path.read_text(encoding="ascii").strip() if path.exists() else ""


def _occupied(settings: Settings) -> str:
    """What is in the way, in words; empty when nothing is."""
    if is_sqlite(settings.database_url) and not file_of(settings.database_url).exists():
        return ""
    register = Register(settings.database_url)
    try:
        if str(Cycle.__tablename__) not in table_names(register):
            return ""
        with register.read() as session:
            cycles = session.exec(select(func.count()).select_from(Cycle)).one()
        return f"the register there has {cycles} cycle{'s' * (cycles > 1)}" if cycles else ""
    except SQLAlchemyError as broken:
        raise BackupError(f"the register there cannot be read ({broken.__class__.__name__}); move it away") from broken
    finally:
        register.close()


def _staged(copy: Path, *, force: bool) -> tuple[Verification, ...]:
    """Make the unpacked copy ready to go on, and see whether it holds."""
    verified = _made_ready(f"sqlite:///{copy}")
    faults = [fault for one in verified for fault in one.faults]
    if faults and not force:
        raise BackupError(f"the register in the backup does not verify; --force restores it all the same: {faults[0]}")
    return verified


def _put_straight(url: str, dump: Path) -> tuple[Verification, ...]:
    put_back(dump, url)
    return _made_ready(url)


def _made_ready(url: str) -> tuple[Verification, ...]:
    register = Register(url)
    try:
        upgrade(url, keep_copy=False)
        release(register)
        with register.read() as session:
            return tuple(verify(session, name) for name in recorded_cycles(register))
    finally:
        register.close()


def _keep(settings: Settings, now: datetime) -> Path:
    path = settings.data_dir / f"before-restore-{now:%Y%m%dT%H%M%SZ}.samsyn"
    back_up(settings, path, now)
    return path


def _place_key(settings: Settings, folder: Path) -> str:
    backed_up, path = folder / KEY, settings.data_dir / KEY_FILE
    if settings.secret_key is not None:
        return "from the settings"
    if not backed_up.exists():
        return f"{path}, which was there" if path.exists() else "not in the backup: links in mails sent so far are dead"
    os.replace(backed_up, path)  # noqa: PTH105 - the same file system; the mode is 0600 already
    return f"{path}, from the backup"
