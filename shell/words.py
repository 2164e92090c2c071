"""What all commands share: their exit codes, where they write, and how they read what was typed."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.console import Console

if TYPE_CHECKING:
    from typer.exceptions import TyperException

    from config.settings import Settings
    from engine.services import Services

NO = 1
"""Exit code: the answer is no."""
UNUSABLE = 2
"""Exit code: what was given cannot be used."""

out = Console()

Name = Annotated[str, typer.Argument(help="A bundled definition's name, or a file.", metavar="NAME-or-FILE")]
Slug = Annotated[str, typer.Argument(help="A cycle's short name; `samsyn status` lists them.", metavar="CYCLE")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON on stdout.")]
Begin = Annotated[str | None, typer.Option(help="The day on which the cycle begins, as 2027-01-11.")]
Reason = Annotated[str, typer.Option(help="Why; it is part of the record.")]


def new_app(doc: str | None = None) -> typer.Typer:
    """A set of commands; the sets together are `samsyn`."""
    return typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=doc)


def unusable(lines: str, code: int = UNUSABLE) -> NoReturn:
    """End with what cannot be used, a line each, on stderr."""
    print(lines, file=sys.stderr)  # noqa: T201 - exactly these lines, not wrapped to a terminal
    raise SystemExit(code)


def misused(wrong: TyperException) -> NoReturn:
    """End with what is wrong in a command as it was typed, in one line. Without a command its help has been shown."""
    context = getattr(wrong, "ctx", None)
    command = context.command_path if context else "samsyn"
    said = wrong.format_message().replace("Value error, ", "").strip().rstrip(".")  # says nothing to people
    if not said:
        raise SystemExit(UNUSABLE)
    unusable(f"{command}: {said}; see {command} --help")


def why_unread(refused: OSError | UnicodeDecodeError) -> str:
    """Why a file cannot be read, without its name: whoever says so has named it."""
    return refused.strerror or str(refused) if isinstance(refused, OSError) else f"it is no text in UTF-8: {refused}"


def print_json(value: Any) -> None:
    """JSON on stdout, for a program."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))  # noqa: T201


def write(to: str, content: bytes, what: str) -> None:
    """A file's content into that file, or to stdout for `-`; what was written is told, then on stderr."""
    if to == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
        print(f"{what}: written to standard output, {len(content)} bytes", file=sys.stderr)  # noqa: T201 - beside data
        return
    try:
        Path(to).write_bytes(content)
    except OSError as refused:
        unusable(f"{to}: cannot be written: {refused.strerror or refused}")
    print(f"{what}: written to {to}, {len(content)} bytes")  # noqa: T201 - exactly this line, not wrapped


def day_of(text: str) -> date:
    """A day as it was typed."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"'{text}' is no day; write it as 2027-01-11") from None


def settings_now(**overrides: Any) -> Settings:
    """The settings of this call."""
    from config.settings import load_settings

    return load_settings(**overrides)


def settings_logged() -> Settings:
    """The settings of a process that runs, which logs as they say."""
    from engine.logs import configure_logging

    settings = settings_now()
    configure_logging(settings)
    return settings


def services_for(role: str = "shell") -> Services:
    """What a command works with: register, clock and settings."""
    from engine.services import build_services

    return build_services(settings_now(), role)
