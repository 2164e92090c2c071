"""`samsyn verify` against heads that are known from elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.anchors import heads
from models.register import Register
from tests.registers import registers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Said

HASH = "ab" * 32


def test_known_heads_are_compared(samsyn: Callable[..., Said], tiny: Path, tmp_path: Path) -> None:
    samsyn("start", tiny)
    register = Register(registers.at(tmp_path / "data" / "samsyn.db"))
    with register.read() as session:
        known = heads(session, ["tiny"])["tiny"]
    register.close()
    assert samsyn("verify", "tiny", "--head", known.for_mail).code == 0
    said = samsyn("verify", "tiny", "--head", f"{known.number}:{HASH}")
    assert said.code == 1
    assert f"tiny: journal entry {known.number} is another one than was known: {HASH[:16]}…" in said.out
    file = tmp_path / "heads.txt"
    file.write_text(f"2099-01-15T07:00:00+00:00 tiny {known}\n", encoding="utf-8")
    assert samsyn("verify", "--anchors", file).code == 0
    file.write_text(f"2099-01-15T07:00:00+00:00 tiny {known.number + 1}:{HASH}\n", encoding="utf-8")
    said = samsyn("verify", "--anchors", file)
    assert (said.code, "it is known to have had entry" in said.out) == (1, True)


def test_cycle_that_is_gone_is_missed(samsyn: Callable[..., Said], tiny: Path, tmp_path: Path) -> None:
    """No row and no entry of it is left, and the file knows it."""
    samsyn("start", tiny)
    file = tmp_path / "heads.txt"
    file.write_text(f"2099-01-15T07:00:00+00:00 another 3:{HASH}\n", encoding="utf-8")
    said = samsyn("verify", "--anchors", file)
    assert said.code == 1
    assert "another: the cycle is gone; its journal is known from elsewhere" in said.out


def test_what_is_no_head_is_said(samsyn: Callable[..., Said], tiny: Path, tmp_path: Path) -> None:
    samsyn("start", tiny)
    assert "is no head of a journal" in samsyn("verify", "tiny", "--head", "17").err
    assert "--head is of one cycle; name it" in samsyn("verify", "--head", f"1:{HASH}").err
    said = samsyn("verify", "--anchors", tmp_path / "missing.txt")
    assert (said.code, "missing.txt:1: cannot be read" in said.err) == (2, True)
