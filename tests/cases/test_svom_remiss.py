"""The case svom-remiss: SVOM § 25, "God och nära vård"; a joint plan is sent out for consultation.

The source's words stand in the docstrings.
"""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlmodel import col, select

from config.check import check
from config.loader import load_named
from config.setdates import with_dates
from engine.commands.answer import NoLongerOpen, Reply, answer
from engine.compilation import Compilation, compilation_of
from engine.compilation_csv import compilation_csv, compilation_rows
from engine.compilation_xlsx import compilation_xlsx
from engine.rehearsal import Rehearsal
from engine.script import AnswerRule, Script
from engine.scripts import bundled_script, load_script
from models.assignment import Assignment, AssignmentStatus, Decision, Document, Link
from models.phase import Milestone, Phase, Step
from models.verify import verify
from tasks.compilation import Standing, State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from config.definition import Definition

NAME = "svom-remiss"
REPLY_DAY = date(2027, 5, 21)
TROUBLE = Path(__file__).parents[2] / "config" / "scripts" / "svom-remiss-trouble.yaml"


def dated(day: date = REPLY_DAY) -> Definition:
    return with_dates(load_named(NAME), {"remiss": day})


def played(script: Script | None = None, definition: Definition | None = None) -> Rehearsal:
    rehearsal = Rehearsal(definition or dated(), script or Script())
    rehearsal.play()
    return rehearsal


def compiled(rehearsal: Rehearsal) -> Compilation:
    return compilation_of(rehearsal.register, NAME, "remiss")


@pytest.fixture(scope="module")
def everybody() -> Iterator[Rehearsal]:
    """The script of the demonstration: all answer in time."""
    rehearsal = played(bundled_script(NAME))
    yield rehearsal
    rehearsal.register.close()


@pytest.fixture(scope="module")
def trouble() -> Iterator[Rehearsal]:
    """Two silent, one late, one opposes a strategy."""
    rehearsal = played(load_script(TROUBLE, dated()))
    yield rehearsal
    rehearsal.register.close()


def test_check_refuses_it_until_a_reply_date_is_set() -> None:
    """The source has no date; the coordinator must set one."""
    [found] = check(load_named(NAME))
    assert (found.level, found.code, found.where) == ("error", "no-date", "phases.remiss")
    assert check(dated()) == []


def test_check_warns_of_less_than_three_months() -> None:
    """The norm in Swedish state practice."""
    [found] = check(dated(date(2027, 4, 15)))
    assert (found.level, found.code) == ("warning", "consultation-short")


def test_svom_endorses_that_the_plan_is_sent_out(everybody: Rehearsal) -> None:
    """'Ställer sig bakom att Gemensam plan för primärvårdsnivå i Jämtland Härjedalen skickas ut på remiss'."""
    with everybody.register.read() as session:
        decision = session.exec(select(Decision)).one()
    assert (decision.body_id, decision.force, decision.outcome) == (f"{NAME}/@svom", "endorses", "approved")
    assert decision.text == f"{NAME}/gemensam-plan@1"


def test_nine_replies_and_five_strategies_make_45_positions(everybody: Rehearsal) -> None:
    """'till länets kommuner och Region Jämtland Härjedalen för ställningstagande till de strategier'."""
    compilation = compiled(everybody)
    assert len(compilation.consultees) == compilation.replied == 9
    assert [item.title["sv"] for item in compilation.items] == [
        "1. Ökad delaktighet",
        "2. Ökad kontinuitet",
        "3. Ökad tillgänglighet",
        "4. Hälsofrämjande och förebyggande fokus",
        "5. Ökad samordning och samverkan",
    ]
    assert compilation.positions == 45


def test_each_strategy_says_how_many_of_nine_support_it(everybody: Rehearsal) -> None:
    """Åre opposes the third; Strömsund supports the fifth with changes."""
    items = compiled(everybody).items
    assert [item.supporting for item in items] == [9, 9, 8, 9, 9]
    assert items[2].counts == {"supports": 8, "opposes": 1}
    assert items[4].counts == {"supports": 8, "supports_with_changes": 1}


def test_each_remark_says_what_became_of_it_and_why(everybody: Rehearsal) -> None:
    """Per remark what the owner did with it: taken or not taken, and why."""
    compilation = compiled(everybody)
    refused = compilation.voice(compilation.items[2], "are").treatment
    taken = compilation.voice(compilation.items[4], "stromsund").treatment
    assert refused
    assert taken
    assert (refused.taken, refused.why) == (False, "Glesbygden behandlas i den personcentrerade målbilden.")
    assert (taken.taken, taken.why) == (True, "Elevhälsan skrivs in i planens femte strategi.")
    assert compilation.summary == "Remissinstanserna stödjer planens inriktning."


def test_a_reply_says_which_organ_approved_it(everybody: Rehearsal) -> None:
    """A reply is approved inside the answering body before it is sent."""
    row = compiled(everybody).consultee("berg")
    assert row.organ
    assert row.approved_on
    assert row.received_on
    assert row.approved_on <= row.received_on


