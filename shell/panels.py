"""The commands by who uses them, as `samsyn --help` lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from typer.models import CommandInfo

RUN_IT = "For administrators: keep it running"
PANELS = {
    "For designers: describe a process and try it": ("check", "plan", "rehearse", "demo"),
    "For coordinators: start a cycle and follow it": ("cycles", "start", "status", "mail"),
    "For coordinators: act in a cycle": (
        "remind", "answer", "replace", "settle", "reminders", "move", "confirm", "publish", "close", "cancel",
    ),
    "For coordinators and archivists: the record": (
        "record", "redact", "unredact", "retention", "dispose", "verify",
    ),
    RUN_IT: ("up", "prefect", "worker", "portal", "mailbox", "incoming", "doctor", "backup", "restore"),
}  # fmt: skip
"""In the order in which they are listed."""


def in_panels(*modules: ModuleType) -> Iterator[CommandInfo]:
    """The commands of these modules, in the order of the panels; those in none come last."""
    found = {_name(one): one for module in modules for one in module.app.registered_commands}
    for panel, names in PANELS.items():
        for name in names:
            command = found.pop(name)
            command.rich_help_panel = panel
            yield command
    yield from found.values()


def _name(command: CommandInfo) -> str:
    """What is typed: the name that was given, or else the function's."""
    return command.name or getattr(command.callback, "__name__", "").replace("_", "-")
