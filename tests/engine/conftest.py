"""The bundled cycle, rehearsed once for all who look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from config.loader import load_named
from engine.rehearsal import Rehearsal, rehearse
from engine.script import Script
from engine.scripts import bundled_script
from tests.registers import registers
from tests.tasks.world import Reused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from config.definition import Definition
    from models.register import Register

JAMTLAND = "jamtland-2012"


@pytest.fixture(scope="session")
def jamtland() -> Definition:
    """The bundled definition."""
    return load_named(JAMTLAND)


@pytest.fixture(scope="session")
def everyone(jamtland: Definition) -> dict[str, Any]:
    """The report when everybody answers."""
    return rehearse(jamtland)


@pytest.fixture(scope="session")
def demonstration(jamtland: Definition) -> dict[str, Any]:
    """The report with the bundled script: a silent group, and a principal that refers back once."""
    return rehearse(jamtland, bundled_script(JAMTLAND))


@pytest.fixture
def rehearsed(jamtland: Definition) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Rehearses the bundled cycle with a script."""
    return lambda script: Rehearsal(jamtland, Script.model_validate(script), register=Reused.taken()).run()


@pytest.fixture
def register() -> Iterator[Register]:
    """An empty register in memory."""
    opened = registers.fresh()
    yield opened
    opened.close()
