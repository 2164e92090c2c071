"""Logs without secrets: whoever reads a log must not be able to answer for somebody else."""

from __future__ import annotations

import logging
import re
from typing import Any

TOKEN = re.compile(r"/(a|calendar)/[^\s/?#\"']+")
LOGGERS = ("uvicorn.access", "uvicorn.error", "portal")


def mask(text: str) -> str:
    """The text with the tokens in its addresses blotted out."""
    return TOKEN.sub(r"/\1/***", text)


class MaskTokens(logging.Filter):
    """Blots out tokens in a record's message and in what is filled into it."""

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
