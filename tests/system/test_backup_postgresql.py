"""Backup and restore of a register in a real PostgreSQL."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from campaigns.cluster import Cluster, NoPostgreSQL
from engine.backup.archive import BackupError
from engine.backup.databases import in_use
from engine.backup.make import back_up
from engine.backup.restore import restore
from models.register import Register
from tests.engine.going_on import OnDisk, settings_in
from tests.tools import missed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.system

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def server() -> Iterator[Cluster]:
    """A cluster of its own on a free port of loopback."""
    try:
        cluster = Cluster()
    except NoPostgreSQL as absent:
        missed(str(absent))
    with cluster:
        yield cluster


def test_cycle_goes_on_from_a_backup_in_another_database(server: Cluster, tmp_path: Path) -> None:
    """The same end; nothing is sent twice; a database that is in use is left alone."""
    settings = settings_in(tmp_path / "a", database_url=server.create("here"))
    cycle = OnDisk.begun(settings, "jamtland-2012")
    cycle.on_to(date(2013, 6, 20))
    manifest = back_up(settings, tmp_path / "kept.samsyn", NOW)
    assert (manifest.database, manifest.cycles) == ("postgresql", 1)
    assert in_use(settings.database_url)
    with pytest.raises(BackupError, match="another process has the register open"):
        restore(settings, tmp_path / "kept.samsyn", NOW, force=True)
    cycle.register.close()
    elsewhere = settings_in(tmp_path / "b", database_url=server.create("there"))
    assert restore(elsewhere, tmp_path / "kept.samsyn", NOW).holds
    cycle.on(Register(elsewhere.database_url))
    told = cycle.to_the_end()
    cycle.register.close()
    assert (told["outcome"], told["journal"]["verified"]) == ("adopted", True)
    assert len(cycle.post.taken) == len(set(cycle.post.taken))
    with pytest.raises(BackupError, match="has 1 cycle; use --force"):
        restore(elsewhere, tmp_path / "kept.samsyn", NOW)
    done = restore(elsewhere, tmp_path / "kept.samsyn", NOW, force=True)
    assert done.holds
    assert done.kept is not None


def test_backup_of_another_kind_of_database_is_refused(server: Cluster, tmp_path: Path) -> None:
    """In words."""
    settings = settings_in(tmp_path / "a")
    OnDisk.begun(settings, "svom-remiss", date(2027, 1, 11)).register.close()
    back_up(settings, tmp_path / "kept.samsyn", NOW)
    other = settings_in(tmp_path / "b", database_url=server.create("other"))
    with pytest.raises(BackupError, match="the backup is of sqlite, and SAMSYN_DATABASE_URL names postgresql"):
        restore(other, tmp_path / "kept.samsyn", NOW)
