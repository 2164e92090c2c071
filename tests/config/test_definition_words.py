"""What is said of a definition, in every language: all of it, with all that belongs in it."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

import pytest

from campaigns.fuzz.definitions import mutated
from config.check import check
from config.findings import Code
from config.i18n import LOCALES, translator
from config.loader import DefinitionError, bundled, load, load_named
from config.said import Listed, Said, Spoken, value_in
from tests.config.test_definition_check import ADOPTION, DECIDING, LEVELS, RISKS, TOLD, with_phase
from tests.config.test_definition_loader import FAULTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from config.definition import Definition
    from config.findings import Finding
    from config.said import Value

LANGUAGES = ("sv", "da")
MUTATIONS = 600
QUOTED = {"%(note)s", "%(reason)s"}
"""Nothing of ours: what somebody else wrote stands as it is."""
ENGLISH = re.compile(
    r"\b(the|is|are|was|and|or|not|with|which|write|there|here|stands?|nobody|must|has|this|that|cannot)\b"
)
"""Words that no Swedish or Danish sentence has."""


def every(said: Said) -> Iterator[Said]:
    """A sentence and those inside of it."""
    yield said
    for _, value in said.values:
        inside = value.of if isinstance(value, Listed) else (value,)
        for one in inside:
            if isinstance(one, Said):
                yield from every(one)


def shown(value: Value, language: str) -> str:
    return value_in(value, language)


def assert_sayable(said: Said, language: str) -> None:
    """Every sentence is in the catalogue, has all its values, and has no English rest."""
    known = translator(language, LOCALES)
    for one in every(said):
        for message in filter(None, (one.message, one.remedy)):
            words = known.gettext(message)
            assert message in QUOTED or words != message or not ENGLISH.search(message), message
            assert not ENGLISH.search(re.sub(r"%\(\w+\)s|”[^”]*”", "", words)), words
        for name, value in one.values:
            assert shown(value, language) in one.told(language), (one.message, name)
    assert "%(" not in said.advised(language)
    assert said.in_full(language)[:1] == said.told(language)[:1].upper()


def findings(changed: Callable[..., Definition]) -> Iterator[Finding]:
    """Those of the bundled definitions, and of small ones that each have a risk."""
    for name in bundled():
        yield from check(load_named(name))
    for changes in [*(one[-1] for one in RISKS), *(one[-1] for one in LEVELS)]:
        yield from check(changed(*changes))
    announced = f"  told:\n    {TOLD}\n  decide:\n    {DECIDING}\n    after: told\n  second:"
    yield from check(changed(with_phase(ADOPTION)))
    yield from check(changed(("  second:", announced)))
    yield from check(changed(("  second:", f"  told:\n    {TOLD}\n  second:")))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_can_be_said(changed: Callable[..., Definition], language: str) -> None:
    found = list(findings(changed))
    assert {finding.code for finding in found} == set(Code)
    for finding in found:
        assert_sayable(finding.said, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("old", "new", "place", "words"), FAULTS, ids=[f[1].strip()[:40] for f in FAULTS])
def test_every_fault_can_be_said(small: str, old: str, new: str, place: str, words: str, language: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        load("f.yaml", small.replace(old, new, 1))
    for fault in refused.value.faults:
        assert_sayable(fault.said, language)
    lines = refused.value.told(language).splitlines()
    assert any(line.startswith(f"f.yaml:{place}: ") for line in lines)
    assert not (ENGLISH.search(words) and any(words in line for line in lines))


@pytest.mark.long
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_faults_of_mutations_can_be_said(jamtland_text: str, language: str) -> None:
    dice = random.Random(language)  # noqa: S311 - seeded, so that a failure comes back
    told: set[str] = set()
    for _ in range(MUTATIONS):
        try:
            load("f.yaml", mutated(jamtland_text, dice))
        except DefinitionError as refused:
            for fault in refused.faults:
                assert_sayable(fault.said, language)
                told.add(fault.said.message)
    assert len(told) >= 25


def test_dates_and_titles_are_those_of_the_reader() -> None:
    definition = load_named("midtjylland-2015")
    agrees = next(finding for finding in check(definition) if finding.code is Code.MANDATE_AGREES).said
    assert "ends 2016-06-30 at the latest" in str(agrees)
    assert "slutter senest 30. juni 2016" in agrees.told("da")
    assert "‘behandling’" not in agrees.told("da")
    assert "”Behandling af endeligt forslag til strategi”" in agrees.told("da")
    assert "Treatment of the final proposal" in agrees.told("en")


def test_what_to_write_in_the_file_is_for_those_who_edit_it(changed: Callable[..., Definition]) -> None:
    [endless] = [one for one in check(changed(("    in: 2024-01/2024-02\n", ""))) if one.code is Code.NO_DATE]
    assert endless.message == "no date ends this phase; write due with a milestone, or in with a span"
    assert endless.said.advised("sv").endswith("; ange en milstolpe under ”due” eller en tid under ”in”")
    assert endless.said.in_full("sv") == "Fasen har inget slutdatum."
    assert endless.plain("sv")["message"] == endless.said.advised("sv")


def test_a_finding_is_spoken() -> None:
    """What stands in a sentence is said in its language, down to the day of the week."""
    sunday = next(one for one in check(load_named("jamtland-2012")) if one.code is Code.NON_WORKING_DAY).said
    assert sunday.told("da").startswith("30. juni 2013 er en søndag;")
    assert isinstance(sunday, Spoken)
