"""Incidents and what belongs to them. Who sees an incident sees all of it; to anyone else nothing of it exists."""

from __future__ import annotations

from kizuki.incidents.models.incident import GRAVITY, Incident, IncidentQuerySet, Member
from kizuki.incidents.models.knowledge import AssetOf, FileOf, Indicator, Review, SameSetting
from kizuki.incidents.models.searching import SearchMark
from kizuki.incidents.models.timeline import AppendOnly, Entry, Link, MilestoneAt
from kizuki.incidents.models.work import Decision, DecisionReview, OwnProcedure, Task

__all__ = [
    "GRAVITY", "AppendOnly", "AssetOf", "Decision", "DecisionReview", "Entry", "FileOf", "Incident", "IncidentQuerySet", "Indicator",
    "Link", "Member", "MilestoneAt", "OwnProcedure", "Review", "SameSetting", "SearchMark", "Task",
]  # fmt: skip
