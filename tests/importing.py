"""An import for the tests that look at the whole site: read, and waiting to be looked at."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from kizuki.imports.actions import describe_import, give_file, keep_mapping, plan_import
from kizuki.imports.models import Import

TABLE = "asset tag,device name,device type,dept,os name,ip addr\nI-1,Import test,PC,Import dept,Test OS,192.0.2.300\nt-pc,PC,PC,,Other,\n"
NOBODY = 999_999


def brought(name: str = "import-test.csv") -> Import:
    """A table that was given, described and read."""
    made = give_file(upload=SimpleUploadedFile(name, TABLE.encode()), by="test")
    said = {"format": made.format, "options": {**made.options, "kept": "Test"}, "settings": made.settings}
    describe_import(imported=made, **said, by="test", now=True)
    keep_mapping(imported=made, name="Test", found=TABLE.split("\n", 1)[0].split(","), by="test")
    return plan_import(imported=made, by="test")


def arguments(made: dict[str, Any], obj: str) -> dict[str, Any]:
    return {"pk": made["import"].pk if obj == "own" else NOBODY}
