"""Forms of devices: which are listed, and what can be decided about one."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kizuki.accounts import rules
from kizuki.devices.choices import Kind, State
from kizuki.devices.models import Device
from kizuki.register.engine.matching.rules import host_kind, label_of, mac_kind
from kizuki.register.models import Asset
from kizuki.register.words import ASSET_KINDS
from kizuki.tasks.forms import unit_choices
from kizuki.ui.templatetags.kizuki import language

FIELDS: Final = {"macs": "mac", "ips": "ip", "hosts": "host", "serials": "serial", "cloud_ids": "cloud"}
_LABELS: Final[dict[str, Any]] = {
    "macs": gettext_lazy("Hardware address"), "ips": gettext_lazy("IP address"), "hosts": gettext_lazy("Name"),
    "serials": gettext_lazy("Serial number"), "cloud_ids": gettext_lazy("Cloud id"),
}  # fmt: skip


class DeviceFilter(forms.Form):
    """Everything is optional; what was not understood does not narrow the list."""

    q = forms.CharField(label=gettext_lazy("Address or name"), required=False, max_length=200)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    decided = forms.ChoiceField(label=gettext_lazy("Decision"), required=False)
    unit = forms.ChoiceField(label=gettext_lazy("Unit"), required=False)
    zone = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput)

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        any_: tuple[str, Any] = ("", _("any"))
        choices: dict[str, Any] = {
            "state": [any_, *State.choices], "decided": [any_, ("nothing", _("none so far")), *Kind.choices],
            "unit": [any_, ("nobody", _("nobody’s")), *unit_choices(person)],
        }  # fmt: skip
        for name, listed in choices.items():
            self.fields[name].choices = listed  # type: ignore[attr-defined]
        for part in self.fields.values():
            part.widget.attrs["class"] = "input"

    def columns(self) -> dict[str, str]:
        """Column → value asked for; "" is one too. Not the words."""
        self.is_valid()
        empty = {"decided": "nothing", "unit": "nobody", "zone": "-"}
        asked = {name: self.cleaned_data.get(name) for name in ("state", "decided", "unit", "zone")}
        return {name: "" if word == empty.get(name) else word for name, word in asked.items() if word}

    def apply(self, devices: Any) -> Any:
        from kizuki.devices.queries import searched_devices

        return searched_devices(devices.filter(**self.columns()), self.cleaned_data.get("q", ""))

    def counted(self, counts: Any) -> int | None:
        """How many fit, where the counts by zone, state and decision tell it."""
        columns = self.columns()
        return None if "unit" in columns or self.cleaned_data.get("q") else counts.of(**columns)


class ObservationFilter(forms.Form):
    q = forms.CharField(label=gettext_lazy("Address or name"), required=False, max_length=200)
    source = forms.IntegerField(required=False, widget=forms.HiddenInput)
    zone = forms.ChoiceField(label=gettext_lazy("Zone"), required=False)

    def __init__(self, *args: Any, zones: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = sorted(zones.items(), key=lambda zone: zone[1])
        self.fields["zone"].choices = [("", _("any")), *listed]  # type: ignore[attr-defined]
        for part in self.fields.values():
            part.widget.attrs["class"] = "input"

    def apply(self, observations: Any) -> Any:
        from kizuki.devices.queries import searched_observations

        self.is_valid()
        asked = self.cleaned_data
        for name in ("source", "zone"):
            if asked.get(name):
                observations = observations.filter(**{name: asked[name]})
        return searched_observations(observations, asked["q"]) if asked.get("q") else observations


# ── what can be decided ──


class VersionForm(forms.Form):
    """Nothing but the version that the reader saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class _Identifiers(VersionForm):
    """What of a device the register is to know it by. Ticked: what stays with a thing; not ticked: what is made up, shared or leased."""

    identifiers = forms.MultipleChoiceField(
        label=gettext_lazy("Known from now on by"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Tick what stays with the thing. Leased addresses and made-up ones change."),
    )  # fmt: skip

    def __init__(self, *args: Any, device: Device, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.device = device
        choices = [
            (f"{field}:{value}", f"{_LABELS[field]} {value}") for field in FIELDS for value in getattr(device, field)
        ]
        self.fields["identifiers"].choices = choices  # type: ignore[attr-defined]
        self.fields["identifiers"].initial = [
            f"{field}:{value}" for field in FIELDS for value in getattr(device, field) if _stays(field, value)
        ]

    def given(self) -> dict[str, list[str]]:
        """Field of the asset → values, from a valid form."""
        found: dict[str, list[str]] = {}
        for one in self.cleaned_data["identifiers"]:
            field, _colon, value = one.partition(":")
            found.setdefault(field, []).append(value)
        return found


def _stays(field: str, value: str) -> bool:
    """Whether something tells one thing for good."""
    if field == "macs":
        return mac_kind(value) in ("universal", "virtual", "assigned")
    if field == "hosts":
        return host_kind(label_of(value)) != "generic"
    return field in ("serials", "cloud_ids")


class IdentifyForm(_Identifiers):
    asset = forms.CharField(
        label=gettext_lazy("Asset"), max_length=120, help_text=gettext_lazy("Its id in the register."),
        widget=forms.TextInput(attrs={"list": "assets", "autocomplete": "off"}),
    )  # fmt: skip
    field_order = ("version", "asset", "identifiers")

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.fields["asset"].initial = (self.device.near or {}).get("asset", "") or next(iter(self.device.assets), "")

    def clean_asset(self) -> Asset:
        row: Any = Asset.objects.visible_to(self.person).filter(key=self.cleaned_data["asset"].strip()).first()
        if row is None:
            raise forms.ValidationError(_("There is no such asset in the register."))
        if not (rules.may_edit(self.person) or _own(self.person, row.unit)):
            raise forms.ValidationError(_("This asset belongs to another unit. Ask a manager."))
        found: Asset = row
        return found


def _own(person: Any, unit: str) -> bool:
    from kizuki.register.access import own_units

    return unit in own_units(person)


class MakeForm(_Identifiers):
    """A new asset, filled in with what was seen."""

    id = forms.RegexField(
        r"^\S{1,120}$", label=gettext_lazy("Id"), help_text=gettext_lazy("Never changes; without spaces.")
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=lambda: list(ASSET_KINDS.items()))
    unit = forms.ChoiceField(label=gettext_lazy("Unit"))
    zone = forms.ChoiceField(label=gettext_lazy("Zone"), required=False)
    field_order = ("version", "id", "name", "kind", "unit", "zone", "identifiers")

    def __init__(self, *args: Any, person: Any, zones: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = unit_choices(person, own=True)  # type: ignore[attr-defined]
        listed = sorted(zones.items(), key=lambda zone: zone[1])
        self.fields["zone"].choices = [("", _("none")), *listed]  # type: ignore[attr-defined]
        device = self.device
        name = label_of(device.hosts[0]) if device.hosts else device.name
        values = {
            "id": name.replace(" ", "-")[:120],
            "name": name,
            "kind": "pc",
            "unit": device.unit,
            "zone": device.zone,
        }
        for field, value in values.items():
            self.fields[field].initial = value

    def document(self) -> dict[str, Any]:
        """The asset as the organisation file has it, from a valid form."""
        data = self.cleaned_data
        asked = {name: data[name] for name in ("id", "name", "kind", "unit", "zone") if data[name]}
        return {**asked, "lifecycle": "in use", **self.given()}


class AsideForm(VersionForm):
    reason = forms.CharField(
        label=gettext_lazy("What it is"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("For example: the laptop of an auditor of Kita Audit, here until Friday."),
    )  # fmt: skip
    until = forms.DateField(
        label=gettext_lazy("Until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("After that day somebody has to look again."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].widget.attrs["min"] = timezone.localdate().isoformat()


class BlockForm(VersionForm):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))


def named_assets(person: Any, device: Device) -> list[tuple[str, str]]:
    """Assets that are offered: candidates, the nearest, and the zone's, at most 50; by id and name."""
    first = [*device.assets, *([device.near["asset"]] if device.near else [])]
    visible: Any = Asset.objects.visible_to(person).only("key", "name_ja", "name_en")
    rows = (
        [*visible.filter(key__in=first), *visible.filter(zone=device.zone)[:50]]
        if device.zone
        else visible.filter(key__in=first)
    )
    return list(dict.fromkeys((row.key, row.name.in_(language())) for row in rows))[:50]
