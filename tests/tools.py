"""Debian's programs: here a test skips without them, in CI it fails."""

from __future__ import annotations

import os
import shutil
from typing import NoReturn

import pytest

QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--lang=en-US",
)  # fmt: skip
"""How Chromium is started on a machine without a screen or a way out."""


def program(name: str, package: str) -> str:
    """Where a program lies; without it the test is skipped, and in CI it fails."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    return found or missed(f"{name} is not installed: apt-get install {package}")


def missed(reason: str) -> NoReturn:
    """Skip a test that cannot run here; in CI it must, so there it fails."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
