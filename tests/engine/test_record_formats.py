"""The formats of the record that programs read: each is what its standard says, and all say the same."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import vobject
from defusedxml import ElementTree

from config.calendars import PLACES
from config.loader import load_named
from engine.compilation_csv import BYTE_ORDER_MARK, FORMULA
from engine.record.atom import ATOM, record_atom
from engine.record.facts import record_of
from engine.record.feed_calendar import record_calendar
from engine.record.matrix_csv import record_csv, record_rows
from engine.record.news import NewsKind, news_of
from engine.record.popolo import popolo, record_json
from models.verify import verify
from tests.engine.record_world import BASE, REMARK, consulted, facts, played
from tests.tasks.world import SLUG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from config.definition import Definition
    from engine.record.parts import Record
    from engine.rehearsal import Rehearsal
    from tests.tasks.world import World

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "record.schema.json").read_text(encoding="utf-8"))
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
FORMULA_WORDS = "=HYPERLINK(1)"


@pytest.fixture(scope="module")
def whole(jamtland: Definition) -> Iterator[Rehearsal]:
    """The bundled cycle, with a principal that refers back and a silent group."""
    rehearsal = played(jamtland)
    yield rehearsal
    rehearsal.register.close()


@pytest.fixture(scope="module")
def record(whole: Rehearsal) -> Record:
    """Its record."""
    return record_of(whole.register, whole.slug)


@pytest.fixture
def world() -> Iterator[World]:
    """The small cycle, with a consultation."""
    made = consulted()
    yield made
    made.register.close()


def atom(rehearsal: Rehearsal, record: Record, base: str = BASE) -> Any:
    """The feed, read by another program's parser."""
    return ElementTree.fromstring(record_atom(record, news_of(rehearsal.register, record.slug), "sv", base))


def test_json_keeps_to_the_schema_of_popolos_terms(record: Record) -> None:
    made = json.loads(record_json(record, BASE))
    jsonschema.Draft202012Validator(SCHEMA).validate(made)
    assert len(made["organizations"]) == len(record.bodies)
    bodies = {body["id"] for body in made["organizations"]}
    assert {motion["organization_id"] for motion in made["motions"]} <= bodies
    motions = {motion["id"] for motion in made["motions"]}
    assert len(motions) == len(made["motions"])
    assert {vote["motion_id"] for vote in made["vote_events"] if "motion_id" in vote} <= motions


def test_the_schema_refuses_what_popolo_does_not_know(record: Record) -> None:
    made = json.loads(record_json(record, BASE))
    made["vote_events"][0]["counts"] = [{"option": "yes", "value": "nine"}]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(SCHEMA).validate(made)


def test_json_counts_each_principal_as_a_group(record: Record) -> None:
    made = popolo(record, BASE)
    [last] = [vote for vote in made["vote_events"] if vote["id"] == "adoption-antagande-tillampning-principals"]
    assert len(last["group_results"]) == 9
    assert last["counts"] == [{"option": "adopts", "value": 9}]
    assert last["result"] == "pass"


def test_json_counts_votes_and_never_the_silent(world: World) -> None:
    world.reply("adopt/decision", "berg", "declines", comment="No")
    made = popolo(facts(world), BASE)
    [board] = [vote for vote in made["vote_events"] if vote["organization_id"] == "board"]
    assert board["counts"][0] == {"option": "yes", "value": 3}
    [towns] = [vote for vote in made["vote_events"] if vote["id"] == "adoption-adopt-principals"]
    assert {count["option"] for count in towns["counts"]} == {"reported", "undecided"}


def test_json_of_the_same_state_is_the_same(whole: Rehearsal, record: Record) -> None:
    assert record_json(record, BASE) == record_json(record_of(whole.register, whole.slug), BASE)


def test_the_context_has_every_term_that_is_used(record: Record) -> None:
    made = popolo(record, BASE)
    used = {key for name, rows in made.items() if isinstance(rows, list) for row in rows for key in row}
    assert used | set(made) - {"@context"} <= set(made["@context"]) | {"scheme"}


def test_csv_has_every_round_of_every_principal(record: Record) -> None:
    text = record_csv(record, "sv")
    assert text.startswith(BYTE_ORDER_MARK)
    rows = list(csv.DictReader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK)), delimiter=";"))
    berg = [(row["Omgång"], row["Beslut"]) for row in rows if row["Organ"] == "Bergs kommun" and "andra" in row["Fas"]]
    assert berg == [("1", "Återremitterar"), ("2", "Antar")]
    assert {row["SHA-256"] for row in rows if row["Version"] == "1"} <= {
        matrix.text.sha256 for matrix in record.adoptions if matrix.text
    } | {one.text.sha256 for one in record.decisions if one.text}


def test_csv_says_no_reply_and_holds_no_formula(world: World) -> None:
    world.reply("adopt/decision", "berg", "declines", comment=FORMULA_WORDS)
    text = record_csv(facts(world), "en").removeprefix(BYTE_ORDER_MARK)
    cells = [cell for row in csv.reader(io.StringIO(text), delimiter=";") for cell in row]
    assert f"'{FORMULA_WORDS}" in cells
    assert not [cell for cell in cells if cell.startswith(FORMULA)]
    assert [row[3] for row in record_rows(facts(world), "en") if row[1] == "Krokom"] == ["no decision reported yet"]


