"""Who holds the seats of a cycle that is being prepared: in the page, or by a spreadsheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

from config.terms import Seat
from engine.accounts.permissions import may_start
from engine.documents.refusals import FileRefused
from engine.starting import sheet_words
from engine.starting.content import fitting, seats_of
from engine.starting.seating import without
from engine.starting.sheet import checked_rows, read_sheet
from engine.starting.sheet_bodies import body_names
from engine.starting.sheet_cells import Cell, SheetRow
from engine.starting.sheet_csv import written_csv
from engine.starting.sheet_faults import COLUMNS, WRITTEN
from engine.starting.sheet_xlsx import written_xlsx
from notifications.i18n import N_
from portal.desk.starting import HERE, change, draft_of
from portal.desk.starting_sheet_words import SheetWords, explained, refused
from portal.desk.starting_words import Steps
from portal.desk.you import NAMES
from portal.pages import UNPROCESSABLE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.starting.content import Held
    from engine.starting.drafts import Prepared
    from engine.starting.sheet_faults import SheetFault
    from portal.desk.routes import DeskRoutes
    from portal.desk.visit import Visit

IN_PAGE = 60
"""Seats that can be filled in the page; more are for a spreadsheet."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPED = ("address", "name", "language")
FURTHER = ("body", "seat", *TYPED)
"""What is typed of one more seat."""


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


def _seats(draft: Prepared) -> list[Held]:
    return fitting(draft.definition, draft.content.seats)


def _page(
    visit: Visit, draft: Prepared, *, rows: Sequence[Mapping[str, str]] | None = None,
    faults: Sequence[SheetFault] = (), typed: Sequence[SheetFault] = (), refusal: str = "",
) -> Response:  # fmt: skip
    definition, seats = draft.definition, _seats(draft)
    return visit.page(
        "desk/start_people.html", status=UNPROCESSABLE if faults or typed or refusal else 200, draft=draft,
        steps=Steps(visit, draft, "people"), words=SheetWords(visit.say),
        names=body_names(definition, visit.say.language), seats=seats, own={held.key for held in seats_of(definition)},
        rows=rows or [_typed(held) for held in seats], in_page=len(seats) <= IN_PAGE, faults=faults, refusal=refusal,
        typed=[(one, _field(one, len(seats))) for one in typed],
        at={_field(one, len(seats)): one for one in reversed(typed)},
        more={name: visit.form.get(f"{name}-more", "") for name in FURTHER}, kinds=list(Seat), languages=NAMES,
    )  # fmt: skip


def _typed(held: Held) -> dict[str, str]:
    return {"address": held.address, "name": held.name, "language": str(held.language)}


def _field(fault: SheetFault, seats: int) -> str:
    """The field that a fault of the page is about: `address-3`, of the fourth seat, or `seat-more`."""
    at = fault.row - 2
    if at < seats:
        return f"{fault.about if fault.about in TYPED else 'address'}-{at}"
    return f"{fault.about if fault.about in FURTHER else 'seat'}-more"


def save(visit: Visit) -> Response:
    """What was typed in the page, taken whole or not at all; one more seat, or one less."""
    draft = draft_of(visit)
    seats = _seats(draft)
    rows = [_typed(held) for held in seats]
    if len(seats) <= IN_PAGE:
        rows = [{name: visit.form.get(f"{name}-{at}", "") for name in TYPED} for at in range(len(seats))]
    sheet = [_headings(), *_as_sheet(seats, rows), *_further(visit, seats)]
    people, faults = checked_rows(sheet, draft.definition, visit.say.language)
    if faults:
        return _page(visit, draft, rows=rows, typed=faults)
    gone = next((held for held in people if visit.form.get("remove") == _place(held)), None)
    if gone is not None and gone.key not in {held.key for held in seats_of(draft.definition)}:
        return _keep(visit, draft, without(people, gone.key), "people")
    return _keep(visit, draft, people, "people" if visit.form.get("do") == "add" else "dates")


def _place(held: Held) -> str:
    return f"{held.body}.{held.seat}.{held.number}"


def _headings() -> SheetRow:
    return SheetRow(1, tuple(Cell(name) for name in COLUMNS))


def _as_sheet(seats: Sequence[Held], rows: Sequence[Mapping[str, str]]) -> list[SheetRow]:
    return [
        SheetRow(number, tuple(map(Cell, (held.body, str(held.seat), str(held.number), *(row[n] for n in TYPED)))))
        for number, (held, row) in enumerate(zip(seats, rows, strict=True), start=2)
    ]


def _further(visit: Visit, seats: Sequence[Held]) -> list[SheetRow]:
    """The row of one more seat, when one is wanted or has been begun: nothing that was typed is dropped."""
    said = {name: visit.form.get(f"{name}-more", "").strip() for name in FURTHER}
    if visit.form.get("do") != "add" and not (said["address"] or said["name"]):
        return []
    alike = [held.number for held in seats if (held.body, str(held.seat)) == (said["body"], said["seat"])]
    cells = (said["body"], said["seat"], str(max(alike, default=0) + 1), *(said[name] for name in TYPED))
    return [SheetRow(len(seats) + 2, tuple(map(Cell, cells)))]


def upload(visit: Visit) -> Response:
    """A spreadsheet, taken whole or not at all."""
    draft = draft_of(visit)
    file = next(iter(visit.files), None)
    if file is None:
        return _page(visit, draft, refusal=visit.say(N_("Choose a spreadsheet.")))
    if file.refusal is not None:
        return _page(visit, draft, refusal=refused(visit.say, FileRefused(file.refusal)))
    try:
        people, faults = read_sheet(file.content, draft.definition, visit.say.language)
    except FileRefused as why:
        return _page(visit, draft, refusal=refused(visit.say, why))
    if faults:
        return _page(visit, draft, faults=faults)
    return _keep(visit, draft, people, "dates")


def _keep(visit: Visit, draft: Prepared, people: Sequence[Held], then: str) -> Response:
    change(visit, draft, {"seats": tuple(people)})
    visit.tell(visit.say(N_("The participants are kept: %(count)s seats."), count=len(people)))
    return visit.go(f"{HERE}/{draft.id}/{then}")


def _rows(visit: Visit, draft: Prepared) -> list[tuple[str, ...]]:
    """A row for each seat, in the words of whoever takes the sheet."""
    language, names = visit.say.language, body_names(draft.definition, visit.say.language)
    return [
        (
            held.body, names[held.body], sheet_words.seat_name(held.seat, language), str(held.number), held.address,
            held.name, sheet_words.language_name(held.language, language),
        )
        for held in _seats(draft)
    ]  # fmt: skip


def _titles(visit: Visit) -> list[str]:
    return [sheet_words.heading(name, visit.say.language) for name in WRITTEN]


def give_csv(visit: Visit) -> Response:
    """A row for each seat, to be filled."""
    draft = draft_of(visit)
    return _file(draft, written_csv(_titles(visit), _rows(visit, draft)), "text/csv; charset=utf-8", "csv")


def give_xlsx(visit: Visit) -> Response:
    """The same as a workbook, with a sheet that explains it."""
    draft = draft_of(visit)
    words = explained(visit.say, body_names(draft.definition, visit.say.language))
    made = written_xlsx(visit.say(N_("Participants")), _titles(visit), _rows(visit, draft), words)
    return _file(draft, made, XLSX, "xlsx")


def _file(draft: Prepared, content: bytes, media_type: str, extension: str) -> Response:
    name = f"{draft.content.slug or 'participants'}.{extension}"
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
