"""Every table, and which of them the journal covers."""

from __future__ import annotations

from sqlalchemy.orm import configure_mappers

from models.assignment import Answer, Assignment, Decision, Document, Link
from models.cycle import Body, Cycle, Membership, Person
from models.journal import ClockRow, JournalEntry, PhaseRun
from models.meeting import Attestation, Meeting, MinutesItem
from models.notice import Delivery, Notice
from models.phase import Milestone, Phase, Step

JOURNALED = (
    Cycle,
    Body,
    Person,
    Membership,
    Phase,
    Milestone,
    Step,
    Assignment,
    Link,
    Answer,
    Decision,
    Document,
    Meeting,
    MinutesItem,
    Attestation,
    Notice,
)
"""Tables that can be rebuilt from the journal, in an order that foreign keys allow."""

OPERATIONAL = (JournalEntry, Delivery, PhaseRun, ClockRow)
"""The journal itself, and rows that may be lost without a word of the record being lost."""

configure_mappers()  # once, when the tables are imported, and not within the first transaction
