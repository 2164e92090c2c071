"""Rules: what those who coordinate do."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from campaigns.model import coordinator
from campaigns.model.definition import SLUG, TEXT
from campaigns.model.drive import SECRET
from campaigns.model.playing import ACTORS, FEW, NUMBER, REASON, SEATS, WORDS, Playing, pick
from campaigns.model.state import OFFERS, Refused
from config.terms import Language, Position, Seat
from engine.commands.answer import Reply
from engine.commands.concern import settle
from engine.commands.coordinate import cancel_cycle, close_step, confirm_date, move_milestone
from engine.commands.dispose import dispose_of_people
from engine.commands.hold import hold, release
from engine.commands.on_behalf import OnBehalf, answer_for
from engine.commands.propose import confirm_proposal, do_or_propose, drop_proposal
from engine.commands.publish import publish
from engine.commands.redact import lift, redact
from engine.commands.remind import remind_silent
from engine.commands.replace import NewHolder, replace
from engine.commands.waive import waive
from models.proposal import Act

if TYPE_CHECKING:
    from models.register import Register


class Coordinating(Playing):
    """Dates, questions, people, proposals, what is withheld."""

    @rule(key=st.sampled_from(["described", "replied", "decided", "nothing"]), days=st.integers(-20, 60), reason=REASON)
    def move(self, key: str, days: int, reason: str) -> None:
        """A promise, also to a day that has been."""
        to = self.state.today + timedelta(days=days)
        self.try_(
            lambda register: move_milestone(register, SLUG, key, to, reason=reason, **self.said),
            lambda state: coordinator.move(state, key, to, reason),
        )

    @rule(key=st.sampled_from(["described", "replied", "decided", "nothing"]), reason=REASON, seldom=FEW)
    def waive(self, key: str, reason: str, seldom: int) -> None:
        """Give a promise up."""
        reason = reason if seldom == 1 else ""
        self.try_(
            lambda register: waive(register, SLUG, key, reason=reason, **self.said),
            lambda state: coordinator.waive(state, key, reason),
        )

    @rule(key=st.sampled_from(["described", "nothing"]))
    def confirm_a_date(self, key: str) -> None:
        """None of this cycle's dates was worked out."""

        def meant(state: Any) -> None:  # noqa: ARG001
            raise Refused

        self.try_(lambda register: confirm_date(register, SLUG, key, reason="because", **self.said), meant)

    @rule(number=NUMBER, reason=REASON)
    def close(self, number: int, reason: str) -> None:
        """A question, before its day."""
        step = self.any_step(number)
        self.try_(
            lambda register: close_step(register, f"{SLUG}/{step}", reason=reason, **self.said),
            lambda state: coordinator.close(state, step, reason),
        )

    @rule(reason=REASON, seldom=st.integers(0, 9))
    def cancel(self, reason: str, seldom: int) -> None:
        """The cycle."""
        reason = reason if seldom == 9 else ""
        self.try_(
            lambda register: cancel_cycle(register, SLUG, reason=reason, **self.said),
            lambda state: coordinator.cancel(state, reason),
        )

    @rule(on=st.booleans(), reason=REASON)
    def hold(self, on: bool, reason: str) -> None:  # noqa: FBT001
        """Hold, and release."""
        real, meant = (hold, coordinator.hold) if on else (release, coordinator.release)
        self.try_(lambda register: real(register, SLUG, reason=reason, **self.said), lambda state: meant(state, reason))

    @rule(reason=REASON)
    def go_on(self, reason: str) -> None:
        """So that cycles do not stay held."""
        self.hold(on=False, reason=reason)

    @rule(number=NUMBER, everybody=st.booleans(), reason=REASON)
    def remind(self, number: int, everybody: bool, reason: str) -> None:  # noqa: FBT001
        """The silent."""
        step = None if everybody else self.any_step(number)
        self.try_(
            lambda register: remind_silent(register, SLUG, step, reason=reason, **self.said),
            lambda state: coordinator.remind(state, step, reason),
            silent=True,
        )

    @rule(seat=st.sampled_from(SEATS), number=NUMBER, reason=REASON)
    def replace(self, seat: str, number: int, reason: str) -> None:
        """Another person on a seat, or the same one anew."""
        address = self.address(number)
        body, _, held = seat.partition(".")
        kind, _, ordinal = held.partition("-")

        def real(register: Register) -> None:
            holder = NewHolder(address, language=Language.EN)
            replace(register, SLUG, body, Seat(kind), holder, number=int(ordinal), reason=reason, secret_key=SECRET,
                    **self.said)  # fmt: skip

        self.try_(real, lambda state: coordinator.replace(state, seat, address, reason))

    @rule(number=NUMBER, text=WORDS, back=st.integers(0, 30), reason=REASON)
    def on_behalf(self, number: int, text: str, back: int, reason: str) -> None:
        """An answer that came on paper, perhaps some days ago."""
        step = self.any_step(number)
        seat = pick(number, SEATS)
        body, _, held = seat.partition(".")
        position = pick(number, OFFERS[self.state.steps[step]["kind"] if step in self.state.steps else "submit"])
        received, nonce = self.state.now - timedelta(days=back), self.nonce()
        came = OnBehalf(step, body, held if number % 2 else "", received_at=received, nonce=nonce)
        reply = Reply(Position(position), text, {"text": text})
        self.try_(
            lambda register: answer_for(register, SLUG, came, reply, reason=reason, **self.said),
            lambda s: coordinator.answer_for(s, step, body, came.seat, position, text, nonce, received, reason),
        )

    @rule(text=WORDS, reason=REASON)
    def publish(self, text: str, reason: str) -> None:
        """A version of the text."""
        self.try_(
            lambda register: publish(register, SLUG, TEXT, text, reason=reason, **self.said),
            lambda state: coordinator.publish(state, text, reason),
        )

    @rule(act=st.sampled_from([*Act]), number=NUMBER, days=st.integers(1, 60), actor=ACTORS, reason=REASON)
    def propose(self, act: Act, number: int, days: int, actor: str, reason: str) -> None:
        """What a second person must confirm."""
        about = {Act.MOVE: pick(number, sorted(self.state.milestones)), Act.CLOSE: self.any_step(number)}.get(act, "")
        to = self.state.today + timedelta(days=days) if act is Act.MOVE else None
        content = self._content(act, about, to)
        said = {**self.said, "actor": actor}
        self.try_(
            lambda register: do_or_propose(register, SLUG, act, content, second=True, reason=reason, **said),
            lambda state: coordinator.propose(state, str(act), about, to, reason, actor),
        )

    def _content(self, act: Act, about: str, to: date | None) -> dict[str, Any]:
        if act is Act.MOVE:
            was = self.state.milestones[about]["due"]
            return {"milestone": about, "was": was and was.isoformat(), "to": to and to.isoformat(), "edtf": ""}
        return {"question": about} if act is Act.CLOSE else {}

    @rule(number=FEW, actor=ACTORS, drop=st.booleans())
    def settle_a_proposal(self, number: int, actor: str, drop: bool) -> None:  # noqa: FBT001
        """Confirmed, or dropped."""
        said = {**self.said, "actor": actor}
        if drop:
            self.try_(
                lambda register: drop_proposal(register, SLUG, number, reason="no", **said),
                lambda state: coordinator.drop(state, number, "no"),
            )
            return
        self.try_(
            lambda register: confirm_proposal(register, SLUG, number, **said),
            lambda state: coordinator.confirm(state, number, actor),
        )

    @rule(number=NUMBER, passage=st.sampled_from(["", "words", "absent"]), ground=REASON)
    def redact(self, number: int, passage: str, ground: str) -> None:
        """An answer or a version of the text."""
        answers = [f"{key}#{n + 1}" for key, given in self.state.answers.items() for n in range(len(given))]
        what = pick(number, [*answers, f"{TEXT}@1"])
        self.try_(
            lambda register: redact(register, SLUG, what, ground=ground, passage=passage, **self.said),
            lambda state: coordinator.redact(state, what, passage, ground),
        )

    @rule(number=FEW, reason=REASON)
    def lift(self, number: int, reason: str) -> None:
        """Show it again."""
        self.try_(
            lambda register: lift(register, SLUG, number, reason=reason, **self.said),
            lambda state: coordinator.lift(state, number, reason),
        )

    @rule(number=FEW, reason=REASON)
    def look_after(self, number: int, reason: str) -> None:
        """A concern."""
        self.try_(
            lambda register: settle(register, SLUG, number, reason=reason, **self.said),
            lambda state: coordinator.look_after(state, number, reason),
        )

    @rule(decision=REASON)
    def dispose(self, decision: str) -> None:
        """Of names and addresses."""
        self.try_(
            lambda register: dispose_of_people(register, SLUG, decision=decision, **self.said),
            lambda state: coordinator.dispose_of_people(state, decision),
        )
