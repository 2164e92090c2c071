"""${message}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None

ADDED: dict[str, dict[str, object]] = {}
# Columns of journaled tables that come with a value for the rows that are there: table, column, the value as the
# journal writes it. `samsyn verify` takes it for what was written of those rows (models/added.py).


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
