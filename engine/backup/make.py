"""`samsyn backup`: everything that cannot be made anew, in one file, while everything runs."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr
from sqlalchemy import make_url
from sqlmodel import func, select

from config.secret import FILE as KEY_FILE
from engine.backup.archive import FORMAT, KEY, SETTINGS, BackupError, Manifest, write_archive
from engine.backup.databases import copy_out, is_sqlite
from models.cycle import Cycle
from models.migrate import revision
from models.register import Register

if TYPE_CHECKING:
    from datetime import datetime

    from config.settings import Settings

WITHHELD = "withheld"
"""Stands for a secret in the settings' shape: that it was set is told, what it was is not."""


def back_up(settings: Settings, to: Path, now: datetime, *, with_key: bool = True) -> Manifest:
    """Write a backup to the file `to`.

    With the secret key in it, whoever has the file and the mails' link ids can answer for anybody: it is made for its
    owner alone (mode 0600), and is to be kept like a password.

    Raises:
        BackupError: there is no register, or the file cannot be written.
    """
    if not to.parent.is_dir():
        raise BackupError(f"{to}: there is no folder {to.parent}")
    with TemporaryDirectory(prefix=".samsyn-backup-", dir=to.parent) as name:
        folder = Path(name)
        copy = copy_out(settings.database_url, folder)
        members = {copy.name: copy, **_around(settings, folder, with_key=with_key)}
        return write_archive(to, members, _about(settings, copy, now))


def _around(settings: Settings, folder: Path, *, with_key: bool) -> dict[str, Path]:
    """What belongs to the register and is not in it."""
    shape = folder / SETTINGS
    shape.write_text(json.dumps(settings_shape(settings), indent=2), encoding="utf-8")
    key = _key(settings)
    if not with_key or not key:
        return {SETTINGS: shape}
    kept = folder / KEY
    kept.touch(mode=0o600)
    kept.write_text(key, encoding="ascii")
    return {SETTINGS: shape, KEY: kept}


def _key(settings: Settings) -> str:
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    path = settings.data_dir / KEY_FILE
    return path.read_text(encoding="ascii").strip() if path.exists() else ""


def settings_shape(settings: Settings) -> dict[str, Any]:
    """The settings by name, without what is secret in them: to see by what a restored installation differs."""
    shape = {name: _shown(getattr(settings, name)) for name in type(settings).model_fields}
    return {**shape, "database_url": make_url(settings.database_url).render_as_string(hide_password=True)}


def _shown(value: Any) -> Any:
    if isinstance(value, SecretStr):
        return WITHHELD
    return str(value) if isinstance(value, Path) else value


def _about(settings: Settings, copy: Path, now: datetime) -> dict[str, Any]:
    """What the manifest says of a copy; read from the copy itself where that is possible, so that it fits."""
    sqlite = is_sqlite(settings.database_url)
    register = Register(f"sqlite:///{copy}" if sqlite else settings.database_url)
    try:
        standing = revision(register)
        if standing.found is None:
            raise BackupError("the register has no tables yet; there is nothing to keep")
        with register.read() as session:
            cycles = session.exec(select(func.count()).select_from(Cycle)).one()
    finally:
        register.close()
    return {
        "format": FORMAT, "samsyn": version("samsyn"), "revision": standing.found,
        "database": "sqlite" if sqlite else "postgresql", "made_at": now.isoformat(), "cycles": cycles,
    }  # fmt: skip
