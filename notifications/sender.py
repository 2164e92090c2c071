"""Who mails come from, and where their links lead."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote

from models.tokens import CodePurpose, code_for, sign_in_token, token_for

DIGEST_FROM = 3
REPLIES, BOUNCES = "svar", "studs"
"""What the addresses begin with that replies and bounces come back to."""


@dataclass(frozen=True)
class Sender:
    """What every mail of an installation shares."""

    mail_from: str  # the address that mails come from
    base_url: str  # the portal's address
    secret_key: str = field(repr=False)  # tokens are derived from it
    reply_domain: str | None = None  # where replies and bounces come back to, if anywhere
    digest_from: int = DIGEST_FROM  # reminders to one person at once, from which they are one mail

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

    def desk_url(self, cycle_id: str, page: str = "") -> str:
        """A page of the cycle's desk, for who has an account; whoever is not signed in is asked to first."""
        return f"{self.root}/desk/{quote(cycle_id)}" + (f"/{page}" if page else "")

    def sign_in_url(self, sign_in_id: str) -> str:
        """Where a person signs in to the desk, once. Whoever has this address can."""
        return f"{self.root}/desk/enter/{sign_in_token(sign_in_id, self.secret_key)}"

    def reminders_url(self, person_id: str) -> str:
        """Where a person turns reminders off and on."""
        return f"{self.root}/reminders/{code_for(CodePurpose.REMINDERS, person_id, self.secret_key)}"

    def reply_address(self, assignment_id: str) -> str | None:
        """Where replies about an assignment go; None where no mail comes in."""
        return self._address(REPLIES, CodePurpose.REPLY, assignment_id)

    def bounce_address(self, notice_id: str) -> str:
        """The envelope's sender, to which bounces come (VERP); where no mail comes in, the plain one.

        RFC 5321, 4.4: it is another than what stands in From, and nobody writes to it.
        """
        return self._address(BOUNCES, CodePurpose.BOUNCE, notice_id) or self.mail_from

    def _address(self, name: str, purpose: CodePurpose, subject: str) -> str | None:
        if self.reply_domain is None:
            return None
        return f"{name}+{code_for(purpose, subject, self.secret_key)}@{self.reply_domain}"
