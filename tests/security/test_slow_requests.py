"""Requests that trickle in are given up, and others are answered meanwhile; what is only slow gets through."""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
import uvicorn
from fastapi import FastAPI, Request
from starlette.responses import PlainTextResponse

from portal.punctual import PunctualBodies, PunctualHeads
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.long

GRACE = 0.5
HEAD = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"


class Quick(PunctualHeads):
    """With less patience than people need."""

    grace = GRACE


def app() -> FastAPI:
    """Says how much came."""
    made = FastAPI()

    @made.post("/")
    async def read(request: Request) -> PlainTextResponse:
        return PlainTextResponse(str(len(await request.body())))

    @made.get("/")
    async def show() -> PlainTextResponse:
        return PlainTextResponse("here")

    made.add_middleware(PunctualBodies, grace=GRACE, slowest=1000)
    return made


@contextmanager
def served() -> Iterator[tuple[str, int]]:
    """The real server, on loopback."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app(), http=Quick, log_level="error", lifespan="off"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listening])))
    thread.start()
    wait_until(lambda: server.started)
    try:
        yield listening.getsockname()
    finally:
        server.should_exit = True
        thread.join(10)


def connected(where: tuple[str, int], sent: bytes) -> socket.socket:
    """A connection that has said so much."""
    made = socket.create_connection(where, timeout=20)
    made.sendall(sent)
    return made


def heard(connection: socket.socket) -> bytes:
    """All that comes until the server closes the connection."""
    said = b""
    while more := connection.recv(65536):
        said += more
    connection.close()
    return said


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (b"", b""),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-a: ", b""),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HT", b"here"),
        (HEAD + b"aa", b"408"),
    ],
    ids=["nothing", "half a head", "half a head after a whole one", "half a body"],
)
def test_what_stops_half_way_is_given_up(sent: bytes, answer: bytes) -> None:
    with served() as where:
        many = [connected(where, sent) for _ in range(50)]
        assert b"here" in heard(connected(where, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        for one in many:
            assert answer in heard(one)


def test_a_body_that_drips_is_given_up() -> None:
    """Each byte in time is not enough: the whole must come on."""
    with served() as where:
        dripping = connected(where, HEAD)
        dripping.settimeout(GRACE / 20)
        said = b""
        for _ in range(200):
            dripping.sendall(b"a")
            try:
                said = dripping.recv(65536)
                break
            except TimeoutError:
                continue
        dripping.close()
        assert b"408" in said


def test_what_comes_in_time_is_whole() -> None:
    with served() as where:
        for _ in range(2):
            whole = HEAD.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n") + b"a" * 1000
            assert heard(connected(where, whole)).endswith(b"1000")


def test_a_connection_that_is_kept_answers_again() -> None:
    with served() as where:
        kept = connected(where, b"")
        for _ in range(3):
            kept.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            said = b""
            while not said.endswith(b"here"):
                said += kept.recv(65536)
        kept.close()
