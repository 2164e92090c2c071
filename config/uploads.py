"""How much may be handed in with one answer."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class UploadLimits:
    """Limits on files; sizes in bytes."""

    file_bytes: int = 20 * MEGABYTE  # of one file
    files: int = 10  # with one answer
    total_bytes: int = 50 * MEGABYTE  # of all the files of one answer

    @property
    def read_bytes(self) -> int:
        """How much of one request is read at most; what is beyond the other limits is dropped, not kept."""
        return 4 * self.total_bytes
