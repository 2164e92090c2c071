"""Settings: `samsyn.toml`, and the environment."""

from __future__ import annotations

import os
from contextlib import chdir
from typing import TYPE_CHECKING
from unittest.mock import patch

from campaigns.fuzz.definitions import scratch
from campaigns.fuzz.mutating import spoiled
from campaigns.fuzz.target import Target, Unclean, Verdict
from config.settings import FILE, Settings, SettingsError, load_settings

if TYPE_CHECKING:
    from random import Random

TOML = """data_dir = "data"
database_url = "postgresql+psycopg://samsyn:secret@db.example/samsyn"
smtp_url = "smtp+starttls://user:pass%40word@mail.example:587"
mail_from = "samsyn@region.example"
mail_rate_per_minute = 25
mail_stuck_hours = 4.5
reply_domain = "svar.region.example"
incoming_port = 8726
incoming_protocol = "lmtp"
base_url = "https://samsyn.example"
secret_key = "0123456789012345678901234567890123456789"
trusted_proxies = "10.0.0.0/8, 192.0.2.7"
guess_limit = "60/10 minutes"
second_person = true
oidc_url = "https://id.example/.well-known/openid-configuration"
oidc_client_id = "samsyn"
oidc_client_secret = "hush"
upload_file_mb = 20
log_format = "json"
"""
VALUES = (
    "", "0", "-1", "1e999", "nan", "inf", "true", "9" * 5000, "٣", "http://", "https://[::1", "https://a b", "smtp://",
    "smtp://u:p@h:0", "smtp://u:p@[::1", "smtp://h:99999", "smtps://%zz@h", "sqlite:///", "a@b", "\u202e",
    "10.0.0.0/99",
    "::/200", "60/0 minutes", "-1/second", "1/0", "x" * 3000, "https://\ud7ff", "xn--", "..", "é.example", "[]", "{}",
)  # fmt: skip


KEEP_SECRETS = ("smtp_url", "database_url", "oidc_client_secret", "secret_key")
"""Settings whose values are never repeated."""


def tables(dice: Random) -> bytes:
    """The file, spoiled: in its octets, or in the value of a setting."""
    if dice.random() < 0.5:
        return spoiled(TOML.encode(), dice)
    lines = TOML.splitlines()
    for _ in range(dice.randint(1, 3)):
        at = dice.randrange(len(lines))
        value = dice.choice(('"{}"', "{}", "[{}]", "'''{}'''", "{{a = {}}}")).format(dice.choice(VALUES))
        lines[at] = f"{lines[at].split(' = ', maxsplit=1)[0]} = {value}"
    return "\n".join(lines).encode("utf-8", "replace")


def variables(dice: Random) -> bytes:
    """Variables of the environment, one a line."""
    names = dice.sample(sorted(Settings.model_fields), k=dice.randint(1, 6))
    said = [f"{name}={dice.choice(VALUES)}" for name in names]
    text = "\n".join(said).encode("utf-8", "replace")
    return spoiled(text, dice) if dice.random() < 0.3 else text


def _settled() -> Verdict:
    """Read the settings, and everything that is worked out of them."""
    try:
        settings = load_settings()
        _ = (settings.smtp, settings.proxies, settings.uploads, settings.oidc)
    except SettingsError as refused:
        if not refused.faults or any("\n" in fault for fault in refused.faults):
            raise Unclean(f"not a line for each fault: {refused.faults!r}") from None
        secret = [fault for fault in refused.faults if fault.startswith(KEEP_SECRETS)]
        if any(word in fault for fault in secret for word in ("pass%40word", "hush")):
            raise Unclean("a secret is in the message") from None
        return Verdict.REFUSED
    return Verdict.TAKEN


def read_file(content: bytes) -> Verdict:
    """As `samsyn.toml` in the folder that Samsyn is started in."""
    folder = scratch() / "toml"
    folder.mkdir(exist_ok=True)
    (folder / FILE).write_bytes(content)
    with chdir(folder), patch.dict(os.environ, _without_ours(), clear=True):
        return _settled()


def read_environment(content: bytes) -> Verdict:
    """As variables of a process; none can hold NUL."""
    folder = scratch() / "environment"
    folder.mkdir(exist_ok=True)
    said = [line.replace(b"\0", b"").partition(b"=") for line in content.split(b"\n")]
    given = {f"SAMSYN_{os.fsdecode(name)}".upper(): os.fsdecode(value) for name, _, value in said if name}
    with chdir(folder), patch.dict(os.environ, {**_without_ours(), **given}, clear=True):
        return _settled()


def _without_ours() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.upper().startswith(("SAMSYN_", "PREFECT_"))}


TARGETS = (Target("settings-file", tables, read_file), Target("settings-environment", variables, read_environment))
