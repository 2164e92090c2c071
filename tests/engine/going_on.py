"""A cycle on disk that is run by its real flows, and can go on with another register under it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import TYPE_CHECKING, Any

from config.loader import load_named
from config.settings import Settings
from engine.coordination import Coordination
from engine.rehearsal import SECRET, Rehearsal
from engine.report import report
from engine.scripts import bundled_script
from models.migrate import upgrade
from models.register import Register
from notifications.outbox import Mailer
from notifications.sender import Sender
from notifications.transport import Sent

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import date
    from pathlib import Path

    from notifications.transport import Outgoing


@dataclass
class Post:
    """A mail server that takes everything and remembers the Message-IDs, as often as they come."""

    taken: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Post]:
        """Nothing to open."""
        yield self

    async def send(self, mail: Outgoing) -> Sent:
        """Taken."""
        self.taken.append(str(message_from_bytes(mail.raw)["Message-ID"]))
        return Sent("250 taken")


class OnDisk(Rehearsal):
    """A rehearsal whose register is a file, with real mails to a post of its own."""

    post: Post

    @classmethod
    def begun(cls, settings: Settings, name: str, begins: date | None = None) -> OnDisk:
        """A cycle on its first morning."""
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        upgrade(settings.database_url)
        definition = load_named(name) if begins is None else load_named(name).model_copy(update={"begins": begins})
        cycle = cls(definition, bundled_script(name), register=Register(settings.database_url))
        cycle.post = Post()
        cycle._begin()
        cycle.on(cycle.register)
        return cycle

    def on(self, register: Register) -> None:
        """Go on with this register; the people remember what they meant to do."""
        self.register = register
        sender = Sender("samsyn@samsyn.example", "http://samsyn.example", SECRET)
        self.mailer = Mailer(register, self.post, sender, owner="test")
        self.coordination = Coordination(register, self.slug, self.script, self.definition.where)

    def on_to(self, day: date) -> None:
        """As far as the end of a day."""
        while self._step(self.definition.where.end_of(day)):
            pass

    def to_the_end(self) -> dict[str, Any]:
        """The rest; returns the report without what differs in every register."""
        while self._step(self.last):
            pass
        found = report(self.register, self.slug)
        return {**found, "journal": {**found["journal"], "head": ""}}


def settings_in(folder: Path, **more: Any) -> Settings:
    """Settings of an installation in a folder."""
    return Settings(data_dir=folder, **more)
