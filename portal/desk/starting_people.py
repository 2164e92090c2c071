"""Who holds the seats of a cycle that is being prepared: in the page, or by a spreadsheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

from config.terms import Seat
from engine.accounts.permissions import may_start
from engine.documents.refusals import FileRefused
from engine.starting.content import fitting
from engine.starting.drafts import change_draft
from engine.starting.sheet import checked_rows, read_sheet
from engine.starting.sheet_cells import Cell, SheetRow
from engine.starting.sheet_csv import written_csv
from engine.starting.sheet_faults import COLUMNS
from engine.starting.sheet_xlsx import written_xlsx
from notifications.i18n import N_
from portal.desk.starting import HERE, draft_of
from portal.desk.starting_sheet_words import SheetWords, explained, refused
from portal.desk.starting_words import Steps
from portal.desk.you import NAMES
from portal.pages import UNPROCESSABLE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from config.definition import Definition
    from engine.starting.content import Held
    from engine.starting.drafts import Prepared
    from engine.starting.sheet_faults import SheetFault
    from portal.desk.routes import DeskRoutes
    from portal.desk.visit import Visit

IN_PAGE = 60
"""Seats that can be filled in the page; more are for a spreadsheet."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPED = ("address", "name", "language")


def add_routes(routes: DeskRoutes) -> None:
    """`/desk/new/{draft}/people`, and its spreadsheets."""
    where = f"{HERE}/{{draft}}/people"
    routes.page(where, show, may=may_start)
    routes.act(where, save, may=may_start)
    routes.act(f"{where}/file", upload, may=may_start, files=True)
    routes.page(f"{where}.csv", give_csv, may=may_start)
    routes.page(f"{where}.xlsx", give_xlsx, may=may_start)


def show(visit: Visit) -> Response:
    """Every seat, and the ways to fill them."""
    return _page(visit, draft_of(visit))


def _page(
    visit: Visit, draft: Prepared, *, rows: Sequence[Mapping[str, str]] | None = None,
    faults: Sequence[SheetFault] = (), typed: Sequence[SheetFault] = (), refusal: str = "",
) -> Response:  # fmt: skip
    definition = draft.definition
    seats = fitting(definition, draft.content.seats)
    return visit.page(
        "desk/start_people.html", status=UNPROCESSABLE if faults or typed or refusal else 200, draft=draft,
        steps=Steps(visit, draft, "people"), words=SheetWords(visit.say), names=_body_names(definition),
        seats=seats, rows=rows or [_typed(held) for held in seats], in_page=len(seats) <= IN_PAGE,
        faults=faults, typed=typed, at=_by_field(typed), refusal=refusal, languages=NAMES, columns=COLUMNS,
    )  # fmt: skip


def _typed(held: Held) -> dict[str, str]:
    return {"address": held.address, "name": held.name, "language": str(held.language)}


def _body_names(definition: Definition) -> dict[str, str]:
    return {
        key: definition.text(name)
        for group, body in definition.bodies.items()
        for key, name in body.parts(group).items()
    }


def _by_field(faults: Sequence[SheetFault]) -> dict[str, SheetFault]:
    """The first fault of every field: `address-3`, of the fourth seat."""
    named = {f"{COLUMNS[max(one.column, 1) - 1]}-{one.row - 2}": one for one in reversed(faults)}
    return {**named, **{f"address-{one.row - 2}": one for one in faults if COLUMNS[one.column - 1] not in TYPED}}


def save(visit: Visit) -> Response:
    """What was typed in the page, taken whole or not at all."""
    draft = draft_of(visit)
    definition = draft.definition
    seats = fitting(definition, draft.content.seats)[:IN_PAGE]
    rows = [{name: visit.form.get(f"{name}-{at}", "") for name in TYPED} for at in range(len(seats))]
    people, faults = checked_rows([_headings(), *_as_sheet(seats, rows)], definition)
    if faults:
        return _page(visit, draft, rows=rows, typed=faults)
    return _keep(visit, draft, people)


def _headings() -> SheetRow:
    return SheetRow(1, tuple(Cell(name) for name in COLUMNS))


def _as_sheet(seats: Sequence[Held], rows: Sequence[Mapping[str, str]]) -> list[SheetRow]:
    return [
        SheetRow(number, tuple(map(Cell, (held.body, str(held.seat), str(held.number), *(row[n] for n in TYPED)))))
        for number, (held, row) in enumerate(zip(seats, rows, strict=True), start=2)
    ]


def upload(visit: Visit) -> Response:
    """A spreadsheet, taken whole or not at all."""
    draft = draft_of(visit)
    file = next(iter(visit.files), None)
    if file is None:
        return _page(visit, draft, refusal=visit.say(N_("Choose a spreadsheet.")))
    if file.refusal is not None:
        return _page(visit, draft, refusal=refused(visit.say, FileRefused(file.refusal)))
    try:
        people, faults = read_sheet(file.content, draft.definition)
    except FileRefused as why:
        return _page(visit, draft, refusal=refused(visit.say, why))
    if faults:
        return _page(visit, draft, faults=faults)
    return _keep(visit, draft, people)


def _keep(visit: Visit, draft: Prepared, people: Sequence[Held]) -> Response:
    kept = {"seats": tuple(people)}
    change_draft(
        visit.register, visit.account, draft.id, lambda content: content.model_copy(update=kept), now=visit.now
    )
    visit.tell(visit.say(N_("The participants are kept: %(count)s seats."), count=len(people)))
    return visit.go(f"{HERE}/{draft.id}/dates")


def _rows(draft: Prepared) -> list[tuple[str, ...]]:
    seats = fitting(draft.definition, draft.content.seats)
    return [(h.body, str(h.seat), str(h.number), h.address, h.name, str(h.language)) for h in seats]


def give_csv(visit: Visit) -> Response:
    """A row for each seat, to be filled."""
    draft = draft_of(visit)
    return _file(draft, written_csv(_rows(draft)), "text/csv; charset=utf-8", "csv")


def give_xlsx(visit: Visit) -> Response:
    """The same as a workbook, with a sheet that explains it."""
    draft = draft_of(visit)
    words = explained(visit.say, _body_names(draft.definition), list(Seat))
    made = written_xlsx(visit.say(N_("Participants")), _rows(draft), words)
    return _file(draft, made, XLSX, "xlsx")


def _file(draft: Prepared, content: bytes, media_type: str, extension: str) -> Response:
    name = f"{draft.content.slug or 'participants'}.{extension}"
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
