"""Bad input, a few hundred of each; `make fuzz` tries more. And: what goes wrong is found, kept, and found again."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

import pytest

from campaigns.fuzz import campaign
from campaigns.fuzz.campaign import TARGETS, Plan, one_reader, replayed
from campaigns.fuzz.requests import FORM
from campaigns.fuzz.target import Target, Verdict, dice, tried
from config.settings import SettingsError, load_settings

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.long

NOWHERE = b'{"issuer":"x","authorization_endpoint":"x","token_endpoint":"http://127.0.0.1:x/","jwks_uri":"http://x:y/"}'
SLOW = ("definition", "sheet-xlsx", "openid", "multipart", "request", "token")


@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.filterwarnings("ignore")
def test_every_reader_takes_or_refuses(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging.root.manager, "disable", logging.CRITICAL)
    plan = Plan(inputs=40 if name in SLOW else 300, seed=2, found=tmp_path)
    tally = one_reader(name, plan)
    assert tally.inputs == plan.inputs
    assert not tally.unhandled, tally.faults
    assert tally.counts[Verdict.TAKEN], "every input is refused: what is behind the door is not tried"


def broken(content: bytes) -> Verdict:
    """A reader with three faults."""
    if content.startswith(b"a"):
        raise KeyError("nobody thought of that")
    if content.startswith(b"b"):
        print("trying")  # noqa: T201 - that is the fault
    if content.startswith(b"c"):
        until = time.process_time() + 0.2
        while time.process_time() < until:
            pass
    return Verdict.TAKEN


@pytest.mark.parametrize("content", [b"a", b"b", b"c"])
def test_a_reader_with_a_fault_is_found(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    target = Target("broken", lambda _: content, broken, seconds=0.1)
    monkeypatch.setitem(campaign.TARGETS, "broken", target)
    tally = one_reader("broken", Plan(inputs=5, seed=1, found=tmp_path))
    assert tally.unhandled == 5
    files = list(tmp_path.iterdir())
    assert files
    assert all(replayed(file).verdict is Verdict.UNHANDLED for file in files)


def test_the_same_seed_makes_the_same_inputs() -> None:
    for name in (
        "definition",
        "date",
        "sheet-csv",
        "mail",
        "document",
        "settings-file",
        "settings-environment",
        "request",
    ):
        first, second = (TARGETS[name].made(dice(7, name, 1)) for _ in range(2))
        assert first == second, name


def test_what_was_found_in_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each was a traceback."""
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "samsyn.toml"
    for said in (f"incoming_port = {'9' * 5000}", 'data_dir = ["x"]', f"x = {'[' * 5000}"):
        file.write_text(said, encoding="utf-8")
        with pytest.raises(SettingsError, match=r"samsyn\.toml"):
            load_settings()
    file.unlink()
    monkeypatch.setenv("SAMSYN_MAIL_FROM", "a\udcffb@region.example")
    with pytest.raises(SettingsError, match=r"SAMSYN_MAIL_FROM .environment.: is not UTF-8"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        # A Referer that is no address, with a form that comes after the session: it was the page of our own failing.
        ("request", b"POST /desk/@CYCLE@/remind\nreferer: http://x]\n" + FORM + b"\n\nreason=x"),
        # A span in a span: the library printed what it made of it, to where a program's answer goes.
        ("date", b"2013/../2014"),
        # A provider that describes itself with addresses that are none.
        ("openid", NOWHERE + b"\n--8<--\n{}\n--8<--\n{}\n--8<--\ncode=x&state=state"),
    ],
    ids=["referer", "span", "provider"],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore")
def test_what_was_found_elsewhere(name: str, content: bytes) -> None:
    one = tried(TARGETS[name], content)
    assert one.verdict is not Verdict.UNHANDLED, one.why
