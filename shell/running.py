"""The parts that run: worker, portal, mailbox, everything at once, and the doctor."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from shell.begun import Dates, begun
from shell.words import NO, AsJson, day_of, new_app, out, print_json, services_for, settings_now

app = new_app()


@app.command()
def worker(tick: Annotated[float, typer.Option(hidden=True)] = 1.0) -> None:
    """Run due phases and send due mail."""
    import asyncio
    import os

    from engine.prefect_settings import prepare_worker_environment

    settings = settings_now()
    prepare_worker_environment(settings)  # before anything imports prefect
    from engine.worker import run_worker

    services = services_for("worker")
    ready = settings.data_dir / "worker.ready"
    ready.unlink(missing_ok=True)
    tick = float(os.environ.get("SAMSYN_TICK", tick))
    try:
        asyncio.run(run_worker(services, tick=tick, ready=ready.touch))
    finally:
        ready.unlink(missing_ok=True)
        services.close()


@app.command()
def portal() -> None:
    """Serve the answer pages, the record and, without a mail server, the development mailbox."""
    import uvicorn

    from engine.receipts import Receipts
    from portal.serving import portal_app

    settings, services = settings_now(), services_for("portal")
    with Receipts(services.mailer, services.clock) as receipts:
        uvicorn.run(
            portal_app(services, receipts.send), host=settings.portal_host, port=settings.portal_port,
            log_level="warning", access_log=False, server_header=False,
        )  # fmt: skip


@app.command()
def mailbox() -> None:
    """The development mailbox: takes every mail and shows it at /mailbox."""
    import signal

    from engine.mailbox import mail_server

    settings = settings_now()
    server = mail_server(settings.mailbox_dir, port=settings.mailbox_port)
    server.start()
    signal.signal(signal.SIGTERM, lambda *_: server.stop() or sys.exit(0))
    signal.pause()


@app.command()
def up() -> None:
    """Serve everything: Prefect's server, worker, portal, and a mailbox when no mail server is named."""
    from engine.serving import serve

    serve(settings_now(), out)


@app.command()
def demo(
    name: Annotated[str, typer.Argument(help="A bundled definition.")] = "jamtland-2012",
    *,
    stay: Annotated[bool, typer.Option(help="Leave everything up to look around.")] = False,
    until: Annotated[str | None, typer.Option(help="Stop at a day, as 2013-05-20, to see a cycle half-way.")] = None,
    script: Annotated[Path | None, typer.Option(help="How people behave.")] = None,
    dates: Dates = None,
) -> None:
    """A whole cycle on the real stack with participants who only have their mail. Exit 0 only if all of it held."""
    from engine.demo import run_demo
    from engine.scripts import bundled_script, load_script

    definition = begun(name, None, dates).definition
    behaviour = load_script(script, definition) if script else bundled_script(name)
    day = day_of(until) if until else None
    if not run_demo(settings_now, definition, behaviour, out, stay=stay, until=day):
        raise typer.Exit(NO)


@app.command()
def doctor(*, as_json: AsJson = False) -> None:
    """What is misconfigured, and how to mend it. Exit 1 when something is."""
    from engine.doctor import examine

    findings = examine(settings_now(), datetime.now(UTC))
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        for found in findings:
            mark = "[green]ok[/]  " if found.well else "[red]no[/]  "
            out.print(f"{mark}[bold]{found.what}[/]: {found.said}")
            if found.mend:
                out.print(f"      {found.mend}")
    if not all(finding.well for finding in findings):
        raise typer.Exit(NO)
