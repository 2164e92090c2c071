"""Rules: what those who are asked do."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from campaigns.model import asked
from campaigns.model.definition import SLUG
from campaigns.model.drive import SECRET
from campaigns.model.playing import NUMBER, TYPED, WORDS, Playing, pick
from campaigns.model.state import OFFERS
from config.terms import Position
from engine.commands.answer import Reply, answer
from engine.commands.delegate import delegate, hand_back, take_back
from engine.commands.draft import Save, save_draft
from engine.commands.not_me import not_me
from engine.commands.reminders import set_reminders

if TYPE_CHECKING:
    from campaigns.model.asked import Link
    from models.register import Register


class Asked(Playing):
    """Answers, drafts, hand-overs."""

    @rule(number=NUMBER, first=st.booleans(), work=st.booleans())
    def answer_what_is_open(self, number: int, first: bool, work: bool) -> None:  # noqa: FBT001
        """As people do."""
        found = self.open_link(number)
        if found is not None:
            offers = OFFERS[self.state.step_of(found[0][0])["kind"]]
            self._answer(found, offers[0] if first else pick(number, offers), f"words {number}", self.nonce())
        if work:
            self.both.work()

    @rule(number=NUMBER, work=st.booleans())
    def answer_as_wished(self, number: int, work: bool) -> None:  # noqa: FBT001
        """The first thing on offer, so that the cycle gets on."""
        self.answer_what_is_open(number, first=True, work=work)

    @rule(hour=st.booleans())
    def everybody_answers(self, hour: bool) -> None:  # noqa: FBT001
        """What is open, as it is wished; perhaps an hour later than the rest."""
        self.both.work()
        self.state.now += timedelta(hours=hour)
        for _ in range(len(self.state.asked)):
            if (found := self.open_link(0)) is not None:
                position = OFFERS[self.state.step_of(found[0][0])["kind"]][0]
                self._answer(found, position, "as wished", self.nonce())
        self.both.work()

    @rule(number=NUMBER, position=st.sampled_from(list(Position)[:13]), text=WORDS, repeated=st.booleans())
    def answer_anyhow(self, number: int, position: str, text: str, repeated: bool) -> None:  # noqa: FBT001
        """Through any link, with anything; also a second time, and after it has closed."""
        self._answer(self.link(number), str(position), text, self.nonce(repeated=repeated))

    def _answer(
        self, found: tuple[Link, str], position: str, text: str, nonce: str, typed: dict[str, Any] | None = None
    ) -> None:
        link, key = found
        reply = Reply(Position(position), text, {"text": text})
        now = self.state.now

        def real(register: Register) -> None:
            answer(register, link_id=key, reply=reply, nonce=nonce, now=now, typed=typed)

        self.try_(real, lambda state: asked.answer(state, link, position, text, nonce, typed), silent=True)

    @rule(number=NUMBER, typed=TYPED, position=st.sampled_from(["submits", "approves", "supports", "adopts"]))
    def answer_from_a_draft(self, number: int, typed: dict[str, str], position: str) -> None:
        """The draft goes with the answer, unless another form has saved over it."""
        self._answer(self.open_link(number) or self.link(number), position, typed["text"], self.nonce(), typed)

    @rule(number=NUMBER, typed=TYPED, seen=st.integers(0, 3))
    def save(self, number: int, typed: dict[str, str], seen: int) -> None:
        """A draft."""
        (assignment, which), _ = self.link(number)
        person, now = self.state.links[assignment][which]["person"], self.state.now
        save = Save(f"{SLUG}/{assignment}", f"{SLUG}/{person}", typed, seen)
        self.try_(
            lambda register: save_draft(register, save, now=now),
            lambda state: asked.save(state, assignment, person, typed, seen),
        )

    @rule(number=NUMBER, waiting=st.booleans(), to=st.sampled_from(["substitute", "address", "anybody"]), who=NUMBER)
    def delegate(self, number: int, waiting: bool, to: str, who: int) -> None:  # noqa: FBT001
        """Hand a question over."""
        link, key = (self.open_link(number) if waiting else None) or self.link(number)
        body = self.state.asked[link[0]]["seat"].partition(".")[0]
        substitute = self.state.seats.get(f"{body}.substitute-1", "") if to == "substitute" else ""
        substitute = pick(who, sorted(self.state.people)) if to == "anybody" else substitute
        address, now = self.address(who), self.state.now

        def real(register: Register) -> None:
            person = f"{SLUG}/{substitute}" if substitute else ""
            delegate(register, link_id=key, substitute=person, address=address, now=now, secret_key=SECRET)

        self.try_(real, lambda state: asked.delegate(state, link, substitute, address))

    @rule(number=NUMBER, back=st.booleans())
    def return_it(self, number: int, back: bool) -> None:  # noqa: FBT001
        """Give a question back, or take it back."""
        link, key = self.link(number)
        real, meant = (hand_back, asked.hand_back) if back else (take_back, asked.take_back)
        now = self.state.now
        self.try_(
            lambda register: real(register, link_id=key, now=now, secret_key=SECRET), lambda state: meant(state, link)
        )

    @rule(number=NUMBER)
    def not_me(self, number: int) -> None:
        """The wrong person."""
        link, key = self.link(number)
        now = self.state.now
        self.try_(
            lambda register: not_me(register, link_id=key, words="not me", now=now),
            lambda state: asked.not_me(state, link),
            silent=True,
        )

    @rule(number=NUMBER, on=st.booleans())
    def reminders(self, number: int, on: bool) -> None:  # noqa: FBT001
        """Off, and on."""
        person = pick(number, sorted(self.state.people))
        self.try_(
            lambda register: set_reminders(register, f"{SLUG}/{person}", on=on, **self.said),
            lambda state: asked.turn_reminders(state, person, on=on),
            silent=True,
        )
