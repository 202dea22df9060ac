"""GLPI: computers and other devices, as its REST API gives them in JSON and its lists in CSV.

The form: GLPI's `apirest.md` (“Get all items”, with expand_dropdowns=true; with_networkports=true adds the addresses), and the
search columns of GLPI, which are the headings of “Export → All pages in CSV”, in English and Japanese.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from kizuki.register.engine import identity
from kizuki.register.engine.sources.entries import Entry, at, objects, rows_or_entries, text, texts, truth
from kizuki.register.engine.sources.mapped import named
from kizuki.register.engine.sources.reading import Fields, Item, Proposal, RowFault, Source, fault
from kizuki.register.engine.sources.says import NOT_AN_ENTRY
from kizuki.register.engine.sources.sightings import seen
from kizuki.register.engine.sources.together import Together
from kizuki.register.engine.sources.values import put
from kizuki.register.engine.sources.words import KINDS, LIFECYCLES, kind_of_system, plain

#: Field → keys of JSON, then headings of CSV. Dropdowns that were not expanded are numbers of GLPI and say nothing.
_WANTED: Final = {
    "id": ("otherserial", "Inventory number", "資産番号", "在庫番号", "インベントリ番号"),
    "name": ("name", "Name", "名前"),
    "unit": ("groups_id", "groups_id_tech", "Group", "Group in charge", "グループ", "entities_id", "Entity", "エンティティ"),
    "zone": ("locations_id", "Location", "Locations", "場所"),
    "owner": ("users_id", "contact", "User", "ユーザー", "ユーザ", "Alternate username", "users_id_tech", "Technician in charge"),
    "serials": ("serial", "Serial number", "シリアル番号", "シリアルナンバー"),
    "make": ("manufacturers_id", "Manufacturer", "Manufacturers", "製造元", "メーカー"),
    "model": ("computermodels_id", "networkequipmentmodels_id", "printermodels_id", "phonemodels_id", "Model", "モデル"),
    "os": ("operatingsystems_id", "Operating system - Name", "Operating system", "オペレーティングシステム - 名前"),
    "notes": ("comment", "Comments", "コメント"), "cloud_ids": ("uuid", "UUID"),
}  # fmt: skip
_TYPE: Final = (
    "computertypes_id",
    "networkequipmenttypes_id",
    "printertypes_id",
    "phonetypes_id",
    "Type",
    "Types",
    "種類",
    "タイプ",
)
_STATUS: Final = ("states_id", "Status", "ステータス", "状態")
_SEEN: Final = ("last_inventory_update", "Last inventory date", "Last inventory", "最終インベントリ日")
_ADDRESSES: Final = {
    "ips": ("IP", "Networking - IP", "Network ports - IP", "ネットワーク - IP", "IPアドレス"),
    "macs": ("MAC address", "Network ports - MAC address", "Networking - MAC address", "ネットワークポート - MACアドレス", "MACアドレス"),
}  # fmt: skip


def read(source: Source) -> Iterator[Item]:
    """A proposal for each device, and a sighting at its last inventory by an agent, where it had one."""
    together = Together()
    for entry in rows_or_entries(source):
        if isinstance(entry, RowFault):
            yield entry
        elif not _said(entry.value, *_WANTED["name"], *_WANTED["serials"]):
            yield fault(entry.place, "name", NOT_AN_ENTRY)
        elif truth(entry.value, "is_template"):
            source.passed_over["template"] += 1
        else:
            yield from _device(source, entry, together)


def _said(value: object, *paths: str) -> str:
    """The first text. Numbers, and texts of nothing but a number for a dropdown, name rows of GLPI's own tables."""
    for path in paths:
        found = at(value, path)
        if isinstance(found, str) and (word := " ".join(found.replace("&nbsp;", " ").split())):
            return word
    return ""


def _device(source: Source, entry: Entry, together: Together) -> Iterator[Item]:
    value, fields = entry.value, Fields()
    for field, paths in _WANTED.items():
        yield from put(
            fields,
            field,
            _entity(_said(value, *paths)) if field == "unit" else _said(value, *paths),
            paths[0],
            entry.place,
        )
    yield from _addresses(fields, entry)
    kind = KINDS.get(plain(_said(value, *_TYPE))) or kind_of_system(str(fields.get("os", "")))
    if kind:
        fields["kind"] = kind
    state = LIFECYCLES.get(plain(_said(value, *_STATUS)))
    if truth(value, "is_deleted"):
        state = "retired"
    if state:
        fields["lifecycle"] = state
    if not named(fields):
        yield fault(entry.place, "name", NOT_AN_ENTRY)
        return
    if host := identity.host(str(fields["name"])):
        fields["hosts"] = (host,)
    told = list(together.repeated(fields, entry.place))
    yield from told
    if any(one.loses == "row" for one in told):
        return
    yield from together.others(fields, entry.place)
    yield Proposal("asset", fields, entry.place)
    if column := next((key for key in _SEEN if text(value, key)), ""):
        yield from seen(source, fields, text(value, column), column=column, place=entry.place)


def _entity(written: str) -> str:
    """“Root entity > Tokyo > Sales” is the unit Sales; the root alone is the organisation and no unit."""
    parts = [part.strip() for part in written.split(" > ")]
    root = parts[0].lower() in ("root entity", "ルートエンティティ")
    return "" if root and len(parts) == 1 else parts[-1]


def _addresses(fields: Fields, entry: Entry) -> Iterator[RowFault]:
    for field, headings in _ADDRESSES.items():
        yield from put(fields, field, text(entry.value, *headings).replace("<br>", "\n"), headings[0], entry.place)
    ports = entry.value.get("_networkports")
    for cards in ports.values() if isinstance(ports, Mapping) else ():
        for card in cards if isinstance(cards, list) else ():
            yield from put(fields, "macs", text(card, "mac"), "_networkports", entry.place)
            found = [text(one, "name") for one in objects(card, "NetworkName.IPAddress")] or texts(
                card, "NetworkName.IPAddress"
            )
            for address in found:
                yield from put(fields, "ips", address, "_networkports", entry.place)
