"""The examples for administrators name only settings and commands that there are, and do what they say."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from configparser import RawConfigParser
from pathlib import Path

import pytest
import typer

import cli
from config.reference import PAGE, page, variable
from config.settings import Settings

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
PROXIES = sorted((DEPLOY / "proxy").iterdir())
VARIABLES = {variable(name): name for name in Settings.model_fields}
NAMED = re.compile(r"\b(?:SAMSYN_[A-Z_]+[A-Z]|PREFECT_API_URL)\b")
OUTSIDE_SETTINGS = {"SAMSYN_TICK", "SAMSYN_WRONG_TOKENS", "SAMSYN_SCANNER_REQUESTS"}
"""What tests are told: how the worker hurries, and how much of what they try."""
TOKENS_BEHIND = {"a", "calendar", "reminders", "desk/enter"}


def test_settings_page_is_what_the_code_says() -> None:
    """Written by `python -m config.reference`."""
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m config.reference"


@pytest.mark.parametrize("path", [*DEPLOY.rglob("*.*"), *(ROOT / "docs").rglob("*.md"), ROOT / "README.md"], ids=str)
def test_only_settings_that_exist_are_named(path: Path) -> None:
    """In examples and in documents."""
    if path.suffix in {".png", ".json"}:
        return
    assert set(NAMED.findall(path.read_text(encoding="utf-8"))) - OUTSIDE_SETTINGS <= set(VARIABLES)


def test_environment_file_can_be_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With everything in it that is commented out, too."""
    monkeypatch.chdir(tmp_path)
    lines = (DEPLOY / "samsyn.env").read_text(encoding="utf-8").splitlines()
    said = dict(line.lstrip("#").split("=", 1) for line in lines if re.match(r"#?[A-Z_]+=", line))
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert len(said) == 12
    assert settings.smtp is not None
    assert settings.base_url.startswith("https://")


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_units_start_commands_that_exist(unit: Path) -> None:
    """And each is confined to its own folder, and started again."""
    said = sections(unit)["Service"]
    program, command, *_ = said["ExecStart"].split()
    assert program == "/opt/samsyn/.venv/bin/samsyn"
    assert command in commands(typer.main.get_command(cli.app))
    assert said["ProtectSystem"] == "strict"
    assert said["NoNewPrivileges"] == "true"
    assert said["StateDirectory"] == "samsyn"
    assert said["EnvironmentFile"] == "/etc/samsyn/samsyn.env"
    assert said.get("Restart") == "on-failure" or said.get("Type") == "oneshot"


def test_every_part_of_an_installation_has_a_unit() -> None:
    """But for the development mailbox."""
    assert {unit.stem for unit in UNITS} == {f"samsyn-{name}" for name in PARTS}


PARTS = ("portal", "worker", "prefect", "incoming", "backup")


@pytest.mark.parametrize("proxy", PROXIES, ids=lambda proxy: proxy.name)
def test_proxies_lead_to_the_portal_and_take_what_it_takes(proxy: Path) -> None:
    """The port, and as much of an upload as the portal reads."""
    said = proxy.read_text(encoding="utf-8")
    settings = Settings(data_dir=Path("data"))
    assert f"127.0.0.1:{settings.portal_port}" in said
    [size] = re.findall(r"(?:client_max_body_size|max_size) (\d+)", said)
    assert int(size) * 2**20 == settings.uploads.read_bytes
    assert "X-Forwarded-For" in said
    assert "metrics" not in said


def test_nginx_logs_no_address_that_holds_a_token() -> None:
    """The same addresses as are masked in logs."""
    from config.masking import IN_PATH

    said = (DEPLOY / "proxy" / "nginx.conf").read_text(encoding="utf-8")
    [pattern] = re.findall(r"~(\S+) 0;", said)
    for path in TOKENS_BEHIND:
        assert re.match(pattern, f"/{path}/token")
        assert IN_PATH.match(f"/{path}/token")
    assert not re.match(pattern, "/answer/link")
    assert "combined if=$samsyn_log" in said


@pytest.mark.system
def test_systemd_finds_no_fault() -> None:
    """It reads every unit, with a program in place of ours, and thinks little of what an intruder could do."""
    analyze = needed("systemd-analyze", "systemd")
    folder = DEPLOY / "systemd"
    for unit in UNITS:
        done = run(analyze, "security", "--offline=true", "--threshold=20", str(unit))
        assert done.returncode == 0, done.stdout
    done = run(analyze, "verify", *map(str, sorted(folder.iterdir())))
    faults = [line for line in done.stderr.splitlines() if "/opt/samsyn/.venv/bin/samsyn is not executable" not in line]
    assert faults == []


@pytest.mark.system
def test_nginx_finds_no_fault(tmp_path: Path) -> None:
    """With a certificate made for it."""
    nginx, openssl = needed("nginx", "nginx-light"), needed("openssl", "openssl")
    site = (DEPLOY / "proxy" / "nginx.conf").read_text(encoding="utf-8")
    for path in ("/etc/ssl/samsyn", "/var/log/nginx"):
        site = site.replace(path, str(tmp_path))
    key, certificate = tmp_path / "privkey.pem", tmp_path / "fullchain.pem"
    made = run(openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x", "-keyout", str(key),
               "-out", str(certificate))  # fmt: skip
    assert made.returncode == 0, made.stderr
    whole = tmp_path / "nginx.conf"
    whole.write_text(f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\n{site}\n}}\n", encoding="utf-8")
    done = run(nginx, "-t", "-c", str(whole), "-p", str(tmp_path), "-e", str(tmp_path / "error.log"))
    assert done.returncode == 0, done.stderr
    assert "[warn]" not in done.stderr, done.stderr


def sections(path: Path) -> RawConfigParser:
    """A unit; of a key that comes more than once, the last value."""
    parser = RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(path, encoding="utf-8")
    return parser


def commands(group: object) -> set[str]:
    """The commands of `samsyn`."""
    return set(getattr(group, "commands", {}))


def needed(program: str, package: str) -> str:
    """A program of Debian's; without it the test is skipped with a reason."""
    found = shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin")
    if found is not None:
        return found
    reason = f"{program} is not installed: apt-get install {package}"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """A program, to its end."""
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
