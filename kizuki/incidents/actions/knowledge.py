"""What is known of an incident: assets of the register and how they stand, indicators, files.

The entries say in `data` what is so from now on: for an asset {"id": its key in the register, "set": {"label_ja", "label_en",
"state"}}, for an indicator {"id": "kind:value", "set": {"state", "note"}}, for a file {"id": its digest,
"set": {"name", "size", "digest"}}."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, Final, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kizuki.files.actions import store_file
from kizuki.files.engine.sniff import clean_name
from kizuki.incidents import hooks
from kizuki.incidents.actions.timeline import ROOM, About, Stale, hold, must_be_open, note
from kizuki.incidents.choices import AssetState, Auto, IndicatorKind, IndicatorState
from kizuki.incidents.engine import indicators as engine
from kizuki.incidents.engine.defang import defanged
from kizuki.incidents.models import AssetOf, Entry, FileOf, Incident, Indicator
from kizuki.incidents.naming import named
from kizuki.journal.actions import By, record
from kizuki.kit.text import Text
from kizuki.register.models import Asset

#: As many assets or indicators as one sending may add.
MOST_AT_ONCE: Final = 200
MOST_NOTE: Final = 300
#: What kind of act it is to say of an asset that it stands so.
KIND_OF: Final[dict[str, str]] = {AssetState.CONTAINED: "contain", AssetState.RECOVERED: "recover"}


class Added(NamedTuple):
    """What was added, and what stood there before."""

    new: list[Any]
    there: list[Any]


@transaction.atomic
def add_asset(*, incident: Incident, key: str, by: By, state: str = AssetState.SUSPECTED) -> AssetOf:
    """Say that the incident concerns an asset of the register; one that is noted already is given back as it is."""
    added = add_assets(incident=incident, keys=[key], by=by, state=state)
    found: AssetOf = next(row for row in (*added.new, *added.there) if row.key == key)
    return found


@transaction.atomic
def add_assets(*, incident: Incident, keys: Sequence[str], by: By, state: str = AssetState.SUSPECTED) -> Added:
    """Say that the incident concerns these assets of the register (by key). Those that are noted already stay as they are.
    ValidationError for a key that is not there, a state that is not known, too many at once."""
    hold(incident)
    must_be_open(incident)
    if state not in AssetState.values:
        raise ValidationError({"state": _("Choose how the asset stands.")})
    wanted = list(dict.fromkeys(keys))
    if len(wanted) > MOST_AT_ONCE:
        raise ValidationError(
            _("At most %(most)d at once; these are %(n)d.") % {"most": MOST_AT_ONCE, "n": len(wanted)}
        )
    labels = _labels(incident, wanted)
    if missing := [key for key in wanted if key not in labels]:
        raise ValidationError(_("The register has no asset “%(key)s”.") % {"key": missing[0][:120]})
    there = list(AssetOf.objects.filter(incident=incident, key__in=wanted))
    known = {row.key for row in there}
    new = [_add_asset(incident, key, labels[key], state, by) for key in wanted if key not in known]
    if new:
        data = {"assets": [row.pk for row in new], "state": state}
        record(by=by, room=ROOM, verb="noted_asset", obj=incident, data=data)
        hooks.happened(incident, "asset.added", data)
    return Added(new, there)


def _labels(incident: Incident, keys: Iterable[str]) -> dict[str, Text]:
    rows = Asset.objects.filter(organisation=incident.organisation_id, deleted_at=None, key__in=list(keys))
    return {row.key: row.name for row in rows.only("key", "name_ja", "name_en")}


def _add_asset(incident: Incident, key: str, name: Text, state: str, by: By) -> AssetOf:
    label = named(name)
    entry = note(
        incident, Auto.ASSET, by=by, kind=KIND_OF.get(state, "analyse"), id=key, values={**label, "state": state},
        about=[About("asset", key, name)],
    )  # fmt: skip
    row: AssetOf = AssetOf.objects.create(incident=incident, key=key, **label, state=state, entry=entry)
    return row


@transaction.atomic
def set_asset_state(*, asset: AssetOf, state: str, version: int, by: By) -> AssetOf:
    """Say how an asset stands now. Stale where somebody was faster."""
    incident = asset.incident
    hold(incident)
    must_be_open(incident)
    if state not in AssetState.values:
        raise ValidationError({"state": _("Choose how the asset stands.")})
    _fresh(asset, version)
    was = asset.state
    if was == state:
        return asset
    entry = note(
        incident, Auto.ASSET, by=by, kind=KIND_OF.get(state, "analyse"), id=asset.key,
        values={**named(asset.name), "state": state}, was={"state": was}, about=[About("asset", asset.key, asset.name)],
    )  # fmt: skip
    _write(asset, state=state, entry=entry)
    data = {"asset": asset.pk, "state": state, "was": was}
    record(by=by, room=ROOM, verb="noted_asset", obj=incident, data=data)
    hooks.happened(incident, "asset.changed", data)
    return asset


@transaction.atomic
def propose_indicators(*, entry: Entry) -> list[Indicator]:
    """Note what the text of an entry holds of indicators, as proposals; gives the new ones. Addresses of one's own networks are left
    out. The entry itself tells of them, so that none is written about them."""
    found = [one for one in engine.found(entry.text) if not one.private][:MOST_AT_ONCE]
    return _propose(entry.incident, ((one.kind, one.value) for one in found), IndicatorState.PROPOSED, entry)


def _propose(
    incident: Incident, found: Iterable[tuple[str, str]], state: str, entry: Entry | None, text: str = ""
) -> list[Indicator]:
    """Rows for what is not there yet."""
    wanted = list(dict.fromkeys(found))
    values = [value for _kind, value in wanted]
    known = set(Indicator.objects.filter(incident=incident, value__in=values).values_list("kind", "value"))
    rows = [
        Indicator(incident=incident, kind=kind, value=value, state=state, entry=entry, note=text)
        for kind, value in wanted
        if (kind, value) not in known and len(value) <= Indicator._meta.get_field("value").max_length  # type: ignore[operator]
    ]
    return Indicator.objects.bulk_create(rows)


@transaction.atomic
def add_indicators(
    *, incident: Incident, text: str, by: By, state: str = IndicatorState.CONFIRMED, why: str = ""
) -> Added:
    """Note every indicator in a text, one or many, defanged or not. What was only proposed or rejected before gets the new state as
    well. ValidationError where the text holds none, or too many."""
    hold(incident)
    must_be_open(incident)
    said = _note(why)
    if state not in IndicatorState.values:
        raise ValidationError({"state": _("Choose what is to be made of it.")})
    wanted = list(dict.fromkeys((one.kind, one.value) for one in engine.found(text)))
    if not wanted:
        raise ValidationError(
            {
                "text": _(
                    "No address, domain, hash or CVE was found in it. Write one a line; 203[.]0[.]113[.]7 is understood."
                )
            }
        )
    if len(wanted) > MOST_AT_ONCE:
        most = {"most": MOST_AT_ONCE, "n": len(wanted)}
        raise ValidationError({"text": _("At most %(most)d at once; these are %(n)d.") % most})
    rows = Indicator.objects.filter(incident=incident, value__in=[value for _kind, value in wanted])
    there = [row for row in rows if (row.kind, row.value) in set(wanted)]
    new = _propose(incident, wanted, state, None, said)
    for row in new:
        _tell_indicator(row, {"state": row.state, "note": row.note}, None, by)
    for row in there:
        if row.state != state:
            _judge(row, {"state": state, "note": said or row.note}, by)
    if new:
        data = {"indicators": [row.pk for row in new], "state": state}
        record(by=by, room=ROOM, verb="noted_indicator", obj=incident, data=data)
        hooks.happened(incident, "indicator.added", data)
    return Added(new, there)


@transaction.atomic
def judge_indicator(*, indicator: Indicator, state: str, version: int, by: By, why: str | None = None) -> Indicator:
    """Confirm or reject an indicator, or change what is said of it (`why`; None leaves that as it is). Stale where somebody was
    faster."""
    hold(indicator.incident)
    must_be_open(indicator.incident)
    if state not in IndicatorState.values:
        raise ValidationError({"state": _("Choose what is to be made of it.")})
    _fresh(indicator, version)
    values = {"state": state, "note": indicator.note if why is None else _note(why)}
    if all(getattr(indicator, name) == value for name, value in values.items()):
        return indicator
    _judge(indicator, values, by)
    return indicator


def _judge(row: Indicator, values: Mapping[str, Any], by: By) -> None:
    was = {name: getattr(row, name) for name in values}
    _tell_indicator(row, values, was, by)
    _write(row, **values)
    data = {"indicator": row.pk, "state": row.state, "was": was["state"]}
    record(by=by, room=ROOM, verb="noted_indicator", obj=row.incident, data=data)
    hooks.happened(row.incident, "indicator.changed", data)


def _tell_indicator(row: Indicator, values: Mapping[str, Any], was: Mapping[str, Any] | None, by: By) -> None:
    kind = IndicatorKind(row.kind)
    note(
        row.incident, Auto.INDICATOR, by=by, kind="analyse", id=f"{kind.value}:{row.value}", values=values, was=was,
        about=[About("indicator", f"{kind.value}:{row.value}", defanged(kind.value, row.value))],
    )  # fmt: skip


def _note(text: str) -> str:
    plain = " ".join(text.replace("\x00", "").split())
    if len(plain) > MOST_NOTE:
        raise ValidationError(
            {"note": _("At most %(most)d characters; these are %(n)d.") % {"most": MOST_NOTE, "n": len(plain)}}
        )
    return plain


class _Nameless:
    """An upload under a name that says nothing: what a file of a restricted incident is called is known only there, but the name
    of stored bytes is seen by everyone who has the same bytes, and stands in the journal."""

    def __init__(self, upload: Any) -> None:
        self._upload = upload
        ending = PurePosixPath(clean_name(upload.name or "")).suffix
        self.name = f"file{ending}" if len(ending) <= 10 else "file"

    def __getattr__(self, name: str) -> Any:
        return getattr(self._upload, name)


@transaction.atomic
def keep_file(*, incident: Incident, upload: Any, by: By, text: str = "") -> FileOf:
    """Keep a file with the incident; the same bytes are kept once. `text`: what it is, for the timeline. ValidationError where it is
    empty or too large."""
    hold(incident)
    must_be_open(incident)
    name = clean_name(upload.name or "")
    stored = store_file(upload=_Nameless(upload), by=by)
    there = FileOf.objects.filter(incident=incident, file=stored).first()
    if there is not None:
        return there
    said = text.replace("\x00", "").strip()[:1000]
    values = {"name": name, "size": stored.size, "digest": stored.digest}
    entry = note(
        incident, Auto.FILE, by=by, kind="analyse", id=stored.digest, values=values, text=said,
        about=[About("file", stored.digest, name)],
    )  # fmt: skip
    row: FileOf = FileOf.objects.create(incident=incident, file=stored, name=name, entry=entry)
    data = {"file": row.pk, "digest": stored.digest, "size": stored.size}
    record(by=by, room=ROOM, verb="kept_file", obj=incident, data=data)
    hooks.happened(incident, "file.kept", {"file": row.pk})
    return row


def _fresh(row: AssetOf | Indicator, version: int) -> None:
    """Know the row as it is now. Stale unless it has this version."""
    row.refresh_from_db(fields=[field.name for field in row._meta.concrete_fields if field.name != "incident"])
    if row.version != version:
        raise Stale(row)


def _write(row: AssetOf | Indicator, **values: Any) -> None:
    """Change the row under the version that is known. The incident must be held."""
    now = timezone.now()
    rows = type(row).objects.filter(pk=row.pk, version=row.version)
    if not rows.update(**values, version=row.version + 1, changed_at=now):
        raise Stale(type(row).objects.get(pk=row.pk))
    for name, value in {**values, "version": row.version + 1, "changed_at": now}.items():
        setattr(row, name, value)