def test_calendar_is_read_by_another_program(record: Record) -> None:
    calendar = vobject.readOne(record_calendar(record, "sv", BASE).decode())
    events = {event.uid.value: event for event in calendar.vevent_list}
    assert len(events) == len(calendar.vevent_list)
    assert len(events) == sum(1 for one in record.milestones if one.due_on) + sum(
        1 for one in record.meetings if one.day
    )
    finished = events["jamtland-2012.record.milestone.gruppernas-arbete-klart@samsyn"]
    assert finished.dtstart.value == date(2013, 6, 30)
    assert "missad" in finished.description.value


def test_calendar_gives_meetings_their_hours() -> None:
    rehearsal = played(load_named("rsr-samverkan"))
    record = record_of(rehearsal.register, rehearsal.slug)
    rehearsal.register.close()
    events = vobject.readOne(record_calendar(record, "sv", BASE).decode()).vevent_list
    [first, _] = sorted((e for e in events if e.categories.value == ["MEETING"]), key=lambda e: e.dtstart.value)
    [held, _] = sorted(record.meetings, key=lambda meeting: str(meeting.day))
    local = first.dtstart.value.astimezone(PLACES["SE"].zone)
    assert (local.date(), f"{local:%H:%M}") == (held.day, held.begins)
    assert first.dtend.value > first.dtstart.value
    [event, _] = popolo(record, BASE)["events"]
    assert event["start_date"] == local.isoformat(timespec="seconds")


def test_atom_has_what_rfc_4287_requires(whole: Rehearsal, record: Record) -> None:
    feed = atom(whole, record)
    names = {"a": ATOM}
    assert feed.tag == f"{{{ATOM}}}feed"
    for node in (feed, *feed.findall("a:entry", names)):  # 4.1.1 and 4.1.2
        for required in ("id", "title", "updated"):
            [found] = node.findall(f"a:{required}", names)
            assert found.text
        assert RFC3339.fullmatch(node.find("a:updated", names).text)
        [alternate] = [link for link in node.findall("a:link", names) if link.get("rel") == "alternate"]
        assert alternate.get("href").startswith(f"{BASE}/record/jamtland-2012")
    assert feed.find("a:author/a:name", names).text == record.coordinator
    assert [link.get("href") for link in feed.findall("a:link", names) if link.get("rel") == "self"]
    ids = [entry.find("a:id", names).text for entry in feed.findall("a:entry", names)]
    assert len(ids) == len(set(ids)) > 20
    assert all(name.startswith("tag:samsyn.example,2012-12-06:record/jamtland-2012/") for name in ids)  # RFC 4151
    times = [entry.find("a:updated", names).text for entry in feed.findall("a:entry", names)]
    assert times == sorted(times, reverse=True)


def test_atom_keeps_its_names_when_more_happens(world: World) -> None:
    def names() -> list[str]:
        made = ElementTree.fromstring(record_atom(facts(world), news_of(world.register, SLUG), "en", BASE))
        return [entry.find(f"{{{ATOM}}}id").text for entry in made.findall(f"{{{ATOM}}}entry")]

    before = names()
    for town in ("berg", "krokom", "ragunda"):
        world.reply("adopt/decision", town)
    after = names()
    assert after[-len(before) :] == before
    assert len(after) > len(before)


def test_news_tells_what_was_missed_and_decided(whole: Rehearsal) -> None:
    told = [(one.kind, one.subject.rpartition("/")[2], one.became) for one in news_of(whole.register, whole.slug)]
    assert (NewsKind.MILESTONE, ":gruppernas-arbete-klart", "missed") in told
    assert (NewsKind.ENDED, "jamtland-2012", "concluded") in told
    assert sum(kind is NewsKind.DECISION for kind, _, _ in told) >= 18


def test_words_that_no_xml_may_hold_do_not_break_the_feed(world: World) -> None:
    world.reply("adopt/decision", "berg", "declines", comment="bell \x07 and <b>markup</b> ]]>")
    for town in ("krokom", "ragunda"):
        world.reply("adopt/decision", town)
    made = record_atom(facts(world), news_of(world.register, SLUG), "en", BASE)
    assert "<b>markup</b>" in "".join(ElementTree.fromstring(made).itertext())


def test_every_format_says_the_same_decisions(record: Record) -> None:
    made = popolo(record, BASE)
    rows = record_rows(record, "sv")[1:]
    decided = {(one.body, one.decided_on.isoformat()) for one in record.decisions}
    names = {body["id"]: body["name"] for body in made["organizations"]}
    assert {(names[m["organization_id"]], m["date"][:10]) for m in made["motions"] if "date" in m} == decided
    assert decided <= {(row[1], row[5]) for row in rows}


def test_facts_have_lineage_consultation_and_silence(world: World) -> None:
    found = facts(world)
    [compilation] = found.consultations
    assert {row.key: str(row.standing) for row in compilation.consultees} == {
        "berg": "in_time", "krokom": "in_time", "ragunda": "no_reply",
    }  # fmt: skip
    assert compilation.items[0].voices[0].comment == REMARK
    [described] = [one for one in found.documents if one.key == "project-description"]
    assert (described.version, described.body, described.phase) == (1, "The office", "Describe")
    assert found.journal_head
    with world.register.read() as session:
        assert verify(session, SLUG).head == found.journal_head
    assert found.changed_at <= datetime.now(UTC)
