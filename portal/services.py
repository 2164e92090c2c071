"""What the portal is made of: everything that it needs from outside, in one value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.clock import Clock
    from engine.mailbox import Mailbox
    from models.register import Register


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

    @property
    def https(self) -> bool:
        """Whether people reach the portal by TLS."""
        return self.base_url.startswith("https://")
