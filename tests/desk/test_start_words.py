"""What a start says of its definition stands in the language of the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.desk.test_desk_pages import words
from tests.desk.test_start_wizard import begun

if TYPE_CHECKING:
    from tests.desk.conftest import DeskWorld

pytestmark = pytest.mark.long


def test_the_preview_says_what_to_look_at_in_words(desk: DeskWorld) -> None:
    """No English, no keys, no EDTF, and nothing about a file that the coordinator does not have."""
    shown = words(begun(desk, source="bundled:jamtland-2012").get("/preview").text)
    assert "är en söndag; dagen är överenskommen och ligger kvar, men" in shown
    assert "Utgår från ”Politiskt inriktningsdokument” medan" in shown
    assert "sista dagen i den angivna tiden (" in shown
    for raw in ("was inferred", "på engelska", "”inferred”", "politiskt-inriktningsdokument", "2014-33", "2013-02/"):
        assert raw not in shown, raw


def test_a_date_that_is_counted_is_said_in_words(desk: DeskWorld) -> None:
    draft = begun(desk, source="bundled:rsr-samverkan")
    for page in ("/dates", "/preview"):
        shown = words(draft.get(page).text)
        assert "18 veckor efter första dagen" in shown
        assert "after begins" not in shown
