"""Who answers, and what came in another way: people replaced, answers on their behalf, reminders, concerns settled."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from engine.commands.reasons import REMINDED_BY_HAND
from shell.who import account_of_command, actor_of
from shell.words import Reason, Slug, day_of, new_app, out, services_for, unusable, why_unread

app = new_app()

Question = Annotated[str, typer.Argument(help="As `samsyn status CYCLE` names it.", metavar="PHASE/STEP")]


@app.command()
def replace(
    slug: Slug,
    body: Annotated[str, typer.Argument(help="The body's key.")],
    seat: Annotated[str, typer.Argument(help="SEAT or SEAT-NUMBER: contact, member-3.")],
    *,
    address: Annotated[str, typer.Option(help="Where mail reaches the new holder; the old address sends new links.")],
    name: Annotated[str | None, typer.Option(help="The new holder's name.")] = None,
    language: Annotated[str | None, typer.Option(help="sv, da or en; as before when left out.")] = None,
    reason: Reason,
) -> None:
    """Put another person, or another address, on a seat; open questions go along, and old links are withdrawn."""
    from config.faults import unknown
    from config.terms import Language, Seat
    from engine.commands.replace import NewHolder
    from engine.commands.replace import replace as run_replace

    kind, _, number = seat.partition("-")
    if kind not in set(Seat) or (number and not number.isdecimal()):
        unusable(f"samsyn: {unknown('seat', seat, Seat)}")
    if language is not None and language not in set(Language):
        unusable(f"samsyn: {unknown('language', language, Language)}")
    services = services_for()
    done = run_replace(
        services.register, slug, body, Seat(kind), NewHolder(address, name, Language(language) if language else None),
        number=int(number or 1), reason=reason, now=services.clock.now(), actor=actor_of(services),
        secret_key=services.secret_key,
    )  # fmt: skip
    out.print(escape(f"{done.before} → {done.now}"))
    out.print(f"Questions that went along: {', '.join(done.questions) or 'none, nothing is open'}")


@app.command()
def answer(
    slug: Slug,
    question: Question,
    *,
    body: Annotated[str, typer.Option(help="The body that answers.")],
    position: Annotated[str, typer.Option(help="adopts, supports …")],
    seat: Annotated[str, typer.Option(help="SEAT-NUMBER, where several people of the body are asked.")] = "",
    comment: Annotated[str, typer.Option(help="The reason or comment that came with it.")] = "",
    text: Annotated[Path | None, typer.Option(help="A file with the text that was handed in.")] = None,
    fields: Annotated[list[str] | None, typer.Option("--field", help="NAME=VALUE of the question's form.")] = None,
    decided_on: Annotated[str | None, typer.Option(help="The day of the body's decision.")] = None,
    means: Annotated[str, typer.Option("--by", help="How it came: paper, telephone …")] = "paper",
    reason: Reason,
) -> None:
    """Record an answer that somebody gave on paper or by telephone; both names stand in the record."""
    from config.faults import unknown
    from config.terms import Position
    from engine.commands.answer import Reply
    from engine.commands.on_behalf import OnBehalf, answer_for

    if position not in set(Position):
        unusable(f"samsyn: {unknown('position', position, Position)}")
    content = {**_fields(fields), **({"text": _read(text)} if text else {})}
    reply = Reply(Position(position), comment, content, day_of(decided_on) if decided_on else None)
    services = services_for()
    receipt = answer_for(
        services.register, slug, OnBehalf(question, body, seat, means, recorded_by=account_of_command(services)), reply,
        reason=reason, now=services.clock.now(), actor=actor_of(services),
    )  # fmt: skip
    late = ", late" if receipt.late else ""
    out.print(f"Recorded {receipt.position} for {receipt.assignment}, version {receipt.version}{late}.")


def _fields(given: list[str] | None) -> dict[str, str]:
    pairs = [text.partition("=") for text in given or ()]
    for name, equals, _ in pairs:
        if not name or not equals:
            raise typer.BadParameter(f"'{name}' sets no field; write NAME=VALUE")
    return {name: value for name, _, value in pairs}


def _read(file: Path) -> str:
    from engine.unusable import UnusableFile

    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as unread:
        raise UnusableFile(f"{file}:1:1: cannot be read: {why_unread(unread)}") from None


@app.command()
def remind(
    slug: Slug,
    question: Annotated[
        str | None, typer.Argument(help="Every open question when left out.", metavar="[PHASE/STEP]")
    ] = None,
    *,
    reason: Reason = REMINDED_BY_HAND,
) -> None:
    """Remind those who have not answered, and nobody else; nobody twice on a day."""
    from engine.commands.remind import remind_silent

    services = services_for()
    reminded = remind_silent(
        services.register, slug, question, reason=reason, now=services.clock.now(), actor=actor_of(services)
    )  # fmt: skip
    for asked, number in reminded.items():
        out.print(f"{asked}: {number} reminded")
    if not reminded:
        out.print("No question is open.")


@app.command()
def settle(
    slug: Slug, number: Annotated[int, typer.Argument(help="The concern, as `samsyn status` numbers it.")], *,
    reason: Reason,
) -> None:  # fmt: skip
    """Mark a concern as looked after; --reason says what was done."""
    from engine.commands.concern import settle as run_settle

    services = services_for()
    run_settle(services.register, slug, number, reason=reason, now=services.clock.now(), actor=actor_of(services))
    out.print(f"Concern {number} of {slug} is settled.")
