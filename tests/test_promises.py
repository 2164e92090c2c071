"""The page of promises says what the campaigns came to, and nothing broke."""

from __future__ import annotations

import pytest

from campaigns.page import PAGE, PLACE, filled
from campaigns.results import RESULTS, kept

CAMPAIGNS = sorted(path.stem for path in RESULTS.glob("*.json"))


def test_page_and_results_agree() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert filled(page) == page, "python -m campaigns.page writes the latest results into the page"


def test_every_result_has_its_place_on_the_page() -> None:
    assert sorted(place["campaign"] for place in PLACE.finditer(PAGE.read_text(encoding="utf-8"))) == CAMPAIGNS


@pytest.mark.parametrize("campaign", CAMPAIGNS)
def test_no_promise_is_broken(campaign: str) -> None:
    outcome = kept(campaign)
    assert outcome.failures == 0
    assert all(promise.trials > 0 for promise in outcome.promises)
