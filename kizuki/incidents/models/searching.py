"""How much of an incident the search knows."""

from __future__ import annotations

from django.db import models

from kizuki.incidents.models.incident import Incident


class SearchMark(models.Model):
    """`seq`: the newest entry that can be found; `restricted`: how the incident was when it was taken in."""

    incident = models.OneToOneField(Incident, on_delete=models.CASCADE, related_name="search_mark")
    seq = models.PositiveIntegerField(default=0)
    restricted = models.BooleanField()

    def __str__(self) -> str:
        return str(self.incident)
