"""The form of one row of coverage, for managers; and of a proposal, for owners of units."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from kizuki.kit.text import shown
from kizuki.measures import catalogue, words
from kizuki.measures.forms.evidence import LONGEST, AnswerForm, EvidenceForm
from kizuki.register.columns import plain
from kizuki.register.engine.format import Scope
from kizuki.register.engine.kinds import plain as as_document
from kizuki.register.models import Asset, Organisation, Unit, Zone
from kizuki.register.words import ASSET_KINDS
from kizuki.ui.templatetags.kizuki import language

ANYWHERE = ("", _("any"))


def choices_of(table: Any, organisation: Organisation, only: Collection[str] | None = None) -> list[tuple[str, str]]:
    """(key, name) of all records of a table by name, in the reader's language."""
    rows = table.objects.filter(organisation=organisation, deleted_at=None)
    if only is not None:
        rows = rows.filter(key__in=only)
    named = [(row.key, row.name.in_(language())) for row in rows.only("key", "name_ja", "name_en")]
    return sorted(named, key=lambda pair: pair[1])


def measure_choices(also: str = "") -> list[tuple[str, str]]:
    """The measures that may be chosen, and one that is retired but there already."""
    offered = catalogue.offered()
    known = offered if not also or also in offered else {**offered, also: catalogue.measures()[also]}
    return [(id, f"{id} {measure.name.in_(language())}") for id, measure in known.items()]


class ScopeFields(forms.Form):
    """Where a row applies: several keys together must all hold; none means the whole organisation."""

    unit = forms.ChoiceField(label=_("Unit"), required=False)
    zone = forms.ChoiceField(label=_("Zone"), required=False)
    kind = forms.ChoiceField(label=_("Kind of asset"), required=False, choices=[ANYWHERE, *ASSET_KINDS.items()])
    asset = forms.CharField(
        label=_("Asset"), required=False, max_length=200, help_text=_("Its id, or its name or host if that is clear."),
    )  # fmt: skip

    organisation: Organisation

    def clean_asset(self) -> str:
        text: str = self.cleaned_data["asset"].strip()
        return find_asset(self.organisation, text) if text else ""

    def scope(self) -> Scope:
        data = self.cleaned_data
        given = {key: data[key] for key in ("unit", "zone", "kind", "asset") if data.get(key)}
        return Scope(**given) if given else Scope(all=True)


def find_asset(organisation: Organisation, text: str) -> str:
    """The key of the asset with that id, name or host. Raises `ValidationError` where there is none, or several."""
    assets = Asset.objects.filter(organisation=organisation, deleted_at=None)
    if assets.filter(key=text).exists():
        return text
    found = list(assets.filter(text__contains=plain(text))[:6])
    if len(found) == 1:
        return str(found[0].key)
    if not found:
        raise ValidationError(_("No asset has this id, name or host."))
    ids = _now(", ").join(row.key for row in found[:5])
    raise ValidationError(_("Several assets fit: %(ids)s. Write the id of one."), params={"ids": ids})


