"""The file that a backup is: a ZIP with the register, the secret key, the settings' shape and a manifest.

The manifest says what made it and the SHA-256 of every other member, so that a restore can tell a whole file from a
damaged one before it changes anything.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from models.register import RegisterError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FORMAT = 1
"""Rises when a program that knows the old one could not restore the new."""
MANIFEST = "manifest.json"
SQLITE = "register.sqlite3"
POSTGRESQL = "register.pgdump"
KEY = "secret.key"
SETTINGS = "settings.json"
PIECE = 1024 * 1024


class BackupError(RegisterError):
    """The backup cannot be made or used; the message is for a person."""


@dataclass(frozen=True)
class Manifest:
    """What stands in a backup beside the data."""

    format: int
    samsyn: str  # the version that made it
    revision: str  # of the register's tables
    database: str  # sqlite or postgresql
    made_at: str  # ISO 8601, UTC
    cycles: int
    files: dict[str, str]  # member, SHA-256

    @property
    def has_key(self) -> bool:
        """Whether the secret key is in it."""
        return KEY in self.files


def write_archive(path: Path, members: Mapping[str, Path], about: Mapping[str, Any]) -> Manifest:
    """Write the members and a manifest to `path`, for its owner alone; whole or not at all.

    Raises:
        BackupError: it cannot be written there.
    """
    manifest = Manifest(**about, files={name: sha256_of(file) for name, file in members.items()})
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        opened = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(opened, "wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr(MANIFEST, json.dumps(asdict(manifest), indent=2))
                for name, member in members.items():
                    archive.write(member, name)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as refused:
        draft.unlink(missing_ok=True)
        raise BackupError(f"{path}: cannot be written: {refused.strerror or refused}") from refused
    return manifest


def unpack_archive(path: Path, folder: Path) -> Manifest:
    """Unpack a backup into `folder`, and hold every member to its SHA-256.

    Raises:
        BackupError: it is no backup, is damaged, or was made by a program that knows more than this one.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _manifest(path, archive)
            for name, expected in manifest.files.items():
                _unpack(path, archive, name, expected, folder)
    except OSError as unread:
        raise BackupError(f"{path}: cannot be read: {unread.strerror or unread}") from unread
    except (zipfile.BadZipFile, zipfile.LargeZipFile, KeyError, EOFError) as broken:
        raise BackupError(f"{path}: is no backup, or is damaged: {broken}") from broken
    return manifest


def _manifest(path: Path, archive: zipfile.ZipFile) -> Manifest:
    try:
        manifest = Manifest(**json.loads(archive.read(MANIFEST)))
    except (ValueError, TypeError) as broken:
        raise BackupError(f"{path}: its {MANIFEST} cannot be read: {broken}") from broken
    if manifest.format != FORMAT:
        raise BackupError(f"{path}: is of format {manifest.format}, and this program knows {FORMAT}; use a newer one")
    strange = set(manifest.files) - {SQLITE, POSTGRESQL, KEY, SETTINGS}
    if strange or not {SQLITE, POSTGRESQL} & set(manifest.files):
        held = ", ".join(sorted(manifest.files)) or "nothing"
        raise BackupError(f"{path}: is no backup of a register: it holds {held}")
    return manifest


def _unpack(path: Path, archive: zipfile.ZipFile, name: str, expected: str, folder: Path) -> None:
    digest = hashlib.sha256()
    opened = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with archive.open(name) as member, os.fdopen(opened, "wb") as file:
        while piece := member.read(PIECE):
            digest.update(piece)
            file.write(piece)
    if digest.hexdigest() != expected:
        raise BackupError(f"{path}: is damaged: {name} is not what the manifest says it is")


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
