"""Definitions: looked through, planned and rehearsed, without side effects."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from config.terms import Language
from shell.begun import Begun, Dates, begun, dated
from shell.words import NO, AsJson, Begin, Name, day_of, new_app, out, print_json, unusable, write

if TYPE_CHECKING:
    from config.loader import Loaded
    from engine.plan_parts import Plan

app = new_app()

InLanguage = Annotated[
    Language | None,
    typer.Option(help="The language of what is found, with titles for keys; English as the file has it when left out."),
]


@app.command()
def check(name: Name, *, dates: Dates = None, language: InLanguage = None, as_json: AsJson = False) -> None:
    """Faults and risks of a definition, without side effects. Exit 1 when there is a finding of level error."""
    from config.check import check as run_check
    from config.findings import counted

    path, loaded = _found(name, language)
    findings = [one.plain(language) for one in run_check(dated(loaded.definition, dates, language), loaded.places)]
    if as_json:
        print_json({"definition": loaded.definition.cycle, "findings": findings})
    else:
        for found in findings:
            print(f"{path}:{found['line']}: {found['level']} {found['code']}: {found['message']}")  # noqa: T201
        out.print(f"{loaded.definition.cycle}: {counted(len(findings), language)}")
    if any(found["level"] == "error" for found in findings):
        raise typer.Exit(NO)


def _found(name: str, language: Language | None) -> tuple[Path, Loaded]:
    """A definition and its file; faults are told in the language that was asked for."""
    from config.loader import DefinitionError, find, load_placed

    try:
        path = find(name)
        return path, load_placed(path)
    except DefinitionError as faults:
        unusable(faults.told(language))


@app.command()
def plan(
    name: Name,
    to: Annotated[str, typer.Argument(help="Where --json, --ics or --html goes; - is stdout.", metavar="FILE")] = "-",
    *,
    begin: Begin = None,
    dates: Dates = None,
    slip: Annotated[
        list[str] | None, typer.Option(help="What comes later than promised, as MILESTONE=+6w or, in months, +2m.")
    ] = None,
    as_json: AsJson = False,
    ics: Annotated[bool, typer.Option("--ics", help="iCalendar, for a calendar program.")] = False,
    html: Annotated[bool, typer.Option("--html", help="A page with the time line.")] = False,
    today: Annotated[str | None, typer.Option(help="A day to mark in the page's time line.")] = None,
) -> None:
    """Every date, notice and deadline in order, and what a slip endangers, before anything is sent.

    Exit 1 when the cycle would not end.
    """
    from engine.plan import plan as make_plan
    from engine.plan_slip import SlipError, parse_slip
    from engine.plan_table import show_plan

    found = begun(name, begin, dates)
    try:
        slips = [parse_slip(text, found.definition) for text in slip or ()]
        with Console(stderr=True).status("planning …"):
            planned = make_plan(found.definition, slips)
    except SlipError as wrong:
        unusable(f"--slip: {wrong}")
    if sum((as_json, ics, html)) > 1:
        unusable("write one of --json, --ics and --html")
    if as_json or ics or html:
        mark = day_of(today) if today else None
        form = "ics" if ics else "html" if html else "json"
        write(to, _as_file(planned, found, form, mark), f"The plan of {planned.cycle} ({form})")
    else:
        show_plan(out, planned, found.to_decide)
    if planned.ends is None:
        raise typer.Exit(NO)


def _as_file(planned: Plan, found: Begun, form: str, today: date | None) -> bytes:
    """The plan as the content of a file."""
    if form == "ics":
        from engine.plan_calendar import plan_calendar

        return plan_calendar(planned, planned.cycle, datetime.now(UTC))
    if form == "html":
        from engine.plan_page import plan_page

        return plan_page(planned, found.to_decide, today).encode()
    from engine.plan_json import plan_json

    return json.dumps(plan_json(planned, found.to_decide), ensure_ascii=False, indent=2).encode() + b"\n"


@app.command()
def rehearse(
    name: Name,
    *,
    begin: Begin = None,
    dates: Dates = None,
    script: Annotated[Path | None, typer.Option(help="How people behave; see docs/rehearsals.md.")] = None,
    as_json: AsJson = False,
) -> None:
    """The cycle from first to last day on a virtual clock, nothing sent. Exit 1 when it does not end."""
    from engine.display import show_report
    from engine.rehearsal import rehearse as run
    from engine.script import Script
    from engine.scripts import dated_by, load_script

    definition = begun(name, begin, dates).definition
    behaviour = load_script(script, definition) if script else Script()
    result = run(dated_by(behaviour, definition), behaviour)
    if as_json:
        print_json(result)
    else:
        show_report(out, result)
    if result["outcome"] == "unfinished":
        raise typer.Exit(NO)
