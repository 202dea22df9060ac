"""A small organisation whose every part is used."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from kizuki.register import actions
from kizuki.register.engine.format import Organisation as Document
from kizuki.register.models import Organisation

#: Two units below a third; the contact “ken” answers for `sales` and thereby for `shop`.
SMALL: dict[str, Any] = {
    "schema": "kizuki/organisation/1",
    "organisation": {"name": {"ja": "白樺", "en": "Shirakaba"}, "sector": "other"},
    "complete": ["routes"],
    "units": [
        {"id": "all", "name": "Company"},
        {"id": "sales", "name": {"ja": "営業", "en": "Sales"}, "parent": "all", "owner": "ken"},
        {"id": "shop", "name": "Shop", "parent": "sales"},
        {"id": "it", "name": "IT", "parent": "all", "deputies": ["mari"]},
    ],
    "contacts": [
        {"id": "ken", "name": {"ja": "林 健", "en": "Ken Hayashi"}, "unit": "sales", "mail": "reporter@example.org"},
        {"id": "mari", "name": "Mari", "channels": [{"kind": "phone", "address": "03-0000-0000", "hours": "9-17"}]},
    ],
    "zones": [
        {"id": "lan", "name": "LAN", "kind": "office", "ranges": ["10.1.0.0/16"]},
        {"id": "dmz", "name": "DMZ", "kind": "dmz"},
    ],
    "routes": [{"from": "lan", "to": "dmz"}],
    "realms": [{"id": "ad", "name": "AD", "mfa": "partial"}],
    "information": [{"id": "orders", "name": "Orders", "importance": {"confidentiality": 3}, "unit": "sales"}],
    "suppliers": [{"id": "host", "name": "Hosting", "kind": "contractor", "contacts": ["mari"]}],
    "services": [
        {"id": "web", "name": "Web shop", "unit": "shop", "importance": {"availability": 2}, "suppliers": ["host"]}
    ],
    "assets": [
        {"id": "www", "name": {"ja": "ウェブ", "en": "Web server"}, "kind": "web-server", "unit": "shop", "zone": "dmz",
         "hosts": ["www.example.org"], "services": ["web"], "importance": {"integrity": 1}},
        {"id": "pcs", "name": "PCs", "kind": "pc", "unit": "it", "zone": "lan", "count": 20, "information": ["orders"]},
    ],
    "links": [{"from": "pcs", "to": "www", "kind": "admin"}],
    "backups": [{"of": "www", "generations": 7}],
    "coverage": [
        {"measure": "P06", "scope": {"all": True}, "state": "partial"},
        {"measure": "P06", "scope": {"asset": "www"}, "state": "full", "evidence": "Seen", "verified": "2026-10-01"},
    ],
}  # fmt: skip


@pytest.fixture
def small(db: None) -> Organisation:
    """The small organisation, stored as home."""
    document = msgspec.convert(SMALL, Document)
    return actions.store_organisation(document=document, by="a test", home=True)
