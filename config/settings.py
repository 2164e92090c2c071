"""What an installation is told: from the environment, or from `samsyn.toml`; the environment wins.

Nothing is read on import. `load_settings` reads once, at the edge, and what it returns is passed on.
"""

from __future__ import annotations

import os
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from limits import parse
from pydantic import AfterValidator, AliasChoices, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from config.base import Address
from config.environment import undecoded
from config.faults import nearest
from config.identity import OpenIdProvider
from config.mailserver import SmtpServer, domain_name, parse_smtp_url
from config.messages import value_message
from config.uploads import MEGABYTE, UploadLimits

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

FILE = "samsyn.toml"
PREFIX = "SAMSYN_"
SHORTEST_SECRET = 32
DATABASES = ("sqlite:///", "postgresql+psycopg://")


class SettingsError(Exception):
    """The settings cannot be used; one line for each fault."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


def _database(url: str) -> str:
    if not url.startswith(DATABASES):
        scheme = url.partition(":")[0]
        raise ValueError(f"begins with '{scheme}:'; write {' or '.join(DATABASES)}")
    return url


def _web_address(url: str) -> str:
    if not url.startswith(("http://", "https://")) or not url.partition("://")[2]:
        raise ValueError(f"'{url}' is no web address; write for instance https://samsyn.example.se")
    return url.rstrip("/")


def _smtp(url: SecretStr) -> SecretStr:
    parse_smtp_url(url.get_secret_value())
    return url


def _secret(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value()) < SHORTEST_SECRET:
        raise ValueError(f"is too short to keep links safe; write at least {SHORTEST_SECRET} random signs")
    return secret


def _networks(text: str) -> str:
    for part in text.split(","):
        try:
            ip_network(part.strip() or "127.0.0.1", strict=False)
        except ValueError:
            raise ValueError(f"'{part.strip()}' is no address or network; write for instance 10.0.0.0/8") from None
    return text


def _rate(text: str) -> str:
    try:
        parse(text)
    except ValueError:
        raise ValueError(f"'{text}' is no rate; write for instance 60/10 minutes") from None
    return text


Port = Annotated[int, Field(ge=1, le=65535)]
WebAddress = Annotated[str, AfterValidator(_web_address)]


class Settings(BaseSettings):
    """Every setting, with its default. In the environment each begins with SAMSYN_."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        toml_file=FILE,
        extra="forbid",
        frozen=True,
        populate_by_name=True,
        env_ignore_empty=True,
        use_attribute_docstrings=True,
    )

    data_dir: Path = Path("data")
    """The folder for what Samsyn keeps: the register, uploads, the secret key."""
    database_url: Annotated[str, AfterValidator(_database)] = ""
    """The register; SQLite in the data folder when absent."""
    smtp_url: Annotated[SecretStr, AfterValidator(_smtp)] | None = None
    """The mail server, `smtp://`, `smtps://` or `smtp+starttls://` with user, password, host and port; the development
    mailbox when absent."""
    mail_from: Address = "samsyn@samsyn.example"
    """The sender of every mail; its domain also names Message-IDs."""
    mail_rate_per_minute: Annotated[int, Field(ge=1)] | None = None
    """The most mails in a minute; as fast as the server takes them when absent."""
    smtp_connections: Annotated[int, Field(ge=1, le=20)] = 2
    """How many connections to the mail server each process that sends may have at once; Exchange Online takes three."""
    mail_stuck_hours: Annotated[float, Field(gt=0)] = 4.0
    """Hours after which the coordinator is told that mail does not get out."""
    digest_from: Annotated[int, Field(ge=2)] = 3
    """The number of reminders to one person at the same hour from which they come as one mail."""
    reply_domain: Annotated[str, AfterValidator(domain_name)] | None = None
    """The domain of the addresses that replies and bounces come back to; the coordinator's own address when absent."""
    incoming_host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    """The address that the listener for replies and bounces has."""
    incoming_port: Port | None = None
    """The port that the listener for replies and bounces has; there is none when absent."""
    incoming_protocol: Literal["lmtp", "smtp"] = "lmtp"
    """How the mail server hands replies and bounces over."""
    incoming_size_limit: Annotated[int, Field(ge=64 * 1024)] = 25 * 1024 * 1024
    """The most bytes that a mail which comes in may have."""
    base_url: WebAddress = "http://127.0.0.1:8700"
    """How people reach the portal; links in mail begin with it."""
    secret_key: Annotated[SecretStr, AfterValidator(_secret)] | None = None
    """What links are made from; drawn into `secret.key` in the data folder when absent. Whoever loses it must send
    reminders with new links."""
    portal_host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    """The address that the portal listens on."""
    portal_port: Port = 8700
    """The port that the portal listens on."""
    trusted_proxies: Annotated[str, AfterValidator(_networks)] = ""
    """The proxies whose X-Forwarded-For is believed: addresses or networks, with commas; nobody's when absent."""
    guess_limit: Annotated[str, AfterValidator(_rate)] = "60/10 minutes"
    """How many wrong links one client may open, and wrong sign-ins make, before it has to wait."""
    link_grace_days: Annotated[int, Field(ge=0, le=3650)] = 90
    """How long after a question has closed its links still show what became of it."""
    organisation: str = ""
    """Who runs the portal, as the accessibility statement names it."""
    feedback_address: Address | None = None
    """Where people write who cannot use a page; the sender of the mails when absent."""
    metrics_host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    """The address that figures for Prometheus are given at; not one that everybody reaches."""
    metrics_port: Port | None = None
    """The port that the portal gives figures for Prometheus at; none are given when absent."""
    log_format: Literal["text", "json"] = "text"
    """How logs are written: for people, or a JSON object a line."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The least that is logged."""
    mailbox_port: Port = 8725
    """The port that the development mailbox listens on."""
    mailbox_dir: Path = Path()
    """The folder of the development mailbox; `mailbox` in the data folder when absent."""
    journal_heads: Path = Path()
    """The file that the journals' heads are added to as mails go out, to be copied elsewhere; `journal-heads.txt` in
    the data folder when absent."""
    upload_file_mb: Annotated[int, Field(ge=1, le=500)] = 20
    """The most megabytes that one file may have."""
    upload_files: Annotated[int, Field(ge=1, le=100)] = 10
    """The most files that may be handed in with one answer."""
    upload_total_mb: Annotated[int, Field(ge=1, le=1000)] = 50
    """The most megabytes that all files of one answer may have together."""
    draft_days: Annotated[int, Field(ge=1)] = 30
    """For how many days what was typed and not sent in is kept after its question has closed."""
    start_draft_days: Annotated[int, Field(ge=1)] = 90
    """For how many days a start in preparation is kept after it was saved last: it holds names and addresses."""
    session_idle_minutes: Annotated[int, Field(ge=1)] = 60
    """After how long without a page somebody who has signed in to the desk must do so again."""
    session_hours: Annotated[int, Field(ge=1)] = 12
    """After how long in any case."""
    second_person: bool = False
    """Whether a second account must confirm that a date is moved, a question closed early, or a cycle cancelled."""
    oidc_url: WebAddress | None = None
    """The discovery document of an OpenID provider (…/.well-known/openid-configuration); absent: sign-in by mail."""
    oidc_client_id: str = ""
    """What the provider calls this installation."""
    oidc_client_secret: SecretStr | None = None
    """What proves it to the provider."""
    oidc_name: str = ""
    """What people call the provider, on the button that leads there."""
    oidc_readers: bool = False
    """Whether somebody whom the provider vouches for gets an account that may read every cycle."""
    prefect_api_url: WebAddress | None = Field(default=None, validation_alias=AliasChoices("prefect_api_url"))
    """Prefect's server, from PREFECT_API_URL; the embedded one when absent."""
    prefect_port: Port = 4270
    """The port of the embedded Prefect server."""

    @model_validator(mode="before")
    @classmethod
    def _in_data_dir(cls, given: Any) -> Any:
        said = given.get("data_dir")
        usual: Path = cls.model_fields["data_dir"].default
        folder = Path(said) if said and isinstance(said, str | Path) else usual  # the field says what is wrong with it
        places = {
            "database_url": f"sqlite:///{folder / 'samsyn.db'}",
            "mailbox_dir": folder / "mailbox",
            "journal_heads": folder / "journal-heads.txt",
        }
        return {**places, **given}

    @property
    def proxies(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The networks of the trusted proxies."""
        parts = [part.strip() for part in self.trusted_proxies.split(",")]
        return tuple(ip_network(part, strict=False) for part in parts if part)

    @property
    def uploads(self) -> UploadLimits:
        """How much may be handed in with one answer."""
        return UploadLimits(self.upload_file_mb * MEGABYTE, self.upload_files, self.upload_total_mb * MEGABYTE)

    @property
    def smtp(self) -> SmtpServer | None:
        """The mail server, or None for the development mailbox."""
        return parse_smtp_url(self.smtp_url.get_secret_value()) if self.smtp_url else None

    @property
    def oidc(self) -> OpenIdProvider | None:
        """The OpenID provider, or None where people sign in by mail alone.

        Raises:
            SettingsError: a part of what it needs is missing.
        """
        if self.oidc_url is None:
            return None
        secret = self.oidc_client_secret.get_secret_value() if self.oidc_client_secret else ""
        wanted = {"SAMSYN_OIDC_CLIENT_ID": self.oidc_client_id, "SAMSYN_OIDC_CLIENT_SECRET": secret}
        if missing := [f"{name}: is needed with SAMSYN_OIDC_URL" for name, value in wanted.items() if not value]:
            raise SettingsError(missing)
        return OpenIdProvider(self.oidc_url, self.oidc_client_id, secret, self.oidc_name, readers=self.oidc_readers)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is passed in wins over the environment, and the environment over the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(**overrides: Any) -> Settings:
    """The settings of this process.

    Raises:
        SettingsError: one line for each fault, with the variable and where it came from.
    """
    if unread := undecoded(PREFIX, "PREFECT_API_URL"):
        raise SettingsError(unread)
    try:
        return Settings(**overrides)
    except ValidationError as refused:
        lines = [_line(error, overrides) for error in refused.errors(include_url=False)]
        raise SettingsError(list(dict.fromkeys(lines))) from None
    except (OSError, ValueError, RecursionError) as unread_file:  # a number of 5,000 digits is no TOMLDecodeError
        reason = " ".join(str(unread_file).split())
        raise SettingsError([f"{FILE}: cannot be read: {reason}"]) from unread_file


def _line(error: ErrorDetails, overrides: dict[str, Any]) -> str:
    name = str(error["loc"][0]) if error["loc"] else ""
    variable, source = _origin(name, overrides)
    if error["type"] == "extra_forbidden":
        near = nearest(name, Settings.model_fields)
        hint = f"did you mean '{near}'?" if near else f"known are: {', '.join(Settings.model_fields)}"
        return f"{name} ({source}): there is no such setting; {hint}"
    return f"{variable} ({source}): {value_message(error)}"


def _origin(name: str, overrides: dict[str, Any]) -> tuple[str, str]:
    """The variable that a setting is written as, and where its value came from."""
    prefix = "" if name.startswith("prefect_api") else PREFIX
    variable = f"{prefix}{name}".upper()
    if name in overrides:
        return name, "given"
    if variable in {key.upper() for key in os.environ}:
        return variable, "environment"
    return name, FILE
