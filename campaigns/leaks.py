"""`python -m campaigns.leaks [--accept]`: no secret is in a file under version control.

detect-secrets reads every file. What it takes for a secret and a person has looked at stands in `.secrets.json`,
by file
and SHA-1 of the words, never the words themselves. `--accept` writes that list anew: look at what it adds.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import default_settings

ROOT = Path(__file__).parent.parent
KNOWN = ROOT / ".secrets.json"
UNREAD = re.compile(r".*\.(lock|png|po|svg|ico|woff2)|\.secrets\.json")
"""Hashes of packages, pictures, and words that are in the code already."""
CORES = 2

Leaks = dict[str, dict[str, str]]
"""What was taken for a secret: by file, the kind of it by its hash."""


def scanned(files: list[str], root: Path = ROOT) -> Leaks:
    """What looks like a secret in these files."""
    collection = SecretsCollection(root=str(root))
    with default_settings() as settings:
        settings.disable_filters(
            "detect_secrets.filters.common.is_ignored_due_to_verification_policies"
        )  # asks services
        collection.scan_files(*files, num_processors=CORES)
    found: Leaks = {}
    for file, secret in collection:
        found.setdefault(file, {})[secret.secret_hash] = secret.type
    return {file: dict(sorted(found[file].items())) for file in sorted(found)}


def versioned() -> list[str]:
    """Every file under version control, and those that are about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True,
        check=True
    )  # fmt: skip
    return [name for name in listed.stdout.splitlines() if not UNREAD.fullmatch(name) and (ROOT / name).is_file()]


def unknown(found: Leaks, known: Leaks) -> list[str]:
    """What nobody has looked at."""
    return [
        f"{file}: {kind}" for file, secrets in found.items() for digest, kind in secrets.items()
        if digest not in known.get(file, {})
    ]  # fmt: skip


def main() -> int:
    """Look, and name the files; never the secret."""
    found = scanned(versioned())
    if "--accept" in sys.argv:
        KNOWN.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        return 0
    leaks = unknown(found, json.loads(KNOWN.read_text(encoding="utf-8")))
    for leak in leaks:
        print(f"LOOKS LIKE A SECRET {leak}; take it out, or look and run with --accept")
    print(f"files={len(versioned())} leaks={len(leaks)}")
    return int(bool(leaks))


if __name__ == "__main__":
    raise SystemExit(main())
