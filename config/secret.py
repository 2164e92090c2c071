"""The key that links are signed with."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

from config.settings import SHORTEST_SECRET, Settings, SettingsError

if TYPE_CHECKING:
    from pathlib import Path

FILE = "secret.key"
BYTES = 48


def ensure_secret_key(settings: Settings) -> str:
    """The secret key: from the settings, or from the data folder, where it is made when there is none.

    Several processes may start at once; all get the same key. The file is for its owner alone (mode 0600).

    Raises:
        SettingsError: the file holds no usable key, or cannot be read or written.
    """
    if settings.secret_key:
        return settings.secret_key.get_secret_value()
    path = settings.data_dir / FILE
    try:
        if not path.exists():
            _make(path)
        key = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as closed:
        raise SettingsError([f"SAMSYN_SECRET_KEY ({path}): cannot be read or made: {closed}"]) from closed
    if len(key) < SHORTEST_SECRET:
        raise SettingsError([f"SAMSYN_SECRET_KEY ({path}): is too short; remove the file to have it made anew"])
    return key


def _make(path: Path) -> None:
    """Write a new key, whole or not at all; the first of several writers wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{FILE}.{os.getpid()}.{secrets.token_hex(4)}")
    opened = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(BYTES))
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
