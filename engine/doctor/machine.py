"""The machine: Python, disk, clock, time zones, and the secret key that lies on it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from config.calendars import PLACES
from config.secret import FILE as KEY_FILE
from config.settings import SHORTEST_SECRET
from engine.doctor.findings import broken, look, well

if TYPE_CHECKING:
    from collections.abc import Iterator

    from config.settings import Settings
    from engine.doctor.findings import Examined

LITTLE_SPACE = 500 * 2**20
"""Bytes on the disk below which a person should act."""
FEW_SIGNS = 8
"""A key with no more different signs than this was typed by somebody, not drawn."""
WRITTEN = datetime(2025, 1, 1, tzinfo=UTC)
"""A clock that shows an earlier time is wrong: this program did not exist then."""
SUMMER = datetime(2024, 7, 1, tzinfo=UTC)
"""Summer time in all places that there are calendars for: two hours before UTC, one where data are missing."""


def machine(settings: Settings, now: datetime) -> Iterator[Examined]:
    """What the machine gives."""
    yield _python()
    yield _disk(settings)
    yield _clock(now)
    yield _zones()
    yield _key(settings)


def _python() -> Examined:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return well("python", version)


def _disk(settings: Settings) -> Examined:
    folder = next(place for place in (settings.data_dir, *settings.data_dir.absolute().parents) if place.exists())
    free = shutil.disk_usage(folder).free
    said = f"{free / 2**30:.1f} GiB free at {settings.data_dir}"
    return well("disk", said) if free > LITTLE_SPACE else broken("disk", said, "Make room, or set SAMSYN_DATA_DIR.")


def _clock(now: datetime) -> Examined:
    said = f"{now.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    if now < WRITTEN:
        return broken("clock", f"{said}, which is past", "Set the machine's clock, and let it follow a time server.")
    if _follows_a_time_server() is False:
        return look("clock", f"{said}, and follows no time server", "timedatectl set-ntp true")
    return well("clock", said)


def _follows_a_time_server() -> bool | None:
    """What systemd says; None where there is none to ask."""
    program = shutil.which("timedatectl")
    if program is None:
        return None
    asked = subprocess.run(  # noqa: S603 - found on the path
        [program, "show", "--property=NTPSynchronized", "--value"],
        capture_output=True, text=True, check=False, timeout=5,
    )  # fmt: skip
    return {"yes": True, "no": False}.get(asked.stdout.strip())


def _zones() -> Examined:
    for place in sorted({place.zone_name for place in PLACES.values()}):
        try:
            offset = SUMMER.astimezone(ZoneInfo(place)).utcoffset()
        except (ZoneInfoNotFoundError, OSError):
            return broken("time zones", f"{place} is not known here", "Install the package tzdata.")
        if offset != timedelta(hours=2):
            return broken("time zones", f"{place} has no summer time here", "Renew the package tzdata.")
    return well("time zones", "those of all places are known")


def _key(settings: Settings) -> Examined:
    if settings.secret_key is not None:
        return _drawn(settings.secret_key.get_secret_value(), "from the settings", "SAMSYN_SECRET_KEY")
    path = settings.data_dir / KEY_FILE
    if not path.exists():
        return well("secret key", "none yet; it is made at the first start")
    if path.stat().st_mode & 0o077:
        return broken("secret key", f"{path}, readable by others", f"chmod 600 {path}")
    try:
        return _drawn(path.read_text(encoding="ascii").strip(), f"{path}, for its owner", str(path))
    except (OSError, UnicodeDecodeError) as closed:
        return broken("secret key", f"{path} cannot be read: {closed}", f"Give it to who runs Samsyn: chown … {path}")


def _drawn(key: str, said: str, place: str) -> Examined:
    """A key that somebody made up can be guessed."""
    if len(key) < SHORTEST_SECRET or len(set(key)) <= FEW_SIGNS:
        new = "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
        return broken("secret key", f"{said}, and can be guessed", f"Put a drawn one into {place}: {new}")
    return well("secret key", said)
