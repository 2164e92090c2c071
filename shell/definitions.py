"""Definitions: looked through, planned and rehearsed, without side effects."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from shell.words import NO, AsJson, Begin, Name, definition_of, new_app, out, print_json

app = new_app()


@app.command()
def check(name: Name, *, as_json: AsJson = False) -> None:
    """Faults and risks of a definition, without side effects. Exit 1 when there is a finding of level error."""
    from config.check import check as run_check
    from config.loader import find, load_placed

    path = find(name)
    loaded = load_placed(path)
    findings = [asdict(finding) for finding in run_check(loaded.definition, loaded.places)]
    if as_json:
        print_json({"definition": loaded.definition.cycle, "findings": findings})
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

    definition = definition_of(name, begin)
    result = run(definition, load_script(script, definition) if script else None)
    if as_json:
        print_json(result)
    else:
        show_report(out, result)
    if result["outcome"] == "unfinished":
        raise typer.Exit(NO)
