"""Whether the portal is well, for whoever watches over it or shares requests out among several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import select
from starlette.responses import JSONResponse, Response

from models.cycle import Cycle

if TYPE_CHECKING:
    from portal.services import PortalServices

UNAVAILABLE = 503


class HealthPages:
    """One address for whether the process lives, and one for whether it can do its work."""

    def __init__(self, services: PortalServices) -> None:
        self.services = services

    def router(self) -> APIRouter:
        """The routes."""
        routes = APIRouter(default_response_class=JSONResponse, tags=["public"])
        routes.add_api_route("/healthz", self.healthz, methods=["GET"])
        routes.add_api_route("/healthz/live", self.live, methods=["GET"])
        return routes

    def healthz(self) -> Response:
        """Whether the register answers."""
        try:
            with self.services.register.read() as session:
                session.exec(select(Cycle.id).limit(1)).first()
        except SQLAlchemyError:
            return JSONResponse({"status": "unavailable", "register": "unreachable"}, status_code=UNAVAILABLE)
        return JSONResponse({"status": "ok", "register": "ok"})

    async def live(self) -> Response:
        """Whether the process answers; asks nobody else, and waits for no thread."""
        return JSONResponse({"status": "ok"})
