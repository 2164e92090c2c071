"""The parts that run: worker, portal, mailbox, and everything at once."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from shell.begun import Dates, begun
from shell.words import NO, day_of, new_app, out, services_for, settings_logged, settings_now, unusable

app = new_app()


@app.command()
def worker(tick: Annotated[float, typer.Option(hidden=True)] = 1.0) -> None:
    """Run due phases and send due mail."""
    import asyncio
    import os

    from engine.logs import adopt, configure_logging
    from engine.prefect_settings import prepare_worker_environment

    settings = settings_now()
    prepare_worker_environment(settings)  # before anything imports prefect
    configure_logging(settings)
    from engine.worker import run_worker

    adopt()
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

    from engine.clock import SystemClock
    from engine.receipts import Receipts
    from engine.sign_in_mails import SignInMails
    from portal.metrics import measured
    from portal.punctual import PunctualHeads
    from portal.serving import portal_app

    settings = settings_logged()
    services = services_for("portal")
    with (
        Receipts(services.mailer, services.clock) as receipts,
        SignInMails(services.system_mailer, SystemClock()) as sign_ins,
        measured(services) as measure,
    ):
        served = measure(portal_app(services, receipts.send, sign_ins.send))
        uvicorn.run(
            served, host=settings.portal_host, port=settings.portal_port,
            log_config=None, access_log=False, server_header=False, proxy_headers=False, http=PunctualHeads,
        )  # fmt: skip


@app.command()
def mailbox() -> None:
    """The development mailbox: takes every mail and shows it at /mailbox."""
    import signal

    from engine.mailbox import mail_server

    settings = settings_logged()
    server = mail_server(settings.mailbox_dir, port=settings.mailbox_port)
    server.start()
    signal.signal(signal.SIGTERM, lambda *_: server.stop() or sys.exit(0))
    signal.pause()


@app.command()
def incoming() -> None:
    """Take replies and bounces from the mail server; see docs/mail.md for how it is told to hand them over."""
    import signal

    from engine.incoming.server import incoming_server

    settings_logged()
    services = services_for("incoming")
    try:
        server = incoming_server(services.settings, services.register, services.clock.now)
    except ValueError as missing:
        unusable(f"samsyn: {missing}")
    server.start()
    signal.signal(signal.SIGTERM, lambda *_: server.stop() or sys.exit(0))
    signal.pause()


@app.command()
def prefect() -> None:
    """Serve Prefect, which shows administrators what happens. On loopback; its database is in the data folder."""
    import os

    from engine.stack import prefect_part

    settings = settings_now()
    if settings.prefect_api_url is not None:
        unusable("samsyn: PREFECT_API_URL names another Prefect server, which is started elsewhere")
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    part = prefect_part(settings)
    os.execve(part.command[0], part.command, {**os.environ, **part.environment})  # noqa: S606 - becomes it


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
    from engine.scripts import bundled_script, dated_by, load_script

    definition = begun(name, None, dates).definition
    behaviour = load_script(script, definition) if script else bundled_script(name)
    day = day_of(until) if until else None
    if not run_demo(settings_now, dated_by(behaviour, definition), behaviour, out, stay=stay, until=day):
        raise typer.Exit(NO)
