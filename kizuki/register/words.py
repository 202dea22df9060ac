"""What the register's kinds, values and fields are called on pages."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from django.utils.translation import gettext_lazy as _


class Part(NamedTuple):
    """What the records of one part of the register are called, one of them, and what belongs there, with an example."""

    name: Any
    one: Any
    about: Any


PARTS: Final[dict[str, Part]] = {
    "assets": Part(
        _("Assets"),
        _("Asset"),
        _(
            "Everything an attacker could use: servers, PCs, cloud services, devices. "
            "Example: a file server, or 200 office PCs as one line."
        ),
    ),
    "units": Part(
        _("Units"),
        _("Unit"),
        _(
            "The parts of the organisation that own assets, each with an owner and deputies. "
            "Example: Sales, below Head office."
        ),
    ),
    "contacts": Part(
        _("Contacts"),
        _("Contact"),
        _(
            "People and desks that can be called, with several ways to reach each. "
            "Example: network desk, phone on weekdays, mobile at night."
        ),
    ),
    "zones": Part(
        _("Zones"),
        _("Zone"),
        _("Areas of the network, with their address ranges. Example: office network 10.1.0.0/16."),
    ),
    "routes": Part(
        _("Routes"),
        _("Route"),
        _("Which zone may reach which. Example: office network to server room, https only."),
    ),
    "realms": Part(
        _("Realms"),
        _("Realm"),
        _("Where the same credentials are accepted, and how well they are kept. Example: the company directory."),
    ),
    "information": Part(
        _("Information"),
        _("Kind of information"),
        _("Kinds of information with an owner who has judged their importance. Example: customer master data."),
    ),
    "suppliers": Part(
        _("Suppliers"),
        _("Supplier"),
        _("Those on whom you depend, and who depend on you. Example: the firm that runs your web shop."),
    ),
    "services": Part(
        _("Services"),
        _("Service"),
        _(
            "What you do for others by means of assets, what was promised, and where your part ends. "
            "Example: order intake."
        ),
    ),
    "links": Part(
        _("Links"),
        _("Link"),
        _("Trusted connections between two assets. Example: cloud mail to the directory."),
    ),
    "backups": Part(
        _("Backups"),
        _("Backup"),
        _(
            "Which asset has copies, how many generations, whether an attacker on it can reach them, "
            "and when a restore was last tried."
        ),
    ),
}

ASSET_KINDS: Final[dict[str, Any]] = {
    "server": _("server"), "web-server": _("web server"), "file-server": _("file server"),
    "database-server": _("database server"), "mail-server": _("mail server"), "directory": _("directory"),
    "cloud-service": _("cloud service"), "saas": _("cloud application"), "pc": _("PC"), "mobile": _("mobile device"),
    "backup": _("backup system"), "iot": _("IoT device"), "plant-system": _("plant system"),
    "network-device": _("network device"), "data-store": _("data store"),
}  # fmt: skip
ZONE_KINDS: Final[dict[str, Any]] = {
    "internet": _("internet"), "dmz": _("DMZ"), "cloud": _("cloud"), "office": _("office network"),
    "server": _("server room"), "management": _("management network"), "plant": _("plant network"),
    "guest": _("guest network"), "supplier": _("supplier's network"),
}  # fmt: skip
ADDRESSES: Final[dict[str, Any]] = {
    "fixed": _("stay with one machine"), "leased": _("are leased (DHCP)"),
    "translated": _("hide many machines behind one (NAT)"),
}  # fmt: skip
LIFECYCLES: Final[dict[str, Any]] = {"planned": _("planned"), "in use": _("in use"), "retired": _("retired")}
FACING: Final[dict[str, Any]] = {"yes": _("faces the internet"), "no": _("does not face the internet")}
LINK_KINDS: Final[dict[str, Any]] = {
    "integration": _("integration"), "admin": _("administration"), "backup": _("backup copies"), "trust": _("trust"),
}  # fmt: skip
SUPPLIER_KINDS: Final[dict[str, Any]] = {
    "supplier": _("supplier of goods"), "contractor": _("contractor"), "customer": _("customer"), "partner": _("partner"),
}  # fmt: skip
LEVELS: Final[dict[str, Any]] = {
    "vital": _("vital"), "important": _("important to the mission"), "supporting": _("supporting"),
}  # fmt: skip
EXTENTS: Final[dict[str, Any]] = {
    "none": _("for no account"), "partial": _("for some accounts"), "full": _("for all accounts"),
}  # fmt: skip
CHANNELS: Final[dict[str, Any]] = {
    "phone": _("phone"), "mobile": _("mobile phone"), "mail": _("e-mail"), "chat": _("chat"), "pager": _("pager"),
    "radio": _("radio"), "fax": _("fax"), "in person": _("in person"),
}  # fmt: skip
IMPORTANCE: Final[dict[int, Any]] = {
    0: _("0 – none"), 1: _("1 – low"), 2: _("2 – considerable"), 3: _("3 – grave"),
}  # fmt: skip
DIMENSIONS: Final[dict[str, Any]] = {
    "confidentiality": _("Confidentiality"), "integrity": _("Integrity"), "availability": _("Availability"),
}  # fmt: skip
COMPLETE: Final[dict[str, Any]] = {
    "routes": _("routes between zones"), "links": _("links between assets"), "realms": _("realms of assets"),
    "traits": _("traits of assets"), "internet_facing": _("what faces the internet"),
    "supplier_facing": _("what suppliers reach"),
}  # fmt: skip
