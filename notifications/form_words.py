"""What forms say: their labels, hints and faults. The forms themselves, in `models.forms`, know no catalogue.

Each kind of form has its block; the words are kept once, in the catalogue of the mails.
"""

from __future__ import annotations

from notifications.i18n import N_

FAULTS = (
    N_("Fill this in."),
    N_("Choose one of the answers."),
    N_("Write the day with year, month and day, for instance 2013-09-11."),
    N_("Write a whole number."),
    N_("The text is too long: at most %(most)s characters."),
    N_("The day lies in the future. Give the day when it happened."),
)

SUBJECTS = (
    N_("What is your position?"),
    N_("Comment"),
    N_("Required when you oppose or support with changes: say what should be changed, or why."),
    N_("Write what should be changed, or why. It is required with the position that you have chosen."),
    N_("Approval of the reply"),
    N_("A reply is approved inside the answering body before it is sent."),
    N_("Which organ approved the reply?"),
    N_("For instance the municipal board."),
    N_("On which day?"),
    N_("Paragraph of the minutes"),
    N_("For instance § 25. Leave it empty when the reply was approved by delegation."),
)

COMPILATION = (
    N_("Taken"),
    N_("Not taken"),
    N_("What becomes of the remark?"),
    N_("Why?"),
    N_("The replies as a whole"),
    N_("Summary"),
    N_("What the replies say together, and what follows from them. It stands first in the compilation."),
)

DOCUMENT = N_("Compilation of replies: %(title)s")
ON_THE_WHOLE = N_("The material as a whole")
OF_CONSULTEES = N_("%(replied)s of %(asked)s consultees have replied.")
SUPPORT_IT = N_("%(supporting)s of %(asked)s support it, with or without changes.")
NO_REPLY = N_("no reply")
LATE_REPLY = N_("late")
APPROVED_BY = N_("approved by %(organ)s on %(day)s")
TAKEN_BECAUSE = N_("Taken: %(why)s")
NOT_TAKEN_BECAUSE = N_("Not taken: %(why)s")
TAKEN_SHORT = N_("Taken")
NOT_TAKEN_SHORT = N_("Not taken")

COLUMNS = {
    "subject": N_("Subject"),
    "consultee": N_("Consultee"),
    "position": N_("Position"),
    "remark": N_("Remark"),
    "treatment": N_("What became of the remark"),
    "why": N_("Why"),
    "received": N_("Received"),
    "late": N_("Late"),
    "organ": N_("Approved by"),
    "approved_on": N_("Approved on"),
    "paragraph": N_("Paragraph"),
    "files": N_("Files"),
}
"""What the columns of a compilation's spreadsheet are called."""
YES = N_("yes")

MINUTES = (
    N_("Attendance"),
    N_("Mark who took part."),
    N_("Mark who took part. For a substitute, choose whose place she took; leave the others blank."),
    N_("Present without a vote"),
    N_("A substitute can only take the place of somebody who was absent."),
    N_("Somebody else has taken that place already."),
    N_("Noted"),
    N_("Agreed without a vote"),
    N_("Carried in a vote"),
    N_("Rejected"),
    N_("No decision came about"),
    N_("Returns at a later meeting"),
    N_("Referred back"),
    N_("Tabled"),
    N_("Votes for"),
    N_("Votes against"),
    N_("Abstained"),
    N_("Only if there was a vote. For a tabling or a referral back: the votes for putting the matter off."),
    N_("Outcome"),
    N_("What was said and decided"),
    N_("Closing"),
    N_("The meeting was closed at"),
    N_("Attestor"),
    N_("Elected to attest the minutes"),
    N_("Write the time with hours and minutes, for instance 15:50."),
    N_("Too few took part to decide: %(present)s of the %(needed)s that are needed. Carry the item over."),
    N_("The body has been called again about this: the minutes cannot say now that it was decided here."),
    N_("Write how many voted for and against."),
    N_("Votes were counted: choose carried, rejected or put off, or take the figures away."),
    N_("By the body's rules these votes come to something else."),
    N_("By the body's rules these votes give no decision. Choose that no decision came about."),
    N_("Enough took part, and the body's rules gave a decision. Look at the outcome and the votes."),
    N_("The votes are equal: the chair must vote, and that vote decides. Mark the casting vote."),
    N_("The chair took no part in the item: write who presided, and so had the casting vote."),
    N_("Write one seat: whoever presided over the item."),
    N_("%(seat)s took no part in the item and cannot have presided over it."),
    N_("More have voted than took part: %(present)s took part."),
    N_("Choose somebody who took part."),
    N_("Choose different people."),
    N_("The secretary cannot attest her own minutes."),
    N_("Write why the paragraph cannot be attested."),
    N_("The notice cannot be older than the attestation: %(day)s."),
    N_("I attest it"),
    N_("I do not attest it"),
    N_("Attestation"),
    N_("The reason, if you do not attest it"),
    N_("The notice was put up on"),
    N_("Public notice"),
)

