"""The parts of the record's document, in the words of its page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifications.i18n import N_
from portal.record_blocks import cell, facts, heading, line, lines, table

if TYPE_CHECKING:
    from datetime import date

    from engine.record.matrix import Matrix, Round
    from engine.record.parts import Record
    from models.files import Attachment
    from portal.record_blocks import Block, Line
    from portal.record_page import RecordWords
    from portal.words import Words

NOT_ASKED = N_("None of the principals has been asked yet. They are: %(names)s.")
HANDED_IN = N_("Handed in: %(files)s")
Table = tuple[list[tuple[str, float]], list[list[dict[str, "list[Line]"]]]]


@dataclass(frozen=True)
class Parts:
    """The record in a language."""

    record: Record
    say: Words
    helper: RecordWords

    @property
    def own(self) -> str:
        """The language of the cycle, where it is another than the document's."""
        return self.record.language if self.record.language != self.say.language else ""

    def head(self, address: str) -> list[tuple[str, Line | str]]:
        """The cycle in short."""
        say, record = self.say, self.record
        outcome = say.outcome(record.outcome) if record.outcome else say(N_("Not decided yet"))
        return [
            (say(N_("Status")), line(say.state(record.status), strong=True)),
            (say(N_("Outcome")), line(outcome, strong=True)),
            (say(N_("Coordinated by")), line(record.coordinator, self.own)),
            (say(N_("Began")), say.long_day(record.begins)),
            (say(N_("Ended")), say.moment(record.ended_at, record.place) if record.ended_at else ""),
            (say(N_("Kept up to date at")), address),
        ]

    def phases(self) -> Table:
        """How far each phase has come."""
        say = self.say
        columns = [
            (N_("Phase"), 3.0),
            (N_("Status"), 1.4),
            (N_("Opened"), 1.6),
            (N_("Closed"), 1.6),
            (N_("Came to"), 2.2),
        ]
        rows = []
        for phase in self.record.phases:
            planned = say(N_("from %(day)s"), day=say.plain_day(phase.opens_on)) if phase.opens_on else ""
            beside = N_("Works from a text that has not been adopted yet, see: %(phase)s")
            became = f"{say.result(phase.result)}{f' ({phase.detail})' if phase.detail else ''}" if phase.result else ""
            rows.append([
                cell(line(phase.title, self.own), self.note(beside, phase=phase.not_yet_adopted or "")),
                cell(say.state(phase.status)), cell(self.day(phase.opened_on) or planned),
                cell(self.day(phase.closed_on)), cell(became, self.missing(phase.missing)),
            ])  # fmt: skip
        return self.columns(columns), rows

    def milestones(self) -> Table:
        """What was promised, and what became of it."""
        say = self.say
        columns = [
            (N_("Milestone"), 3.0),
            (N_("Promised"), 2.2),
            (N_("Last day"), 1.6),
            (N_("Done"), 1.6),
            (N_("Status"), 1.8),
        ]
        rows = []
        for promise in self.record.milestones:
            title = self.helper.milestone(promise)
            words = f"”{promise.words}”" if promise.words else ""
            # One that is counted from another date (`+28d after begins`) is no EDTF; its day stands beside it.
            exact = "" if " " in promise.edtf else f"EDTF {promise.edtf}"
            inferred = say(N_("The date was worked out and has not been confirmed.")) if promise.inferred else ""
            rows.append([
                cell(line(title.text, self.other(title.language)), line(words, self.own, small=True),
                     line(inferred, small=True)),
                cell(self.helper.promised(promise), line(exact, small=True)),
                cell(self.day(promise.due_on)),
                cell(self.day(promise.met_on)), cell(say.state(promise.status), self.missing(promise.missing)),
            ])  # fmt: skip
        return self.columns(columns), rows

    def adoption(self, matrix: Matrix) -> list[Block]:
        """What each principal has decided, round by round."""
        say = self.say
        said = [say(N_("Status: %(status)s."), status=say.state(matrix.status))]
        if not matrix.asked:
            names = ", ".join(one.name for one in matrix.principals)
            said.append(say(NOT_ASKED, names=names))
            return [heading(matrix.title, self.own), lines(" ".join(said))]
        if matrix.result:
            said.append(say(N_("Outcome: %(outcome)s."), outcome=say.result(matrix.result)))
        said.append(
            say(N_("%(adopting)s of %(all)s have adopted."), adopting=matrix.adopting, all=len(matrix.principals))
        )
        if matrix.text:
            said.append(
                say(N_("Text: %(title)s, version %(version)s."), title=matrix.text.title, version=matrix.text.version)
            )
        columns = [
            (N_("Principal"), 1.8),
            (N_("Decision"), 2.2),
            (N_("Date"), 1.5),
            (N_("Reason"), 3.0),
            (N_("Text version"), 1.0),
        ]
        rows = [self._round(one.name, turn) for one in matrix.principals for turn in one.rounds]
        return [heading(matrix.title, self.own), lines(" ".join(said)), table(self.columns(columns), rows)]

    def _round(self, name: str, turn: Round) -> list[dict[str, list[Line]]]:
        say = self.say
        standpoint = self.helper.standpoint(turn.standpoint)
        reported = line(standpoint if turn.standpoint == "reported" else "", small=True)
        votes = line(self.helper.tally(turn.tally), small=True)
        position = line(say.position(turn.position), strong=True) if turn.position else line(standpoint)
        again = say(N_("Round %(number)s"), number=turn.number) if turn.number > 1 else ""
        addition = turn.addition if turn.addition != turn.reason else ""
        return [
            cell(line(name, self.own), line(again, small=True)),
            cell(position, reported, votes, say(N_("late")) if turn.late else ""),
            cell(self.day(turn.on), turn.paragraph, self.handed_in(turn.files)),
            cell(line(turn.reason, self.own), self.said(N_("Addition:"), addition),
                 self.said(N_("Reservations:"), turn.reservations)),
            cell(str(turn.text.version) if turn.text else ""),
        ]  # fmt: skip

    def decisions(self) -> Table:
        """Every decision, in order of time."""
        say = self.say
        columns = [(N_("Date"), 1.4), (N_("Body"), 2.0), (N_("Decision"), 2.0), (N_("About"), 2.6), (N_("Reason"), 2.6)]
        rows = []
        for one in self.record.decisions:
            version = say(N_("version %(version)s"), version=one.text.version) if one.text else ""
            about = f"{one.text.title}, {version}" if one.text else one.phase
            votes = line(self.helper.tally(one.tally), small=True)
            addition = one.addition if one.addition != one.reason else ""
            rows.append([
                cell(self.day(one.decided_on), one.paragraph, self.handed_in(one.files)),
                cell(line(one.body, self.own)),
                cell(line(say.outcome(one.outcome), strong=True), say.binding(one.outcome, one.force), votes),
                cell(line(about, self.own)),
                cell(line(one.reason, self.own), self.said(N_("Addition:"), addition),
                     self.said(N_("Reservations:"), one.reservations)),
            ])  # fmt: skip
        return self.columns(columns), rows

    def journal(self) -> list[Block]:
        """What the journal can be known by."""
        say = self.say
        told = N_(
            "Every change is written down in a chained journal. Whoever keeps the number of entries and the checksum "
            "can tell later whether it has been rewritten."
        )
        known: list[tuple[str, Line | str]] = [
            (say(N_("Entries")), str(self.record.journal_entries)),
            (say(N_("Checksum of the newest (SHA-256)")), line(self.record.journal_head, mono=True)),
        ]
        return [heading(say(N_("The journal"))), lines(say(told)), facts(known)]

    def columns(self, columns: list[tuple[str, float]]) -> list[tuple[str, float]]:
        """Column heads in words, with their widths."""
        return [(self.say(name), width) for name, width in columns]

    def day(self, day: date | None) -> str:
        """A day, or nothing."""
        return self.say.plain_day(day) if day else ""

    def other(self, language: str) -> str:
        """A language, where it is another than the document's."""
        return language if language != self.say.language else ""

    def missing(self, missing: tuple[str, ...]) -> Line:
        """Who did not answer."""
        return self.note(N_("No reply: %(bodies)s"), bodies=", ".join(missing))

    def note(self, message: str, **values: str) -> Line:
        """A remark, where there is something to say in it."""
        return line(self.say(message, **values) if all(values.values()) else "", small=True)

    def handed_in(self, files: tuple[Attachment, ...]) -> Line:
        """The names of files that came with a decision."""
        return self.note(HANDED_IN, files=", ".join(file.name for file in files))

    def said(self, label: str, words: str) -> Line:
        """Words with what they are."""
        return line(f"{self.say(label)} {words}" if words else "", self.own)
