"""The portal as this installation runs it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from engine.accounts.sessions import Limits
from engine.mailbox import Mailbox
from portal.app import create_app
from portal.desk.services import DeskSettings
from portal.guesses import Guesses
from portal.services import Operator, PortalServices

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI

    from engine.services import Services


def portal_app(
    services: Services,
    after_answer: Callable[[str], None] | None = None,
    after_asking_in: Callable[[], None] | None = None,
) -> FastAPI:
    """The portal over an installation's services. The development mailbox is shown where no mail server is named.

    Args:
        services: of the installation.
        after_answer: told of the cycle that has just been answered in; the worker sends what nobody else does.
        after_asking_in: told that a sign-in mail may be due.
    """
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
            desk=desk_settings(services, after_asking_in),
            uploads=settings.uploads,
            guesses=Guesses(settings.guess_limit),
            trusted_proxies=settings.proxies,
            link_grace=timedelta(days=settings.link_grace_days),
            operator=Operator(settings.organisation, settings.feedback_address or settings.mail_from),
        )
    )


def desk_settings(services: Services, after_asking_in: Callable[[], None] | None = None) -> DeskSettings:
    """What the installation's settings say of its desk.

    Raises:
        SettingsError: a part of what the identity provider needs is missing.
    """
    settings = services.settings
    limits = Limits(timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours))
    return DeskSettings(
        limits=limits, oidc=settings.oidc, send_system_mail=after_asking_in, second_person=settings.second_person,
        start_drafts_for=timedelta(days=settings.start_draft_days),
    )  # fmt: skip
