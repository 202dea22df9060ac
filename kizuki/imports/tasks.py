"""Reading a file, and entering what was looked at, as jobs with progress."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kizuki.imports import actions
from kizuki.imports.models import Import
from kizuki.jobs.declare import every, task
from kizuki.jobs.worker import JobFailed, current_person, progress
from kizuki.register.actions import InUse, Refused, Stale
from kizuki.register.tasks import in_the_way, tell


def _reading(pk: int, name: str) -> str:
    return _("Reading of %(name)s") % {"name": name}


def _entering(pk: int, name: str) -> str:
    return _("Import of %(name)s") % {"name": name}


def _undoing(pk: int, name: str) -> str:
    return _("Undo of the import of %(name)s") % {"name": name}


def _result(imported: Import) -> dict[str, Any]:
    return {"url": f"/imports/{imported.pk}"}


@task(title=gettext_lazy("Reading of a file"), named=_reading)
def plan(pk: int, name: str) -> dict[str, Any]:
    """Read a file and keep what it would change."""
    imported = Import.objects.get(pk=pk)
    progress(1)
    return _result(actions.plan_import(imported=imported, by=_by(imported)))


@task(title=gettext_lazy("Import into the register"), named=_entering)
def apply(pk: int, name: str) -> dict[str, Any]:
    """Enter what is taken."""
    imported = Import.objects.get(pk=pk)
    return _result(actions.apply_import(imported=imported, by=_by(imported)))


@task(title=gettext_lazy("Undo of an import"), named=_undoing)
def undo(pk: int, name: str) -> dict[str, Any]:
    """Take an import back. What stands in the way is told."""
    imported = Import.objects.get(pk=pk)
    progress(1)
    try:
        return _result(actions.undo_import(imported=imported, by=_by(imported), tell=tell))
    except (Stale, InUse, Refused) as error:
        raise JobFailed(in_the_way(imported.batch, error)) from error


def _by(imported: Import) -> Any:
    return current_person() or imported.by or imported.by_name


@task(title=gettext_lazy("Forget the lines of old imports"), attempts=3)
def forget_old() -> dict[str, int]:
    """Lines of imports that ended long ago; the journal has what they changed."""
    return {"imports": actions.forget_lines(by=None)}


every(timedelta(days=1), forget_old)
