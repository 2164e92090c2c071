"""The public record, and what keeps it right: written out, withheld from, retained and disposed of."""

from __future__ import annotations

from typing import Annotated

import typer

from config.publicity import Retention
from shell.who import actor_of
from shell.words import Reason, Slug, new_app, out, services_for, unusable, write

app = new_app()

FORMATS = ("html", "pdf", "json", "csv", "ics", "atom")
What = Annotated[str, typer.Argument(help="PHASE/STEP/BODY.SEAT-N of an answer, or KEY@VERSION of a document.")]
Decision = Annotated[str, typer.Option(help="The decision to dispose: whose it is, and of which day.")]


@app.command()
def record(
    slug: Slug,
    *,
    kind: Annotated[str, typer.Option("--format", help=f"One of {', '.join(FORMATS)}.")] = "html",
    to: Annotated[str, typer.Option("--out", help="The file; - is standard output.")] = "-",
    language: Annotated[str, typer.Option("--language", help="sv, da or en; the cycle's own when left out.")] = "",
) -> None:
    """Write the record of a cycle: what was promised, decided and answered, without what is withheld.

    It is written whether or not the public may read it: what a cycle's definition closes, the portal does not show.
    """
    from config.faults import unknown
    from config.terms import Language
    from engine.record.facts import record_of
    from portal.record_formats import written

    if kind not in FORMATS:
        unusable(f"samsyn: {unknown('format', kind, FORMATS)}")
    if language and language not in set(Language):
        unusable(f"samsyn: {unknown('language', language, Language)}")
    services = services_for()
    found = record_of(services.register, slug)
    content = written(services.register, found, language or found.language, kind, services.settings.base_url)
    write(to, content, f"The record of {slug} ({kind})")


@app.command()
def redact(
    slug: Slug,
    what: What,
    *,
    reason: Annotated[str, typer.Option(help="The rule that it is withheld by, such as 'OSL 21:7'.")],
    passage: Annotated[str, typer.Option(help="The words that are withheld; without them, the whole.")] = "",
) -> None:
    """Withhold a passage, an answer's words or a document from the public record; the register keeps it."""
    from engine.commands.redact import redact as run_redact

    services = services_for()
    number = run_redact(
        services.register, slug, what, ground=reason, passage=passage, now=services.clock.now(),
        actor=actor_of(services),
    )  # fmt: skip
    out.print(f"Withheld, under the number {number}; the record says so.")


@app.command()
def unredact(
    slug: Slug,
    number: Annotated[int, typer.Argument(help="The number that it is withheld under.")],
    *,
    reason: Reason,
) -> None:
    """Show again what was withheld from the public record."""
    from engine.commands.redact import lift

    services = services_for()
    lift(services.register, slug, number, reason=reason, now=services.clock.now(), actor=actor_of(services))
    out.print(f"What was withheld under the number {number} is shown again.")


@app.command()
def retention(
    slug: Slug,
    document: Annotated[str, typer.Argument(help="KEY@VERSION; without a version, the newest.")],
    kept: Annotated[Retention, typer.Argument(metavar="keep|disposable", help="For good, or until a decision.")],
    *,
    reason: Reason,
) -> None:
    """Say how long a document is kept."""
    from engine.commands.dispose import set_retention

    services = services_for()
    now = services.clock.now()
    found = set_retention(services.register, slug, document, kept, reason=reason, now=now, actor=actor_of(services))
    out.print(f"{found}: {kept.value}")


@app.command()
def dispose(
    slug: Slug,
    documents: Annotated[list[str] | None, typer.Argument(help="KEY@VERSION of files that may be disposed of.")] = None,
    *,
    deliveries: Annotated[bool, typer.Option("--deliveries", help="What is known of sent mail.")] = False,
    letters: Annotated[bool, typer.Option("--letters", help="What people wrote by mail.")] = False,
    people: Annotated[bool, typer.Option("--people", help="Names and addresses.")] = False,
    decision: Decision,
) -> None:
    """Dispose of content by a named decision: it is gone for good, its hash and the fact stay."""
    from engine.commands import dispose as disposing

    if not (documents or deliveries or letters or people):
        unusable("samsyn: name documents, or --deliveries, --letters or --people")
    services = services_for()
    register, now = services.register, services.clock.now()
    if documents:
        gone = disposing.dispose_of_files(
            register, slug, documents, decision=decision, now=now, actor=actor_of(services)
        )  # fmt: skip
        out.print(f"Disposed of files: {len(gone)}")
    chosen = (
        (deliveries, "mails", disposing.dispose_of_deliveries),
        (letters, "letters", disposing.dispose_of_letters),
        (people, "people", disposing.dispose_of_people),
    )
    for wanted, called, act in chosen:
        if wanted:
            count = act(register, slug, decision=decision, now=now, actor=actor_of(services))
            out.print(f"Disposed of {called}: {count}")
