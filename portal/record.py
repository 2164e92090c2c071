"""The facts of the record, which stand in `engine.record`."""

from __future__ import annotations

from engine.record.facts import record_of
from engine.record.parts import DecisionRecord, MilestoneRecord, PhaseRecord, Record

__all__ = ["DecisionRecord", "MilestoneRecord", "PhaseRecord", "Record", "record_of"]
