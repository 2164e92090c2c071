"""Files that people hand in, and that cannot be used."""

from __future__ import annotations

from models.register import RegisterError


class UnusableFile(RegisterError):  # noqa: N818 - it is the file's fault
    """A file with faults, one line each, each beginning with its place."""
