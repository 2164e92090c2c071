"""What an installation is told: from the environment, or from `samsyn.toml`; the environment wins.

Nothing is read on import. `load_settings` reads once, at the edge, and what it returns is passed on.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, AliasChoices, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from config.base import Address
from config.faults import nearest
from config.mailserver import SmtpServer, parse_smtp_url
from config.messages import value_message

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


Port = Annotated[int, Field(ge=1, le=65535)]
WebAddress = Annotated[str, AfterValidator(_web_address)]


class Settings(BaseSettings):
    """Every setting, with its default. In the environment each begins with SAMSYN_."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, toml_file=FILE, extra="forbid", frozen=True, populate_by_name=True, env_ignore_empty=True
    )

    data_dir: Path = Path("data")
    """The folder for what Samsyn keeps: the register, uploads, the secret key."""
    database_url: Annotated[str, AfterValidator(_database)] = ""
    """The register; SQLite in the data folder when absent."""
    smtp_url: Annotated[SecretStr, AfterValidator(_smtp)] | None = None
    """The mail server; the development mailbox when absent."""
    mail_from: Address = "samsyn@samsyn.example"
    """The sender of every mail."""
    mail_rate_per_minute: Annotated[int, Field(ge=1)] | None = None
    """The most mails in a minute; as fast as the server takes them when absent."""
    base_url: WebAddress = "http://127.0.0.1:8700"
    """How people reach the portal; links in mail begin with it."""
    secret_key: Annotated[SecretStr, AfterValidator(_secret)] | None = None
    """What links are signed with; see `config.secret.ensure_secret_key`."""
    portal_host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    """The address that the portal listens on."""
    portal_port: Port = 8700
    """The port that the portal listens on."""
    mailbox_port: Port = 8725
    """The port that the development mailbox listens on."""
    mailbox_dir: Path = Path()
    """The folder of the development mailbox; `mailbox` in the data folder when absent."""
    prefect_api_url: WebAddress | None = Field(default=None, validation_alias=AliasChoices("prefect_api_url"))
    """Prefect's server, from PREFECT_API_URL; the embedded one when absent."""
    prefect_port: Port = 4270
    """The port of the embedded Prefect server."""

    @model_validator(mode="before")
    @classmethod
    def _in_data_dir(cls, given: Any) -> Any:
        folder = Path(given.get("data_dir") or cls.model_fields["data_dir"].default)
        places = {"database_url": f"sqlite:///{folder / 'samsyn.db'}", "mailbox_dir": folder / "mailbox"}
        return {**places, **given}

    @property
    def smtp(self) -> SmtpServer | None:
        """The mail server, or None for the development mailbox."""
        return parse_smtp_url(self.smtp_url.get_secret_value()) if self.smtp_url else None

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
    try:
        return Settings(**overrides)
    except ValidationError as refused:
        lines = [_line(error, overrides) for error in refused.errors(include_url=False)]
        raise SettingsError(list(dict.fromkeys(lines))) from None
    except tomllib.TOMLDecodeError as unread:
        raise SettingsError([f"{FILE}: cannot be read: {unread}"]) from unread
    except (OSError, UnicodeDecodeError) as unread:
        raise SettingsError([f"{FILE}: cannot be read: {unread}"]) from unread


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
