"""No link, token, code, password or address comes out of any logger, in either format."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
import warnings
from typing import TYPE_CHECKING, Any

import pytest

from config.masking import mask
from engine.logs import OWN_HANDLERS, about_phase, adopt, configure_logging
from models.tokens import CodePurpose, code_for, sign_in_token, token_for
from tests.engine.going_on import settings_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEY = "a secret key for tests, long enough"
TOKEN = token_for("a link", KEY)
CODE = code_for(CodePurpose.REPLY, "an assignment", KEY)
SECRETS = (
    TOKEN, sign_in_token("a sign-in", KEY), CODE, CODE.upper(), "anna.ek@town.example", "a-password", "short-token",
    "åsa+x@xn--malm-8qa.example",
)  # fmt: skip
SAYINGS = (
    f"GET /a/{TOKEN}?x=1", "GET /a/short-token HTTP/1.1", "/calendar/short-token.ics", "/reminders/short-token",
    f"/desk/enter/{SECRETS[1]}", f"token {TOKEN}", f"reply+{CODE}@reply.town.example", f"code={CODE}", CODE.upper(),
    "refused: <anna.ek@town.example>: unknown", "smtp://user:a-password@mail.town.example:587",
    "to åsa+x@xn--malm-8qa.example", f'a "quoted {TOKEN}" \\ back\\slash /a/short-token"',
)  # fmt: skip
LOGGERS = (
    "samsyn.worker", "samsyn.passes", "samsyn.register", "samsyn.incoming", "samsyn.receipts", "portal", "httpx",
    "sqlalchemy.engine", "alembic", "mail.log", "prefect", "prefect.flow_runs", "asyncio", *OWN_HANDLERS,
)  # fmt: skip


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Other tests find the logs as they were."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(level)


def logged(folder: Path, log_format: str, level: str = "debug") -> io.StringIO:
    """What comes out from now on."""
    said = io.StringIO()
    configure_logging(settings_in(folder, log_format=log_format, log_level=level), said)
    return said


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_no_secret_comes_out_of_any_logger(tmp_path: Path, log_format: str) -> None:
    """In the message, in what is filled in, as something extra, in an exception and in a warning."""
    said = logged(tmp_path, log_format)
    lines = 0
    for name in LOGGERS:
        for saying in SAYINGS:
            lines += throw(logging.getLogger(name), saying)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(f"look at /a/{TOKEN}", UserWarning, stacklevel=1)
    written = said.getvalue()
    assert [secret for secret in SECRETS if secret in written] == []
    assert written.count("***") >= lines
    if log_format == "json":
        assert len([json.loads(line) for line in written.splitlines()]) == lines + 1  # with the warning


def throw(logger: logging.Logger, saying: str) -> int:
    """Every way in which something can be logged; returns how many lines that makes as JSON."""
    logger.warning(saying)
    logger.error("said %s and %d", saying, 1)
    logger.warning("%(it)s", {"it": saying})
    logger.warning("extra", extra={"said": saying})
    logger.warning("an object: %s", [saying])
    try:
        int(f"no number: {saying}")
    except ValueError:
        logger.exception("failed")
    return 6 if logger.isEnabledFor(logging.WARNING) else 2  # a library may have made one speak of errors only


@pytest.mark.parametrize(
    "words",
    [
        "jamtland-2012/antagande-andra-omgangen-tillampning: Prefect refuses", "a" * 64,
        "873cabcc-7181-4ff9-b140-c38cb2b4f89f",
        "worker@host#123", "body 'failing/@office'", "/answer/abc/review", "reference-groups/proposals/@barn", "x" * 31,
    ],
)  # fmt: skip
def test_what_is_no_secret_stays(words: str) -> None:
    """A log in which nothing can be found is no log."""
    assert mask(words) == words


def test_json_is_an_object_a_line_with_what_it_is_about(tmp_path: Path) -> None:
    """Time, level, logger, cycle, phase and message."""
    said = logged(tmp_path, "json", "info")
    with about_phase("jamtland-2012/avstamning"):
        logging.getLogger("samsyn.passes").warning("a pass of %s failed", "avstämning")
    logging.getLogger("samsyn.passes").info("afterwards")
    first, second = (json.loads(line) for line in said.getvalue().splitlines())
    assert first.pop("timestamp").endswith("Z")
    about: dict[str, Any] = {"cycle": "jamtland-2012", "phase": "avstamning"}
    said_of = {"event": "a pass of avstämning failed", "level": "warning", "logger": "samsyn.passes"}
    assert first == {**said_of, **about}
    assert "cycle" not in second


def test_text_is_for_people(tmp_path: Path) -> None:
    """No colours in a file; the context stands behind."""
    said = logged(tmp_path, "text", "info")
    with about_phase("c/p"):
        logging.getLogger("samsyn.passes").warning("failed")
    [line] = said.getvalue().splitlines()
    assert "\x1b" not in line
    assert line.endswith("[warning  ] failed [samsyn.passes] cycle=c phase=p")


def test_level_is_the_settings(tmp_path: Path) -> None:
    """And libraries that talk much are heard only when a fault is looked for."""
    said = logged(tmp_path, "text", "info")
    logging.getLogger("samsyn.worker").debug("no")
    logging.getLogger("httpx").info("no")
    logging.getLogger("samsyn.worker").info("yes")
    assert said.getvalue().count("\n") == 1
    said = logged(tmp_path, "text", "error")
    logging.getLogger("samsyn.worker").warning("no")
    assert said.getvalue() == ""


def test_prefect_writes_past_nothing(tmp_path: Path) -> None:
    """It puts up handlers when it is imported; what it says comes out as ours, once, and masked."""
    program = f"""
import logging
from engine.logs import adopt, configure_logging
from tests.engine.going_on import settings_in
from pathlib import Path
configure_logging(settings_in(Path({str(tmp_path)!r}), log_format="json"))
import prefect
from prefect.logging import get_logger
adopt()
for name in ("flow_runs", "task_runs", "workers", "extra", "_internal", "server", "client"):
    get_logger(name).error("see /a/{TOKEN} for %s", "anna.ek@town.example")
"""
    environment = {"PREFECT_HOME": str(tmp_path), "PREFECT_LOGGING_TO_API_ENABLED": "false", "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, env=environment, timeout=60
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["event"] for line in lines] == ["see /a/*** for ***@***"] * 7, done.stderr


def test_adopting_again_changes_nothing() -> None:
    """It may be done whenever something has been imported."""
    adopt()
    adopt()
    assert all(not logging.getLogger(name).handlers for name in OWN_HANDLERS)
