"""Cycles: started, looked at, changed with a reason, and verified."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from engine.commands.reasons import DATE_STANDS
from shell.begun import Dates, begun, decided, landed
from shell.who import actor_of
from shell.words import (
    NO,
    AsJson,
    Begin,
    Name,
    Reason,
    Slug,
    day_of,
    new_app,
    out,
    print_json,
    services_for,
    unusable,
    why_unread,
)

if TYPE_CHECKING:
    from config.findings import Finding

app = new_app()
SHOWN = 3
"""Addresses that are named; the others are counted."""

OneOrAll = Annotated[
    str | None, typer.Argument(help="A cycle's short name; all of them when left out.", metavar="[CYCLE]")
]
Promise = Annotated[
    str, typer.Argument(help="A milestone's key, as `samsyn status CYCLE` lists them.", metavar="MILESTONE")
]


@app.command()
def cycles(*, as_json: AsJson = False) -> None:
    """Bundled definitions, and the cycles in the register."""
    from config.loader import bundled, load
    from engine.listing import running_cycles

    known = {name: load(path) for name, path in bundled().items()}
    services = services_for()
    running = running_cycles(services.register)
    if as_json:
        titles = {name: definition.text(definition.title) for name, definition in known.items()}
        print_json({"definitions": titles, "cycles": running})
        return
    table = Table("definition", "title")
    for name, definition in known.items():
        table.add_row(name, escape(definition.text(definition.title)))
    out.print(table)
    table = Table("cycle", "status", "title")
    for cycle in running:
        table.add_row(cycle["cycle"], cycle["status"], escape(cycle["title"]))
    out.print(table if running else "No cycle has been started.")


@app.command()
def start(
    name: Name,
    *,
    slug: Annotated[
        str | None, typer.Option("--as", help="The cycle's short name; by default the definition's.", metavar="CYCLE")
    ] = None,
    begin: Begin = None,
    dates: Dates = None,
    accept: Annotated[bool, typer.Option("--accept-dates", help="Keep days on which nobody works.")] = False,
    roll: Annotated[bool, typer.Option("--roll-dates", help="Take the next working days instead of them.")] = False,
    participants: Annotated[
        Path | None, typer.Option(help="CSV with body, seat, number, address, name, language.")
    ] = None,
) -> None:
    """Start a cycle for real: the first mails go out when a worker is running.

    Begun on another day than it was written for, dates may land on days on which nobody works: they are listed, and
    somebody has to decide.
    """
    from config.check import check as run_check
    from engine.commands.participants import read_participants
    from engine.commands.start import is_over, start_cycle
    from engine.listing import made_up_addresses

    found = begun(name, begin, dates)
    definition = decided(found, accept=accept, roll=roll)
    errors = [finding for finding in run_check(definition) if finding.level == "error"]
    if errors:
        unusable("\n".join(f"{finding.where}: {finding.message}{_or_set(finding)}" for finding in errors))
    people = read_participants(participants, definition) if participants else []
    services = services_for()
    if is_over(definition, services.clock.now()):
        unusable(f"{name}: all its dates have passed; give the day on which the cycle begins with --begin")
    started = start_cycle(
        services.register, definition,
        slug=slug or definition.cycle, at=services.clock.now(), actor=actor_of(services), participants=people,
    )  # fmt: skip
    for line in landed(found, roll=roll):
        out.print(escape(line), soft_wrap=True, highlight=False)
    out.print(f"Started [bold]{started}[/]: {services.settings.base_url}/record/{started}")
    if made_up := made_up_addresses(services.register, started):
        out.print(escape(_nobody_is_there(made_up)), soft_wrap=True, highlight=False)


def _nobody_is_there(addresses: list[str]) -> str:
    """Which addresses have to be replaced before a mail server is asked to reach them."""
    shown = ", ".join(addresses[:SHOWN]) + (", …" if len(addresses) > SHOWN else "")
    return (
        f"{len(addresses)} addresses are made up, and reach only the development mailbox: {shown}. "
        "Name the people with --participants, or with `samsyn replace`."
    )


def _or_set(finding: Finding) -> str:
    """How a date that is missing can be given without changing the definition."""
    return f", or add --date {finding.where.rpartition('.')[2]}=DAY" if finding.code == "no-date" else ""


@app.command()
def status(slug: OneOrAll = None, *, as_json: AsJson = False) -> None:
    """Where a cycle stands; without a name, all of them."""
    from engine.display import show_report
    from engine.listing import running_cycles
    from engine.report import report

    services = services_for()
    if slug is None:
        print_json(running_cycles(services.register)) if as_json else cycles()
        return
    result = report(services.register, slug)
    print_json(result) if as_json else show_report(out, result)


@app.command()
def move(
    slug: Slug,
    milestone: Promise,
    to: Annotated[str, typer.Argument(help="The new day, as 2027-09-15.", metavar="DAY")],
    *,
    reason: Reason,
) -> None:
    """Move a milestone; what hangs on it moves too, and everybody who is waited for is told."""
    from engine.commands.coordinate import move_milestone
    from models.phase import Milestone

    services = services_for()
    now = services.clock.now()
    day = day_of(to)
    moved = move_milestone(services.register, slug, milestone, day, reason=reason, now=now, actor=actor_of(services))
    out.print(f"Moved: {', '.join(moved) or 'nothing, it was there already'}")
    with services.register.read() as session:
        due = session.get_one(Milestone, f"{slug}/:{milestone}").due_on
    if due != day:
        out.print(f"Nobody works on {day}: the date is set by law and rolls forward to {due}.")


@app.command()
def confirm(slug: Slug, milestone: Promise, *, reason: Reason = DATE_STANDS) -> None:
    """Confirm a date that was worked out from the source (inferred), so that it is a promise like any other."""
    from engine.commands.coordinate import confirm_date

    services = services_for()
    day = confirm_date(
        services.register, slug, milestone, reason=reason, now=services.clock.now(), actor=actor_of(services)
    )  # fmt: skip
    out.print(f"{milestone} is confirmed: {day or 'its day follows from an event'}")


@app.command()
def publish(
    slug: Slug,
    text: Annotated[str, typer.Argument(help="The text's key in the definition.", metavar="TEXT")],
    file: Annotated[Path, typer.Argument(help="The new version, as text in UTF-8.", metavar="FILE")],
    *,
    reason: Reason,
) -> None:
    """Publish a new version of a text; principals that have not decided yet are asked about it."""
    from engine.commands.publish import publish as run_publish
    from engine.unusable import UnusableFile

    try:
        content = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as unread:
        raise UnusableFile(f"{file}:1:1: cannot be read: {why_unread(unread)}") from None
    services = services_for()
    now = services.clock.now()
    document = run_publish(services.register, slug, text, content, reason=reason, now=now, actor=actor_of(services))
    out.print(f"Published {document}.")


@app.command()
def close(
    slug: Slug,
    question: Annotated[str, typer.Argument(help="As `samsyn status CYCLE` names it.", metavar="PHASE/STEP")],
    *,
    reason: Reason,
) -> None:
    """Close a question (PHASE/STEP) without the answers that are missing."""
    from engine.commands.coordinate import close_step

    services = services_for()
    now = services.clock.now()
    close_step(services.register, f"{slug}/{question}", reason=reason, now=now, actor=actor_of(services))
    out.print(f"{question} closes at the worker's next look.")


@app.command()
def cancel(slug: Slug, *, reason: Reason) -> None:
    """End a cycle without an outcome; the record stays."""
    from engine.commands.coordinate import cancel_cycle

    services = services_for()
    cancel_cycle(services.register, slug, reason=reason, now=services.clock.now(), actor=actor_of(services))
    out.print(f"{slug} is cancelled.")


@app.command()
def verify(
    slug: OneOrAll = None, *,
    anchors: Annotated[Path | None, typer.Option(help="A file of heads that was copied elsewhere.")] = None,
    head: Annotated[str | None, typer.Option(help="What a mail says in X-Samsyn-Journal-Head, NUMBER:HASH.")] = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Recompute the journal's chain and compare the state tables with it. Exit 1 when they disagree.

    Heads that are known from elsewhere show too whether the journal has lost its end, or was written anew.
    """
    from engine.verifying import known_heads, verify_all

    results = verify_all(services_for().register, slug, known_heads(slug, anchors, head))
    if as_json:
        print_json([{**asdict(result), "holds": result.holds} for result in results])
    for result in [] if as_json else results:
        word = "[green]holds[/]" if result.holds else "[red]does not hold[/]"
        out.print(f"{result.cycle}: {result.entries} entries, head {result.head[:16]}…: {word}")
        for fault in result.faults:
            print(f"  {fault}")  # noqa: T201
    if not all(result.holds for result in results):
        raise typer.Exit(NO)
