"""What has been seen of pages."""

from __future__ import annotations

import pytest

from tests.system.looking import Looking


@pytest.fixture(scope="module")
def looking(tmp_path_factory: pytest.TempPathFactory) -> Looking:
    """What has been seen of pages: their faults, and their text for the validator."""
    return Looking(tmp_path_factory.mktemp("pages"))
