"""The last sections of the record's document: documents, people, what is withheld and what is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifications.i18n import N_
from portal.record_blocks import cell, heading, line, table
from portal.record_page import DISPOSED, RETENTIONS

if TYPE_CHECKING:
    from portal.record_blocks import Block
    from portal.record_parts import Parts


def documents(parts: Parts) -> list[Block]:
    """The documents with their lineage."""
    if not parts.record.documents:
        return []
    say = parts.say
    columns = [(N_("Document"), 3.0), (N_("From"), 2.4), (N_("Date"), 1.5), (N_("Checksum (SHA-256)"), 4.0)]
    rows = [
        [
            cell(line(one.title, parts.own), line(one.file_name, small=True),
                 line(say(N_("version %(version)s"), version=one.version), small=True)),
            cell(line(one.body, parts.own), line(one.phase, parts.own), line(one.reason, parts.own, small=True)),
            cell(parts.helper.day_of(one.created_at, parts.record.place)),
            cell(line(one.sha256, mono=True), line(say(RETENTIONS[one.retention]), small=True),
                 line(parts.helper.disposed(one.disposed_on), strong=True)),
        ]
        for one in parts.record.documents
    ]  # fmt: skip
    return [heading(say(N_("Documents"))), table(parts.columns(columns), rows)]


def people(parts: Parts) -> list[Block]:
    """Who sits where, as far as the record says it."""
    if not parts.record.seats:
        return []
    columns = [(N_("Body"), 3.0), (N_("Seat"), 2.0), (N_("Name"), 3.0)]
    names = {body.key: body.name for body in parts.record.bodies}
    rows = [
        [cell(line(names[one.body], parts.own)), cell(f"{parts.say.seat(one.seat)} {one.number}"), cell(one.holder)]
        for one in parts.record.seats
    ]
    return [heading(parts.say(N_("Who takes part"))), table(parts.columns(columns), rows)]


def withheld(parts: Parts) -> list[Block]:
    """What the public does not see, and what is gone, with the grounds."""
    say, blocks = parts.say, list[dict[str, object]]()
    if parts.record.withheld:
        columns = [(N_("Where"), 4.0), (N_("What"), 2.0), (N_("Ground"), 2.0), (N_("Since"), 1.6)]
        rows = [
            [
                cell(line(one.where, parts.own)),
                cell(parts.helper.extent(one)),
                cell(one.ground),
                cell(parts.day(one.on)),
            ]
            for one in parts.record.withheld
        ]
        blocks += [heading(say(N_("Withheld from the public record"))), table(parts.columns(columns), rows)]
    if parts.record.disposals:
        columns = [(N_("What"), 4.0), (N_("Decision"), 4.0), (N_("Date"), 1.6)]
        rows = [
            [cell(say(DISPOSED[one.what]), line(one.document, parts.own), line(one.sha256 or "", mono=True)),
             cell(line(one.decision, parts.own)), cell(parts.day(one.on))]
            for one in parts.record.disposals
        ]  # fmt: skip
        blocks += [heading(say(N_("Disposed of"))), table(parts.columns(columns), rows)]
    return blocks
