"""The shapes of fields: the inputs that each has on a page, the cells in a table, and the way from the document to them and back.

A value of the document comes back unchanged from inputs and from cells, whatever it is; what nobody said stays unsaid.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from kizuki.kit.text import Text
from kizuki.register import words
from kizuki.register.fields import Field
from kizuki.ui.templatetags.kizuki import plain

Inputs = dict[str, forms.Field]
YESNO: Final = [("", _("not recorded")), ("yes", _("yes")), ("no", _("no"))]
LARGEST: Final = 100_000_000


class Line:
    """A line of text; the base of all shapes. `parts`: the ends of its inputs' names; "" where it has one."""

    parts: tuple[str, ...] = ("",)

    def names(self, field: Field) -> list[str]:
        return [f"{field.name}_{part}" if part else field.name for part in self.parts]

    def inputs(self, field: Field, value: Any) -> Inputs:
        """The form's fields by name."""
        return {field.name: forms.CharField(**_given(field), max_length=400)}

    def told(self, field: Field, value: Any) -> dict[str, Any]:
        """What the inputs show for a value of the document."""
        return {field.name: "" if value is None else value}

    def value(self, field: Field, typed: Mapping[str, Any], before: Any) -> Any:
        """The value for what was typed; None, "" or [] where nothing was."""
        return typed[field.name]

    def spelled(self, field: Field, value: Any) -> str:
        """A value that is there, in words."""
        return str(value)

    def cells(self, field: Field, value: Any) -> list[str]:
        """The value in cells of a table, one for each name."""
        return ["" if value is None else str(value)]

    def of_cells(self, field: Field, cells: list[str]) -> Any:
        """The value of such cells. Raises `ValueError` with what would be right."""
        return cells[0] or None


def _given(field: Field) -> dict[str, Any]:
    return {"label": field.label, "required": False, "help_text": field.help}


class Id(Line):
    def inputs(self, field: Field, value: Any) -> Inputs:
        wrong = {"invalid": _("An id has no spaces and at most 120 characters.")}
        return {field.name: forms.RegexField(r"^\S{1,120}$", **_given(field), error_messages=wrong)}


class Number(Line):
    def inputs(self, field: Field, value: Any) -> Inputs:
        return {field.name: forms.IntegerField(**_given(field), min_value=0, max_value=LARGEST)}

    def of_cells(self, field: Field, cells: list[str]) -> Any:
        if cells[0] and not (cells[0].isascii() and cells[0].isdecimal() and len(cells[0]) < 18):
            raise ValueError("a whole number")
        return int(cells[0]) if cells[0] else None


class YesNo(Line):
    def inputs(self, field: Field, value: Any) -> Inputs:
        return {field.name: forms.ChoiceField(**_given(field), choices=YESNO)}

    def told(self, field: Field, value: Any) -> dict[str, Any]:
        return {field.name: {True: "yes", False: "no"}.get(value, "")}

    def value(self, field: Field, typed: Mapping[str, Any], before: Any) -> Any:
        return {"yes": True, "no": False}.get(typed[field.name])

    def spelled(self, field: Field, value: Any) -> str:
        return str(_("yes") if value else _("no"))

    def cells(self, field: Field, value: Any) -> list[str]:
        return [{True: "yes", False: "no"}.get(value, "")]

    def of_cells(self, field: Field, cells: list[str]) -> Any:
        if cells[0] not in ("", "yes", "no"):
            raise ValueError("yes or no")
        return {"yes": True, "no": False}.get(cells[0])


class Day(Line):
    def inputs(self, field: Field, value: Any) -> Inputs:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        return {field.name: forms.DateField(**_given(field), widget=widget, input_formats=["%Y-%m-%d"])}

    def value(self, field: Field, typed: Mapping[str, Any], before: Any) -> Any:
        return typed[field.name].isoformat() if typed[field.name] else None


class Choice(Line):
    """One of the field's words; the form makes its input, since it knows what may be chosen."""

    def spelled(self, field: Field, value: Any) -> str:
        known = field.choices() if field.choices else {}
        found = known.get(value, value)
        return plain(found) if isinstance(found, Text) else str(found)


