"""One form for each kind of record, made of its fields. Only what a person has changed goes into the document, so that what they
did not touch stays exactly as it was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kizuki.kit.text import Text
from kizuki.register import words
from kizuki.register.actions import Conflict, Problem
from kizuki.register.choices import choices_of
from kizuki.register.engine.kinds import RecordKind
from kizuki.register.fields import NAME, NAMED_BY, SECTIONS, Field, fields_of
from kizuki.register.shapes import shape
from kizuki.ui.faults import told
from kizuki.ui.templatetags.kizuki import plain

#: Choosing among more than this by a list is worse than typing the id.
MOST_CHOICES: Final = 400
MOST_TICKS: Final = 60


class Shown(NamedTuple):
    """A section of the page: its title and its bound fields."""

    title: Any
    fields: list[Any]


class RecordForm(forms.Form):
    """The form of one record. `document`: what it was made from; {} for a new one."""

    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(
        self, kind: RecordKind, document: Mapping[str, Any], data: Any = None, *, version: int = 0, units: Any = None
    ) -> None:
        """`units`: the ids among which the unit may be chosen; None: all."""
        self.kind, self.document, self.new = kind, dict(document), version == 0
        initial: dict[str, Any] = {"version": version}
        self._spec = [f for f in fields_of(kind) if self.new or f.name not in ("id", *NAMED_BY.get(kind, ()))]
        for field in self._spec:
            initial |= shape(field).told(field, document.get(field.name))
        super().__init__(data, initial=initial)
        for field in self._spec:
            for name, made in self._made(field, units):
                self.fields[name] = made

    def _made(self, field: Field, units: Any) -> Iterator[tuple[str, forms.Field]]:
        required = field.name in ("kind", "from", "to", "of")
        if field.shape == "record":
            yield field.name, self._one_of(field, required, units)
        elif field.shape == "records":
            yield field.name, self._some_of(field)
        elif field.shape in ("choice", "words"):
            assert field.choices is not None
            found = [
                (value, plain(name) if isinstance(name, Text) else name) for value, name in field.choices().items()
            ]
            yield field.name, _picked(field, found, self._held(field), required)
        else:
            yield from shape(field).inputs(field, self.document.get(field.name)).items()

    def _held(self, field: Field) -> list[str]:
        value = self.document.get(field.name)
        return value if isinstance(value, list) else [value] if value else []

    def _one_of(self, field: Field, required: bool, units: Any) -> forms.Field:
        assert field.of is not None
        found = choices_of(field.of, MOST_CHOICES)
        if field.name == "unit" and units is not None:
            found = [(id, name) for id, name in found or [] if id in units]
        if found is None:
            return forms.CharField(label=field.label, required=required, max_length=120, help_text=_typed(field))
        return _picked(field, found, self._held(field), required)

    def _some_of(self, field: Field) -> forms.Field:
        assert field.of is not None
        found = choices_of(field.of, MOST_TICKS)
        if found is None:
            widget = forms.Textarea(attrs={"rows": 3})
            return forms.CharField(label=field.label, required=False, widget=widget, help_text=_typed(field))
        return _picked(field, found, self._held(field), False)

    def _names(self, field: Field) -> list[str]:
        return [name for name in shape(field).names(field) if name in self.fields]

    def sections(self) -> list[Shown]:
        """The fields as the page shows them."""
        made = []
        for section in SECTIONS[self.kind]:
            shown = [self[name] for field in section.fields if field in self._spec for name in self._names(field)]
            if shown:
                made.append(Shown(section.title, shown))
        return made

    def result(self) -> dict[str, Any]:
        """The document as the person wants it: what was there, with the fields that were changed."""
        made = dict(self.document)
        for field in self._spec:
            names = self._names(field)
            if not any(name in self.changed_data for name in names):
                continue
            typed = {name: self.cleaned_data.get(name) for name in names}
            value = shape(field).value(field, typed, self.document.get(field.name))
            if value in (None, "", [], {}):
                made.pop(field.name, None)
            else:
                made[field.name] = value
        return made

    def refuse(self, problems: Iterable[Problem]) -> None:
        """Show what was refused at its fields."""
        for problem in problems:
            name = self._input(problem.place)
            message = told(problem.message.partition(": ")[2] if _names_itself(problem) else problem.message)
            self.add_error(name, message)

    def _input(self, place: Sequence[str | int]) -> str | None:
        """The input at which a place of the document is shown."""
        for end in range(len(place), 0, -1):
            name = "_".join(str(step) for step in place[:end] if isinstance(step, str))
            for candidate in (name, f"{name}_en"):
                if candidate in self.fields:
                    return candidate
        return None

    def clash(self, conflict: Conflict) -> None:
        """Show what others wrote beside what this person typed; what this person did not touch shows what others made of it, so
        that the next try stands on theirs and loses nothing."""
        for clash in conflict.clashes:
            field = next(field for field in self._spec if field.name == clash.field)
            theirs = shape(field).spelled(field, clash.theirs) if clash.theirs else _("nothing")
            message = _(
                "Somebody else has changed this meanwhile to: %(theirs)s. What you typed is kept; save again to replace theirs."
            )
            self.add_error(self._names(field)[0], message % {"theirs": theirs})
        again = self.data.copy()  # type: ignore[attr-defined]  # always a QueryDict here
        again["version"] = str(conflict.version)
        for field in self._spec:
            if not any(name in self.changed_data for name in self._names(field)):
                self._fill(again, shape(field).told(field, (conflict.now or {}).get(field.name)))
        self.data = again

    def _fill(self, data: Any, told: Mapping[str, Any]) -> None:
        for name, value in told.items():
            if name in self.fields:
                data.setlist(name, value if isinstance(value, list) else ["" if value is None else str(value)])


def _names_itself(problem: Problem) -> bool:
    first = str(problem.place[-1]) if problem.place else ""
    return bool(first) and problem.message.startswith(f"{first}: ")


def _typed(field: Field) -> Any:
    ask = (
        _("There are many: type the id, or several, one a line.")
        if field.shape == "records"
        else _("There are many: type the id.")
    )
    return f"{field.help} {ask}" if field.help else ask


def _picked(field: Field, found: list[tuple[str, Any]], held: Sequence[str], required: bool) -> forms.Field:
    """A choice of one or several; what is held already can always be kept."""
    known = {value for value, _name in found}
    found = [*found, *((value, value) for value in held if value not in known)]
    if field.shape in ("record", "choice"):
        empty = gettext_lazy("choose one") if required else gettext_lazy("not recorded")
        return forms.ChoiceField(
            label=field.label, required=required, choices=[("", empty), *found], help_text=field.help
        )
    return forms.MultipleChoiceField(
        label=field.label, required=False, choices=found, help_text=field.help, widget=forms.CheckboxSelectMultiple
    )


class AboutForm(forms.Form):
    """What the organisation says of itself, and which parts of its register are complete."""

    state = forms.CharField(required=False, widget=forms.HiddenInput)
    name_ja = forms.CharField(label=gettext_lazy("Name (Japanese)"), max_length=200, required=False)
    name_en = forms.CharField(label=gettext_lazy("Name (English)"), max_length=200, required=False)
    sector = forms.ChoiceField(label=gettext_lazy("Sector"), required=False)
    size = forms.IntegerField(label=gettext_lazy("People"), min_value=0, max_value=100_000_000, required=False)
    profile = forms.MultipleChoiceField(
        label=gettext_lazy("System make-up and what is feared"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("With it cases like you are found."),
    )
    complete = forms.MultipleChoiceField(
        label=gettext_lazy("Complete in this register"), required=False, choices=list(words.COMPLETE.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Of what is ticked, silence is a no. Of everything else replay assumes the worse."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        from kizuki.register.library import names

        sectors = [(id, plain(entry.name)) for id, entry in names("sectors").items()]
        self._field("sector").choices = [("", gettext_lazy("not stated")), *sectors]
        self._field("profile").choices = [(id, plain(entry.name)) for id, entry in names("profile").items()]

    def _field(self, name: str) -> Any:
        return self.fields[name]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("name_ja") and not data.get("name_en"):
            self.add_error("name_en", _("Write the name in Japanese, in English, or in both."))
        return data

    def about(self) -> dict[str, Any]:
        """The organisation's head as its file says it."""
        data = self.cleaned_data
        made: dict[str, Any] = {"name": shape(NAME).value(NAME, data, None)}
        if data["sector"]:
            made["sector"] = data["sector"]
        if data["size"] is not None:
            made["size"] = data["size"]
        if data["profile"]:
            made["profile"] = data["profile"]
        return made
