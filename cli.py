"""The command line: `samsyn …`.

Exit codes: 0 yes; 1 the answer is no; 2 unusable input, one line a fault on stderr. JSON goes to stdout alone.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from config.definition import Definition
    from config.settings import Settings
    from engine.services import Services

NO = 1
UNUSABLE = 2

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
out = Console()
err = Console(stderr=True)

Name = Annotated[str, typer.Argument(help="A bundled definition's name, or a file.")]
Slug = Annotated[str, typer.Argument(help="A running cycle's name.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON on stdout.")]
Begin = Annotated[str | None, typer.Option(help="The day on which the cycle begins, as 2027-01-11.")]
Reason = Annotated[str, typer.Option(help="Why; it is part of the record.")]


def main() -> None:
    """Run a command; faults in what was given are told in one line each."""
    from config.loader import DefinitionError
    from config.settings import SettingsError
    from engine.stack import StackError
    from models.register import RegisterError

    try:
        app()
    except (DefinitionError, SettingsError) as faults:
        _unusable(str(faults))
    except (RegisterError, StackError) as refused:
        _unusable(f"samsyn: {refused}")


def _unusable(lines: str) -> None:
    print(lines, file=sys.stderr)  # noqa: T201 - exactly these lines, not wrapped to a terminal
    raise SystemExit(UNUSABLE)


def _settings(**overrides: Any) -> Settings:
    from config.settings import load_settings

    return load_settings(**overrides)


def _services(role: str = "shell") -> Services:
    from engine.services import build_services

    return build_services(_settings(), role)


def _definition(name: str, begin: str | None = None) -> Definition:
    from config.loader import load_named
    from config.redate import redate

    definition = load_named(name)
    return definition if begin is None else redate(definition, _day(begin))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"'{text}' is no day; write it as 2027-01-11") from None


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))  # noqa: T201 - a program reads it


@app.command()
def cycles(*, as_json: AsJson = False) -> None:
    """Bundled definitions, and the cycles in the register."""
    from config.loader import bundled, load
    from engine.listing import running_cycles

    known = {name: load(path) for name, path in bundled().items()}
    services = _services()
    running = running_cycles(services.register)
    if as_json:
        titles = {name: definition.text(definition.title) for name, definition in known.items()}
        _print_json({"definitions": titles, "cycles": running})
        return
    table = Table("definition", "title")
    for name, definition in known.items():
        table.add_row(name, definition.text(definition.title))
    out.print(table)
    table = Table("cycle", "status", "title")
    for cycle in running:
        table.add_row(cycle["cycle"], cycle["status"], cycle["title"])
    out.print(table if running else "No cycle has been started.")


@app.command()
def check(name: Name, *, as_json: AsJson = False) -> None:
    """Faults and risks of a definition, without side effects. Exit 1 when there is a finding of level error."""
    from config.check import check as run_check
    from config.loader import find, load_placed

    path = find(name)
    loaded = load_placed(path)
    findings = [asdict(finding) for finding in run_check(loaded.definition, loaded.places)]
    if as_json:
        _print_json({"definition": loaded.definition.cycle, "findings": findings})
    else:
        for found in findings:
            print(f"{path}:{found['line']}: {found['level']} {found['code']}: {found['message']}")  # noqa: T201
        out.print(f"{loaded.definition.cycle}: {len(findings)} findings" if findings else "No findings.")
    if any(found["level"] == "error" for found in findings):
        raise typer.Exit(NO)


@app.command()
def rehearse(
    name: Name,
    *,
    begin: Begin = None,
    script: Annotated[Path | None, typer.Option(help="How people behave; see docs/rehearsals.md.")] = None,
    as_json: AsJson = False,
) -> None:
    """The cycle from first to last day on a virtual clock, nothing sent. Exit 1 when it does not end."""
    from engine.display import show_report
    from engine.rehearsal import rehearse as run
    from engine.scripts import load_script

    definition = _definition(name, begin)
    result = run(definition, load_script(script, definition) if script else None)
    if as_json:
        _print_json(result)
    else:
        show_report(out, result)
    if result["outcome"] == "unfinished":
        raise typer.Exit(NO)


@app.command()
def start(
    name: Name,
    *,
    slug: Annotated[str | None, typer.Option("--as", help="The cycle's name; by default the definition's.")] = None,
    begin: Begin = None,
    participants: Annotated[Path | None, typer.Option(help="CSV with body, seat, number, address, name.")] = None,
) -> None:
    """Start a cycle for real: the first mails go out when a worker is running."""
    from config.check import check as run_check
    from engine.commands.participants import read_participants
    from engine.commands.start import is_over, start_cycle

    definition = _definition(name, begin)
    errors = [finding for finding in run_check(definition) if finding.level == "error"]
    if errors:
        _unusable("\n".join(f"{finding.where}: {finding.message}" for finding in errors))
    people = read_participants(participants, definition) if participants else []
    services = _services()
    if is_over(definition, services.clock.now()):
        _unusable(f"{name}: all its dates have passed; give the day on which the cycle begins with --begin")
    started = start_cycle(
        services.register, definition,
        slug=slug or definition.cycle, at=services.clock.now(), actor="coordinator", participants=people,
    )  # fmt: skip
    out.print(f"Started [bold]{started}[/]: {services.settings.base_url}/record/{started}")


@app.command()
def status(slug: Annotated[str | None, typer.Argument()] = None, *, as_json: AsJson = False) -> None:
    """Where a cycle stands; without a name, all of them."""
    from engine.display import show_report
    from engine.listing import running_cycles
    from engine.report import report

    services = _services()
    if slug is None:
        _print_json(running_cycles(services.register)) if as_json else cycles()
        return
    result = report(services.register, slug)
    _print_json(result) if as_json else show_report(out, result)


@app.command()
def move(slug: Slug, milestone: str, to: str, *, reason: Reason) -> None:
    """Move a milestone; what hangs on it moves too, and everybody who is waited for is told."""
    from engine.commands.coordinate import move_milestone

    services = _services()
    now = services.clock.now()
    moved = move_milestone(services.register, slug, milestone, _day(to), reason=reason, now=now, actor="coordinator")
    out.print(f"Moved: {', '.join(moved) or 'nothing, it was there already'}")


@app.command()
def close(slug: Slug, question: str, *, reason: Reason) -> None:
    """Close a question (PHASE/STEP) without the answers that are missing."""
    from engine.commands.coordinate import close_step

    services = _services()
    now = services.clock.now()
    close_step(services.register, f"{slug}/{question}", reason=reason, now=now, actor="coordinator")
    out.print(f"{question} closes at the worker's next look.")


@app.command()
def cancel(slug: Slug, *, reason: Reason) -> None:
    """End a cycle without an outcome; the record stays."""
    from engine.commands.coordinate import cancel_cycle

    services = _services()
    cancel_cycle(services.register, slug, reason=reason, now=services.clock.now(), actor="coordinator")
    out.print(f"{slug} is cancelled.")


@app.command()
def verify(slug: Annotated[str | None, typer.Argument()] = None, *, as_json: AsJson = False) -> None:
    """Recompute the journal's chain and compare the state tables with it. Exit 1 when they disagree."""
    from engine.listing import running_cycles
    from models.verify import verify as run_verify

    services = _services()
    names = [slug] if slug else [cycle["cycle"] for cycle in running_cycles(services.register)]
    with services.register.read() as session:
        results = [run_verify(session, name) for name in names]
    if as_json:
        _print_json([{**asdict(result), "holds": result.holds} for result in results])
    for result in [] if as_json else results:
        word = "[green]holds[/]" if result.holds else "[red]does not hold[/]"
        out.print(f"{result.cycle}: {result.entries} entries, head {result.head[:16]}…: {word}")
        for fault in result.faults:
            print(f"  {fault}")  # noqa: T201
    if not all(result.holds for result in results):
        raise typer.Exit(NO)


