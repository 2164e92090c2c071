"""`python -m campaigns.hosts.sink FOLDER HOST PORT`: a mail server that keeps what it is given."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from engine.mailbox import mail_server

if __name__ == "__main__":
    folder, host, port = sys.argv[1:]
    mail_server(Path(folder), host=host, port=int(port)).start()
    signal.pause()