def test_the_compilation_is_a_document(everybody: Rehearsal) -> None:
    """The remissammanställning, in the cycle's language."""
    with everybody.register.read() as session:
        document = session.exec(select(Document).where(Document.key == "remiss-compilation")).one()
    assert document.title == "Remissammanställning: Remiss"
    assert "9 av 9 remissinstanser har svarat." in document.content
    assert "3. Ökad tillgänglighet\n8 av 9 tillstyrker, med eller utan ändringar." in document.content
    assert "- Åre kommun: Avstyrker. Strategin saknar" in document.content
    assert "  Tillgodoses inte: Glesbygden" in document.content


def test_the_whole_is_in_the_journal(everybody: Rehearsal) -> None:
    with everybody.register.read() as session:
        assert verify(session, NAME).holds
        assert session.get(Phase, f"{NAME}/remiss").outcome["result"] == "compiled"  # type: ignore[union-attr,index]


def test_silence_is_no_reply_never_consent(trouble: Rehearsal) -> None:
    """Ragunda and Bräcke are silent: they support nothing."""
    compilation = compiled(trouble)
    for silent in ("ragunda", "bracke"):
        assert compilation.consultee(silent).standing is Standing.NO_REPLY
        assert all(compilation.voice(item, silent).position is None for item in compilation.items)
    assert [item.supporting for item in compilation.items] == [7, 7, 6, 7, 7]
    assert compilation.positions == 7 * 5


def test_a_late_reply_is_accepted_until_the_compilation_is_closed_and_marked(trouble: Rehearsal) -> None:
    """Härjedalen answers after the reply day; its remark is asked about although the owner had been asked before."""
    compilation = compiled(trouble)
    row = compilation.consultee("harjedalen")
    assert row.standing is Standing.LATE
    assert row.received_on
    assert row.received_on > REPLY_DAY
    treatment = compilation.voice(compilation.items[1], "harjedalen").treatment
    assert treatment
    assert treatment.taken
    with trouble.register.read() as session:
        assert verify(session, NAME).holds
        outcome = session.get(Phase, f"{NAME}/remiss").outcome or {}  # type: ignore[union-attr]
        milestone = session.get(Milestone, f"{NAME}/:remiss")
    assert (outcome["detail"], outcome["missing"], outcome["counts"]) == (
        "7/9",
        ["bracke", "ragunda"],
        {"replied": 7, "late": 1},
    )
    assert milestone
    assert (milestone.status, milestone.missing) == ("missed", ["bracke", "harjedalen", "ragunda"])


def test_nothing_is_accepted_when_the_compilation_is_closed(trouble: Rehearsal) -> None:
    assert compiled(trouble).state is State.CLOSED
    with trouble.register.read() as session:
        asked = select(Link).join(Assignment, col(Assignment.id) == col(Link.assignment_id))
        link = session.exec(asked.where(col(Assignment.status) == AssignmentStatus.NO_REPLY)).first()
    assert link
    with pytest.raises(NoLongerOpen):
        answer(trouble.register, link_id=link.id, reply=Reply("submits"), nonce="too late", now=trouble.now)  # type: ignore[arg-type]


def test_what_svom_does_not_endorse_is_not_sent_out() -> None:
    refuses = AnswerRule(step="remiss/sending-out", position="rejects", reason="Planen behöver arbetas om.")  # type: ignore[arg-type]
    rehearsal = played(Script(answers=[refuses]))
    with rehearsal.register.read() as session:
        outcome = session.get(Phase, f"{NAME}/remiss").outcome or {}  # type: ignore[union-attr]
        asked = session.exec(select(Step.key).where(col(Step.phase_id) == f"{NAME}/remiss")).all()
    assert (outcome["result"], asked) == ("not_sent_out", ["sending-out"])
    rehearsal.register.close()


def test_spreadsheet_has_a_row_for_each_position(everybody: Rehearsal) -> None:
    lines = compilation_csv(compiled(everybody), "sv").splitlines()
    assert lines[0].startswith("\ufeffFråga;Remissinstans;Ställningstagande;Synpunkt")
    assert len(lines) == 1 + 45
    [opposed] = [line for line in lines if "Avstyrker" in line]
    assert opposed.startswith("3. Ökad tillgänglighet;Åre kommun;Avstyrker;Strategin saknar")


def test_the_workbook_has_the_rows_of_the_csv_file_as_text_only(everybody: Rehearsal) -> None:
    """A formula in a remark stays text: the workbook holds shared strings and not a single formula."""
    book = zipfile.ZipFile(io.BytesIO(compilation_xlsx(compiled(everybody), "sv")))
    assert book.testzip() is None
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row ") == len(compilation_rows(compiled(everybody), "sv"))
    assert "<f>" not in sheet
    assert "Region Jämtland Härjedalen" in book.read("xl/sharedStrings.xml").decode()
