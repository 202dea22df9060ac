"""Where the traces of an attack lie: the logs to look at first, by the way in and by the kind of asset."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

BY_WAY: Final[dict[str, tuple[Any, ...]]] = {
    "internet": (_("firewall and reverse proxy: connections from outside to the assets concerned"),),
    "mail": (
        _("mail gateway: senders, links and attachments, and who else received them"),
        _("web proxy: who opened the links"),
    ),
    "supplier": (_("remote access of suppliers: who was connected when, to what"),),
    "network": (_("firewalls between zones: unusual connections from the assets concerned"),),
    "link": (_("the linked service: calls with the keys or tokens of the link"),),
    "account": (_("directory and sign-in services: failed and odd sign-ins, new privileges"),),
}
BY_KIND: Final[dict[str, Any]] = {
    "pc": _("endpoint detection and the event log of the PCs"),
    "server": _("system and application logs of the servers"),
    "web-server": _("access and error logs of the web servers"),
    "file-server": _("audit log of the file servers: many reads, renames or deletions in a short time"),
    "database-server": _("audit log of the databases: large queries, new accounts"),
    "mail-server": _("logs of the mail servers: forwarding rules, sign-ins from outside"),
    "directory": _("directory: changes of groups and policies, replication from unexpected machines"),
    "cloud-service": _("audit log of the cloud: sign-ins, new keys, changed permissions"),
    "saas": _("audit log of the cloud applications: sign-ins, mass downloads"),
    "network-device": _("configuration and administration log of the network devices"),
    "plant-system": _("engineering workstations and controllers: changed programs, new connections"),
    "iot": _("traffic of the IoT devices: connections that they never made before"),
    "backup": _("backup jobs: deleted generations, failed or stopped jobs"),
}
#: A stolen account leaves its traces where people sign in, whatever asset it opens.
ACCOUNTS: Final = "T1078"


def sources(ways: Iterable[str], kinds: Iterable[str], techniques: Iterable[str]) -> list[Any]:
    """The logs to look at first, each once: of the ways, then of the kinds of asset."""
    ways = list(ways)
    if any(technique.split(".")[0] == ACCOUNTS for technique in techniques):
        ways.append("account")
    found = [source for way in ways for source in BY_WAY.get(way, ())]
    found += [BY_KIND[kind] for kind in kinds if kind in BY_KIND]
    return list(dict.fromkeys(found))
