"""The matrix of an adoption, which stands in `engine.record`."""

from __future__ import annotations

from engine.record.matrix import Matrix, PrincipalRecord, Round, Standpoint, TextVersion

__all__ = ["Matrix", "PrincipalRecord", "Round", "Standpoint", "TextVersion"]
