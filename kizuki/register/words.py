"""Names of the register's fixed words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

ASSET_KINDS: dict[str, Any] = {
    "server": _("server"),
    "web-server": _("web server"),
    "file-server": _("file server"),
    "database-server": _("database server"),
    "mail-server": _("mail server"),
    "directory": _("directory"),
    "cloud-service": _("cloud service"),
    "saas": _("SaaS"),
    "pc": _("PC"),
    "mobile": _("mobile device"),
    "backup": _("backup"),
    "iot": _("IoT device"),
    "plant-system": _("plant system"),
    "network-device": _("network device"),
    "data-store": _("data store"),
}
