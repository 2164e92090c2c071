"""`samsyn up`: everything on this machine until somebody ends it."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING

from engine.accounts.accounts import list_accounts
from engine.prefect_settings import HOST
from engine.services import build_services
from engine.stack import Stack
from models.register import Register

if TYPE_CHECKING:
    from rich.console import Console

    from config.settings import Settings

WATCH = 2.0
"""Seconds between looks at whether every part still runs."""


def serve(settings: Settings, out: Console) -> None:
    """Start the parts, say where they are, start again what dies, and end them on SIGINT or SIGTERM."""
    build_services(settings, "up").close()  # the tables and the key, before several processes want them
    stack = Stack(settings)
    out.print("Starting; the first time takes about half a minute.")
    stack.start(started=lambda name, seconds: out.print(f"  {name} after {seconds:.0f} s"))
    show_addresses(settings, out)
    wait_for_end(stack, out)


def show_addresses(settings: Settings, out: Console) -> None:
    """Where a person looks."""
    out.print(f"Portal   {settings.base_url}")
    out.print(f"Desk     {settings.base_url}/desk")
    if not has_accounts(settings):
        out.print("         nobody has an account yet: samsyn account add ADDRESS --administrator")
    if settings.smtp is None:
        out.print(f"Mailbox  {settings.base_url}/mailbox")
    if settings.prefect_api_url is None:
        out.print(f"Prefect  http://{HOST}:{settings.prefect_port}")
    out.print(f"Logs     {settings.data_dir / 'logs'}", soft_wrap=True)
    out.print("Ctrl-C ends everything, and the next samsyn up goes on. What is wrong: samsyn doctor")


def has_accounts(settings: Settings) -> bool:
    """Whether anybody can sign in to the desk."""
    register = Register(settings.database_url)
    try:
        return bool(list_accounts(register))
    finally:
        register.close()


def wait_for_end(stack: Stack, out: Console) -> None:
    """Watch over the parts until a signal comes, then end them."""
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    while not ended.wait(WATCH):
        for name in stack.restart_dead():
            out.print(f"[yellow]{name} had ended; it is started again[/]")
    out.print("Ending.")
    stack.stop()
