"""Every table, and which of them the journal covers."""

from __future__ import annotations

from sqlalchemy.orm import configure_mappers

from models.account import Account, CycleRole, DeskSession, SignIn, SystemMail
from models.assignment import Answer, Assignment, Decision, Document, Link
from models.concern import Concern
from models.cycle import Body, Cycle, Membership, Person
from models.disposal import Disposal
from models.draft import Draft, DraftFile
from models.files import Attachment, FileContent
from models.journal import ClockRow, JournalEntry, PhaseRun
from models.mail import IncomingMail, MailCode, ReceivedLetter
from models.meeting import Attestation, Meeting, MinutesItem
from models.notice import Delivery, Notice
from models.phase import Milestone, Phase, Step
from models.proposal import Proposal
from models.redaction import Redaction
from models.start import StartDraft

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
    Attachment,
    Decision,
    Document,
    Meeting,
    MinutesItem,
    Attestation,
    Concern,
    ReceivedLetter,
    Notice,
    Redaction,
    Disposal,
    Proposal,
)
"""Tables that can be rebuilt from the journal, in an order that foreign keys allow."""

CONTENT = (FileContent,)
"""What journaled rows refer to by its hash, so that the journal need not hold it."""

OPERATIONAL = (
    JournalEntry,
    Delivery,
    PhaseRun,
    ClockRow,
    Account,
    CycleRole,
    SignIn,
    DeskSession,
    SystemMail,
    MailCode,
    IncomingMail,
    Draft,
    DraftFile,
    StartDraft,
)
"""The journal itself, and rows that may be lost without a word of the record being lost."""

configure_mappers()  # once, when the tables are imported, and not within the first transaction
