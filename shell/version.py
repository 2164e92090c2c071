"""Which Samsyn this is."""

from __future__ import annotations

from typing import Annotated

import typer


def tell(wanted: bool) -> None:  # noqa: FBT001 - an option's callback is called by position
    """End with the version, where it was asked for."""
    from importlib.metadata import version

    if wanted:
        print(f"samsyn {version('samsyn')}")  # noqa: T201 - exactly this line
        raise typer.Exit


Version = Annotated[
    bool, typer.Option("--version", help="Say which version this is, and end.", callback=tell, is_eager=True)
]
