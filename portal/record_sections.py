"""The longer sections of the record's document: meetings with their minutes, and consultations with their replies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifications.i18n import N_
from portal.compilation_page import CompilationWords
from portal.record_blocks import cell, facts, heading, items, line, lines, table

if TYPE_CHECKING:
    from engine.record.meetings import MeetingRecord
    from portal.record_blocks import Block
    from portal.record_parts import Parts
    from tasks.compilation import Compilation


def meetings(parts: Parts) -> list[Block]:
    """The meetings, with their agendas, and the items of public minutes."""
    if not parts.record.meetings:
        return []
    say = parts.say
    columns = [(N_("Body"), 2.5), (N_("Phase"), 2.5), (N_("Day"), 1.6), (N_("Status"), 2.0), (N_("Minutes"), 1.8)]
    rows = [
        [
            cell(line(one.body, parts.own)), cell(line(one.phase, parts.own)), cell(parts.day(one.day)),
            cell(parts.helper.meeting(one.status)),
            cell(_attested(parts, one)),
        ]
        for one in parts.record.meetings
    ]  # fmt: skip
    inside = [block for one in parts.record.meetings if one.items for block in _meeting(parts, one)]
    return [heading(say(N_("Meetings"))), table(parts.columns(columns), rows), *inside]


def _attested(parts: Parts, meeting: MeetingRecord) -> str:
    if meeting.attested_on is None or not meeting.minutes:
        return ""
    return parts.say(N_("attested %(day)s"), day=parts.say.plain_day(meeting.attested_on))


def _meeting(parts: Parts, meeting: MeetingRecord) -> list[Block]:
    say = parts.say
    day = f", {say.long_day(meeting.day)}" if meeting.day else ""
    titled = [parts.helper.item(item) for item in meeting.items]
    head = heading(f"{meeting.body}{day}", level=2)
    if not meeting.minutes or meeting.attested_on is None:
        agenda = N_("The agenda as the body was called. The minutes are public when they have been attested.")
        return [head, lines(say(agenda)), items([line(one.text, parts.other(one.language)) for one in titled])]
    said = [say(N_("Minutes attested %(day)s."), day=say.long_day(meeting.attested_on))]
    if meeting.final_on:
        said.append(say(N_("The last day to appeal is %(day)s."), day=say.long_day(meeting.final_on)))
    if meeting.needed:
        took = N_("%(present)s took part; %(needed)s were needed to decide.")
        said.append(say(took, present=meeting.present, needed=meeting.needed))
    columns = [(N_("Paragraph"), 1.0), (N_("Item"), 2.4), (N_("Outcome"), 2.0), (N_("What the minutes say"), 4.0)]
    rows = [
        [
            cell(parts.record.cited(item.paragraph)), cell(line(title.text, parts.other(title.language))),
            cell(parts.helper.became(item), line(parts.helper.tally(item.votes), small=True)),
            cell(line(item.text, parts.own), line(item.differing, parts.own)),
        ]
        for item, title in zip(meeting.items, titled, strict=True)
    ]  # fmt: skip
    return [head, lines(" ".join(said)), table(parts.columns(columns), rows)]


def consultation(parts: Parts, compilation: Compilation) -> list[Block]:
    """Who replied, and what was said on each subject."""
    helper, say = CompilationWords(parts.say, compilation), parts.say
    called = say(N_("Replies"))
    replied = say(N_("%(replied)s of %(all)s"), replied=compilation.replied, all=len(compilation.consultees))
    columns = parts.columns(
        [(N_("Consultee"), 2.5), (N_("Reply"), 2.0), (N_("Came in"), 1.6), (N_("Approved by"), 2.4)]
    )
    rows = [
        [
            cell(line(row.name, parts.own)), cell(helper.standing(row)), cell(parts.day(row.received_on)),
            cell(line(row.organ, parts.own), parts.day(row.approved_on), row.paragraph),
        ]
        for row in compilation.consultees
    ]  # fmt: skip
    blocks = [
        heading(f"{compilation.title}: {called}"),
        lines(helper.state(), line(compilation.summary, parts.own)),
        facts([(say(N_("Have replied")), replied)]), table(columns, rows),
    ]  # fmt: skip
    return blocks + [block for number in range(len(compilation.items)) for block in _subject(parts, helper, number)]


def _subject(parts: Parts, helper: CompilationWords, number: int) -> list[Block]:
    if not helper.shown:
        return []
    item, compilation = helper.compilation.items[number], helper.compilation
    title = helper.title(item)
    columns = [(N_("Consultee"), 2.0), (N_("Position"), 1.8), (N_("Remark"), 3.0), (N_("What became of it"), 2.6)]
    rows = [
        [
            cell(line(compilation.consultee(voice.body).name, parts.own)), cell(helper.position(voice)),
            cell(line(voice.comment, parts.own)),
            cell(line(helper.treated(voice.treatment), strong=True), line(voice.treatment.why, parts.own))
            if voice.treatment else cell(),
        ]
        for voice in item.voices
    ]  # fmt: skip
    supporting = N_("%(supporting)s of %(all)s support it.")
    said = parts.say(supporting, supporting=item.supporting, all=len(item.voices))
    return [
        heading(title.text, parts.other(title.language), level=2), lines(said), table(parts.columns(columns), rows)
    ]  # fmt: skip
