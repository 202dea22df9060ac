"""Microsoft Entra ID: devices and users, as Microsoft Graph gives them in JSON and the admin center in CSV.

The properties: Graph's resource types `device`, `user` and `userRegistrationDetails`; the columns of “Download devices” and
“Download users” and of the report “User registration details” in the documentation of the admin center.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from kizuki.register.engine import identity
from kizuki.register.engine.sources.accounts import Accounts
from kizuki.register.engine.sources.entries import Entry, fill, objects, rows_or_entries, text, texts, truth
from kizuki.register.engine.sources.mapped import named
from kizuki.register.engine.sources.reading import Fields, Item, Proposal, RowFault, Source, fault
from kizuki.register.engine.sources.says import NOT_AN_ENTRY
from kizuki.register.engine.sources.sightings import seen
from kizuki.register.engine.sources.together import Together
from kizuki.register.engine.sources.words import kind_of_system

# A device that is joined to both has the GUID of its computer object in Active Directory as its deviceId.
_DEVICE: Final = {
    "name": ("displayName",), "cloud_ids": ("deviceId", "id", "objectId"), "make": ("manufacturer",), "model": ("model",),
    "serials": ("serialNumber",), "owner": ("registeredOwners", "userNames", "registeredOwner", "userPrincipalName"),
}  # fmt: skip
_SEEN: Final = ("approximateLastSignInDateTime", "approximateLastLogonTimeStamp", "lastSyncDateTime")


def read_devices(source: Source) -> Iterator[Item]:
    """A proposal for each device, and a sighting at its last sign-in, which Entra keeps approximately."""
    together = Together()
    for entry in rows_or_entries(source):
        if isinstance(entry, RowFault):
            yield entry
        elif not text(entry.value, "displayName", "deviceId"):
            yield fault(entry.place, "", NOT_AN_ENTRY)
        else:
            yield from _device(source, entry, together)


def _device(source: Source, entry: Entry, together: Together) -> Iterator[Item]:
    fields = Fields()
    yield from fill(fields, entry, _DEVICE)
    owners = [text(owner, "userPrincipalName", "displayName") for owner in objects(entry.value, "registeredOwners")]
    if owner := next(filter(None, owners), ""):
        fields["owner"] = owner
    name, version = text(entry.value, "operatingSystem"), text(entry.value, "operatingSystemVersion")
    if system := " ".join(filter(None, (name, version))):
        fields["os"] = system[:400]
    if kind := kind_of_system(name):
        fields["kind"] = kind
    if not named(fields):
        yield fault(entry.place, "", NOT_AN_ENTRY)
        return
    if host := identity.host(str(fields["name"])):
        fields["hosts"] = (host,)
    yield from together.repeated(fields, entry.place)
    yield from together.others(fields, entry.place)
    yield Proposal("asset", fields, entry.place)
    last = next((key for key in _SEEN if text(entry.value, key)), "")
    states = (("joined", text(entry.value, "trustType", "joinType")), *_states(entry.value))
    if last:
        yield from seen(source, fields, text(entry.value, last), column=last, place=entry.place, more=states)


def _states(value: object) -> Iterator[tuple[str, str]]:
    for key in ("isManaged", "isCompliant", "accountEnabled"):
        if (answer := truth(value, key)) is not None:
            yield key, "true" if answer else "false"


def read_users(source: Source) -> Iterator[Item]:
    """One realm for the file with how many accounts are enabled, can use MFA, and are administrators. No account is kept.

    `isMfaCapable` says that a method is registered that the policy allows; it does not say that MFA is asked for.
    """
    accounts, domains = Accounts(1), Counter[str]()
    for entry in rows_or_entries(source):
        if isinstance(entry, RowFault):
            yield entry
            continue
        name = text(entry.value, "userPrincipalName", "User principal name", "userDisplayName")
        if not name:
            yield fault(entry.place, "", NOT_AN_ENTRY)
            continue
        guest = text(entry.value, "userType", "User type").lower()
        external = guest == "guest" or "#ext#" in name.lower()
        if not external and (domain := identity.host(name.rpartition("@")[2]) if "@" in name else None):
            domains[domain] += 1
        mfa = truth(entry.value, "isMfaCapable", "isMfaRegistered", "MFA capable", "Multifactor authentication capable")
        accounts.add(
            enabled=truth(entry.value, "accountEnabled", "Account enabled") is not False,
            privileged=_administers(entry.value),
            mfa=mfa,
            guest=external if guest or external else None,
        )
    if accounts.enabled + accounts.disabled:
        # of domains that are as frequent, always the same
        domain = min(domains, key=lambda one: (-domains[one], one), default="entra")
        yield Proposal(
            "realm",
            {"id": f"entra:{domain}"[:120], "name": f"Entra ID {domain}"[:400], **accounts.facts()},
            accounts.place,
        )


def _administers(value: object) -> bool | None:
    """By the report itself; else by the roles, where the file was made with them."""
    if (stated := truth(value, "isAdmin", "Is admin", "Administrator")) is not None:
        return stated
    if isinstance(value, dict) and "assignedRoles" in value:
        return bool(texts(value, "assignedRoles") or objects(value, "assignedRoles"))
    return None
