"""Forms: the facts of criteria for any room, and what editors write."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kizuki.criteria import words
from kizuki.criteria.engine import edit
from kizuki.criteria.engine.compile import admitted
from kizuki.criteria.engine.decide import Given
from kizuki.criteria.engine.format import UNKNOWN, Criteria, Fact, Rule
from kizuki.criteria.engine.read import read
from kizuki.kit.document import BadFile
from kizuki.kit.text import Text
from kizuki.ui.fields import OneFile
from kizuki.ui.templatetags.kizuki import language

MOST_FAULTS = 20
LONGEST = 200_000


class FactsForm(forms.Form):
    """One question for each fact of one or several criteria; a fact that several ask is asked once.

    `given()` is what `actions.decide` takes: `decide(purpose=…, facts=form.given(), …)`; for several criteria
    `given(criteria)` has only what those ask. With `sources`, each answer has a line for where it comes from.
    """

    def __init__(
        self, *args: Any, criteria: Criteria | Iterable[Criteria], sources: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._criteria = (criteria,) if isinstance(criteria, Criteria) else tuple(criteria)
        facts = {fact.id: fact for one in self._criteria for fact in one.facts}
        self.questions = list(facts.values())
        for fact in self.questions:
            self.fields[f"fact-{fact.id}"] = _question(fact)
            if sources:
                self.fields[f"source-{fact.id}"] = forms.CharField(
                    label=_("Where this is known from"), required=False, max_length=200
                )

    def given(self, criteria: Criteria | None = None) -> dict[str, Given]:
        """The answers of a valid form by fact; unknown ones have no value. Their day is today."""
        wanted = {fact.id for fact in (criteria.facts if criteria else self.questions)}
        today = timezone.localdate().isoformat()
        found = {}
        for fact in self.questions:
            if fact.id in wanted:
                value = self.cleaned_data[f"fact-{fact.id}"]
                source = self.cleaned_data.get(f"source-{fact.id}", "")
                found[fact.id] = Given(None) if value in ("", UNKNOWN) else Given(value, source, today)
        return found

    def rows(self) -> list[tuple[Any, Any]]:
        """For the template `criteria/facts.html`: each question with its line for the source, or None."""
        return [
            (self[f"fact-{fact.id}"], self[f"source-{fact.id}"] if f"source-{fact.id}" in self.fields else None)
            for fact in self.questions
        ]


def _question(fact: Fact) -> forms.ChoiceField:
    choices = [(value.id, value.name.in_(language())) for value in fact.values]
    if fact.unknown:
        choices.append((UNKNOWN, _("not known")))
    return forms.ChoiceField(
        label=fact.name.in_(language()), help_text=fact.help.in_(language()) if fact.help else "", choices=choices,
        widget=forms.RadioSelect, required=not fact.unknown,
    )  # fmt: skip


class VersionForm(forms.Form):
    """Nothing but the version of the draft that the reader saw."""

    # Without an id, for a page holds several of these forms.
    version = forms.IntegerField(widget=forms.HiddenInput(attrs={"id": False}), min_value=1)


class ProposeForm(VersionForm):
    reason = forms.CharField(
        label=gettext_lazy("Why it changes"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Whoever approves it reads this first."),
    )  # fmt: skip


class ApproveForm(VersionForm):
    effective_from = forms.DateField(
        label=gettext_lazy("In effect from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class OperationForm(VersionForm):
    """A button beside a row of the table: “up:r3”, “down:r3” or “remove:r3”."""

    act = forms.RegexField(regex=re.compile(r"^(up|down|remove):([a-z0-9][a-z0-9-]{0,59})\Z"))

    def done(self, criteria: Criteria) -> Criteria:
        """The criteria after the act; the same where the rule is gone, or is the last one."""
        act, _colon, id = self.cleaned_data["act"].partition(":")
        if id not in {rule.id for rule in criteria.rules} or (act == "remove" and len(criteria.rules) == 1):
            return criteria
        if act == "remove":
            return edit.remove_rule(criteria, id)
        return edit.move_rule(criteria, id, -1 if act == "up" else 1)


class RuleForm(VersionForm):
    """One row of the table. Facts without a tick ask nothing. Reasons and conditions in both languages."""

    position = forms.IntegerField(label=gettext_lazy("Place in the table"), min_value=1, max_value=edit.MOST_RULES)
    outcome = forms.ChoiceField(label=gettext_lazy("Outcome"))
    because_ja = forms.CharField(
        label=gettext_lazy("Because (Japanese)"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "lang": "ja"}),
    )
    because_en = forms.CharField(
        label=gettext_lazy("Because (English)"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "lang": "en"}),
    )
    conditions_ja = forms.CharField(
        label=gettext_lazy("Conditions (Japanese)"), max_length=20_000, required=False, strip=False,
        widget=forms.Textarea(attrs={"rows": 3, "lang": "ja"}), help_text=gettext_lazy("One a line."),
    )  # fmt: skip
    conditions_en = forms.CharField(
        label=gettext_lazy("Conditions (English)"), max_length=20_000, required=False, strip=False,
        widget=forms.Textarea(attrs={"rows": 3, "lang": "en"}), help_text=gettext_lazy("One a line, in the same order."),
    )  # fmt: skip

    def __init__(self, *args: Any, criteria: Criteria, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._criteria = criteria
        choices = [(one.id, one.name.in_(language())) for one in criteria.outcomes]
        self.fields["outcome"].choices = choices  # type: ignore[attr-defined]
        for fact in criteria.facts:
            self.fields[f"when-{fact.id}"] = forms.MultipleChoiceField(
                label=fact.name.in_(language()), required=False, widget=forms.CheckboxSelectMultiple,
                choices=[(value.id, value.name.in_(language())) for value in fact.values],
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not (data.get("because_ja", "").strip() or data.get("because_en", "").strip()):
            self.add_error("because_ja", _("Say why, in Japanese, in English, or in both."))
        if len(self._conditions(data)) > 20:
            self.add_error("conditions_ja", _("At most 20 conditions."))
        return data

    def questions(self) -> list[Any]:
        """The fields of the facts, for the template."""
        return [self[f"when-{fact.id}"] for fact in self._criteria.facts]

    def rule(self, id: str) -> Rule:
        """The rule as it was written, from a valid form."""
        data = self.cleaned_data
        said = {fact.id: edit.condition(fact, data[f"when-{fact.id}"]) for fact in self._criteria.facts}
        return Rule(
            id=id, when={fact: one for fact, one in said.items() if one is not None}, outcome=data["outcome"],
            because=_both(data["because_ja"], data["because_en"]), conditions=self._conditions(data),
        )  # fmt: skip

    @staticmethod
    def _conditions(data: dict[str, Any]) -> tuple[Text, ...]:
        japanese, english = (_lines(data.get(f"conditions_{tongue}", "")) for tongue in ("ja", "en"))
        longest = max(len(japanese), len(english))
        pairs = zip(_filled(japanese, longest), _filled(english, longest), strict=True)
        return tuple(_both(ja, en) for ja, en in pairs if ja or en)


def rule_values(criteria: Criteria, rule: Rule) -> dict[str, Any]:
    """What a `RuleForm` shows of a rule."""
    values: dict[str, Any] = {
        "position": criteria.rules.index(rule) + 1,
        "outcome": rule.outcome,
        "because_ja": rule.because.ja or "",
        "because_en": rule.because.en or "",
        "conditions_ja": "\n".join(one.ja or "" for one in rule.conditions).rstrip(),
        "conditions_en": "\n".join(one.en or "" for one in rule.conditions).rstrip(),
    }
    for fact in criteria.facts:
        if fact.id in rule.when:
            values[f"when-{fact.id}"] = [fact.values[n].id for n in admitted(fact, rule)]
    return values


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines()] if text.strip() else []


def _filled(lines: list[str], length: int) -> list[str]:
    return [*lines, *[""] * (length - len(lines))]


def _both(japanese: str, english: str) -> Text:
    return Text(ja=japanese.strip() or None, en=english.strip() or None)


class TextForm(VersionForm):
    """The whole draft as a file, for facts, outcomes and texts; `cleaned_data["document"]` is what was read."""

    document = forms.CharField(
        label=gettext_lazy("Criteria as YAML"), max_length=LONGEST, strip=False,
        widget=forms.Textarea(attrs={"rows": 40, "spellcheck": "false", "lang": "mul"}),
    )  # fmt: skip

    def clean_document(self) -> Criteria:
        return _read("criteria.yaml", self.cleaned_data["document"].encode())


class CriteriaFileForm(forms.Form):
    """One criteria file; `cleaned_data["file"]` is the document."""

    file = OneFile(
        label=gettext_lazy("Criteria file"),
        help_text=gettext_lazy("YAML or JSON in the format kizuki/criteria/1. It becomes a draft."),
    )

    def clean_file(self) -> Criteria:
        upload = self.cleaned_data["file"]
        return _read(upload.name, upload.read())


def _read(file: str, raw: bytes) -> Criteria:
    try:
        return read(file, raw)
    except BadFile as error:
        raise forms.ValidationError(words.said(error)[:MOST_FAULTS]) from None
