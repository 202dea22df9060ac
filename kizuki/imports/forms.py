"""What a person says of a file: its kind, which column gives what, and how it is held against the register."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from kizuki.accounts import rules
from kizuki.accounts.forms import ZoneSelect, zones
from kizuki.imports.engine.lines import LISTS, POLICIES
from kizuki.imports.formats import FORMATS, ORGANISATION, titles
from kizuki.imports.models import Import
from kizuki.register.engine.sources import FIELDS
from kizuki.register.models import Zone
from kizuki.register.words import ASSET_KINDS, ZONE_KINDS
from kizuki.tasks.forms import unit_choices
from kizuki.ui.fields import OneFile
from kizuki.ui.templatetags.kizuki import language

#: What the words of a policy mean.
POLICY_WORDS: Final[dict[str, Any]] = {
    "fill": gettext_lazy("only fill what is empty"), "replace": gettext_lazy("replace"), "add": gettext_lazy("add to it"),
}  # fmt: skip
KINDS: Final[dict[str, Any]] = {
    "asset": gettext_lazy("assets"), "unit": gettext_lazy("units"), "zone": gettext_lazy("zones"), "contact": gettext_lazy("contacts"),
}  # fmt: skip
DAYS: Final = [
    ("", gettext_lazy("the year comes first, or it is clear")), ("day", gettext_lazy("the day comes first: 31/12/2026")),
    ("month", gettext_lazy("the month comes first: 12/31/2026")),
]  # fmt: skip


class GiveForm(forms.Form):
    file = OneFile(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "A list in CSV or Excel, an organisation file, a scan by nmap, DHCP leases, a neighbour table, or an export of Active"
            " Directory, Entra, a cloud, NetBox or GLPI."
        ),
    )


class DescribeForm(forms.Form):
    """What is said of a file as a whole. Columns and fields have inputs of their own (`column_…`, `policy_…`)."""

    format = forms.ChoiceField(label=gettext_lazy("Kind of file"))
    kind = forms.ChoiceField(label=gettext_lazy("What the rows are"), choices=list(KINDS.items()), required=False)
    sheet = forms.ChoiceField(label=gettext_lazy("Sheet"), required=False)
    header_row = forms.IntegerField(
        label=gettext_lazy("Row of the headings"), required=False, min_value=1, max_value=1000,
        help_text=gettext_lazy("Empty: it is looked for among the first rows."),
    )  # fmt: skip
    days = forms.ChoiceField(label=gettext_lazy("Days in this file"), required=False, choices=DAYS)
    clock = forms.ChoiceField(label=gettext_lazy("Time zone of its times"), widget=ZoneSelect)
    seen_at = forms.DateTimeField(
        label=gettext_lazy("When the file was made"), required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=gettext_lazy("Such files have no times of their own. Without it nothing is said to have been seen."),
    )  # fmt: skip
    zone = forms.ChoiceField(
        label=gettext_lazy("Zone in which the source looks"), required=False,
        help_text=gettext_lazy("Also given to new assets for which the file names none."),
    )  # fmt: skip
    default_kind = forms.ChoiceField(
        label=gettext_lazy("Kind of new assets"), required=False,
        help_text=gettext_lazy("Only where the file does not tell. Without it such rows are left out."),
    )  # fmt: skip
    default_unit = forms.ChoiceField(
        label=gettext_lazy("Unit of new assets"),
        required=False,
        help_text=gettext_lazy("Only where the file names none."),
    )
    zone_kind = forms.ChoiceField(
        label=gettext_lazy("Kind of new zones"), required=False,
        help_text=gettext_lazy("Only where the file names a zone and tells no kind."),
    )  # fmt: skip
    single = forms.ChoiceField(
        label=gettext_lazy("Where the register says something else"), required=False,
        choices=[(word, POLICY_WORDS[word]) for word in ("fill", "replace")],
    )  # fmt: skip
    several = forms.ChoiceField(
        label=gettext_lazy("Lists, such as addresses"), required=False,
        choices=[(word, POLICY_WORDS[word]) for word in ("add", "replace", "fill")],
    )  # fmt: skip
    removes = forms.BooleanField(
        label=gettext_lazy("Take out of the register what the file does not name"), required=False,
        help_text=gettext_lazy("Only if the file is meant to say everything."),
    )  # fmt: skip
    no_sightings = forms.BooleanField(label=gettext_lazy("Do not tell the devices room what was seen"), required=False)

    def __init__(self, imported: Import, person: Any, data: Any = None, *, sheets: Sequence[str] = ()) -> None:
        super().__init__(data, initial=initial_of(imported, person))
        self.imported, self.person = imported, person
        nothing: tuple[str, Any] = ("", _("none"))
        found = Zone.objects.visible_to(person).only("key", "name_ja", "name_en")
        named = sorted(((row.key, row.name.in_(language())) for row in found), key=lambda choice: choice[1])
        choices: dict[str, Any] = {
            "format": [("", pgettext("kind of file", "not known")), *titles().items()],
            "sheet": [("", _("the first one")), *((name, name) for name in sheets)],
            "clock": zones(), "zone": [nothing, *named], "default_kind": [("", _("leave out")), *ASSET_KINDS.items()],
            "default_unit": [nothing, *unit_choices(person, own=True)], "zone_kind": [("", _("leave out")), *ZONE_KINDS.items()],
        }  # fmt: skip
        for name, listed in choices.items():
            self.fields[name].choices = listed  # type: ignore[attr-defined]
        for name in self.hidden(str(self["format"].value() or "")):
            del self.fields[name]

    def hidden(self, format: str) -> set[str]:
        """The fields that this kind of file does not need."""
        known, away = FORMATS.get(format), {"removes"}
        if known is None:  # the organisation file and the register's own tables say everything themselves
            away = set(self.fields) - {"format"} - ({"removes"} if format == ORGANISATION else set())
            return away if rules.may_edit(self.person) else away | {"removes"}
        if not known.mapped:
            away |= {"kind", "header_row"}
        if format != "xlsx":
            away.add("sheet")
        if not known.timeless and format != "gcp-assets":
            away.add("seen_at")
        return away if rules.may_edit(self.person) else away | {"no_sightings", "zone_kind"}

    def said(self, mapping: dict[str, str] | None) -> dict[str, Any]:
        """The options, from a valid form."""
        data = self.cleaned_data
        names = ("kind", "sheet", "header_row", "days", "clock", "zone", "removes", "no_sightings")
        made = {name: data[name] for name in names if data.get(name)}
        if data.get("seen_at"):
            made["seen_at"] = data["seen_at"].isoformat()
        return made if mapping is None else {**made, "mapping": mapping}

    def settings(self, policy: dict[str, str]) -> dict[str, Any]:
        """How it is held against the register, from a valid form. Which name means what is kept."""
        data = self.cleaned_data
        if data["format"] not in FORMATS:
            return {}
        defaults = {name: data.get(f"default_{name}") for name in ("kind", "unit")} | {"zone": data.get("zone")}
        made = {
            "single": data.get("single") or "replace", "several": data.get("several") or "add", "main": data.get("kind") or "asset",
            "zone_kind": data.get("zone_kind") or "", "defaults": {name: value for name, value in defaults.items() if value},
            "policy": {field: word for field, word in policy.items() if word},
        }  # fmt: skip
        return {**made, "names": self.imported.settings.get("names", {})}

    def clean_format(self) -> str:
        format = str(self.cleaned_data["format"])
        if format == ORGANISATION and not rules.may_edit(self.person):
            raise forms.ValidationError(_("Only managers can enter this."))
        return format


def initial_of(imported: Import, person: Any) -> dict[str, Any]:
    """What the form shows of an import."""
    options, settings = imported.options, imported.settings
    defaults = settings.get("defaults", {})
    made = {
        **options,
        **{name: settings.get(name) for name in ("single", "several", "zone_kind") if settings.get(name)},
    }
    made |= {"format": imported.format, "default_kind": defaults.get("kind"), "default_unit": defaults.get("unit")}
    made.setdefault("clock", person.time_zone)
    if options.get("seen_at"):
        made["seen_at"] = timezone.localtime(datetime.fromisoformat(options["seen_at"]))
    return made


def fields_for(kind: str) -> list[tuple[str, str]]:
    """What a column may give, for a choice."""
    return [("", _("not taken")), *((field, _(label)) for field, label in FIELDS[kind].items())]


def policies_for(field: str) -> list[tuple[str, Any]]:
    """What may be done with a field, for a choice."""
    words = POLICIES if field in LISTS or field == "notes" else ("fill", "replace")
    return [("", _("as for all")), *((word, POLICY_WORDS[word]) for word in words)]
