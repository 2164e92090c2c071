"""The JSON Schema of definitions, for editors that complete and check while one types.

Run `python -m config.schema` after a change to the schema of definitions.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from config.definition import Definition
from config.phases import ASKABLE, MODELS

FILE = Path(__file__).parent / "definition.schema.json"


def export() -> str:
    """The schema's text."""
    schema = Definition.model_json_schema(by_alias=True, mode="validation")
    _name_steps(schema["$defs"])
    _drop_titles(schema)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A political decision cycle"}
    return json.dumps({**head, **schema}, ensure_ascii=False, indent=2) + "\n"


def _name_steps(models: dict[str, Any]) -> None:
    """Let an editor complete the steps whose words a phase may replace."""
    for kind, model in MODELS.items():
        steps = {"type": "string", "enum": list(ASKABLE[kind])}
        for named_by_step in ("asks", "shows"):
            models[model.__name__]["properties"][named_by_step]["propertyNames"] = steps


def _drop_titles(node: Any) -> None:
    """Take out the titles that only repeat a key or a class; the descriptions say more."""
    if isinstance(node, dict) and isinstance(node.get("title"), str):
        del node["title"]
    for child in node.values() if isinstance(node, dict) else node:
        if isinstance(child, (dict, list)):
            _drop_titles(child)


def main() -> None:
    """Write the schema beside this module."""
    FILE.write_text(export(), encoding="utf-8")


if __name__ == "__main__":
    main()
