"""One API: each room's routes under one OpenAPI document. Keys and sign-in are settled by the middleware before."""

from __future__ import annotations

import functools
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import path
from ninja import NinjaAPI, Status

from kizuki.casebook.api import router as cases
from kizuki.casebook.engine.format import Case
from kizuki.criteria.api import router as criteria
from kizuki.criteria.api_drafts import router as drafts
from kizuki.devices.api import router as devices
from kizuki.devices.api_admissions import router as admissions
from kizuki.devices.api_observations import router as observations
from kizuki.files.api import router as files
from kizuki.imports.api import router as imports
from kizuki.incidents.api import ROUTERS as INCIDENTS
from kizuki.kit.document import json_schema
from kizuki.measures.api import router as measures
from kizuki.measures.api import schemas as measure_schemas
from kizuki.measures.api_rounds import router as coverage
from kizuki.measures.benchmark.api import router as maturity
from kizuki.measures.engine.format import Measures
from kizuki.register.api import router as register
from kizuki.register.api import schemas as record_schemas
from kizuki.register.api_past import router as past
from kizuki.register.engine.format import Organisation
from kizuki.replay.api import router as replay
from kizuki.replay.api_affected import router as affected
from kizuki.tasks.api import router as tasks

#: No page of documentation: it would need scripts from inside the page. The document itself is at openapi.json.
api = NinjaAPI(title="Kizuki", version="1", docs_url=None, openapi_url=None, urls_namespace="api")
api.add_router("/cases", cases)
api.add_router("/criteria", criteria)
api.add_router("/criteria", drafts)
api.add_router("/devices", observations)
api.add_router("/devices", devices)
api.add_router("/admissions", admissions)
api.add_router("/files", files)
api.add_router("/imports", imports)
for router in INCIDENTS:
    api.add_router("/incidents", router)
api.add_router("/measures", measures)
api.add_router("/measures", coverage)
api.add_router("/maturity", maturity)
api.add_router("/register", past)
api.add_router("/register", register)
api.add_router("/replay", affected)
api.add_router("/replay", replay)
api.add_router("/tasks", tasks)


@api.exception_handler(PermissionDenied)
def forbidden(request: HttpRequest, exception: PermissionDenied) -> HttpResponse:
    """Whoever sees it and may not do that."""
    return api.create_response(request, {"detail": "You may not do that."}, status=403)


SCHEMAS: dict[str, type] = {"case": Case, "organisation": Organisation, "measures": Measures}


@api.get("/openapi.json", include_in_schema=False, url_name="openapi-json")
def openapi(request: HttpRequest) -> Any:
    """The API's own document."""
    return _document()


@functools.cache
def _document() -> Any:
    """Made once: it takes longer than any answer."""
    document = api.get_openapi_schema()
    document["components"]["schemas"].update(record_schemas() | measure_schemas())
    return document


@api.get("/schemas/{name}", response={200: dict[str, Any], 404: dict[str, str]}, tags=["schemas"])
def schema(request: HttpRequest, name: str) -> Any:
    """The JSON Schema of a file format: case, organisation or measures."""
    if name not in SCHEMAS:
        return Status(404, {"detail": f"Known are {', '.join(SCHEMAS)}."})
    return json_schema(SCHEMAS[name])


urlpatterns = [path("v1/", api.urls)]
