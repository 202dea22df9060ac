"""The small organisation of the register's tests, and files that are brought into it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kizuki.imports import actions
from kizuki.imports.choices import State
from kizuki.imports.models import Import, PlanLine
from kizuki.register.models import Organisation
from kizuki.register.tests.conftest import small

__all__ = ["small"]

TABLE = """Asset tag,Name,Type,Department,Location,Owner,IP address,Serial,OS
PC-1,Front desk,PC,Sales,LAN,Ken Hayashi,10.1.0.5,S-1,Windows 11
PC-2,Back office,PC,Accounts,Annex,mika@example.org,10.1.0.6,S-2,Windows 11
www,Web server,server,Shop,DMZ,,192.0.2.8,S-3,Debian 13
"""


def upload(content: str | bytes, name: str = "assets.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def given(content: str | bytes, name: str = "assets.csv", *, by: Any = "a test", **options: Any) -> Import:
    """A file that was given; `options` as in `Import.options`."""
    made = actions.give_file(upload=upload(content, name), by=by)
    if options:
        Import.objects.filter(pk=made.pk).update(options={**made.options, **options})
        made.refresh_from_db()
    return made


def planned(
    content: str | bytes, name: str = "assets.csv", *, by: Any = "a test", settings: Any = None, **options: Any
) -> Import:
    """A file that was given, described and read."""
    made = given(content, name, by=by, **options)
    said = {**made.settings, **(settings or {})}
    actions.describe_import(imported=made, format=made.format, options=made.options, settings=said, by=by)
    return actions.plan_import(imported=made, by=by)


def entered(imported: Import, *, by: Any = "a test") -> Import:
    """The same, entered."""
    actions.begin_applying(imported=imported, by=by)
    done = actions.apply_import(imported=imported, by=by)
    assert done.state == State.DONE
    return done


def line(imported: Import, key: str, kind: str = "asset") -> PlanLine:
    return PlanLine.objects.get(of=imported, kind=kind, key=key)


def states(imported: Import) -> dict[tuple[str, str], str]:
    """(kind, key) → state of the lines that have a key."""
    return {(one.kind, one.key): one.state for one in PlanLine.objects.filter(of=imported).exclude(key="")}


@pytest.fixture
def before(small: Organisation) -> Any:
    """The register as it stood before anything was brought in."""
    return small.read
