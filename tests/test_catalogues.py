"""Every package that speaks to people says everything in Swedish and in Danish, and nothing that nobody asks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.catalogues import Catalogues, forms, placeholders

ROOT = Path(__file__).parents[1]
PACKAGES = {
    "config": Catalogues(ROOT / "config"),
    "notifications": Catalogues(ROOT / "notifications"),
    "engine": Catalogues(ROOT / "engine", plain="say"),
    "portal": Catalogues(ROOT / "portal"),
}
EVERY = [(name, language) for name in PACKAGES for language in ("sv", "da")]


def test_every_folder_of_catalogues_is_looked_at() -> None:
    found = {path.parent.name for path in ROOT.glob("*/locales") if (path / "sv.po").exists()}
    assert found == set(PACKAGES)


@pytest.mark.parametrize(("package", "language"), EVERY)
def test_a_catalogue_has_every_message_and_no_other(package: str, language: str) -> None:
    of = PACKAGES[package]
    entries = [entry for entry in of.catalogue(language) if entry.id]
    translated = {forms(entry.id)[0] for entry in entries if all(forms(entry.string)) and not entry.fuzzy}
    assert of.said - translated == set()
    assert {forms(entry.id)[0] for entry in entries} - of.said == set()


@pytest.mark.parametrize(("package", "language"), EVERY)
def test_a_translation_uses_every_value_of_its_message(package: str, language: str) -> None:
    for entry in PACKAGES[package].catalogue(language):
        if entry.id:
            for said, meant in zip(forms(entry.string), forms(entry.id), strict=True):
                assert placeholders(said) == placeholders(meant), entry.id


@pytest.mark.parametrize(("package", "language"), EVERY)
def test_a_catalogue_is_well_formed(package: str, language: str) -> None:
    catalogue = PACKAGES[package].catalogue(language)
    assert not catalogue.obsolete
    assert not [errors for _, errors in catalogue.check()]
