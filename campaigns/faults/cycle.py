"""A cycle that goes through a fault, its people at their browsers, and what must have come of it in the end."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from campaigns.faults.people import PatientCrowd
from campaigns.faults.waiting import until
from config.loader import load
from engine.demonstration import Demonstration
from engine.rehearsal import rehearse
from engine.script import Script
from models.assignment import Answer
from models.journal import JournalEntry
from models.notice import Delivery, DeliveryStatus, Notice, NoticeKind
from models.phase import Phase, PhaseStatus
from models.verify import verify

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from campaigns.faults.installation import Installation

LITTLE = Path(__file__).parent.parent / "little.yaml"
REFERS_BACK = {"step": "deciding/decision", "who": "east", "position": "refer_back", "reason": "The costs?"}
SCRIPT = Script.model_validate({"answers": [REFERS_BACK]})
"""Everybody answers; one council refers back first, so that there is a second round."""
SAME = ("outcome", "phases", "milestones", "decisions", "assignments", "began", "ended")
"""Of a report, what a fault may not change."""
TOLD = frozenset({NoticeKind.UNDELIVERED, NoticeKind.MAIL_STUCK})
"""Notices that a fault itself gives rise to."""
ONCE = frozenset(
    {
        "milestone_met",
        "milestone_missed",
        "phase_opened",
        "phase_closed",
        "step_opened",
        "step_settled",
        "deadline_missed",
        "cycle_started",
        "cycle_concluded",
    }
)
"""Events that happen to their subject once only; a milestone is missed again when more are found to be missing."""
OVER = (DeliveryStatus.SENT, DeliveryStatus.WITHDRAWN)


class DisturbedCycle:
    """One cycle on an installation."""

    def __init__(self, at: Installation, slug: str, script: Script = SCRIPT) -> None:
        at.begin_anew()
        self.at = at
        self.slug = slug
        self.register = at.services.register
        self.definition = load(LITTLE).model_copy(update={"cycle": slug})
        self.script = script
        self.demonstration = Demonstration(at.services, self.definition, script, lambda _at, _event: None, slug)
        self.crowd = PatientCrowd(at.settings.base_url, script, self.definition.where)
        self.demonstration.crowd = self.crowd
        at.browsers.append(self.crowd)
        self.crowd._after = max((mail.stem for mail in at.settings.mailbox_dir.glob("*.eml")), default="")  # noqa: SLF001

    def begin(self) -> None:
        """On the first morning."""
        self.demonstration.begin()

    @property
    def now(self) -> datetime:
        """The cycle's clock."""
        return self.demonstration.clock.now()

    def step(self, by: timedelta) -> None:
        """Time goes on."""
        self.demonstration.clock.set(self.now + by)

    def rest(self) -> None:
        """Until everything that is due at this instant has been done, and everybody who sits down now has answered."""
        self.demonstration._until_quiet(self.now)  # noqa: SLF001 - what a demonstration does between two instants

    def to_next_answer(self) -> None:
        """Step to the instant at which somebody sits down to answer; all passes and mails until then are done."""
        while (moment := self.crowd.next_due) is not None:
            instant = self.demonstration._next_instant()  # noqa: SLF001
            if instant is None or instant >= moment:
                self.demonstration.clock.set(moment)
                return
            self.demonstration.clock.set(instant)
            self.rest()

    def answer_next(self) -> None:
        """The next ones who would answer do."""
        self.to_next_answer()
        self.crowd.act(self.now)

    def see_through(self) -> dict[str, Any]:
        """Go on to the end; returns the report."""
        return self.demonstration.go_on()

    def passing(self) -> bool:
        """Whether a pass of this cycle is running."""
        return any(phase.startswith(f"{self.slug}/") for phase in self.at.passes())

    def until_at_rest(self, seconds: float = 60.0) -> None:
        """Until nothing is due and nothing is running, whoever sits down to answer."""
        until(lambda: not self.demonstration._busy(self.now), "everything due to be done", seconds)  # noqa: SLF001

    def closed(self, phase: str) -> bool:
        """Whether a phase is over."""
        with self.register.read() as session:
            row = session.get(Phase, f"{self.slug}/{phase}")
            return row is not None and row.status is PhaseStatus.CLOSED

    def entries(self) -> int:
        """How many changes there have been."""
        query = select(JournalEntry.seq).where(col(JournalEntry.cycle_id) == self.slug)
        with self.register.read() as session:
            return len(session.exec(query).all())

    def unsent(self, over: tuple[DeliveryStatus, ...] = OVER) -> list[str]:
        """Mails that are neither sent nor withdrawn, nor `over` in another way."""
        query = select(Delivery.notice_id).where(
            col(Delivery.cycle_id) == self.slug, col(Delivery.status).not_in(over)
        )  # fmt: skip
        with self.register.read() as session:
            return list(session.exec(query))

    def told(self, kind: NoticeKind) -> int:
        """How many notices of a kind somebody is owed."""
        query = select(Notice.id).where(col(Notice.cycle_id) == self.slug, col(Notice.kind) == kind)
        with self.register.read() as session:
            return len(session.exec(query).all())

    def judge(
        self, report: dict[str, Any], *,
        repeats: int = 0, told: bool = False, refused: str = "",
    ) -> list[str]:  # fmt: skip
        """What is otherwise than undisturbed; each fault in a line.

        At most `repeats` mails may have come a second time, with the Message-ID of the first. Where coordinators are
        `told` of the fault, there are more notices and journal entries, of just those kinds. Mail to one address may be
        `refused` by its server.
        """
        undisturbed = rehearse(self.definition, self.script)
        differing = [part for part in SAME if report[part] != undisturbed[part]]
        found = [f"{part} differ: {report[part]} / {undisturbed[part]}" for part in differing]
        found += self._notices(report, undisturbed, refused) + self._mails(repeats, refused)
        found += self._answers() + self.crowd.complaints
        if not told and report["journal"]["entries"] != undisturbed["journal"]["entries"]:
            found.append(f"journal: {report['journal']['entries']} / {undisturbed['journal']['entries']} entries")
        with self.register.read() as session:
            found += [f"verify: {fault}" for fault in verify(session, self.slug).faults]
        return [f"{self.slug}: {fault}" for fault in found]

    def _notices(self, report: dict[str, Any], undisturbed: dict[str, Any], refused: str) -> list[str]:
        got, due = (
            Counter((n["kind"], n["to"]) for n in one["notices"] if n["kind"] not in TOLD and n["to"] != refused)
            for one in (report, undisturbed)
        )  # fmt: skip
        return [f"notice too many: {one}" for one in got - due] + [f"notice missing: {one}" for one in due - got]

    def _mails(self, repeats: int, refused: str) -> list[str]:
        """Every notice that was sent has come, under its own Message-ID and no other; at most so many of them twice."""
        self.crowd.read_mail()
        query = select(Delivery.message_id).where(
            col(Delivery.cycle_id) == self.slug, col(Delivery.status) == DeliveryStatus.SENT,
            col(Delivery.carried_by).is_(None),
        )  # fmt: skip
        with self.register.read() as session:
            sent = set(session.exec(query))
        came = Counter(self.crowd.mails)
        found = [f"mail lost: {one}" for one in sent - set(came)] + [f"mail unknown: {one}" for one in set(came) - sent]
        again = sum(came.values()) - len(came)
        over = (*OVER, DeliveryStatus.FAILED) if refused else OVER
        found += [f"not sent: {notice}" for notice in self.unsent(over)]
        return found + ([f"{again} mails came again, at most {repeats} may"] if again > repeats else [])

    def _answers(self) -> list[str]:
        """As many answers are kept as people were thanked for."""
        given = self.crowd.thanked
        with self.register.read() as session:
            kept = len(session.exec(select(Answer.id).where(col(Answer.cycle_id) == self.slug)).all())
        return [] if kept == given else [f"answers: {given} given, {kept} kept"]

    def history(self) -> list[str]:
        """What holds also where the fault had consequences of its own: nothing lost, nothing twice, and it verifies."""
        found = self._mails(0, "") + self._answers() + self.crowd.complaints + self._twice()
        with self.register.read() as session:
            found += [f"verify: {fault}" for fault in verify(session, self.slug).faults]
        return [f"{self.slug}: {fault}" for fault in found]

    def _twice(self) -> list[str]:
        """Events that can happen once only: a milestone is met or missed, a step or phase opened or closed."""
        query = select(JournalEntry.body).where(col(JournalEntry.cycle_id) == self.slug)
        with self.register.read() as session:
            events = [event for body in session.exec(query) for event in json.loads(body)["events"]]
        counted = Counter(
            (event["event"], event["subject"], *event.get("missing", ())) for event in events if event["event"] in ONCE
        )
        return [f"happened {times} times: {one}" for one, times in counted.items() if times > 1]
