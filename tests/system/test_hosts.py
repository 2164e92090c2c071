"""A little cycle over several hosts, with every kind of trouble once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from campaigns.hosts.__main__ import CANNOT
from tests.tools import missed

MOST_SECONDS = 800
"""It takes a minute or two, and five more when a mail was being handed over and its lease has to run out."""
pytestmark = [pytest.mark.system, pytest.mark.timeout(MOST_SECONDS + 20)]


def test_cycle_over_several_hosts_comes_to_its_end() -> None:
    """In a process of its own, because it moves itself into a namespace."""
    done = subprocess.run(
        [sys.executable, "-m", "campaigns.hosts", "--cycle", "little", "--seconds", "12", "--seed", "2"],
        capture_output=True, text=True, check=False, timeout=MOST_SECONDS, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    if done.returncode == CANNOT and "not installed" in done.stdout:
        missed(done.stdout)
    if done.returncode == CANNOT:  # no root, or a container that may not make namespaces
        pytest.skip(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr[-4000:]
