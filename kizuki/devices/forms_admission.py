"""Forms of admissions: asking, deciding, saying what became of it."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy

from kizuki.devices.actions.admitting import outcomes_of
from kizuki.devices.forms import VersionForm
from kizuki.devices.models import Admission
from kizuki.register.models import Zone
from kizuki.register.words import ASSET_KINDS
from kizuki.tasks.forms import unit_choices
from kizuki.ui.templatetags.kizuki import language

#: What the kind of a zone already says about the fact “connection” of the library's criteria.
CONNECTION: Final = {
    "guest": "guest", "office": "office", "server": "server", "dmz": "server", "management": "server", "plant": "plant", "cloud": "cloud",
}  # fmt: skip


class AskForm(forms.Form):
    """What is to be connected, where, and for whom; the questions follow from the kind."""

    what = forms.CharField(
        label=gettext_lazy("What is to be connected"), max_length=200,
        help_text=gettext_lazy("For example: label printer of the warehouse, Zebra ZT411."),
    )  # fmt: skip
    purpose = forms.CharField(
        label=gettext_lazy("What for"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=lambda: list(ASSET_KINDS.items()))
    zone = forms.ChoiceField(label=gettext_lazy("Zone"), help_text=gettext_lazy("The network into which it goes."))
    unit = forms.ChoiceField(label=gettext_lazy("Unit"), help_text=gettext_lazy("The unit that answers for it."))
    device = forms.IntegerField(required=False, widget=forms.HiddenInput)
    follows = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = Zone.objects.filter(organisation__is_home=True, deleted_at=None).only("key", "name_ja", "name_en")
        listed = sorted(((zone.key, zone.name.in_(language())) for zone in zones), key=lambda zone: zone[1])
        self.fields["zone"].choices = listed  # type: ignore[attr-defined]
        self.fields["unit"].choices = unit_choices(person, own=True)  # type: ignore[attr-defined]

    def known_facts(self) -> dict[str, str]:
        """What the register knows already of the facts that are asked, as initial answers of a `FactsForm`."""
        zone: Any = Zone.objects.filter(organisation__is_home=True, key=self.cleaned_data["zone"]).first()
        known = CONNECTION.get(zone.kind) if zone else None
        return {"fact-connection": known} if known else {}


class DecideForm(VersionForm):
    """What a manager decides: as the criteria say, or otherwise with a reason and an end."""

    outcome = forms.ChoiceField(label=gettext_lazy("Decision"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=gettext_lazy("Why it departs from the criteria"), max_length=4000, required=False,
        widget=forms.Textarea(attrs={"rows": 2}), help_text=gettext_lazy("Needed for an exception only."),
    )  # fmt: skip
    until = forms.DateField(
        label=gettext_lazy("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Empty: as long as the outcome allows. An exception always needs a day on which it ends."),
    )  # fmt: skip

    def __init__(self, *args: Any, admission: Admission, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.id, one.name.in_(language())) for one in outcomes_of(admission)]
        self.fields["outcome"].choices = choices  # type: ignore[attr-defined]
        self.fields["outcome"].initial = admission.suggested
