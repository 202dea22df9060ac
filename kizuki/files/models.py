"""One row for each stored file; its bytes lie in the folder of data under their own hash."""

from __future__ import annotations

import re
from typing import Any

from django.db import models
from django.urls import reverse

from kizuki.files import hooks


class FileQuerySet(models.QuerySet["File"]):
    def seen_by(self, person: Any, digest: str) -> File | None:
        """The file with that digest, if a room that uses it shows it to the person."""
        if not re.fullmatch(r"[0-9a-f]{64}", digest):
            return None
        found = self.filter(digest=digest).first()
        return found if found is not None and hooks.may_see(person, digest) else None


class File(models.Model):
    """`digest`: SHA-256 in hexadecimal. `size` in bytes. `media_type`: by its content. `name`: as first given."""

    digest = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    objects = FileQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [models.CheckConstraint(condition=models.Q(size__gte=1), name="file_not_empty")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("files:file", args=[self.digest])
