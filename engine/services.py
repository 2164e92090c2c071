"""What the engine works with, put together once: the register, the clock, the mailer, the key of the links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from config.mailserver import Security, SmtpServer
from config.secret import ensure_secret_key
from engine.clock import RegisterClock
from engine.processes import process_name
from models.anchors import HeadFile
from models.migrate import upgrade
from models.register import Register
from notifications.outbox import Mailer
from notifications.sender import Sender
from notifications.system_mail import SystemMailer
from notifications.transport import SmtpTransport

if TYPE_CHECKING:
    from config.settings import Settings
    from engine.clock import Clock


@dataclass(frozen=True)
class Services:
    """The parts that a process of Samsyn shares."""

    settings: Settings
    register: Register
    clock: Clock
    secret_key: str
    mailer: Mailer
    name: str  # of this process among all that work on the register
    system_mailer: SystemMailer

    def close(self) -> None:
        """Give back what is held."""
        self.register.close()


def build_services(settings: Settings, role: str) -> Services:
    """Put the parts together and bring the register's tables up to date. `role` names the process: worker, portal."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    upgrade(settings.database_url)
    secret_key = ensure_secret_key(settings)
    register = Register(settings.database_url, mail_domain=settings.mail_from.rpartition("@")[2])
    name = process_name(role)
    sender = Sender(settings.mail_from, settings.base_url, secret_key, settings.reply_domain, settings.digest_from)
    transport = SmtpTransport(settings.smtp or development_mailbox(settings))
    mailer = Mailer(
        register, transport, sender,
        owner=name, rate=settings.mail_rate_per_minute, connections=settings.smtp_connections,
        head_file=HeadFile(settings.journal_heads),
    )  # fmt: skip
    system_mailer = SystemMailer(register, transport, sender, name)
    return Services(settings, register, RegisterClock(register), secret_key, mailer, name, system_mailer)


def development_mailbox(settings: Settings) -> SmtpServer:
    """The mail server that stands in when none is named."""
    return SmtpServer(Security.PLAIN, "127.0.0.1", settings.mailbox_port)
