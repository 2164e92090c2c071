"""Settings: from the environment, then from the file, then the default; faults name the variable."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from config.mailserver import Security, SmtpServer, parse_smtp_url
from config.secret import ensure_secret_key
from config.settings import SettingsError, load_settings


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("SAMSYN_DATA_DIR", "SAMSYN_DATABASE_URL", "SAMSYN_SMTP_URL", "PREFECT_API_URL"):
        monkeypatch.delenv(name, raising=False)


def write(text: str) -> None:
    Path("samsyn.toml").write_text(text, encoding="utf-8")


def test_nothing_needs_to_be_said() -> None:
    settings = load_settings()
    assert settings.database_url == "sqlite:///data/samsyn.db"
    assert settings.mailbox_dir == Path("data/mailbox")
    assert settings.base_url == "http://127.0.0.1:8700"
    assert settings.smtp is None
    assert settings.prefect_api_url is None


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    write("portal_port = 1000\nprefect_port = 2000\n")
    monkeypatch.setenv("SAMSYN_PORTAL_PORT", "3000")
    settings = load_settings()
    assert (settings.portal_port, settings.prefect_port) == (3000, 2000)


def test_the_data_folder_moves_what_lies_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMSYN_DATA_DIR", "/srv/samsyn")
    settings = load_settings()
    assert settings.database_url == "sqlite:////srv/samsyn/samsyn.db"
    assert settings.mailbox_dir == Path("/srv/samsyn/mailbox")


def test_prefects_own_variable_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://prefect:4200/api/")
    assert load_settings().prefect_api_url == "http://prefect:4200/api"


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("SAMSYN_PORTAL_PORT", "web", "'web' stands here; write a whole number"),
        ("SAMSYN_PORTAL_PORT", "70000", "'70000' is too large; at most 65535"),
        ("SAMSYN_SMTP_URL", "http://mail", "begins with 'http:'; write smtp://"),
        ("SAMSYN_SMTP_URL", "smtp://", "names no host"),
        ("SAMSYN_SMTP_URL", "smtp://mail:0", "no usable port"),
        ("SAMSYN_SMTP_URL", "smtp://mail:nix", "no usable port"),
        ("SAMSYN_SMTP_URL", "smtp://u:p/q@mail", "percent-encode"),
        ("SAMSYN_SMTP_URL", "smtp://[mail", "is no address of a server"),
        ("SAMSYN_DATABASE_URL", "mysql://db", "begins with 'mysql:'"),
        ("SAMSYN_BASE_URL", "samsyn.se", "is no web address"),
        ("SAMSYN_MAIL_FROM", "nobody", "is no e-mail address"),
        ("SAMSYN_SECRET_KEY", "short", "at least 32 random signs"),
        ("SAMSYN_MAIL_RATE_PER_MINUTE", "0", "too small"),
    ],
)
def test_a_fault_names_the_variable_and_its_origin(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, words: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert len(refused.value.faults) == 1
    assert refused.value.faults[0].startswith(f"{variable} (environment): ")
    assert words in str(refused.value)


def test_all_faults_are_told_and_no_secret_is(monkeypatch: pytest.MonkeyPatch) -> None:
    write("portal_prot = 1\n")
    monkeypatch.setenv("SAMSYN_SMTP_URL", "smtps://user:hemligt@mail:99999")
    monkeypatch.setenv("SAMSYN_SECRET_KEY", "hemligt")
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert len(refused.value.faults) == 3
    assert "portal_prot (samsyn.toml): there is no such setting; did you mean 'portal_port'?" in str(refused.value)
    assert "hemligt" not in str(refused.value)


@pytest.mark.parametrize("text", ["portal_port = ", "[[[", "\x00"])
def test_a_file_that_is_no_toml_is_refused(text: str) -> None:
    write(text)
    with pytest.raises(SettingsError, match=r"^samsyn\.toml: cannot be read"):
        load_settings()


def test_secrets_are_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMSYN_SMTP_URL", "smtps://user:hemligt@mail")
    settings = load_settings()
    assert settings.smtp
    assert settings.smtp.password == "hemligt"
    assert "hemligt" not in repr(settings) + repr(settings.smtp)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://localhost", SmtpServer(Security.PLAIN, "localhost", 25)),
        ("smtps://mail.example.se", SmtpServer(Security.TLS, "mail.example.se", 465)),
        ("smtp+starttls://u%40x:p%2F@h:2525", SmtpServer(Security.STARTTLS, "h", 2525, "u@x", "p/")),
        ("smtp://[::1]:2525", SmtpServer(Security.PLAIN, "::1", 2525)),
    ],
)
def test_a_mail_server_is_read_from_its_address(url: str, server: SmtpServer) -> None:
    assert parse_smtp_url(url) == server


def test_the_secret_key_is_made_once_and_for_its_owner_alone() -> None:
    settings = load_settings()
    key = ensure_secret_key(settings)
    assert key == ensure_secret_key(settings)
    assert len(key) >= 32
    assert (settings.data_dir / "secret.key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in settings.data_dir.iterdir()] == ["secret.key"]


def test_processes_that_start_together_get_the_same_key() -> None:
    settings = load_settings()
    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(lambda _: ensure_secret_key(settings), range(64)))) == 1


def test_a_given_secret_key_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMSYN_SECRET_KEY", "k" * 40)
    assert ensure_secret_key(load_settings()) == "k" * 40
    assert not Path("data").exists()


def test_a_spoilt_key_file_is_refused() -> None:
    Path("data").mkdir()
    Path("data/secret.key").write_text("", encoding="utf-8")
    with pytest.raises(SettingsError, match="is too short; remove the file"):
        ensure_secret_key(load_settings())
