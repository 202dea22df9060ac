"""The register's tables: the organisation, and one table for each kind of record."""

from __future__ import annotations

from kizuki.register.models.filters import SavedFilter
from kizuki.register.models.organisation import Organisation, home, home_pk
from kizuki.register.models.records import (
    TABLES,
    Asset,
    Backup,
    Contact,
    Coverage,
    Information,
    Link,
    Mention,
    Realm,
    Record,
    Route,
    Service,
    Supplier,
    Unit,
    Zone,
)  # fmt: skip

__all__ = [
    "TABLES", "Asset", "Backup", "Contact", "Coverage", "Information", "Link", "Mention", "Organisation", "Realm", "Record",
    "Route", "SavedFilter", "Service", "Supplier", "Unit", "Zone", "home", "home_pk",
]  # fmt: skip
