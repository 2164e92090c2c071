"""Logs without secrets, also where the portal is served by a program that has set up its logs itself."""

from __future__ import annotations

import logging
from typing import Any

from config.masking import mask

LOGGERS = ("uvicorn.access", "uvicorn.error", "portal")


class MaskTokens(logging.Filter):
    """Blots out tokens and addresses in a record's message and in what is filled into it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Every record stays; only its words change."""
        record.msg = mask(record.msg) if isinstance(record.msg, str) else record.msg
        if isinstance(record.args, tuple):
            record.args = tuple(_masked(value) for value in record.args)
        elif isinstance(record.args, dict):
            record.args = {name: _masked(value) for name, value in record.args.items()}
        return True


def _masked(value: Any) -> Any:
    return mask(value) if isinstance(value, str) else value


def mask_logs() -> None:
    """Put the filter on the loggers that see addresses. Doing it again changes nothing."""
    for name in LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(present, MaskTokens) for present in logger.filters):
            logger.addFilter(MaskTokens())


__all__ = ["LOGGERS", "MaskTokens", "mask", "mask_logs"]
