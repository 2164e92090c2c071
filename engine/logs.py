"""Logs of the processes: one line an event, for people or as JSON, with what it is about, and without secrets.

Everything that any library says goes through one handler, whose last step blots out what must not be read. So it does
not matter who logs, nor whether it stands in the message, in what is filled into it, or in a traceback.
"""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any

import structlog
from structlog.contextvars import bound_contextvars, merge_contextvars

from config.masking import mask

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from typing import TextIO

    from config.settings import Settings

TALKATIVE = ("httpx", "httpcore", "alembic", "mail", "asyncio", "aiosqlite", "websockets", "uvicorn")
"""Libraries whose information is of use only to who looks for a fault."""
OWN_HANDLERS = ("uvicorn", "uvicorn.error", "uvicorn.access", "fastapi", "prefect.extra", "prefect._internal")
"""Loggers that libraries give handlers of their own to, which write past ours."""


class Masking(structlog.stdlib.ProcessorFormatter):
    """Writes a record, and blots out in what came of it."""

    def format(self, record: logging.LogRecord) -> str:
        """One line; a traceback takes more in text."""
        return mask(super().format(record))


def configure_logging(settings: Settings, stream: TextIO | None = None) -> None:
    """Send everything that is logged in this process to one handler. Doing it again replaces it.

    A library that puts up handlers of its own when it is imported is adopted by `adopt` afterwards.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_formatter(as_json=settings.log_format == "json"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    quiet = logging.NOTSET if settings.log_level == "debug" else logging.WARNING
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(quiet)
    logging.captureWarnings(capture=True)
    adopt()


def adopt() -> None:
    """Take the handlers away that would write past ours."""
    for name in OWN_HANDLERS:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True


def about(**context: str) -> AbstractContextManager[Any]:
    """What everything that is logged within is about: `cycle`, `phase`."""
    return bound_contextvars(**context)


def about_phase(phase_id: str) -> AbstractContextManager[Any]:
    """The same for a phase, `CYCLE/PHASE`."""
    cycle, _, phase = phase_id.partition("/")
    return about(cycle=cycle, phase=phase)


def _formatter(*, as_json: bool) -> Masking:
    shared: list[Any] = [
        merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if as_json:
        last: list[Any] = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    else:
        plain = structlog.dev.plain_traceback
        last = [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=plain, pad_event_to=0)]
    without_meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    return Masking(foreign_pre_chain=shared, processors=[without_meta, *last])
