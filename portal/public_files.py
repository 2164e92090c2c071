"""Files that anybody may have: those of replies that are shown, and the extracts behind decisions that are recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter
from sqlalchemy.orm import aliased
from sqlmodel import col, or_, select
from starlette.requests import Request  # noqa: TC002 - FastAPI reads the annotations
from starlette.responses import HTMLResponse, Response

from config.terms import StepKind
from engine.record.files import may_be_given
from models.assignment import Answer, Assignment, Decision
from models.files import Attachment, FileContent
from models.phase import Step
from portal.files import give_out
from portal.pages import NOT_FOUND, problem

if TYPE_CHECKING:
    from sqlmodel import Session

    from portal.services import PortalServices


class PublicFilePages:
    """The route to a public file."""

    def __init__(self, services: PortalServices) -> None:
        self.services = services

    def router(self) -> APIRouter:
        """The route."""
        routes = APIRouter(default_response_class=HTMLResponse, tags=["public"])
        routes.add_api_route("/record/{slug}/file/{sha256}", self.give_file, methods=["GET"])
        return routes

    def give_file(self, request: Request, slug: str, sha256: str) -> Response:
        """A file of a reply or a decision, to be saved."""
        with self.services.register.read() as session:
            file = public_file(session, slug, sha256)
            file = file if file is not None and may_be_given(session, file) else None
            kept = session.get(FileContent, sha256) if file is not None else None
        if file is None or kept is None or not kept.content:
            return problem(request, NOT_FOUND)
        return give_out(request, file, kept.content, public=True)


def public_file(session: Session, cycle_id: str, sha256: str) -> Attachment | None:
    """A file by its hash, where it belongs to an answer that counts.

    That is a reply to a consultation that has closed, or a report that has become a decision.
    """
    later = aliased(Answer)
    newer = select(later.id).where(
        later.assignment_id == col(Answer.assignment_id), later.version > col(Answer.version)
    )  # fmt: skip
    decided = select(Decision.id).where(col(Decision.id) == col(Assignment.id) + "!decision")
    shown = (col(Step.kind) == StepKind.CONSULT) & col(Step.settled_at).is_not(None)
    found = (
        select(Attachment)
        .join(Answer, col(Answer.id) == col(Attachment.answer_id))
        .join(Assignment, col(Assignment.id) == col(Answer.assignment_id))
        .join(Step, col(Step.id) == col(Assignment.step_id))
        .where(col(Attachment.cycle_id) == cycle_id, col(Attachment.sha256) == sha256)
        .where(~newer.exists(), or_(shown, decided.exists()))
    )
    return session.exec(found.order_by(col(Attachment.id))).first()
