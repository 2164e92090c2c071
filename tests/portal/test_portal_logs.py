"""No token in any log."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

import httpx
import uvicorn

from portal.logs import LOGGERS, MaskTokens, mask, mask_logs
from tests.portal.conftest import Browser, World, token

if TYPE_CHECKING:
    import pytest


def test_tokens_are_masked_in_messages_and_arguments(caplog: pytest.LogCaptureFixture) -> None:
    secret = token("some-link")
    logger = logging.getLogger("tests.portal.masked")
    logger.addFilter(MaskTokens())
    with caplog.at_level(logging.INFO, logger="tests.portal.masked"):
        logger.info('%s - "%s %s HTTP/%s" %d', "::1", "GET", f"/a/{secret}?x=1", "1.1", 303)
        logger.info("GET http://testserver/a/%s done" % secret)  # noqa: UP031, G002 - what others may do
        logger.info("%(path)s", {"path": f"/calendar/{secret}.ics"})
    assert secret not in caplog.text
    assert "/a/***?x=1" in caplog.text
    assert "/calendar/***" in caplog.text


def test_other_addresses_stay() -> None:
    assert mask("GET /answer/abc/review HTTP/1.1") == "GET /answer/abc/review HTTP/1.1"


def test_filter_is_put_on_once() -> None:
    mask_logs()
    mask_logs()
    for name in LOGGERS:
        filters = [f for f in logging.getLogger(name).filters if isinstance(f, MaskTokens)]
        assert len(filters) == 1


def test_portal_itself_logs_no_token(browser: Browser, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        browser.get("/a/a-token-in-a-link")
    ours = [record for record in caplog.records if not record.name.startswith("httpx")]
    assert all("a-token-in-a-link" not in record.getMessage() for record in ours)


def test_server_that_logs_every_request_logs_no_token(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    server = uvicorn.Server(uvicorn.Config(world.app(), port=0, log_level="info"))
    listener = server.config.bind_socket()
    listener.listen()  # a request that comes before the server is ready waits
    serving = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    serving.start()
    port = listener.getsockname()[1]
    address = f"http://127.0.0.1:{port}/a/a-token-in-a-link"
    assert httpx.get(address, trust_env=False).status_code == 404
    server.should_exit = True
    serving.join()
    said = "".join(capfd.readouterr())
    assert "/a/***" in said
    assert "a-token-in-a-link" not in said
