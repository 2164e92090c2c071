"""The public meetings of a cycle, which stand in `engine.record`."""

from __future__ import annotations

from engine.record.meetings import ItemRecord, MeetingRecord, Minutes, NoMinutes, hidden_minutes, minutes_of

__all__ = ["ItemRecord", "MeetingRecord", "Minutes", "NoMinutes", "hidden_minutes", "minutes_of"]
