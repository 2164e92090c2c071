"""Mail from a coordinator's chair: what came in, what does not get out, and who wants no reminders."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from models.mail import ReceivedLetter
from shell.who import actor_of
from shell.words import NO, AsJson, Slug, new_app, out, print_json, services_for, unusable, write

app = new_app()


@app.command()
def mail(
    slug: Slug,
    letter: Annotated[str | None, typer.Argument(help="A letter's id, to read it.")] = None,
    *,
    raw: Annotated[str | None, typer.Option(help="Write the letter as it came to this file, or - for stdout.")] = None,
    files: Annotated[Path | None, typer.Option(help="Write the files that came with it into this folder.")] = None,
    as_json: AsJson = False,
) -> None:
    """Letters that came in, mails that wait or fail, and who has turned reminders off."""
    from engine.incoming.letters import NoSuchLetter, files_of, letter_of, overview, raw_of

    services = services_for()
    try:
        if letter is None:
            _show_overview(overview(services.register, slug), as_json=as_json)
            return
        found = letter_of(services.register, slug, letter)
        if raw is not None:
            write(raw, raw_of(services.register, found), f"The mail {letter}")
            return
        for file in files_of(services.register, found) if files is not None else []:
            assert files is not None  # noqa: S101 - see above
            files.mkdir(parents=True, exist_ok=True)
            write(str(files / file.saved_as), file.content, file.name)
    except NoSuchLetter as absent:
        unusable(f"samsyn: {absent}", code=NO)
    if files is None:
        _show_letter(found, as_json=as_json)


def _show_overview(said: dict[str, list[dict[str, str]]], *, as_json: bool) -> None:
    if as_json:
        print_json(said)
        return
    for name, rows in said.items():
        out.print(f"[bold]{name.replace('_', ' ')}[/]" + ("" if rows else ": none"))
        table = Table(*(rows[0] if rows else ()))
        for row in rows:
            table.add_row(*(escape(value) for value in row.values()))
        if rows:
            out.print(table)


def _show_letter(found: ReceivedLetter, *, as_json: bool) -> None:
    from engine.incoming.letters import as_data

    said = as_data(found)
    if as_json:
        print_json(said)
        return
    for name in ("received", "from", "subject"):
        out.print(f"{name}: {escape(said[name])}")
    for file in said["files"]:
        out.print(f"file: {escape(file['name'])} ({file['media_type']}, {file['size']} bytes)")
    print(f"\n{said['text']}")  # noqa: T201 - as it is, not wrapped


@app.command()
def reminders(
    slug: Slug,
    address: Annotated[str, typer.Argument(help="A participant's address.")],
    wanted: Annotated[str, typer.Argument(help="on or off")],
) -> None:
    """Turn somebody's reminders on or off, when she has asked for it."""
    from sqlmodel import col, select

    from engine.commands.reminders import set_reminders
    from models.cycle import Person

    if wanted not in ("on", "off"):
        raise typer.BadParameter(f"'{wanted}' is neither on nor off")
    services = services_for()
    with services.register.read() as session:
        query = select(Person.id).where(col(Person.cycle_id) == slug, col(Person.address) == address)
        found = list(session.exec(query))
    if not found:
        unusable(f"samsyn: nobody in '{slug}' has the address {address}", code=NO)
    for person_id in found:
        set_reminders(
            services.register, person_id, on=wanted == "on", now=services.clock.now(), actor=actor_of(services)
        )  # fmt: skip
    out.print(f"{address}: reminders are {wanted}.")