class CoverageForm(EvidenceForm, ScopeFields):
    """A row of coverage. For one that exists, measure and scope stay as they are: `row` is then given."""

    field_order = [
        "measure", "unit", "zone", "kind", "asset", "state", "evidence_ja", "evidence_en", "link", "kept", "uploads",
        "verified", "verified_by", "valid_until",
    ]  # fmt: skip
    measure = forms.ChoiceField(label=_("Measure"))
    state = forms.ChoiceField(
        label=_("State"), widget=forms.RadioSelect, choices=[(state, word) for state, word in words.STATES.items()]
    )
    evidence_ja = forms.CharField(
        label=_("Evidence in Japanese"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3, "lang": "ja"}),
    )
    evidence_en = forms.CharField(
        label=_("Evidence in English"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3, "lang": "en"}),
    )
    verified = forms.DateField(
        label=_("Verified on"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    verified_by = forms.CharField(label=_("Verified by"), required=False, max_length=400)
    valid_until = forms.DateField(
        label=_("Valid until"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("After this day the row counts as unknown, until somebody looks again."),
    )  # fmt: skip
    base = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, organisation: Organisation, row: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation, self.row = organisation, row
        if row is not None:
            for name in ("measure", "unit", "zone", "kind", "asset"):
                del self.fields[name]
            return
        self.fields["measure"].choices = measure_choices()  # type: ignore[attr-defined]
        self.fields["unit"].choices = [ANYWHERE, *choices_of(Unit, organisation)]  # type: ignore[attr-defined]
        self.fields["zone"].choices = [ANYWHERE, *choices_of(Zone, organisation)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("verified") and data.get("valid_until") and data["valid_until"] < data["verified"]:
            self.add_error("valid_until", _("This day is before the day on which it was verified."))
        return data

    def document(self, files: list[str]) -> dict[str, Any]:
        """The row as the register keeps it."""
        data = self.cleaned_data
        if self.row is not None:
            made: dict[str, Any] = {"measure": self.row.measure, "scope": self.row.document["scope"]}
        else:
            made = {"measure": data["measure"], "scope": as_document(self.scope())}
        made["state"] = data["state"]
        texts = {"ja": data["evidence_ja"].strip(), "en": data["evidence_en"].strip()}
        values = {
            "evidence": _evidence(texts, self.row), "link": data["link"].strip(), "files": files,
            "verified": data["verified"] and data["verified"].isoformat(), "verified_by": data["verified_by"].strip(),
            "valid_until": data["valid_until"] and data["valid_until"].isoformat(),
        }  # fmt: skip
        return made | {name: value for name, value in values.items() if value}


def _evidence(texts: Mapping[str, str], row: Any) -> Any:
    """The evidence in the languages given; a plain text, which stands for both, stays one while both fields say the same."""
    before = row.document.get("evidence") if row is not None else None
    if isinstance(before, str) and texts["ja"] == texts["en"] != "":
        return texts["ja"]
    return {name: text for name, text in texts.items() if text}


def initial_of(document: Mapping[str, Any], version: int) -> dict[str, Any]:
    """What the form of a row shows first."""
    evidence = document.get("evidence")
    plain_text = evidence if isinstance(evidence, str) else ""
    texts = evidence if isinstance(evidence, dict) else {}
    return {
        **{name: document.get(name) for name in ("state", "link", "verified", "verified_by", "valid_until")},
        "evidence_ja": texts.get("ja") or plain_text,
        "evidence_en": texts.get("en") or plain_text,
        "base": version,
    }


class ProposalForm(AnswerForm):
    """What the owner of a unit proposes for it, or for one of its assets."""

    field_order = ["measure", "unit", "asset", "state", "evidence", "link", "kept", "uploads"]
    measure = forms.ChoiceField(label=_("Measure"))
    unit = forms.ChoiceField(label=_("Unit"))
    asset = forms.CharField(
        label=_("Asset"), required=False, max_length=200,
        help_text=_("Only where it is about one asset of the unit: its id, name or host."),
    )  # fmt: skip

    def __init__(self, *args: Any, organisation: Organisation, units: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation, self.units = organisation, units
        self.fields["measure"].choices = measure_choices()  # type: ignore[attr-defined]
        self.fields["unit"].choices = choices_of(Unit, organisation, units)  # type: ignore[attr-defined]

    def clean_asset(self) -> str:
        text = self.cleaned_data["asset"].strip()
        if not text:
            return ""
        key = find_asset(self.organisation, text)
        own = Asset.objects.filter(organisation=self.organisation, key=key, unit__in=self.units)
        if not own.exists():
            raise ValidationError(_("No asset has this id, name or host."))
        return key

    def scope(self) -> Scope:
        asset = self.cleaned_data["asset"]
        return Scope(asset=asset) if asset else Scope(unit=self.cleaned_data["unit"])


class AcceptForm(CoverageForm):
    """A proposal as the manager puts it, before it is recorded."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class VersionForm(forms.Form):
    """Nothing but the version of the row that the reader saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class CoverageFilter(forms.Form):
    """What to show of all coverage. Everything is optional; what is not understood does not narrow."""

    measure = forms.ChoiceField(label=_("Measure"), required=False)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[ANYWHERE, *words.STATES.items(), ("unknown", _("no longer valid"))]
    )
    unit = forms.ChoiceField(label=_("Unit"), required=False)
    zone = forms.ChoiceField(label=_("Zone"), required=False)

    def __init__(self, *args: Any, organisation: Organisation, units: Collection[str] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["measure"].choices = [ANYWHERE, *((id, id) for id in catalogue.measures())]  # type: ignore[attr-defined]
        self.fields["unit"].choices = [ANYWHERE, *choices_of(Unit, organisation, units)]  # type: ignore[attr-defined]
        self.fields["zone"].choices = [ANYWHERE, *choices_of(Zone, organisation)]  # type: ignore[attr-defined]

    def narrowed(self, rows: Any, day: str) -> Any:
        self.is_valid()
        data = self.cleaned_data
        for name, column in (("measure", "measure"), ("unit", "unit"), ("zone", "scope_zone")):
            if data.get(name):
                rows = rows.filter(**{column: data[name]})
        over = {"valid_until__gt": "", "valid_until__lt": day}
        if data.get("state") == "unknown":
            rows = rows.filter(**over)
        elif data.get("state"):
            rows = rows.filter(state=data["state"]).exclude(**over)
        return rows


def name_of(record: Any) -> str:
    """A record's name in the reader's language."""
    return shown(record.name, language()) or str(record.key)
