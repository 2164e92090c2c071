"""What the desk is made of, put together from the portal's surroundings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.accounts.sessions import Limits
from engine.clock import SystemClock
from engine.starting.drafts import KEPT_FOR
from engine.starting.previews import Previews

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from config.identity import OpenIdProvider
    from engine.clock import Clock
    from models.register import Register
    from portal.clients import Network
    from portal.guesses import Guesses


@dataclass(frozen=True)
class DeskSettings:
    """What an installation chooses for its desk."""

    limits: Limits = field(default_factory=Limits)
    oidc: OpenIdProvider | None = None
    send_system_mail: Callable[[], None] | None = None
    """Called when a sign-in mail may have been queued, and returns at once; what it raises is logged, and the worker
    sends the mail."""
    start_drafts_for: timedelta = KEPT_FOR
    """How long a start in preparation is kept after it was saved last."""
    second_person: bool = False
    """Whether another account must confirm a move, an early closing and a cancellation."""
    previews: Previews = field(default_factory=Previews)
    """Works the previews of starts out, and keeps them."""
    wall: Clock = field(default_factory=SystemClock)
    """The machine's clock: sessions and links do not follow a stepped one."""


@dataclass(frozen=True)
class DeskServices:
    """The desk's surroundings."""

    register: Register
    clock: Clock  # the cycles'
    secret_key: str = field(repr=False)
    base_url: str
    settings: DeskSettings
    has_mailbox: bool
    guesses: Guesses  # counts sign-ins of each client and address
    trusted_proxies: tuple[Network, ...] = ()

    @property
    def https(self) -> bool:
        """Whether people reach the desk by TLS."""
        return self.base_url.startswith("https://")
