"""The reasons that the journal has where a command may be given without one; here so that they can be translated."""

from __future__ import annotations

REMINDED_BY_HAND = "reminded by hand"
DATE_STANDS = "the date stands as it was worked out"