@app.command()
def worker(tick: Annotated[float, typer.Option(hidden=True)] = 1.0) -> None:
    """Run due phases and send due mail."""
    import asyncio
    import os

    from engine.prefect_settings import prepare_worker_environment

    settings = _settings()
    prepare_worker_environment(settings)  # before anything imports prefect
    from engine.worker import run_worker

    services = _services("worker")
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

    from portal.serving import portal_app

    settings = _settings()
    uvicorn.run(
        portal_app(_services("portal")), host=settings.portal_host, port=settings.portal_port,
        log_level="warning", access_log=False, server_header=False,
    )  # fmt: skip


@app.command()
def mailbox() -> None:
    """The development mailbox: takes every mail and shows it at /mailbox."""
    import signal

    from engine.mailbox import mail_server

    settings = _settings()
    server = mail_server(settings.mailbox_dir, port=settings.mailbox_port)
    server.start()
    signal.signal(signal.SIGTERM, lambda *_: server.stop() or sys.exit(0))
    signal.pause()


@app.command()
def up() -> None:
    """Serve everything: Prefect's server, worker, portal, and a mailbox when no mail server is named."""
    from engine.serving import serve

    serve(_settings(), out)


@app.command()
def demo(
    name: Annotated[str, typer.Argument(help="A bundled definition.")] = "jamtland-2012",
    *,
    stay: Annotated[bool, typer.Option(help="Leave everything up to look around.")] = False,
    until: Annotated[str | None, typer.Option(help="Stop at a day, as 2013-05-20, to see a cycle half-way.")] = None,
    script: Annotated[Path | None, typer.Option(help="How people behave.")] = None,
) -> None:
    """A whole cycle on the real stack with participants who only have their mail. Exit 0 only if all of it held."""
    from engine.demo import run_demo
    from engine.scripts import bundled_script, load_script

    definition = _definition(name)
    behaviour = load_script(script, definition) if script else bundled_script(name)
    day = _day(until) if until else None
    if not run_demo(_settings, definition, behaviour, out, stay=stay, until=day):
        raise typer.Exit(NO)


@app.command()
def doctor(*, as_json: AsJson = False) -> None:
    """What is misconfigured, and how to mend it. Exit 1 when something is."""
    from engine.doctor import examine

    findings = examine(_settings(), datetime.now(UTC))
    if as_json:
        _print_json([asdict(finding) for finding in findings])
    else:
        for found in findings:
            mark = "[green]ok[/]  " if found.well else "[red]no[/]  "
            out.print(f"{mark}[bold]{found.what}[/]: {found.said}")
            if found.mend:
                out.print(f"      {found.mend}")
    if not all(finding.well for finding in findings):
        raise typer.Exit(NO)


if __name__ == "__main__":
    main()
