"""What a chain alone cannot show: its end is gone with all that it wrote, or all of it was written anew."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from models.chain import canonical, entry_hash

if TYPE_CHECKING:
    from random import Random

    from campaigns.tamper.registers import Stored


def rolled_back(stored: Stored, chance: Random) -> str:  # noqa: ARG001 - as every damage
    """The register as it was half-way: journal and tables agree."""
    assert stored.earlier is not None
    stored.restore(stored.earlier)
    return "journal and tables as they were half-way"


def forged(stored: Stored, chance: Random) -> str:
    """An answer has other words, in its row and in the journal, and every hash after it is made anew."""
    answers = stored.raw.execute("SELECT id FROM answer ORDER BY id").fetchall()
    [answer] = chance.choice(answers)
    stored.raw.execute("UPDATE answer SET comment = 'forged' WHERE id = ?", (answer,))
    entries = stored.raw.execute("SELECT seq, at, actor, event, body FROM journal ORDER BY seq").fetchall()
    previous = "0" * 64
    for seq, at, actor, event, body in entries:
        said = _forged(body, answer)
        digest = entry_hash(
            stored.slug, seq, datetime.fromisoformat(at).replace(tzinfo=UTC), actor, event, said, previous
        )
        stored.raw.execute(
            "UPDATE journal SET body = ?, previous = ?, hash = ? WHERE seq = ?", (said, previous, digest, seq)
        )
        previous = digest
    return f"{answer}: other words, and a new chain"


def _forged(body: str, answer: str) -> str:
    said = json.loads(body)
    for _table, key, _operation, values in said["rows"]:
        if key == answer and "comment" in values:
            values["comment"] = "forged"
    return canonical(said)
