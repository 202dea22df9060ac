"""What the views of imports share: who may enter, and the import of an address."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from kizuki.accounts.access import get_visible, require_seen
from kizuki.imports.access import may_import
from kizuki.imports.models import Import
from kizuki.register.access import may_see_register


def enter(request: HttpRequest) -> None:
    """404 for those who see nothing of the register, 403 for those who may not write any of it."""
    require_seen(request.user, may_see_register)  # type: ignore[arg-type]  # a plain function will do
    if not may_import(request.user):
        raise PermissionDenied


def import_or_404(request: HttpRequest, pk: int) -> Import:
    enter(request)
    found: Import = get_visible(Import.objects.select_related("organisation"), request.user, pk=pk)
    return found
