from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

ROOM = "devices"


class Stale(ValidationError):
    """Somebody else, or the matching, changed the row since it was shown; nothing was written. `row`: as it is now."""

    def __init__(self, row: Any) -> None:
        super().__init__(_("This has changed in the meantime. Here is how it is now; please decide again."))
        self.row = row
