"""One installation for all of these tests; it takes a quarter of a minute to come up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.acceptance.finished import Finished, run_jamtland
from tests.acceptance.house import House

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Prefect's server, mailbox, portal and worker, all up."""
    house = House(tmp_path_factory.mktemp("installation"))
    yield house
    house.stop()


@pytest.fixture(scope="session")
def finished(installation: House) -> Finished:
    """The bundled cycle, from its first day to its last, with the bundled script."""
    return run_jamtland(installation)


@pytest.fixture
def house(installation: House) -> Iterator[House]:
    """The installation, whole before and after each test, whatever the test does to it."""
    installation.tidy()
    yield installation
    installation.tidy()
