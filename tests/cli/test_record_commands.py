"""`samsyn record` and what keeps the record right."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import TINY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Said

    Samsyn = Callable[..., Said]

YES, NO, UNUSABLE = 0, 1, 2
FORMATS = {
    "html": b"<!DOCTYPE html>",
    "pdf": b"%PDF-1.7",
    "json": b"{",
    "csv": b"\xef\xbb\xbf",
    "ics": b"BEGIN",
    "atom": b"<?xml",
}
BERG = "ask/replies/berg.contact-1"


@pytest.fixture
def started(samsyn: Samsyn, tmp_path: Path) -> Samsyn:
    """A cycle whose question the worker has not asked yet."""
    definition = tmp_path / "tiny.yaml"
    definition.write_text(TINY, encoding="utf-8")
    assert samsyn("start", definition).code == YES
    return samsyn


@pytest.mark.parametrize("kind", list(FORMATS))
def test_record_is_written_in_each_format(started: Samsyn, tmp_path: Path, kind: str) -> None:
    """To the file that is named."""
    said = started("record", "tiny", "--format", kind, "--out", tmp_path / f"r.{kind}")
    assert (said.code, said.err) == (YES, "")
    assert (tmp_path / f"r.{kind}").read_bytes().startswith(FORMATS[kind])


def test_record_goes_to_stdout_alone(started: Samsyn) -> None:
    """So that another program can take it up."""
    said = started("record", "tiny", "--format", "json", "--language", "en")
    assert json.loads(said.out)["record"]["slug"] == "tiny"


@pytest.mark.parametrize(
    ("given", "code", "says"),
    [
        (("record", "nothing"), UNUSABLE, "no cycle 'nothing'"),
        (("record", "tiny", "--format", "jsn"), UNUSABLE, "did you mean 'json'"),
        (("record", "tiny", "--language", "fi"), UNUSABLE, "language"),
        (("redact", "tiny", BERG, "--reason", "OSL 21:7"), UNUSABLE, "no answer or document"),
        (("unredact", "tiny", "1", "--reason", "x"), UNUSABLE, "nothing is withheld"),
        (("dispose", "tiny", "--decision", "x"), UNUSABLE, "name documents"),
        (("dispose", "tiny", "--people", "--decision", "The board § 1"), UNUSABLE, "until it has ended"),
        (("retention", "tiny", "x@1", "keep", "--reason", "x"), UNUSABLE, "no answer or document"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_line(started: Samsyn, given: tuple[str, ...], code: int, says: str) -> None:
    """On stderr, without a traceback."""
    said = started(*given)
    assert (said.code, said.out) == (code, "")
    assert says in said.err
    assert len(said.err.splitlines()) == 1
