"""Active Directory: computers and users, as Get-ADComputer and Get-ADUser give them through Export-Csv or ConvertTo-Json.

The properties: the documentation of the ActiveDirectory module (Get-ADComputer, Get-ADUser; “Extended properties”) and of the
attributes lastLogonTimestamp, adminCount and userAccountControl in the Active Directory schema.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kizuki.register.engine import identity
from kizuki.register.engine.sources.accounts import Accounts
from kizuki.register.engine.sources.entries import Entry, fill, rows_or_entries, text, texts, truth
from kizuki.register.engine.sources.mapped import named
from kizuki.register.engine.sources.reading import Fields, Item, Proposal, RowFault, Source, fault
from kizuki.register.engine.sources.says import NOT_AN_ENTRY
from kizuki.register.engine.sources.sightings import seen
from kizuki.register.engine.sources.together import Together
from kizuki.register.engine.sources.words import kind_of_system

_COMPUTER: Final = {
    "name": ("Name", "CN", "cn"), "hosts": ("DNSHostName", "dNSHostName"), "ips": ("IPv4Address", "IPv6Address"),
    "cloud_ids": ("ObjectGUID", "objectGUID"), "notes": ("Description", "description"), "owner": ("ManagedBy", "managedBy"),
}  # fmt: skip
#: Groups whose members can take over the domain, by name and by the end of their SID.
_PRIVILEGED: Final = re.compile(
    r"(?:^|;|,|\bCN=)\s*(?:Domain Admins|Enterprise Admins|Schema Admins|Administrators|Account Operators|Backup Operators"
    r"|Server Operators|Print Operators|Group Policy Creator Owners|Key Admins|Enterprise Key Admins)\s*(?:,|;|$)",
    re.IGNORECASE,
)  # fmt: skip
_DC_PARTS: Final = re.compile(r"(?:^|,)\s*DC=([^,]{1,63})", re.IGNORECASE)
_SMARTCARD, _NO_PASSWORD, _NEVER_EXPIRES, _DISABLED = 0x40000, 0x20, 0x10000, 0x2


def domain_of(value: object) -> str:
    """The domain of an object, from its distinguished name, else from its DNS name or the name for signing in."""
    parts = _DC_PARTS.findall(text(value, "DistinguishedName", "distinguishedName"))
    host = text(value, "DNSHostName", "dNSHostName").partition(".")[2]
    written = ".".join(parts) or host or text(value, "UserPrincipalName", "userPrincipalName").rpartition("@")[2]
    return (identity.host(written) or "")[:120]


def read_computers(source: Source) -> Iterator[Item]:
    """A proposal for each computer, and a sighting at its last logon. LastLogonDate is taken from lastLogonTimestamp, which
    Active Directory keeps up to fourteen days behind."""
    together = Together()
    for entry in rows_or_entries(source):
        if isinstance(entry, RowFault):
            yield entry
        elif text(entry.value, "ObjectClass", "objectClass") not in ("", "computer") or not text(
            entry.value, *_COMPUTER["name"], "DNSHostName", "dNSHostName"
        ):
            yield fault(entry.place, "", NOT_AN_ENTRY)
        else:
            yield from _computer(source, entry, together)


def _computer(source: Source, entry: Entry, together: Together) -> Iterator[Item]:
    fields = Fields()
    yield from fill(fields, entry, _COMPUTER)
    owner = re.match(r"CN=((?:[^,\\]|\\.)+)", str(fields.get("owner", "")), re.IGNORECASE)
    if owner:
        fields["owner"] = owner[1].replace("\\", "")
    system = " ".join(filter(None, (text(entry.value, key) for key in ("OperatingSystem", "OperatingSystemVersion"))))
    if system:
        fields["os"] = system[:400]
    if kind := _kind(entry.value, system):
        fields["kind"] = kind
    if domain := domain_of(entry.value):
        fields["realm"] = domain
    if not named(fields):
        yield fault(entry.place, "", NOT_AN_ENTRY)
        return
    if "hosts" not in fields and (host := identity.host(str(fields["name"]))):
        fields["hosts"] = (host,)
    yield from together.repeated(fields, entry.place)
    yield from together.others(fields, entry.place)
    yield Proposal("asset", fields, entry.place)
    last = next(
        (
            key
            for key in ("LastLogonDate", "lastLogonDate", "lastLogonTimestamp", "LastLogonTimestamp")
            if text(entry.value, key)
        ),
        "",
    )
    enabled = truth(entry.value, "Enabled", "enabled")
    folder = text(entry.value, "DistinguishedName", "distinguishedName").partition(",")[2]
    said = [("account", "" if enabled is None else "enabled" if enabled else "disabled"), ("folder", folder)]
    if last:
        yield from seen(source, fields, text(entry.value, last), column=last, place=entry.place, more=said)


def _kind(value: object, system: str) -> str | None:
    """Domain controllers stand in a folder of their own and have primary groups 516 and 521."""
    folder = text(value, "DistinguishedName", "distinguishedName").lower()
    group = text(value, "PrimaryGroupID", "primaryGroupID")
    if "ou=domain controllers," in folder or group in ("516", "521"):
        return "directory"
    return kind_of_system(system)


def read_users(source: Source) -> Iterator[Item]:
    """For each domain, how many accounts are enabled, how many of them are privileged, and how many must sign in with a card.
    No account itself is kept. `adminCount` also marks accounts that were privileged once."""
    realms: dict[str, Accounts] = {}
    for entry in rows_or_entries(source):
        if isinstance(entry, RowFault):
            yield entry
            continue
        domain = domain_of(entry.value)
        if not domain or text(entry.value, "ObjectClass", "objectClass") not in ("", "user", "inetOrgPerson"):
            yield fault(entry.place, "", NOT_AN_ENTRY)
            continue
        _count(realms.setdefault(domain, Accounts(entry.place)), entry.value)
    for domain, accounts in realms.items():
        yield Proposal("realm", {"id": domain, "name": domain, **accounts.facts()}, accounts.place)


def _count(accounts: Accounts, value: object) -> None:
    written = text(value, "userAccountControl", "UserAccountControl")
    flags = int(written) if written.isdecimal() and len(written) < 12 else None
    enabled = truth(value, "Enabled", "enabled")
    if enabled is None and flags is not None:
        enabled = not flags & _DISABLED
    groups = ";".join(texts(value, "MemberOf") or texts(value, "memberOf"))
    admin = text(value, "adminCount", "AdminCount")
    known = any(key in ("adminCount", "AdminCount", "MemberOf", "memberOf") for key in _keys(value))
    card = truth(value, "SmartcardLogonRequired", "smartcardLogonRequired")
    accounts.add(
        enabled=enabled is not False,
        privileged=(admin == "1" or bool(_PRIVILEGED.search(groups))) if known else None,
        mfa=bool(flags & _SMARTCARD) if card is None and flags is not None else card,
        no_password=_flag(truth(value, "PasswordNotRequired"), flags, _NO_PASSWORD),
        never_expires=_flag(truth(value, "PasswordNeverExpires"), flags, _NEVER_EXPIRES),
    )


def _keys(value: object) -> list[str]:
    return list(value) if isinstance(value, dict) else []


def _flag(stated: bool | None, flags: int | None, bit: int) -> bool | None:
    return bool(flags & bit) if stated is None and flags is not None else stated
