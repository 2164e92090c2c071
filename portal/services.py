"""What the portal is made of: everything that it needs from outside, in one value."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from config.uploads import UploadLimits
from portal.desk.services import DeskSettings
from portal.guesses import Guesses

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.clock import Clock
    from engine.mailbox import Mailbox
    from models.register import Register
    from portal.clients import Network


@dataclass(frozen=True)
class Operator:
    """Who runs the portal, and where people write who cannot use a page."""

    name: str = ""
    feedback: str = ""


@dataclass(frozen=True)
class PortalServices:
    """The portal's surroundings. It needs no Prefect: a committed answer is enough."""

    register: Register
    clock: Clock
    secret_key: str = field(repr=False)
    base_url: str
    mailbox: Mailbox | None = None
    """The development mailbox; without one there are no mailbox pages."""
    after_answer: Callable[[str], None] | None = None
    """Called with the cycle's id when an answer is on disk; what it raises is logged and changes nothing."""

    guesses: Guesses = field(default_factory=Guesses)
    """Counts wrong tokens of each client."""
    trusted_proxies: tuple[Network, ...] = ()
    """Whose `X-Forwarded-For` is believed."""
    link_grace: timedelta = timedelta(days=90)
    """How long after a question has closed its links still show what became of it."""
    operator: Operator = field(default_factory=Operator)
    """Who runs the portal."""
    uploads: UploadLimits = field(default_factory=UploadLimits)
    """How much may be handed in with one answer."""
    desk: DeskSettings = field(default_factory=DeskSettings)
    """What the installation chooses for its desk."""

    @property
    def https(self) -> bool:
        """Whether people reach the portal by TLS."""
        return self.base_url.startswith("https://")
