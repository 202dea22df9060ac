"""The self-checks that can be filled in: the library's, and those that came by file."""

from __future__ import annotations

import functools

from kizuki.kit.library import library_path
from kizuki.measures.benchmark.engine.format import Check, read_checks
from kizuki.measures.benchmark.models import AddedCheck


@functools.cache
def of_library() -> tuple[Check, ...]:
    path = library_path() / "self_checks.yaml"
    return read_checks(path.name, path.read_bytes()).checks


def checks() -> dict[tuple[str, str], Check]:
    """All self-checks by id and version."""
    added = [row.read for row in AddedCheck.objects.all()]
    return {check.key: check for check in (*of_library(), *added)}
