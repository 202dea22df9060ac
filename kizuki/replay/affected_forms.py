"""What is asked about an attack on somebody else, and the note that is kept of the answer."""

from __future__ import annotations

import re
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from kizuki.casebook.words import EFFECTS
from kizuki.register.library import names
from kizuki.register.words import ASSET_KINDS
from kizuki.replay.engine.described import HARMFUL, Described
from kizuki.ui.templatetags.kizuki import plain

WAYS: Final[dict[str, Any]] = {
    "not stated": _("not known"),
    "internet": _("from the internet, through a hole or an open service"),
    "credentials": _("from the internet, with somebody's credentials"),
    "mail": _("by mail"),
    "supplier": _("through a supplier"),
}
ONWARD: Final[dict[str, Any]] = {
    "": _("no, or not known"),
    "network": _("yes, over the network"),
    "account": _("yes, with accounts"),
    "link": _("yes, over a link between systems"),
}
TECHNIQUE: Final = re.compile(r"T\d{4}(\.\d{3})?")


def _ticks(label: Any, **more: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, required=False, widget=forms.CheckboxSelectMultiple, **more)


class AffectedForm(forms.Form):
    """A few fields about what happened elsewhere. None is needed, but one of them."""

    way = forms.ChoiceField(
        label=_("How did it come in?"), choices=list(WAYS.items()), widget=forms.RadioSelect, required=False,
        initial="not stated",
    )  # fmt: skip
    product = forms.CharField(
        label=_("Software or product"), required=False, max_length=200,
        help_text=_("Words that stand in a component, maker, model, operating system or name. A comma parts alternatives."),
    )  # fmt: skip
    kinds = _ticks(_("Kinds of asset that were hit first"), choices=list(ASSET_KINDS.items()))
    lost = _ticks(_("What the attacker did"), choices=[(effect, EFFECTS[effect]) for effect in HARMFUL])
    onward = forms.ChoiceField(
        label=_("Did it go on inside?"), choices=list(ONWARD.items()), widget=forms.RadioSelect, required=False
    )
    reached = _ticks(_("Kinds of asset that it then reached"), choices=list(ASSET_KINDS.items()))
    techniques = forms.CharField(
        label=_("ATT&CK techniques"), required=False, max_length=200, help_text=_("Such as T1190 T1486.")
    )
    traits = _ticks(_("Traits of the assets hit first"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        traits: Any = self.fields["traits"]
        traits.choices = [(trait.id, plain(trait.name)) for trait in names("traits").values()]

    def clean_techniques(self) -> tuple[str, ...]:
        words = re.split(r"[\s,、]+", self.cleaned_data["techniques"].upper().strip())
        wrong = [word for word in words if word and not TECHNIQUE.fullmatch(word)]
        if wrong:
            raise forms.ValidationError(
                _("%(word)s is not the number of a technique, such as T1190."), params={"word": wrong[0]}
            )
        return tuple(dict.fromkeys(word for word in words if word))

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        told = any(given.get(name) for name in ("product", "kinds", "techniques", "traits"))
        if not self.errors and not told and given.get("way") in ("", "not stated"):
            raise forms.ValidationError(_("Say at least how it came in, what was hit, or which product it was."))
        return given

    @property
    def described(self) -> Described:
        """The description, once the form is valid."""
        given = self.cleaned_data
        return Described(
            given["way"] or "not stated", given["techniques"], given["product"].strip(), tuple(given["kinds"]),
            tuple(given["traits"]), given["onward"], tuple(given["reached"]) if given["onward"] else (),
            tuple(given["lost"]),
        )  # fmt: skip


class NoteForm(forms.Form):
    """What is kept with an answer. `asked`: the question, as its address had it."""

    title = forms.CharField(label=_("Title"), max_length=200)
    text = forms.CharField(
        label=_("Notes"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Where you heard of it, what is not certain, what was agreed."),
    )  # fmt: skip
    asked = forms.CharField(max_length=4000, widget=forms.HiddenInput)
