"""`samsyn demo`: sets up a stack of its own, runs a cycle through it, and judges what came of it."""

from __future__ import annotations

import fcntl
import json
import shutil
import socket
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from engine.accounts.accounts import add_account
from engine.demonstration import Demonstration
from engine.display import news, show_report
from engine.prefect_settings import HOST
from engine.services import build_services
from engine.serving import show_addresses, wait_for_end
from engine.stack import Stack, StackError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime

    from rich.console import Console

    from config.definition import Definition
    from config.settings import Settings
    from engine.script import Script
    from engine.services import Services

FOLDER = Path("data/demo")
ADMINISTRATOR = "desk@samsyn.example"
"""Who may sign in to the desk of a demonstration that is left up."""
TICK = "0.05"
"""Seconds between a worker's looks: the stepped clock waits for it, and not the other way round."""


@dataclass(frozen=True)
class Check:
    """One thing that must hold for the demonstration to have succeeded."""

    what: str
    holds: bool


def run_demo(
    settings_from: Callable[..., Settings],
    definition: Definition,
    script: Script,
    out: Console,
    *,
    stay: bool = False,
    until: date | None = None,
) -> bool:
    """Run it; returns whether everything held."""
    with _alone():
        return _demo(settings_from, definition, script, out, stay=stay, until=until)


@contextmanager
def _alone() -> Iterator[None]:
    """Two demonstrations would clear each other's folder away.

    Raises:
        StackError: another one is running.
    """
    FOLDER.parent.mkdir(parents=True, exist_ok=True)
    with (FOLDER.parent / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StackError(f"another demonstration is running in {FOLDER}; wait for it, or end it") from None
        yield


def _demo(
    settings_from: Callable[..., Settings],
    definition: Definition,
    script: Script,
    out: Console,
    *,
    stay: bool,
    until: date | None,
) -> bool:
    began = time.monotonic()
    shutil.rmtree(FOLDER, ignore_errors=True)
    settings = settings_from(**demo_settings())
    services = build_services(settings, "demo")
    stack = Stack(settings, {"SAMSYN_TICK": TICK})
    out.print(f"[bold]{definition.text(definition.title)}[/]\nStarting Prefect, mailbox, portal and worker …")
    stack.start(started=lambda name, seconds: out.print(f"  {name} after {seconds:.0f} s"))
    try:
        good = _run(services, definition, script, out, until)
        out.print(f"{time.monotonic() - began:.0f} seconds in all.")
        if stay:
            add_account(services.register, ADMINISTRATOR, now=services.clock.now(), administrator=True)
            show_addresses(settings, out)
            out.print(f"Sign in to the desk as {ADMINISTRATOR}; the mail with the link is in the mailbox.")
            wait_for_end(stack, out)
    finally:
        stack.stop()
        services.close()
    return good


def demo_settings() -> dict[str, Any]:
    """A folder and ports of its own, so that a demonstration disturbs no installation."""
    names = ("portal_port", "mailbox_port", "prefect_port")
    free: dict[str, Any] = dict(zip(names, free_ports(len(names)), strict=True))
    return {
        **free,
        "data_dir": FOLDER,
        "database_url": f"sqlite:///{FOLDER / 'samsyn.db'}",
        "mailbox_dir": FOLDER / "mailbox",
        "base_url": f"http://{HOST}:{free['portal_port']}",
        "smtp_url": None,
        "prefect_api_url": None,
    }


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on just now."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind((HOST, 0))
        return [int(one.getsockname()[1]) for one in sockets]
    finally:
        for one in sockets:
            one.close()


def _run(services: Services, definition: Definition, script: Script, out: Console, until: date | None) -> bool:
    shown: list[date] = []

    def tell(at: datetime, event: dict[str, Any]) -> None:
        line = news(event)
        day = definition.where.today(at)
        if line is not None:
            if shown[-1:] != [day]:
                out.print(f"[dim]{day:%Y-%m-%d}[/]")
                shown.append(day)
            out.print(f"  {line}")

    demonstration = Demonstration(services, definition, script, tell)
    last = definition.where.end_of(until) if until else None
    report = demonstration.run(last)
    show_report(out, report)
    if until is not None:
        return True
    _write_record(services, demonstration.slug, report, out)
    checks = judge(demonstration, report)
    for check in checks:
        out.print(f"{'[green]✓' if check.holds else '[red]✗'} {check.what}[/]")
    return all(check.holds for check in checks)


def judge(demonstration: Demonstration, report: dict[str, Any]) -> list[Check]:
    """What the run promised, and whether it was kept."""
    sent, wrong = demonstration.mails_once()
    exact = [
        m for m in demonstration.definition.milestones.values() if m.window and m.window.earliest == m.window.latest
    ]
    enforced = [m for m in report["milestones"] if m["status"] in ("met", "missed")]
    return [
        Check(f"the outcome is {report['outcome']}", as_meant(report)),
        Check(
            f"all {len(report['milestones'])} milestones, {len(exact)} of them exact days, were met or enforced",
            len(enforced) == len(report["milestones"]),
        ),
        Check(f"each of {sent} notices reached the mailbox exactly once", wrong == 0 and sent > 0),
        Check("the journal verifies", report["journal"]["verified"]),
    ]


def as_meant(report: dict[str, Any]) -> bool:
    """Whether the cycle came to what it is for: adopted where anybody adopts, otherwise no refusal."""
    if any(phase["kind"] == "adoption" for phase in report["phases"]):
        return bool(report["outcome"] == "adopted")
    return report["outcome"] not in (
        None, "cancelled", "no_reply", "not_held", "not_sent_out", "rejected", "no_decision", "not_quorate", "tabled",
    )  # fmt: skip


def _write_record(services: Services, slug: str, report: dict[str, Any], out: Console) -> None:
    """Keep the record as a page and as data."""
    folder = FOLDER / "record"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{slug}.json").write_text(json.dumps(report, ensure_ascii=False, indent=2), encoding="utf-8")
    page = httpx.get(f"{services.settings.base_url}/record/{slug}", timeout=30).raise_for_status()
    (folder / f"{slug}.html").write_text(page.text, encoding="utf-8")
    out.print(f"The record: {folder / f'{slug}.html'}")