class Name(Line):
    """A text in one or two languages. In a table the first cell is for a text that stands for both."""

    parts = ("ja", "en")
    longest: ClassVar[int] = 200

    def inputs(self, field: Field, value: Any) -> Inputs:
        return {
            name: forms.CharField(
                label=in_language(field.label, language), required=False, max_length=self.longest, widget=self.widget(),
                help_text=field.help if name.endswith("_ja") else "",
            )
            for name, language in zip(self.names(field), (_("Japanese"), _("English")), strict=True)
        }  # fmt: skip

    def widget(self) -> forms.Widget:
        return forms.TextInput()

    def told(self, field: Field, value: Any) -> dict[str, Any]:
        both = value if isinstance(value, dict) else {"ja": value, "en": value}
        return {f"{field.name}_{language}": both.get(language) or "" for language in self.parts}

    def value(self, field: Field, typed: Mapping[str, Any], before: Any) -> Any:
        ja, en = (typed[name] or "" for name in self.names(field))
        return ja if ja == en else {language: text for language, text in (("ja", ja), ("en", en)) if text}

    def spelled(self, field: Field, value: Any) -> str:
        return plain(Text(**value)) if isinstance(value, dict) else str(value)

    def cells(self, field: Field, value: Any) -> list[str]:
        if isinstance(value, dict):
            return ["", value.get("ja", ""), value.get("en", "")]
        return [value or "", "", ""]

    def of_cells(self, field: Field, cells: list[str]) -> Any:
        one, ja, en = cells
        if one and (ja or en):
            raise ValueError("a text for both languages or one for each")
        return one or {language: text for language, text in (("ja", ja), ("en", en)) if text} or None


class Notes(Name):
    longest = 4000

    def widget(self) -> forms.Widget:
        return forms.Textarea(attrs={"rows": 2})


def _in_language(label: Any, language: Any) -> str:
    return str(_("%(label)s (%(language)s)")) % {"label": label, "language": language}


in_language = lazy(_in_language, str)


class Lines(Line):
    """Several texts, one a line. In a cell, a line end within a text is written \\n, and a backslash twice."""

    def inputs(self, field: Field, value: Any) -> Inputs:
        return {field.name: forms.CharField(**_given(field), widget=forms.Textarea(attrs={"rows": 2}))}

    def told(self, field: Field, value: Any) -> dict[str, Any]:
        return {field.name: "\n".join(value or ())}

    def value(self, field: Field, typed: Mapping[str, Any], before: Any) -> Any:
        return [line.strip() for line in (typed[field.name] or "").splitlines() if line.strip()]

    def spelled(self, field: Field, value: Any) -> str:
        return joined(value)

    def cells(self, field: Field, value: Any) -> list[str]:
        return ["\n".join(text.replace("\\", "\\\\").replace("\n", "\\n") for text in value or ())]

    def of_cells(self, field: Field, cells: list[str]) -> Any:
        lines = cells[0].split("\n") if cells[0] else []
        return [line.replace("\\\\", "\0").replace("\\n", "\n").replace("\0", "\\") for line in lines]


class Words(Lines):
    """Several words or records that are ticked; what stays ticked keeps its order."""

    def told(self, field: Field, value: Any) -> dict[str, Any]:
        return {field.name: list(value or ())}

    def value(self, field: Field, typed: Mapping[str, Any], before: Any) -> Any:
        given = typed[field.name]
        found = list(dict.fromkeys(given if isinstance(given, list) else (given or "").split()))
        held = [word for word in before or () if word in found]
        return [*held, *(word for word in found if word not in held)]

    def spelled(self, field: Field, value: Any) -> str:
        return joined(CHOICE.spelled(field, word) for word in value)


class Importance(Line):
    parts = ("confidentiality", "integrity", "availability")

    def inputs(self, field: Field, value: Any) -> Inputs:
        choices = [("", _("not judged")), *words.IMPORTANCE.items()]
        made: Inputs = {
            f"{field.name}_{part}": forms.ChoiceField(label=words.DIMENSIONS[part], required=False, choices=choices)
            for part in self.parts
        }
        made[f"{field.name}_{self.parts[0]}"].help_text = field.help
        return made

    def told(self, field: Field, value: Any) -> dict[str, Any]:
        return {f"{field.name}_{part}": "" if value is None else str(value.get(part, 0)) for part in self.parts}

    def value(self, field: Field, typed: Mapping[str, Any], before: Any) -> Any:
        return self.of_cells(field, [typed[name] or "" for name in self.names(field)])

    def spelled(self, field: Field, value: Any) -> str:
        return joined(f"{words.DIMENSIONS[part]} {value.get(part, 0)}" for part in self.parts)

    def cells(self, field: Field, value: Any) -> list[str]:
        return ["" if value is None else str(value.get(part, 0)) for part in self.parts]

    def of_cells(self, field: Field, cells: list[str]) -> Any:
        if any(cell not in ("", "0", "1", "2", "3") for cell in cells):
            raise ValueError("0, 1, 2 or 3")
        return {p: int(cell or 0) for p, cell in zip(self.parts, cells, strict=True)} if any(cells) else None


