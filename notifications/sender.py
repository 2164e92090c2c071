"""Who mails come from, and where their links lead."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote

from models.tokens import token_for


@dataclass(frozen=True)
class Sender:
    """What every mail of an installation shares."""

    mail_from: str  # the address that mails come from
    base_url: str  # the portal's address
    secret_key: str = field(repr=False)  # tokens are derived from it

    @property
    def root(self) -> str:
        """The portal's address without a slash at the end."""
        return self.base_url.rstrip("/")

    def answer_url(self, link_id: str) -> str:
        """Where an assignment is answered. Whoever has this address can answer."""
        return f"{self.root}/a/{token_for(link_id, self.secret_key)}"

    def record_url(self, cycle_id: str) -> str:
        """The cycle's public record."""
        return f"{self.root}/record/{quote(cycle_id)}"
