"""The names of processes that hold leases, and which of them are gone.

A lease runs out by itself, but a mail may be held for minutes; whoever starts on the same machine need not wait.
"""

from __future__ import annotations

import os
import re
import socket

NAME = re.compile(r"@(?P<host>[^@#]+)#(?P<pid>\d+)")


def process_name(role: str) -> str:
    """What this process is called among all that work on the register."""
    return f"{role}@{socket.gethostname()}#{os.getpid()}"


def is_gone(holder: str) -> bool:
    """Whether the process named in a lease ran on this machine and no longer does.

    A holder with our own number is an earlier process, because this one has just started; in a container every
    process may have it.
    """
    found = NAME.search(holder)
    if found is None or found["host"] != socket.gethostname():
        return False
    pid = int(found["pid"])
    return pid == os.getpid() or not _lives(pid)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
