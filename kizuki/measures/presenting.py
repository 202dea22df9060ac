"""Coverage, contradictions and proposals as pages show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kizuki.devices.choices import State
from kizuki.devices.models import Device
from kizuki.files.models import File
from kizuki.kit.kept import Kept
from kizuki.kit.text import Name, Text, shown
from kizuki.measures import hooks, words
from kizuki.measures.engine.contradictions import Contradiction, contradictions
from kizuki.measures.evidence import files_of
from kizuki.register.engine.kinds import KINDS, RecordKind
from kizuki.register.models import TABLES, Asset, Coverage, Organisation
from kizuki.register.words import ASSET_KINDS
from kizuki.ui.templatetags.kizuki import language

_found: Kept[tuple[Contradiction, ...]] = Kept(4)
#: Assets named beside a contradiction; the rest is counted.
NAMED = 5
#: With so many assets the contradictions are found within a tenth of a second.
QUICK = 5000


def today() -> str:
    """The day in the reader's time zone, as the register writes days."""
    return timezone.localdate().isoformat()


class Names:
    """What units, zones and assets are called; asked for once for all rows of a page."""

    def __init__(self, organisation_id: int, scopes: Iterable[Mapping[str, Any]]) -> None:
        keys: dict[RecordKind, set[str]] = {"unit": set(), "zone": set(), "asset": set()}
        for scope in scopes:
            for kind, wanted in keys.items():
                if scope.get(kind):
                    wanted.add(scope[kind])
        self._names: dict[tuple[str, str], Text] = {}
        for kind, wanted in keys.items():
            rows = TABLES[kind].objects.filter(organisation_id=organisation_id, key__in=wanted) if wanted else ()
            self._names.update({(kind, row.key): row.name for row in rows})

    def of(self, kind: str, key: str) -> str:
        name = self._names.get((kind, key))
        return name.in_(language()) if name else key

    def scope(self, scope: Mapping[str, Any]) -> list[tuple[Any, str]]:
        """(what, which) for each key of a scope; empty for the whole organisation."""
        parts: list[tuple[Any, str]] = []
        for key, title in words.SCOPES.items():
            if value := scope.get(key):
                parts.append((title, str(ASSET_KINDS.get(value, value)) if key == "kind" else self.of(key, value)))
        return parts


class Row(NamedTuple):
    """A row of coverage on a page. `state`: what it counts as today; `over`: its time has passed."""

    row: Coverage
    scope: list[tuple[Any, str]]
    state: str
    over: bool
    evidence: Name | None
    files: list[tuple[str, File | None]]
    contradicted: int


def rows_of(found: Iterable[Coverage], against: Mapping[str, int] | None = None) -> list[Row]:
    """Rows with names and files, in a fixed number of questions. `against`: contradictions by the row's key."""
    rows = list(found)
    if not rows:
        return []
    names = Names(rows[0].organisation_id, (row.document["scope"] for row in rows))
    files = files_of(digest for row in rows for digest in row.document.get("files", ()))
    day = today()
    return [_row(row, names, files, day, (against or {}).get(row.key, 0)) for row in rows]


def _row(row: Coverage, names: Names, files: Mapping[str, File], day: str, against: int) -> Row:
    over = bool(row.valid_until) and row.valid_until < day
    attached = [(digest, files.get(digest)) for digest in row.document.get("files", ())]
    state = "unknown" if over else row.state
    return Row(row, names.scope(row.document["scope"]), state, over, row.read.evidence, attached, against)


def scope_words(parts: Iterable[tuple[Any, str]]) -> str:
    """A scope in one line of the reader's language."""
    told = _(", ").join(f"{title}{_(': ')}{name}" for title, name in parts)
    return told or _("Whole organisation")


class Against(NamedTuple):
    """A contradiction on a page: the claim and its address, the fact and its address, assets by name, how many more."""

    measure: str
    claim: str
    claim_address: str
    why: str
    address: str
    assets: list[tuple[str, str]]
    more: int


def found_in(organisation: Organisation, *, quickly: bool = False) -> tuple[Contradiction, ...] | None:
    """All contradictions of an organisation today; kept by the state of its register. `quickly`: None where they are not kept yet
    and the register is so large that a list would have to wait for them."""
    day, (unknown, _address) = today(), hooks.unknown_devices()

    def make() -> tuple[Contradiction, ...]:
        if quickly and Asset.objects.filter(organisation=organisation, deleted_at=None).count() > QUICK:
            raise _TooLarge
        return contradictions(organisation.standing(day), day, unknown_devices=unknown)

    try:
        return _found.get((organisation.digest, day, unknown), make)
    except _TooLarge:
        return None


class _TooLarge(Exception):
    """Not to be made now; nothing is then kept."""


def against(organisation: Organisation, chosen: Iterable[Contradiction]) -> list[Against]:
    """Contradictions with the words and addresses of both facts."""
    chosen = list(chosen)
    keys = {found.claim.key for found in chosen}
    rows: Any = Coverage.objects.filter(organisation=organisation, key__in=keys, deleted_at=None)
    claims: dict[str, Coverage] = {row.key: row for row in rows}
    shown_assets = {id for found in chosen for id in found.assets[:NAMED]}
    scopes = [row.document["scope"] for row in claims.values()] + [{"asset": id} for id in shown_assets]
    names = Names(organisation.pk, scopes)
    return [_against(found, claims.get(found.claim.key), names) for found in chosen]


def _against(found: Contradiction, claim: Coverage | None, names: Names) -> Against:
    values = {name: value if isinstance(value, int) else shown(value, language()) for name, value in found.values}
    address = record_address(found.kind, found.key) if found.kind else hooks.unknown_devices()[1]
    assets = [(names.of("asset", id), record_address("asset", id)) for id in found.assets[:NAMED]]
    if found.kind in ("asset", "backup"):
        assets = []  # the sentence names it
    return Against(
        found.measure,
        scope_words(names.scope(claim.document["scope"])) if claim else found.claim.key,
        reverse("measures:row", args=[claim.pk]) if claim else "",
        str(words.WHYS[found.why]) % values,
        address,
        assets,
        max(0, len(found.assets) - NAMED) if assets else 0,
    )


def record_address(kind: RecordKind, key: str) -> str:
    """The page of a record of the register; "" where there is none."""
    try:
        return reverse("register:find", args=[KINDS[kind].part, key])
    except NoReverseMatch:
        return ""


def row_address(row: Any) -> str:
    """The page of a row of coverage."""
    return reverse("measures:row", args=[row.pk])


def unknown_devices() -> tuple[int, str]:
    """How many devices were seen that the register does not have and nobody has set aside, and where they are listed."""
    found = Device.objects.filter(organisation__is_home=True, state=State.UNKNOWN, decided="")
    return found.count(), reverse("devices:devices")


def in_both(text: Mapping[str, str]) -> SafeString:
    """A text in the languages in which it was written, each marked as what it is: a change of one of them must be seen."""
    return format_html_join(
        " / ", '<span lang="{}">{}</span>', ((code, text[code]) for code in ("ja", "en") if text.get(code))
    )


def said(value: Any, field: str, names: Names) -> str:
    """A value of a row of coverage in words, for histories and clashes; "" for nothing."""
    if value is None or value == []:
        return ""
    if field == "scope":
        return scope_words(names.scope(value))
    if field == "state":
        return str(words.STATES.get(value, value))
    if isinstance(value, dict):
        return in_both(value)
    if field == "files":
        return ", ".join(f"{digest[:12]}…" for digest in value)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
