"""Every word of the record's formats is there in Swedish and Danish."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import engine.record
from engine.record.words import LOCALES

HOME = Path(engine.record.__file__).parent


@pytest.mark.parametrize("language", ["sv", "da"])
def test_no_word_is_missing(language: str) -> None:
    found = extract_from_dir(HOME, [("**.py", "python")], keywords={"N_": None})
    said = {str(message) for _, _, message, _, _ in found}
    assert len(said) > 30
    with (LOCALES / f"{language}.po").open("rb") as file:
        translated = {str(entry.id): str(entry.string) for entry in read_po(file, abort_invalid=True) if entry.string}
    assert said - translated.keys() == set()
    for message in said:
        assert message.count("%(") == translated[message].count("%("), message
