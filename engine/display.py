"""Reports as a person reads them in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

COLOURS = {"met": "green", "missed": "red", "moved": "yellow", "adopted": "green", "refer_back": "yellow"}
MARKS = {"met": "✓", "missed": "✗", "moved": "→"}


def show_report(out: Console, report: dict[str, Any]) -> None:
    """Phases, milestones, adoption matrix and figures."""
    out.print(f"\n[bold]{escape(report.get('title', report['cycle']))}[/]")
    ended = f" to {report['ended']}" if report["ended"] else ", not ended"
    out.print(f"{report['began']}{ended}: [bold]{report['outcome'] or report.get('status', '')}[/]\n")
    out.print(_phases(report["phases"]))
    out.print(_milestones(report["milestones"]))
    if report.get("questions"):
        out.print(_questions(report["questions"]))
    for phase in report["phases"]:
        if phase["kind"] == "adoption" and phase["opened"]:
            out.print(_matrix(phase, [d for d in report["decisions"] if d["phase"] == phase["key"]]))
    if report.get("concerns"):
        out.print(_concerns(report["concerns"]))
    _figures(out, report)


def _concerns(concerns: Iterable[dict[str, Any]]) -> Table:
    """What somebody has to look after; `samsyn settle` takes the number."""
    table = Table("no.", "concern", "question", "body", "address", "words", title="To look after", title_justify="left")
    for concern in concerns:
        said = (concern["question"], concern["body"], concern["address"], concern["words"])
        kind = concern["kind"].replace("_", " ")
        table.add_row(str(concern["number"]), f"[yellow]{kind}[/]", *(escape(text or "") for text in said))
    return table


def _questions(questions: Iterable[dict[str, Any]]) -> Table:
    """What is waited for, under the names that `samsyn remind`, `answer` and `close` take."""
    table = Table("question", "answered", "until", title="Open questions", title_justify="left")
    for question in questions:
        table.add_row(question["question"], f"{question['answered']}/{question['asked']}", question["until"] or "")
    return table


def _phases(phases: Iterable[dict[str, Any]]) -> Table:
    table = Table("phase", "kind", "opened", "closed", "outcome", title="Phases", title_justify="left")
    for phase in phases:
        said = " ".join(filter(None, (phase["outcome"], phase.get("detail"))))
        table.add_row(
            phase["key"], phase["kind"], phase["opened"] or "", phase["closed"] or "", said or phase.get("status", "")
        )
    return table


def _milestones(milestones: Iterable[dict[str, Any]]) -> Table:
    table = Table("milestone", "due", "status", "on", "no reply", title="Milestones", title_justify="left")
    for milestone in milestones:
        status = milestone["status"]
        colour = COLOURS.get(status, "white")
        table.add_row(
            f"{escape(milestone['title'])}\n[dim]{milestone['key']}[/]",
            _due(milestone),
            f"[{colour}]{MARKS.get(status, '·')} {status}[/]",
            milestone["met_on"] or "",
            ", ".join(milestone["missing"]),
        )
    return table


def _due(milestone: dict[str, Any]) -> str:
    """The date; with a word where a person has still to confirm it."""
    due = milestone["due"] or "not yet known"
    return f"{due} [yellow]inferred[/]" if milestone.get("inferred") else str(due)


def _matrix(phase: dict[str, Any], decisions: list[dict[str, Any]]) -> Table:
    table = Table("principal", "decision", "on", "text", title=f"Adoption: {phase['key']}", title_justify="left")
    for decision in decisions:
        colour = COLOURS.get({"adopts": "adopted"}.get(decision["outcome"], decision["outcome"]), "white")
        text = (decision["text"] or "").rpartition("/")[2]
        table.add_row(decision["body"], f"[{colour}]{decision['outcome']}[/]", decision["on"], text)
    return table


def _figures(out: Console, report: dict[str, Any]) -> None:
    asked = report["assignments"]
    out.print(
        f"Assignments: {asked['total']} asked, {asked['answered']} answered, {asked['late']} late, "
        f"{asked['no_reply']} no reply. Notices: {len(report['notices'])}."
    )
    journal = report["journal"]
    word = "verified" if journal["verified"] else "[red]DOES NOT HOLD[/]"
    passes = f" Passes: {report['passes']}." if "passes" in report else ""
    out.print(f"Journal: {journal['entries']} entries, head {journal['head'][:16]}…, {word}.{passes}")


def news(event: dict[str, Any]) -> str | None:
    """One line for an event of the journal; None for what a bystander need not see."""
    words = NEWS.get(event["event"])
    if words is None:
        return None
    subject = str(event["subject"]).partition("/")[2].lstrip(":")
    silent = ", ".join(event.get("silent") or event.get("missing") or ())
    told = {"detail": "", **event, "subject": subject}
    return words.format(**told) + (f"; [red]no reply from {silent}[/]" if silent else "")


NEWS = {
    "phase_opened": "[bold blue]{subject}[/] opens",
    "phase_closed": "[bold blue]{subject}[/] closes: {outcome} {detail}",
    "step_opened": "  {subject}: {asked} asked",
    "step_settled": "  {subject}: {result}",
    "participants_reminded": "  {subject}: {reminded} reminded",
    "participants_informed": "  {subject}: {informed} told",
    "matter_reopened": "  [yellow]{body}: {position}[/], asked again",
    "meeting_summoned": "  {subject}: {called} called, {items} items on the agenda",
    "meeting_moved": "  [yellow]→ {subject}[/] moved to {to}",
    "meeting_called_off": "  [yellow]{subject}[/] called off",
    "called_again": "  [yellow]{subject}[/]: no decision, called again for {on}",
    "not_called_again": "  [yellow]{subject}[/]: no decision, and not called again",
    "minutes_recorded": "  {subject}: minutes of {items} items, {present} present",
    "minutes_attested": "  {subject}: minutes attested, public from now on",
    "minutes_refused": "  [yellow]{subject}[/]: minutes not attested",
    "attestors_replaced": "  [yellow]{subject}[/]: another attestor is asked",
    "minutes_announced": "  {subject}: announced {on}, final {final_on}",
    "assignment_delegated": "  {subject}: handed over to somebody else",
    "delegation_ended": "  {subject}: back with whoever was asked",
    "wrong_person_reported": "  [yellow]{subject}[/]: reached the wrong person",
    "seat_replaced": "  {subject}: another person holds the seat",
    "milestone_met": "  [green]✓ {subject}[/] met",
    "milestone_missed": "  [red]✗ {subject}[/] missed",
    "milestone_waived": "  – {subject} waived: nobody was asked for it",
    "milestone_moved": "  [yellow]→ {subject}[/] moved to {to}",
    "cycle_concluded": "[bold green]The cycle ends: {outcome}[/]",
}
"""What is said of an event; the fields are the event's own."""
