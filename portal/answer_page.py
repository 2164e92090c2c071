"""What the pages of an answer are filled with: the form as it stands, and what is left of it when it has closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal import access
from portal.asked import SHUT, Asked, Standing
from portal.drafting import drafted, places
from portal.fields import anchor, fault_words, filled_form, shown_form, summed_up
from portal.files import shown_files, size_words
from portal.form import Typed, lines_of, reasoned
from portal.pages import CONFLICT, GONE, UNPROCESSABLE, page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from engine.documents.given import GivenFile
    from portal.files import ShownFile
    from portal.form import Fault
    from portal.services import PortalServices


def form_page(
    services: PortalServices, asked: Asked, typed: Typed, csrf: str, faults: Sequence[Fault] = (), *,
    refused: Sequence[str] = (), saved: str = "",
) -> Response:  # fmt: skip
    """The form with what has been typed; `refused` says why files are not taken, `saved` where it was just saved."""
    limits, language = services.uploads, asked.say.language
    return page(
        "answer.html", asked.say, status=UNPROCESSABLE if faults or refused else 200, asked=asked, typed=typed,
        drafted=drafted(asked), saved=saved, places=places(asked), refused=refused, files=shown(asked),
        read_first=read_first(asked), most_files=limits.files,
        most_of_one=size_words(limits.file_bytes, language), most_of_all=size_words(limits.total_bytes, language),
        faults={anchor(asked, fault): fault_words(asked, fault) for fault in faults},
        summary=[
            *((anchor(asked, fault), summed_up(asked, fault)) for fault in faults),
            *(("files", message) for message in refused),
        ],
        sections=shown_form(asked, typed.fields, faults), reasoned=reasoned(asked),
        csrf=csrf,
    )  # fmt: skip


def shown(asked: Asked, files: Sequence[GivenFile] | None = None) -> list[ShownFile]:
    """Files in a list; those of the form where no others are given."""
    chosen = asked.papers.files if files is None else files
    return shown_files(chosen, f"{access.answer_path(asked.link.id)}/file", asked.say)


def read_first(asked: Asked) -> dict[str, list[ShownFile]]:
    """The files of the documents to read first, by the document's id."""
    return {document.id: shown(asked, asked.papers.read_first[document.id]) for document in asked.documents}


def items_of(asked: Asked) -> list[str]:
    """The names in the answer that counts."""
    return lines_of(str(asked.answer.content.get("items", ""))) if asked.answer else []


def closed_page(asked: Asked, typed: Typed | None = None) -> Response:
    """Why nothing can be answered any more, what became of the matter, and what was just typed."""
    status = CONFLICT if asked.standing is Standing.HELD else GONE
    if (typed is None or not typed.anything) and asked.papers.draft is not None:
        typed = Typed.from_json(asked.papers.draft.typed)
    written = typed if typed is not None and typed.anything else None
    if asked.standing in SHUT:
        filled = filled_form(asked, written.fields) if written else []
        return page(
            "withdrawn.html", asked.say, status=status, asked=asked, kept=written, filled=filled,
            kept_files=shown(asked, asked.papers.unsent),
        )  # fmt: skip
    return page(
        "closed.html", asked.say, status=status, asked=asked, given=asked.answer, items=items_of(asked), kept=written,
        filled=filled_form(asked, written.fields) if written else [],
        given_files=shown(asked, asked.papers.given),
        kept_files=shown(asked) if asked.papers.draft is not None else [],
    )  # fmt: skip
