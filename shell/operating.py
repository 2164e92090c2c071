"""What an administrator does: look at what is wrong, keep a backup, put one back."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shell.words import NO, AsJson, new_app, out, print_json, settings_now

if TYPE_CHECKING:
    from config.settings import Settings
    from engine.backup.restore import Restored

app = new_app()


@app.command()
def doctor(*, as_json: AsJson = False) -> None:
    """What is misconfigured, and how to mend it. Exit 1 when something is."""
    from engine.doctor import Level, examine

    findings = examine(settings_now(), datetime.now(UTC))
    if as_json:
        print_json([{**asdict(finding), "well": finding.well} for finding in findings])
    else:
        marks = {Level.OK: "[green]ok[/]  ", Level.WARNING: "[yellow]look[/]", Level.ERROR: "[red]no[/]  "}
        for found in findings:
            out.print(f"{marks[found.level]} [bold]{found.what}[/]: {found.said}", highlight=False)
            if found.mend:
                out.print(f"      {found.mend}", highlight=False)
    if any(finding.level is Level.ERROR for finding in findings):
        raise typer.Exit(NO)


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="Where to; an existing file is replaced.")],
    *,
    without_key: Annotated[bool, typer.Option(help="Leave the secret key out; keep it elsewhere then.")] = False,
    as_json: AsJson = False,
) -> None:
    """Everything that cannot be made anew, in one file, while everything runs. Prefect's database is not part of it."""
    from engine.backup.make import back_up

    made = back_up(settings_now(), file, datetime.now(UTC), with_key=not without_key)
    if as_json:
        print_json({"file": str(file), **asdict(made)})
        return
    key = "with the secret key: keep it like a password" if made.has_key else "without the secret key"
    cycles = f"{made.cycles} cycle{'' if made.cycles == 1 else 's'}"
    out.print(f"{file}: {cycles}, {file.stat().st_size / 2**20:.1f} MiB, {key}", soft_wrap=True, highlight=False)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file that `samsyn backup` has made.")],
    *,
    into: Annotated[Path | None, typer.Option(help="A data folder; that of the settings when absent.")] = None,
    force: Annotated[bool, typer.Option(help="Take the place of a register that has cycles.")] = False,
    as_json: AsJson = False,
) -> None:
    """Put a backup back, migrated and verified. Portal and worker must not run. Exit 1 when it does not hold."""
    from engine.backup.restore import restore as put_back

    done = put_back(_settings_of(into), file, datetime.now(UTC), force=force)
    if as_json:
        verified = [{**asdict(one), "holds": one.holds} for one in done.verified]
        print_json({"manifest": asdict(done.manifest), "verified": verified, "key": done.key, "kept": done.kept})
    else:
        _say_restored(done)
    if not done.holds:
        raise typer.Exit(NO)


def _settings_of(folder: Path | None) -> Settings:
    """The settings, with everything in a folder where one is named."""
    if folder is None:
        return settings_now()
    return settings_now(data_dir=folder, database_url=f"sqlite:///{folder / 'samsyn.db'}")


def _say_restored(done: Restored) -> None:
    made = done.manifest
    lines = [f"Restored what Samsyn {made.samsyn} kept on {made.made_at}.", f"Secret key: {done.key}."]
    for one in done.verified:
        lines.append(f"{one.cycle}: {one.entries} entries, {'holds' if one.holds else 'DOES NOT HOLD'}")
        lines += [f"  {fault}" for fault in one.faults]
    if done.kept is not None:
        lines.append(f"What was there before is kept in {done.kept}.")
    lines.append(
        "Mails that went out after the backup may come again, with the same Message-IDs; see docs/operating.md."
    )
    for line in lines:
        out.print(line, soft_wrap=True, highlight=False, markup=False)
