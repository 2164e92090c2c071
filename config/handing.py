"""Who may answer in place of whoever is asked, and what those who are asked are told of each other."""

from __future__ import annotations

from enum import StrEnum

from config.terms import StepKind


class MayDelegate(StrEnum):
    """To whom a question may be handed over by the person who is asked."""

    NOBODY = "nobody"
    SUBSTITUTES = "substitutes"  # those that hold a seat as substitute in the same body
    ANYONE = "anyone"  # the substitutes, or an address that is typed in


class Shows(StrEnum):
    """What those who are asked see of each other."""

    NOTHING = "nothing"
    ASKED = "asked"  # which bodies have been asked
    ANSWERED = "answered"  # and whether each has answered, never what


USUAL = {StepKind.ATTEST: MayDelegate.NOBODY, StepKind.APPROVE: MayDelegate.SUBSTITUTES}
"""Whoever attests was chosen by name; whoever votes does so in person, unless a substitute steps in."""


def may_delegate(said: MayDelegate | None, kind: StepKind) -> MayDelegate:
    """What the definition says, or what is usual for a question of this kind."""
    return said or USUAL.get(kind, MayDelegate.ANYONE)
