"""The states of a version, with the words that pages show."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    DRAFT = "draft", _("draft")
    PROPOSED = "proposed", _("proposed")
    APPROVED = "approved", _("approved")
    WITHDRAWN = "withdrawn", _("withdrawn")


#: Of these a purpose has one at most: two drafts at once would overwrite each other.
OPEN = (State.DRAFT, State.PROPOSED)
