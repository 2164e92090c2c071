"""What a move does and endangers, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from engine.desk.dangers import Peril
from models.phase import Milestone, Phase
from notifications.i18n import N_
from portal.desk.words import DeskWords

if TYPE_CHECKING:
    from datetime import date, datetime

    from engine.desk.dangers import Danger
    from engine.desk.moving import Told
    from models.cycle import Cycle
    from models.register import Register
    from portal.words import Words

PERILS = {
    Peril.CLOSED_DAY: N_("%(milestone)s: nobody works on %(day)s."),
    Peril.MANDATE: N_("%(milestone)s: the mandate ends before the work that it ordered can be done."),
    Peril.ORDER: N_("%(phase)s: %(milestone)s, %(day)s, comes before something that it waits for."),
    Peril.SHORT: N_("%(phase)s: the time is shorter than what is customary for a consultation."),
    Peril.JULY: N_("%(phase)s: it runs through July, when few are at work."),
    Peril.LATER: N_("%(phase)s: it was to open earlier, and has to wait until after %(day)s."),
    Peril.PAST: N_("%(day)s is over already. What is not answered is late at once."),
    Peril.SUMMONS: N_("%(milestone)s: the body cannot be called in time before %(day)s."),
}


class MoveWords(DeskWords):
    """Says what follows from a move."""

    def __init__(self, say: Words, cycle: Cycle, register: Register) -> None:
        super().__init__(say, cycle)
        with register.read() as session:
            phases = session.exec(select(Phase).where(col(Phase.cycle_id) == cycle.id)).all()
            milestones = session.exec(select(Milestone).where(col(Milestone.cycle_id) == cycle.id)).all()
        self._phases = {phase.key: phase.title for phase in phases}
        self._milestones = {milestone.key: self.milestone(milestone, cycle) for milestone in milestones}

    def danger(self, danger: Danger) -> str:
        """What is in danger, in a sentence."""
        return self.say(
            PERILS[danger.peril], milestone=self._milestones.get(danger.milestone or "", danger.milestone or "–"),
            phase=self._phases.get(danger.phase or "", "–"), day=self.one_day(danger.day),
        )  # fmt: skip

    def one_day(self, day: date | None) -> str:
        """A day, or a dash."""
        return self.say.plain_day(day) if day else "–"

    def end(self, instant: datetime | None) -> str:
        """The last day before an exclusive end, or a dash."""
        return self.last_day(instant) if instant else "–"

    def told(self, told: Told) -> str:
        """Who gets a mail, and about what."""
        called = told.person.name or told.person.address
        about = self.say(N_("called anew")) if told.meeting else (self.asks(told.step) if told.step else "")
        return f"{told.body}: {called} ({about})"
