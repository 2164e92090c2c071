"""The peers' own environment: made once from the hashed lock beside this file, so that they share nothing with us."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
HOME = HERE / ".venv"
LOCK = HERE / "requirements.lock"
PATIENCE = 900.0


def python() -> Path:
    """The environment's interpreter; installs what the lock names when it is not there or the lock has changed."""
    made_from = HOME / ".lock"
    if not made_from.exists() or made_from.read_bytes() != LOCK.read_bytes():
        venv.create(HOME, clear=True, with_pip=True)
        install = [f"{HOME}/bin/python", "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(LOCK)]
        subprocess.run(install, check=True, timeout=PATIENCE)
        made_from.write_bytes(LOCK.read_bytes())
    return HOME / "bin" / "python"


def run(peer: str, *arguments: str | float) -> dict[str, Any]:
    """What a peer's program prints."""
    command = [str(python()), f"{HERE}/{peer}.py", *map(str, arguments)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=sys.stderr, timeout=PATIENCE)
    return dict(json.loads(done.stdout.splitlines()[-1]))
