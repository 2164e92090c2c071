"""The page of performance shows the figures that are kept, and every bench has its place on it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bench import __main__ as command
from bench.page import PAGE, PLACE, filled
from bench.pictures import pictures
from bench.results import Row, kept

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest


def test_page_and_kept_figures_agree() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert filled(page) == page, "python -m bench.page writes the kept figures into the page"


def test_every_kept_bench_has_its_place_on_the_page() -> None:
    assert {place["bench"] for place in PLACE.finditer(PAGE.read_text(encoding="utf-8"))} >= set(kept())


def test_what_is_not_reached_is_said() -> None:
    page = PAGE.read_text(encoding="utf-8")
    missed = [row for told in kept().values() for row in told["rows"] if row["reached"] is False]
    assert page.count("**not reached**") == len(missed)


def test_pictures_have_axes_and_no_script() -> None:
    drawn = pictures(kept())
    assert drawn
    for picture in drawn.values():
        assert "<script" not in picture
        assert 'class="axis x' in picture
        assert 'class="axis y' in picture


def test_the_page_shows_every_picture() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert all(f"images/performance-{name}.svg" in page for name in pictures(kept()))


def test_a_bench_that_fails_loses_nothing_of_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*, quick: bool) -> Iterator[Row]:
        yield Row("half", 1.0, "ms")
        raise OSError(f"quick: {quick}")

    def sound(*, quick: bool) -> Iterator[Row]:
        yield Row("whole", 2.0, "ms", 1.5, "half", "at most 2", reached=not quick)

    monkeypatch.setattr(command, "BENCHES", {"broken": broken, "sound": sound})
    monkeypatch.setattr(command, "LATEST", tmp_path / "latest.json")
    monkeypatch.setattr("sys.argv", ["bench"])
    assert command.main() == command.FAILED
    assert "not measured: broken" in capsys.readouterr().err
    written = json.loads((tmp_path / "latest.json").read_text(encoding="utf-8"))
    assert {name: [row["measure"] for row in told["rows"]] for name, told in written.items()} == {"sound": ["whole"]}
