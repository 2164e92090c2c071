"""The page of a consultation's compilation: what its values are called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from config.terms import POSITIONS, StepKind
from notifications.form_words import NOT_TAKEN_SHORT, ON_THE_WHOLE, TAKEN_SHORT
from notifications.i18n import N_
from portal.desk.paging import PAGE
from portal.files import shown_files
from portal.words import Said
from tasks.compilation import Standing, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.desk.paging import Pages
    from portal.files import ShownFile
    from portal.words import Words
    from tasks.compilation import Compilation, ConsulteeRow, ItemRow, Treatment, Voice

STATES = {
    State.COLLECTING: N_("Replies are coming in. What they say is shown when the question has closed."),
    State.COMPILING: N_(
        "The last day has passed, and the replies are being compiled. Late replies are taken until that is done, and "
        "marked as late."
    ),
    State.CLOSED: N_("The replies are in, and nothing is added any more."),
}
STANDINGS = {
    Standing.AWAITED: N_("Not yet"),
    Standing.IN_TIME: N_("In time"),
    Standing.LATE: N_("Late"),
    Standing.NO_REPLY: N_("No reply, which is never consent"),
}
OFFERED = POSITIONS[StepKind.CONSULT]


@dataclass(frozen=True)
class CompilationWords:
    """A compilation in a language."""

    say: Words
    compilation: Compilation
    pages: Pages | None = None  # of the consultees; all of them, where there is none

    @property
    def positions(self) -> list[tuple[str, str]]:
        """The positions that could be taken, with their words."""
        return [(str(position), self.say.position(position)) for position in OFFERED]

    @property
    def late(self) -> int:
        """How many replies came late."""
        return sum(row.standing is Standing.LATE for row in self.compilation.consultees)

    @property
    def silent(self) -> int:
        """How many have not replied."""
        return len(self.compilation.consultees) - self.compilation.replied

    @property
    def consultees(self) -> Sequence[ConsulteeRow]:
        """The consultees of this page."""
        everybody = self.compilation.consultees
        return everybody if self.pages is None else everybody[self.pages.first : self.pages.first + PAGE]

    def voices(self, item: ItemRow) -> list[Voice]:
        """What the consultees of this page say of a subject."""
        return [item.by_body[row.key] for row in self.consultees if row.key in item.by_body]

    @property
    def on_the_whole(self) -> list[ConsulteeRow]:
        """Who of this page remarked on the material as a whole, beside the subjects."""
        return [row for row in self.consultees if row.comment]

    @property
    def shown(self) -> bool:
        """Whether the question has closed, so that what was replied is shown."""
        return self.compilation.state is not State.COLLECTING

    @property
    def with_files(self) -> bool:
        """Whether any reply came with files."""
        return any(row.files for row in self.consultees)

    def files(self, row: ConsulteeRow) -> list[ShownFile]:
        """The files of a reply, with their public addresses."""
        return shown_files(row.files, f"/record/{self.compilation.cycle}/file", self.say)

    def title(self, item: ItemRow) -> Said:
        """What a subject is called."""
        if not item.title:
            return Said(self.say.terms(ON_THE_WHOLE), self.say.language)
        return self.say.label(item.title, self.compilation.language)

    def state(self) -> str:
        """How far the consultation has come."""
        return self.say(STATES[self.compilation.state])

    def standing(self, row: ConsulteeRow) -> str:
        """Whether a consultee has replied."""
        return self.say(STANDINGS[row.standing])

    def position(self, voice: Voice) -> str:
        """What a consultee's position is."""
        return self.say.position(voice.position) if voice.position else self.say(N_("No reply"))

    def treated(self, treatment: Treatment) -> str:
        """What became of a remark."""
        return self.say.terms(TAKEN_SHORT if treatment.taken else NOT_TAKEN_SHORT)
