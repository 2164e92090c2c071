"""Judges the history of a cycle that was disturbed, by what its people were told and by the same one undisturbed."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from engine.commands.answer import link_by_token
from models.assignment import Answer
from models.notice import Delivery, DeliveryStatus
from models.verify import verify
from notifications.recording import UNRECORDED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlmodel import Session

    from campaigns.crash.crowd import Confirmed
    from campaigns.crash.executioner import Death
    from engine.mailbox import StoredMail
    from models.register import Register

PARTS = ("outcome", "began", "ended", "phases", "milestones", "assignments", "meetings", "consultations")
"""Of a report, what must be as it is undisturbed; decisions and notices are counted one by one."""


@dataclass
class Verdict:
    """What was looked at in one cycle, and what was found wrong; each fault in a line."""

    slug: str
    answers: int = 0  # that the portal confirmed
    decisions: int = 0
    notices: int = 0
    mails: int = 0  # each counted once
    repeats: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)  # repeats without a death in the sending, or with other bytes
    differing: list[str] = field(default_factory=list)
    unverified: list[str] = field(default_factory=list)
    stalled: list[str] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        """All of them."""
        kinds = ("lost", "doubled", "unexplained", "differing", "unverified", "stalled")
        return [f"{self.slug}: {kind}: {fault}" for kind in kinds for fault in getattr(self, kind)]


@dataclass(frozen=True)
class History:
    """What is known of a cycle from outside the register."""

    slug: str
    report: dict[str, Any]
    undisturbed: dict[str, Any]  # the report of the rehearsal
    confirmed: Sequence[Confirmed]
    mails: Sequence[StoredMail]  # that came while it ran
    deaths: Sequence[Death]  # while it ran


def judge(register: Register, history: History) -> Verdict:
    """Hold everything against everything."""
    verdict = Verdict(history.slug)
    with register.read() as session:
        _judge_answers(session, history, verdict)
        _judge_report(history, verdict)
        _judge_mails(session, history, verdict)
        verdict.unverified += verify(session, history.slug).faults
    return verdict


def _judge_answers(session: Session, history: History, verdict: Verdict) -> None:
    """Each confirmed answer stands once in the register, with the words that were sent; and no other does."""
    rows = session.exec(select(Answer).where(col(Answer.cycle_id) == history.slug)).all()
    kept = Counter(_said(row.assignment_id, row.position, row.comment, row.content.get("text", "")) for row in rows)
    given = Counter(
        _said(link_by_token(session, one.token).assignment_id, one.position, one.comment, one.text)
        for one in history.confirmed
    )
    verdict.answers = len(history.confirmed)
    verdict.lost += [f"answer {one}" for one in (given - kept).elements()]
    verdict.doubled += [f"answer {one}" for one in (kept - given).elements()]


def _said(assignment: str, position: str, comment: str, text: str) -> str:
    """An answer in one line; how white space came through a form does not matter."""
    return " ".join(f"{assignment}: {position} {comment} | {text}".split())


def _judge_report(history: History, verdict: Verdict) -> None:
    """The same outcome, and one by one the same decisions and notices, as if nothing had happened."""
    report, undisturbed = history.report, history.undisturbed
    for kind in ("decisions", "notices"):
        came, meant = _each(report[kind]), _each(undisturbed[kind])
        setattr(verdict, kind, meant.total())
        verdict.lost += [f"{kind}: {one}" for one in (meant - came).elements()]
        verdict.doubled += [f"{kind}: {one}" for one in (came - meant).elements()]
    verdict.differing += [
        f"{part}: {report[part]} and not {undisturbed[part]}" for part in PARTS if report[part] != undisturbed[part]
    ]
    entries, meant_entries = report["journal"]["entries"], undisturbed["journal"]["entries"]
    if entries != meant_entries:
        verdict.differing.append(f"{entries} journal entries and not {meant_entries}")


def _each(rows: Iterable[dict[str, Any]]) -> Counter[str]:
    return Counter(json.dumps(row, sort_keys=True, ensure_ascii=False) for row in rows)


def _judge_mails(session: Session, history: History, verdict: Verdict) -> None:
    """Each mail that was owed has come; again only with the same bytes, and once for each death in its sending."""
    of_cycle = select(Delivery).where(col(Delivery.cycle_id) == history.slug)
    deliveries = {row.message_id: row for row in session.exec(of_cycle)}
    came: dict[str, list[StoredMail]] = {}
    for mail in history.mails:
        came.setdefault(mail.message_id, []).append(mail)
    sent = {name for name, row in deliveries.items() if row.status is DeliveryStatus.SENT and row.carried_by is None}
    waiting = [name for name, row in deliveries.items() if row.status is DeliveryStatus.QUEUED]
    verdict.mails = len(sent)
    verdict.repeats = sum(len(copies) - 1 for copies in came.values())
    verdict.lost += [f"mail {name}" for name in (sent - came.keys()) | {*waiting}]
    verdict.doubled += [f"mail {name} that nobody is owed" for name in came.keys() - sent]
    in_air = _in_the_air(history.deaths, {row.notice_id: row.message_id for row in deliveries.values()})
    air = Counter(name for names in in_air for name in names)
    verdict.unexplained += [
        f"{len(names)} mails were in the air at one death" for names in in_air if len(names) > UNRECORDED
    ]
    for name, copies in came.items():
        if len(copies) - 1 > air[name]:
            verdict.unexplained.append(f"{name} came {len(copies)} times, and {air[name]} deaths were in its sending")
        if len({copy.raw for copy in copies}) > 1:
            verdict.unexplained.append(f"{name} came with different bytes")


def _in_the_air(deaths: Iterable[Death], message_ids: dict[str, str]) -> list[frozenset[str]]:
    """At each death, the mails that were being handed over, or had been and were not recorded yet."""
    of_cycle = set(message_ids.values())
    return [
        (death.words.begun & of_cycle) - {message_ids.get(notice) for notice in death.words.recorded}
        for death in deaths
    ]  # fmt: skip
