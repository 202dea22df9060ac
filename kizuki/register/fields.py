"""The fields of each kind of record, once, for pages, tables and filters: what they are called and how they are typed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from django.utils.translation import gettext_lazy as _

from kizuki.register import words
from kizuki.register.engine.kinds import RecordKind
from kizuki.register.library import names

Shape: TypeAlias = Literal[
    "id", "name", "notes", "line", "lines", "number", "yesno", "choice", "words", "record", "records", "day", "importance",
    "channels", "agreement",
]  # fmt: skip


class Field(NamedTuple):
    """One field. `choices`: value → name, for choice and words. `of`: the kind of record that record and records name."""

    name: str
    shape: Shape
    label: Any
    help: Any = ""
    choices: Callable[[], dict[str, Any]] | None = None
    of: RecordKind | None = None


class Section(NamedTuple):
    title: Any
    fields: tuple[Field, ...]


def _vocabulary(kind: Any) -> Callable[[], dict[str, Any]]:
    return lambda: {id: entry.name for id, entry in names(kind).items()}


def _words(choices: dict[str, Any]) -> Callable[[], dict[str, Any]]:
    return lambda: choices


ID: Final = Field(
    "id", "id", _("Id"), _("A short sign without spaces. It stays as it is for ever; leave it empty to have one made.")
)
NAME: Final = Field("name", "name", _("Name"))
NOTES: Final = Field("notes", "notes", _("Notes"))
UNIT: Final = Field("unit", "record", _("Unit"), _("Which part of the organisation answers for it."), of="unit")
OWNER: Final = Field("owner", "record", _("Owner"), _("Who decides about it and is called."), of="contact")
IMPORTANCE: Final = Field(
    "importance",
    "importance",
    _("Importance"),
    _("How bad a loss would be. Leave it empty where nobody has judged it yet."),
)

SECTIONS: Final[dict[RecordKind, tuple[Section, ...]]] = {
    "asset": (
        Section(_("What it is"), (
            ID, NAME,
            Field("kind", "choice", _("Kind"), choices=_words(words.ASSET_KINDS)),
            Field("count", "number", _("How many like it"), _("One line may stand for many machines that are alike.")),
            Field("lifecycle", "choice", _("Life"), _("Planned and retired assets are kept, but not replayed."), _words(words.LIFECYCLES)),
            Field("make", "line", _("Maker")), Field("model", "line", _("Model")), Field("os", "line", _("Operating system")),
        )),
        Section(_("Who answers for it"), (UNIT, OWNER, Field("admitted_until", "day", _("Admitted until")))),
        Section(_("Where it is"), (
            Field("zone", "record", _("Zone"), of="zone"),
            Field("zones", "records", _("Further zones"), _("Where it stands in several."), of="zone"),
            Field("internet_facing", "yesno", _("Reached from the internet")),
            Field("supplier_facing", "yesno", _("Reached by suppliers"), _("A supplier's connection or mail reaches it.")),
        )),
        Section(_("How it is recognised"), (
            Field("hosts", "lines", _("Host names")), Field("ips", "lines", _("IP addresses")),
            Field("macs", "lines", _("MAC addresses")), Field("serials", "lines", _("Serial numbers")),
            Field("cloud_ids", "lines", _("Cloud ids")), Field("urls", "lines", _("Web addresses")),
        )),
        Section(_("What it is for"), (
            Field("services", "records", _("Services that it serves"), of="service"),
            Field("information", "records", _("Information that it holds"), of="information"),
            Field("holds", "words", _("Sorts of data on it"), choices=_vocabulary("information")), IMPORTANCE,
        )),
        Section(_("What an attacker could use"), (
            Field("realm", "record", _("Realm"), _("Where its sign-ins are checked."), of="realm"),
            Field("realms", "records", _("Further realms"), of="realm"),
            Field("traits", "words", _("Traits"), choices=_vocabulary("traits")),
            Field("unpatchable_because", "notes", _("Why it cannot be patched")),
            Field("components", "lines", _("Components"), _("Package URLs, one a line.")),
        )),
        Section(_("Further"), (NOTES,)),
    ),
    "unit": (
        Section(_("What it is"), (ID, NAME, Field("parent", "record", _("Part of"), of="unit"))),
        Section(_("Who answers for it"), (
            OWNER, Field("deputies", "records", _("Deputies"), _("They see and edit what the unit owns, as the owner does."), of="contact"),
        )),
        Section(_("Further"), (NOTES,)),
    ),
    "contact": (
        Section(_("Who it is"), (
            ID, NAME, Field("unit", "record", _("Unit"), of="unit"),
            Field("roles", "lines", _("Roles"), _("What they are called for, one a line.")),
            Field("mail", "line", _("Address of the account here"), _("With it the owner of a unit is recognised after signing in.")),
            Field("deputy", "record", _("Deputy"), _("Who is called instead."), of="contact"),
        )),
        Section(_("How to reach them"), (Field("channels", "channels", _("Ways, the best first")),)),
        Section(_("Further"), (NOTES,)),
    ),
    "zone": (
        Section(_("What it is"), (
            ID, NAME, Field("kind", "choice", _("Kind"), choices=_words(words.ZONE_KINDS)), UNIT,
            Field("isolates_clients", "yesno", _("Keeps its machines apart"), _("Those inside cannot reach each other.")),
        )),
        Section(_("Addresses"), (
            Field("ranges", "lines", _("Ranges"), _("As 192.0.2.0/24 or 2001:db8::/32, one a line.")),
            Field("addresses", "choice", _("Addresses here"), choices=_words(words.ADDRESSES)),
        )),
        Section(_("Further"), (NOTES,)),
    ),
    "route": (
        Section(_("Who reaches whom"), (
            Field("from", "record", _("From"), of="zone"), Field("to", "record", _("To"), of="zone"),
            Field("services", "lines", _("By what"), _("For example https, ssh; any for everything. One a line.")),
        )),
    ),
    "realm": (
        Section(_("What it is"), (ID, NAME)),
        Section(_("How well it is kept"), (
            Field("mfa", "choice", _("Second factor"), choices=_words(words.EXTENTS)),
            Field("accounts", "number", _("Accounts")), Field("accounts_with_mfa", "number", _("of them with a second factor")),
            Field("privileged_accounts", "number", _("Privileged accounts")),
            Field("privileged_with_mfa", "number", _("privileged ones with a second factor")),
            Field("shared_accounts", "number", _("Accounts that people share")),
            Field("default_credentials", "yesno", _("Default credentials still in use")),
            Field("reused_passwords", "yesno", _("Passwords known to be used elsewhere too")),
            Field("locks_out", "yesno", _("Locks out after wrong passwords")), Field("checked", "day", _("Checked on")),
        )),
        Section(_("Further"), (NOTES,)),
    ),
    "information": (
        Section(_("What it is"), (ID, NAME, Field("word", "choice", _("Sort of data"), choices=_vocabulary("information")))),
        Section(_("Who answers for it"), (UNIT, OWNER)),
        Section(_("Importance"), (
            IMPORTANCE, Field("judged", "day", _("Judged on")),
            Field("keep_in", "records", _("May be kept in"), _("Zones in which it may lie; none ticked: not decided."), of="zone"),
        )),
        Section(_("Further"), (NOTES,)),
    ),
    "supplier": (
        Section(_("Who it is"), (
            ID, NAME, Field("kind", "choice", _("Kind"), choices=_words(words.SUPPLIER_KINDS)),
            Field("does", "notes", _("What they do")), Field("contacts", "records", _("Contacts"), of="contact"),
        )),
        Section(_("Access and contract"), (
            Field("access", "notes", _("What they can reach here")), Field("contract_until", "day", _("Contract until")),
        )),
        Section(_("Further"), (NOTES,)),
    ),
    "service": (
        Section(_("What it is"), (
            ID, NAME, Field("level", "choice", _("Importance to the mission"), choices=_words(words.LEVELS)), IMPORTANCE,
            Field("customers", "notes", _("For whom")),
        )),
        Section(_("Who answers for it"), (UNIT, OWNER)),
        Section(_("What was promised"), (
            Field("agreement", "agreement", _("Service level")),
            Field("responsibility", "notes", _("Where our part ends"), _("The line of responsibility, towards customers and contractors.")),
            Field("suppliers", "records", _("Suppliers"), of="supplier"),
            Field("needs", "records", _("Services that it needs"), of="service"),
        )),
        Section(_("Further"), (NOTES,)),
    ),
    "link": (
        Section(_("What is connected"), (
            Field("from", "record", _("From"), of="asset"), Field("to", "record", _("To"), of="asset"),
            Field("kind", "choice", _("Kind"), choices=_words(words.LINK_KINDS)),
        )),
        Section(_("Further"), (NOTES,)),
    ),
    "backup": (
        Section(_("What is kept"), (
            Field("of", "record", _("Copies of"), of="asset"), Field("generations", "number", _("Generations")),
            Field("apart", "yesno", _("Out of an attacker's reach"), _("Whoever holds the asset cannot reach its copies.")),
            Field("last_restore_test", "day", _("Last tried restore")),
        )),
        Section(_("Further"), (NOTES,)),
    ),
}  # fmt: skip


def fields_of(kind: RecordKind) -> tuple[Field, ...]:
    """All fields of a kind, in the order of its page."""
    return tuple(field for section in SECTIONS[kind] for field in section.fields)


#: Kinds without an id of their own: what names them is chosen when they are made and stays.
NAMED_BY: Final[dict[RecordKind, tuple[str, ...]]] = {
    "route": ("from", "to"),
    "link": ("from", "to", "kind"),
    "backup": ("of",),
}
