"""What a step asks when the definition has no words of its own, in every language that there is."""

from __future__ import annotations

from config.terms import Language
from notifications.i18n import N_, tongue

QUESTIONS = {
    "description": N_("Describe how the policy will be made."),
    "approval": N_("Can the proposal stand?"),
    "meeting": N_("Was the meeting held?"),
    "proposal": N_("Put the material from the meetings together as a proposal."),
    "areas": N_("In which areas will the groups work?"),
    "start": N_("The groups begin their work."),
    "proposals": N_("Propose how the goals can be applied and carried out."),
    "material": N_("Compile the material that is sent out."),
    "sending-out": N_("Is the material to be sent out for consultation?"),
    "replies": N_("What is your position on the material?"),
    "compilation": N_("What becomes of the remarks in the replies? Say for each whether it is taken, and why."),
    "ruling": N_("What did the meeting decide?"),
    "handover": N_("The text is handed over to the principals for decision."),
    "decision": N_("What has the principal decided?"),
    "revision": N_("Make a new version of the text, after what has been referred back."),
    "information": N_("This is for your information."),
    "draft": N_("Write the text."),
    "summons": N_("You are called to the meeting."),
    "minutes": N_("Record the minutes of the meeting."),
    "attestation": N_("Do the minutes say what was said and decided?"),
    "new-day": N_("The body came to no decision. On which day does it meet again?"),
    "sending-day": N_("The body came to no decision. On which day does it meet again?"),
    "notice": N_("Put up the notice that the minutes are attested, and say on which day you did it."),
}
"""By the key of the step, without the number of a repeated attempt."""


def usual_question(step: str) -> dict[str, str]:
    """The usual words of a step, by language."""
    return {str(language): tongue(language)(QUESTIONS[step]) for language in Language}
