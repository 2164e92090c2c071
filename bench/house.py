"""A small installation for measurements: a register in a folder of its own, a cycle, and the parts that serve it."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from config.loader import load
from config.settings import Settings
from engine.commands.start import start_cycle
from engine.services import Services, build_services
from engine.stack import Stack
from flows import FLOWS
from models.assignment import Link
from models.phase import Phase as PhaseRow
from models.tokens import token_for
from tasks.phase import Phase, perform_plainly

if TYPE_CHECKING:
    from collections.abc import Iterator

    from config.definition import Definition

SLUG = "measured"


def consultation_of(consultees: int, begins: datetime) -> Definition:
    """A cycle that asks so many bodies one question."""
    due = (begins + timedelta(days=100)).date()
    towns = "".join(f"      town-{number}: {{en: Town {number}}}\n" for number in range(consultees))
    return load(
        "measured.yaml",
        f"""
cycle: {SLUG}
title: {{en: A question to many}}
language: en
place: SE
begins: {begins.date()}
coordinator: office
addresses: "{{seat}}@{{body}}.example"
bodies:
  office: {{name: {{en: The office}}, seats: {{contact: 1}}}}
  towns:
    name: {{en: The towns}}
    seats: {{contact: 1}}
    each:
{towns}
milestones:
  answers: {{by: {due}}}
phases:
  ask: {{title: {{en: The towns are asked}}, kind: consultation, consultees: towns, due: answers}}
""",
    )


@contextmanager
def installation(**more: Any) -> Iterator[Services]:
    """Services over an empty register, with ports of their own on this machine; `more` are settings."""
    with TemporaryDirectory(prefix="samsyn-bench-") as folder:
        ports = free_ports(3)
        settings = Settings(
            data_dir=Path(folder),
            portal_port=ports[0],
            mailbox_port=ports[1],
            prefect_port=ports[2],
            base_url=f"http://127.0.0.1:{ports[0]}",
            **more,
        )
        services = build_services(settings, "bench")
        try:
            yield services
        finally:
            services.close()


@contextmanager
def served(services: Services, *parts: str) -> Iterator[None]:
    """The named parts as processes, until the end of the block."""
    stack = Stack(services.settings)
    stack.start(parts)
    try:
        yield
    finally:
        stack.stop()


def open_consultation(services: Services, consultees: int) -> list[str]:
    """Start the cycle and open its phase; the addresses of the links, as the mails have them."""
    now = datetime.now(UTC)
    yesterday = now - timedelta(days=1)
    start_cycle(services.register, consultation_of(consultees, yesterday), slug=SLUG, at=now, actor="bench")
    with services.register.read() as session:
        row = session.exec(select(PhaseRow)).one()
        phase_id, kind = row.id, row.kind
    phase = Phase(services.register, phase_id, now=now, perform=perform_plainly, secret_key=services.secret_key)
    FLOWS[kind].run(phase)
    with services.register.read() as session:
        links = session.exec(select(Link.id).order_by(col(Link.id))).all()
    return [f"/a/{token_for(link, services.secret_key)}" for link in links]


def free_ports(number: int) -> list[int]:
    """Ports of loopback that nobody listens on."""
    sockets = [socket.socket() for _ in range(number)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()