TAKING_PART = (
    N_("Left because of a conflict of interest"),
    N_("As in the list of attendance, with commas between: member 3, member 5."),
    N_("Substitutes who stepped in for them"),
    N_("Who presided over the item, if not the chair"),
    N_(
        "Needed when the chair has left because of a conflict of interest, or is away: the seat as in the list of "
        "attendance, for instance member 1."
    ),
    N_("In the same order as those who left. They were present without a vote."),
    N_("Who reserved against the decision"),
    N_("Reservations"),
    N_("Who had a different opinion recorded"),
    N_("The different opinions"),
    N_("They demand that it is sent along with the case"),
    N_("Who made a separate statement"),
    N_("When these were announced"),
    N_("With hours and minutes, for instance 14:20. Left empty: before the meeting was closed."),
    N_("There is no seat called %(seat)s in the body. Write them as in the list of attendance, with commas."),
    N_("%(seat)s was not there."),
    N_("%(seat)s was not present as a substitute without a vote, or has a conflict of interest too."),
    N_("More substitutes stepped in than places were left."),
    N_("Write who it was."),
    N_("%(seat)s took no part in the decision. Only who took part can have this recorded."),
    N_("It was announced after the meeting had been closed. That is too late."),
    N_("With these votes %(seat)s was for the decision, and has nothing to reserve against."),
)

ELECTION = (
    N_("Elected"),
    N_("Who stood for election, if there was a vote"),
    N_("Votes for each of them, in the same order"),
    N_("The vote was by closed ballot"),
    N_("On whom the lot fell, where the votes were equal"),
    N_("Write who stood for election and how many votes each had, or neither."),
    N_("With these votes others are elected. Look at the votes and at who was elected."),
    N_("The votes are equal. Write on whom the lot fell."),
    N_("The lot is drawn only between those who have equal votes."),
    N_("The votes are equal, and the body's rules know no lot: nobody is elected."),
    N_("More votes were given than those who took part have: at most %(most)s."),
    N_("Write the votes as whole numbers, one for each who stood, in the same order: 6, 5."),
)

RESOLUTION = (
    N_("The decision to take note"),
    N_("The decision to endorse"),
    N_("The decision to recommend"),
    N_("The decision to adopt"),
    N_("Approved"),
    N_("Left empty, it is as your answer says."),
    N_(
        "Only if there was a vote. For a tabling, write the votes for putting the matter off and those for deciding it."
    ),
    N_("With %(votes)s the body's rules give no decision. Answer that no decision came about."),
    N_(
        "Your answer does not fit the decisions. Approve when at least one of them was approved, reject when all were "
        "rejected, answer that no decision came about when one is undecided, and that the matter is tabled when one "
        "was put off."
    ),
)

NEW_DAY = (
    N_("The new meeting"),
    N_("The body meets again on"),
    N_("The body is called %(days)s days ahead. The first day on which it can meet is %(day)s."),
)

DECISION = (
    N_("The decision"),
    N_("Day of the meeting"),
    N_("The day when the body decided, for instance 2013-09-11. Left empty, the day of your answer is recorded."),
    N_("Paragraph in the minutes"),
    N_("For instance § 71."),
    N_("The addition's text"),
    N_("As the minutes have it. Left empty, your comment is recorded as the addition."),
    N_("The votes"),
    N_(
        "Only if there was a vote. For a referral back or a tabling, write the votes for putting the matter off and "
        "the votes for deciding it."
    ),
    N_("Present without voting"),
    N_("The chair's casting vote decided"),
    N_("Different opinions"),
    N_("Reservations and dissent"),
    N_("As the minutes have them: who, and why."),
    N_("Separate statements"),
    N_("Write the number of the paragraph in the minutes, for instance § 71."),
    N_("Write both the votes for and the votes against, or neither."),
    N_("Only %(present)s of %(members)s members took part. That is too few to decide under the body's rules."),
    N_("With %(votes)s the proposal is not carried under the body's rules. Look at the votes and the decision."),
    N_("With %(votes)s the votes are equal. Under the body's rules the proposal then falls."),
    N_("With %(votes)s the votes are equal. Say that the chair's casting vote decided."),
    N_("The casting vote decides only when the votes are equal."),
    N_("With %(votes)s the proposal is carried under the body's rules. Look at the votes and the decision."),
    N_(
        "With %(votes)s the matter is neither tabled nor referred back: it takes more votes for than against, or a "
        "third of those present where the body's rules say so."
    ),
    N_(
        "With %(votes)s the matter goes on: a minority has put it off once before, and now it takes more votes for "
        "than against."
    ),
)

ALTERNATIVES = (
    N_("Write this for every alternative, or leave the whole alternative empty."),
    N_("Write at least one alternative."),
    N_("Recommend one of the alternatives. None is recommended now."),
    N_("Recommend only one of the alternatives. %(count)s are recommended now."),
    N_("Name of the alternative"),
    N_("Description"),
    N_("Advantages"),
    N_("Disadvantages"),
    N_("To be clarified"),
    N_("What it must lead to"),
    N_("What it must not cover"),
    N_("Why it was referred back"),
    N_("Reasons for the recommendation"),
    N_("Further inquiries that are proposed"),
    N_("Further inquiries"),
    N_("The text"),
    N_("Text"),
    N_("Write or paste the whole text. It becomes a document in the record."),
    N_("This alternative is recommended"),
    N_("The recommendation"),
    N_("recommended"),
    N_("Alternative 1"),
    N_("Alternative 2"),
    N_("Alternative 3"),
    N_("Alternative 4"),
    N_("Alternative 5"),
    N_("Alternative 6"),
    N_("Alternative 7"),
    N_("Alternative 8"),
    N_("Alternative 9"),
)
