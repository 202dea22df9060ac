"""The register's small organisation, in which the reporter answers for the unit “sales”."""

from __future__ import annotations

from kizuki.register.tests.conftest import small

__all__ = ["small"]
