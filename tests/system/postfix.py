"""A Postfix of the test's own: its configuration, queue and ports are its own, and it is ended with it."""

from __future__ import annotations

import os
import shutil
import smtplib
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.tools import missed, program
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

TAKEN = "250"
PATIENCE = 20.0
"""Seconds until what it was told holds."""
MAIN = """\
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
command_directory = /usr/sbin
daemon_directory = {daemons}
mail_owner = postfix
setgid_group = postdrop
maillog_file = {home}/log/mail.log
maillog_file_prefixes = {home}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.house.example
mydestination =
alias_maps =
local_recipient_maps =
mynetworks = 127.0.0.0/8
smtputf8_enable = yes
transport_maps = texthash:{home}/etc/transport
smtpd_recipient_restrictions = check_recipient_access texthash:{home}/etc/access, permit_mynetworks, reject
smtpd_client_connection_rate_limit = 0
disable_dns_lookups = yes
smtp_tls_security_level = none
"""
MASTER = """\
{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
lmtp unix - - n - - lmtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass
class Postfix:
    """A running one."""

    home: Path
    port: int
    refused: dict[str, str] = field(default_factory=dict)

    def route(self, routes: dict[str, str]) -> None:
        """Where mail for each domain goes."""
        self._write("transport", routes)

    def refuse(self, replies: dict[str, str]) -> None:
        """What it says to recipients, such as `450 4.2.0 later`.

        Until it does: a server that waits for mail may take one more connection before it ends.
        """
        before, self.refused = self.refused, replies
        self._write("access", replies)
        for address in {**before, **replies}:
            expected = int(replies.get(address, TAKEN)[:3])
            wait_until(lambda who=address, code=expected: self._says_to(who) == code, PATIENCE, self.log)

    def _says_to(self, address: str) -> int:
        with smtplib.SMTP("127.0.0.1", self.port, timeout=10) as client:
            client.ehlo()
            client.mail("probe@house.example")
            return client.rcpt(address)[0]

    def _write(self, name: str, lines: dict[str, str]) -> None:
        text = "".join(f"{key} {value}\n" for key, value in lines.items())
        (self.home / "etc" / name).write_text(text, encoding="utf-8")
        if (self.home / "queue" / "pid" / "master.pid").exists():
            self.command("reload")

    def command(self, what: str) -> None:
        """`postfix start`, `stop`, `reload`."""
        done = subprocess.run(
            ["postfix", "-c", str(self.home / "etc"), what], capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, f"{done.stdout}{done.stderr}{self.log()}"

    def log(self) -> str:
        """What it has written down."""
        file = self.home / "log" / "mail.log"
        return file.read_text(encoding="utf-8") if file.exists() else ""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def postfix() -> Iterator[Postfix]:
    """One that runs until the end."""
    program("postfix", "postfix")
    if os.geteuid() != 0:
        missed("Postfix starts as root only")
    home = Path(tempfile.mkdtemp(prefix="samsyn-postfix-"))  # a test's own folder is closed to Postfix's user
    server = Postfix(home, free_port())
    try:
        _lay_out(server)
        server.command("start")
        try:
            yield server
        finally:
            server.command("stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _lay_out(server: Postfix) -> None:
    home = server.home
    home.chmod(0o755)
    for name in ("etc", "queue", "data", "log"):
        (home / name).mkdir(mode=0o755)
    shutil.chown(home / "data", "postfix")
    daemons = subprocess.run(
        ["postconf", "-dh", "daemon_directory"], capture_output=True, text=True, check=True
    ).stdout.strip()  # fmt: skip
    (home / "etc" / "main.cf").write_text(MAIN.format(home=home, daemons=daemons), encoding="utf-8")
    (home / "etc" / "master.cf").write_text(MASTER.format(port=f"127.0.0.1:{server.port}"), encoding="utf-8")
    server.route({})
    server.refuse({})