class Agreement(Line):
    parts = ("availability", "back_within_hours", "lost_hours")
    labels: ClassVar[tuple[Any, ...]] = (_("Runs"), _("Back within hours"), _("Hours of data that may be lost"))

    def inputs(self, field: Field, value: Any) -> Inputs:
        first, *others = self.names(field)
        made: Inputs = {first: forms.CharField(label=self.labels[0], required=False, max_length=400)}
        for name, label in zip(others, self.labels[1:], strict=True):
            made[name] = forms.IntegerField(label=label, required=False, min_value=0, max_value=LARGEST)
        return made

    def told(self, field: Field, value: Any) -> dict[str, Any]:
        return {f"{field.name}_{part}": (value or {}).get(part) for part in self.parts}

    def value(self, field: Field, typed: Mapping[str, Any], before: Any) -> Any:
        found = {part: typed[f"{field.name}_{part}"] for part in self.parts}
        return {part: given for part, given in found.items() if given not in (None, "")}

    def spelled(self, field: Field, value: Any) -> str:
        pairs = zip(self.parts, self.labels, strict=True)
        return joined(f"{label} {value[part]}" for part, label in pairs if part in value)

    def cells(self, field: Field, value: Any) -> list[str]:
        return [str((value or {}).get(part, "")) for part in self.parts]

    def of_cells(self, field: Field, cells: list[str]) -> Any:
        found: dict[str, Any] = {part: cell for part, cell in zip(self.parts, cells, strict=True) if cell}
        for part in self.parts[1:]:
            if part in found:
                found[part] = NUMBER.of_cells(field, [found[part]])
        return found or None


class Channels(Line):
    """Ways to reach a contact: three inputs each, and some empty rows. In a table they stand as JSON."""

    most: ClassVar[int] = 40
    spare: ClassVar[int] = 2
    ends: ClassVar[tuple[str, ...]] = ("kind", "address", "hours")

    def names(self, field: Field) -> list[str]:
        return [f"{field.name}_{n}_{end}" for n in range(self.most) for end in self.ends]

    def inputs(self, field: Field, value: Any) -> Inputs:
        made: Inputs = {}
        kinds = [("", _("none")), *words.CHANNELS.items()]
        for n in range(min(len(value or ()) + self.spare, self.most)):
            kind, address, hours = (f"{field.name}_{n}_{end}" for end in self.ends)
            made[kind] = forms.ChoiceField(label=_("By"), choices=kinds, required=False)
            made[address] = forms.CharField(label=_("Number or address"), max_length=400, required=False)
            made[hours] = forms.CharField(label=_("When answered"), max_length=400, required=False)
        return made

    def told(self, field: Field, value: Any) -> dict[str, Any]:
        return {f"{field.name}_{n}_{end}": v for n, channel in enumerate(value or ()) for end, v in channel.items()}

    def value(self, field: Field, typed: Mapping[str, Any], before: Any) -> Any:
        found = []
        for n in range(self.most):
            kind, address, hours = (typed.get(f"{field.name}_{n}_{end}") or "" for end in self.ends)
            if address:
                found.append({"kind": kind or "phone", "address": address, **({"hours": hours} if hours else {})})
        return found

    def spelled(self, field: Field, value: Any) -> str:
        told = (f"{words.CHANNELS.get(c['kind'], c['kind'])} {c['address']} {c.get('hours', '')}" for c in value)
        return joined(text.strip() for text in told)

    def cells(self, field: Field, value: Any) -> list[str]:
        return [json.dumps(value, ensure_ascii=False) if value else ""]

    def of_cells(self, field: Field, cells: list[str]) -> Any:
        try:
            found = json.loads(cells[0]) if cells[0] else None
        except ValueError:
            found = cells[0]
        if found is not None and not isinstance(found, list):
            raise ValueError('a list such as [{"kind": "phone", "address": "…"}]')
        return found


CHOICE: Final = Choice()
NUMBER: Final = Number()
SHAPES: Final[dict[str, Line]] = {
    "id": Id(), "name": Name(), "notes": Notes(), "line": Line(), "lines": Lines(), "number": NUMBER, "yesno": YesNo(),
    "choice": CHOICE, "words": Words(), "record": CHOICE, "records": Words(), "day": Day(), "importance": Importance(),
    "channels": Channels(), "agreement": Agreement(),
}  # fmt: skip


def shape(field: Field) -> Line:
    """How this field is typed in and written into tables."""
    return SHAPES[field.shape]


def joined(parts: Iterable[Any]) -> str:
    """Parts in a row, with the comma of the reader's language."""
    return str(_(", ")).join(str(part) for part in parts)
