"""A plan as a person reads it in a terminal of eighty columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from engine.plan_parts import What
from engine.plan_words import Words

if TYPE_CHECKING:
    from rich.console import Console

    from config.redate import Landing
    from engine.plan_parts import Danger, Plan, Promise, Row, Slippage

QUIET = (What.INFORMED, What.SUMMONED, What.ASKED, What.REMINDED, What.CONCLUDED)
"""What needs nobody's attention: it goes out by itself."""
FEW = 3


def show_plan(out: Console, plan: Plan, landings: tuple[Landing, ...] = ()) -> None:
    """What is to be decided first, everything in order, the promises with their slack, and what a slip endangers."""
    words = Words(plan, "en")
    out.print(f"\n[bold]{escape(plan.title)}[/]")
    ends = f" to {plan.ends} at the latest" if plan.ends else ", with no end in sight"
    out.print(f"{plan.begins}{ends}. Everybody answers on the last day that is still in time.\n")
    if plan.undated:
        keys = ", ".join(phase.key for phase in plan.undated)
        out.print(f"[yellow]No date is set in {keys}; five days are assumed.[/]\n")
    if landings:
        show_landings(out, landings)
    out.print(_rows(words))
    out.print(_promises(words))
    if plan.slippage:
        _show_slippage(out, words, plan.slippage)


def show_landings(out: Console, landings: tuple[Landing, ...]) -> None:
    """The dates that a person has to decide on."""
    table = Table(
        "date of", "lands on", "proposal", title="To be decided first: non-working days", title_justify="left"
    )
    for landing in landings:
        table.add_row(landing.where, f"{landing.day}, {landing.closed}", str(landing.proposal))
    out.print(table)


def _rows(words: Words) -> Table:
    table = Table(title="Every date, notice and deadline", title_justify="left")
    table.add_column("day", no_wrap=True)
    table.add_column("what", max_width=11)
    table.add_column("of")
    for row in words.plan.rows:
        style = "bold" if row.what in (What.MILESTONE, What.MEETING, What.DEADLINE) else None
        day = f"{row.day} {row.day:%a}"
        table.add_row(day, _label(words, row), _detail(words, row), style="dim" if row.what in QUIET else style)
    return table


def _label(words: Words, row: Row) -> str:
    return words.what(row.what).removeprefix("The cycle ").removesuffix(" at the latest").lower()


def _detail(words: Words, row: Row) -> str:
    where = row.step or row.phase or ""
    if row.what is What.MILESTONE:
        where = escape(words.milestone(row.milestone or ""))
    who = escape(_shortened(row, words))
    early = f"earliest {row.earliest}" if row.earliest and row.earliest < row.day else ""
    said = f"“{escape(row.words)}”" if row.words and row.what is What.MILESTONE else ""
    how = words.computed(row.computed) if row.computed and row.what is What.DEADLINE else ""
    return "; ".join(filter(None, (where, who, early, said, how)))


def _shortened(row: Row, words: Words) -> str:
    """Whom it concerns; of many only how many."""
    if len(row.of) <= FEW:
        return words.who(row)
    return f"{len(row.of)} bodies" if row.what in (What.DEADLINE, What.MEETING) else f"{row.count} mails"


def _promises(words: Words) -> Table:
    table = Table(title="Promises", title_justify="left")
    for name in ("milestone", "due", "slack", "waits for"):
        table.add_column(name, overflow="fold")
    for promise in words.plan.promises:
        table.add_row(_name(words, promise), _due(promise), _slack(promise), "\n".join(promise.waits_for))
    return table


def _name(words: Words, promise: Promise) -> str:
    """The title, what marks the promise, and the name that commands know it by."""
    marks = (("inferred", promise.inferred), ("statutory", promise.statutory), ("mandate", promise.mandate))
    said = ", ".join(mark for mark, holds in marks if holds)
    title = escape(words.milestone(promise.key))
    return f"{title} [yellow]({said})[/]\n[dim]{promise.key}[/]" if said else f"{title}\n[dim]{promise.key}[/]"


def _due(promise: Promise) -> str:
    if promise.due is None:
        return "when its event has happened"
    return f"{promise.due}, {promise.closed}" if promise.closed else str(promise.due)


def _slack(promise: Promise) -> str:
    if promise.late:
        return f"[red]missed by {promise.late} d[/]"
    return "" if promise.slack is None else f"{promise.slack} d"


def _show_slippage(out: Console, words: Words, slippage: Slippage) -> None:
    said = ", ".join(f"{name} is {days} days late" for name, days in slippage.slips)
    out.print(f"[bold]If {said}[/], the cycle ends {slippage.ends or 'never'}.")
    if not slippage.dangers:
        out.print("[green]No other promise is in danger.[/]")
        return
    table = Table()
    for name in ("in danger", "promised", "earliest", "latest", "whose"):
        table.add_column(name, overflow="fold")
    for danger in slippage.dangers:
        table.add_row(*_danger(words, danger))
    out.print(table)
    out.print("Latest: with the time that the plan gives each. Earliest: with everybody else answering in five days.")


def _danger(words: Words, danger: Danger) -> tuple[str, ...]:
    promise = danger.promise
    title = escape(words.milestone(promise.key))
    name = f"{title} [bold](mandate)[/]" if promise.mandate else title
    late = f"[red]{danger.days} d too late, lost[/]" if danger.lost else f"[yellow]{danger.days} d too late[/]"
    whose = escape("\n".join(promise.bodies))
    return name, str(promise.due), str(danger.earliest or ""), f"{danger.latest}\n{late}", whose
