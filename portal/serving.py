"""The portal as this installation runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.mailbox import Mailbox
from portal.app import create_app
from portal.services import PortalServices

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI

    from engine.services import Services


def portal_app(services: Services, after_answer: Callable[[str], None] | None = None) -> FastAPI:
    """The portal over an installation's services. The development mailbox is shown where no mail server is named."""
    settings = services.settings
    mailbox = Mailbox(settings.mailbox_dir) if settings.smtp is None else None
    return create_app(
        PortalServices(
            register=services.register,
            clock=services.clock,
            secret_key=services.secret_key,
            base_url=settings.base_url,
            mailbox=mailbox,
            after_answer=after_answer,
        )
    )
