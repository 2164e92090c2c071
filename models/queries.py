"""What changes and passes ask for again and again. All go by what never changes of a row."""

from __future__ import annotations

from sqlalchemy import bindparam, select
from sqlmodel import col

from models.assignment import Answer
from models.cycle import Body, Cycle, Membership, Person
from models.phase import Milestone, Phase, Step
from models.rows import Query

PHASE_AND_CYCLE = Query(
    select().join(Cycle, col(Cycle.id) == col(Phase.cycle_id)).where(col(Phase.id) == bindparam("phase")), Phase, Cycle
)
PHASES_OF_CYCLE = Query(
    select().where(col(Phase.cycle_id) == bindparam("cycle")).order_by(col(Phase.ordinal)), Phase
)  # fmt: skip
MILESTONES_OF_CYCLE = Query(
    select().where(col(Milestone.cycle_id) == bindparam("cycle")).order_by(col(Milestone.ordinal)), Milestone
)
ANSWERS_TO = Query(
    select().where(col(Answer.assignment_id) == bindparam("assignment")).order_by(col(Answer.version)), Answer
)
"""All versions of an answer, the first one first."""
STEPS_OF_PHASE = Query(select().where(col(Step.phase_id) == bindparam("phase")), Step)
STEPS_OF_MILESTONE = Query(
    select().where(col(Step.cycle_id) == bindparam("cycle"), col(Step.milestone) == bindparam("milestone")), Step
)
BODIES_OF_CYCLE = Query(select().where(col(Body.cycle_id) == bindparam("cycle")).order_by(col(Body.ordinal)), Body)
SEATS_OF_CYCLE = Query(
    select()
    .join(Person, col(Person.id) == col(Membership.person_id))
    .where(col(Membership.cycle_id) == bindparam("cycle"), col(Membership.ended).is_(False))
    .order_by(col(Membership.body_id), col(Membership.ordinal)),
    Membership,
    Person,
)
"""Who sits in the bodies of a cycle now, and in which seat."""
