"""Alembic's entry: it runs on the connection that it is handed, inside the transaction that is open there."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlmodel.sql.sqltypes import AutoString

import models.tables  # noqa: F401 - all tables must be known
from models.base import Instant, Term, metadata


def plain_type(kind: str, item: Any, autogen: Any) -> str | Literal[False]:  # noqa: ARG001 - Alembic's signature
    """Migrations name the database's types only, so that they stay true when our classes change."""
    if kind != "type":
        return False
    if isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, Term):
        return "sa.String(40)"
    if isinstance(item, AutoString):
        return f"sa.String({item.length or ''})"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
    render_item=plain_type,
    transactional_ddl=True,
)
context.run_migrations()
