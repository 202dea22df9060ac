"""Incidents by API: the same rules of sight, the same acts as on the pages."""

from __future__ import annotations

from kizuki.incidents.api import decisions, ending, entries, incidents, judging, known, people, report, review, tasks

#: Fixed addresses stand before those that begin with the number of an incident.
ROUTERS = (tasks.procedures, incidents.router, entries.router, people.router, judging.router, tasks.router, decisions.router,
           known.router, ending.router, report.router, review.router)  # fmt: skip
