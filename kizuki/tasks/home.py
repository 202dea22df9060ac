"""The home organisation as part of another question."""

from __future__ import annotations

from django.db.models import Subquery

from kizuki.register.models import Organisation


def home_only() -> dict[str, Subquery]:
    """A filter for rows of the home organisation. As one value, and not as a join: so that a database walks the index of the rows in
    their order (measured with 100,000 devices: 3 ms for the first page instead of 180)."""
    return {"organisation": Subquery(Organisation.objects.filter(is_home=True).order_by().values("pk")[:1])}
