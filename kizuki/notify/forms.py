"""Forms of webhooks."""

from __future__ import annotations

import re
import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kizuki.notify.models import Webhook


class VersionForm(forms.Form):
    """Nothing but the version that the reader saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)


class WebhookForm(forms.Form):
    """What a webhook is told, and where."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("Which program is told, and what for."))
    url = forms.CharField(
        label=pgettext_lazy("webhook", "Address"), max_length=500,
        widget=forms.URLInput(attrs={"placeholder": "https://", "spellcheck": "false"}),
        help_text=_("It takes a POST with JSON and answers with a status from 200 to 299 within ten seconds."),
    )  # fmt: skip
    events = forms.CharField(
        label=pgettext_lazy("webhook", "Events"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("Types, one a line: entry.added, or task.* for all about tasks, or * for everything."),
    )  # fmt: skip

    def clean_events(self) -> list[str]:
        return [word for word in re.split(r"[\s,、]+", self.cleaned_data["events"]) if word]

    @staticmethod
    def initial_of(webhook: Webhook) -> dict[str, Any]:
        return {
            "name": webhook.name, "url": webhook.url, "events": "\n".join(webhook.events), "version": webhook.version,
        }  # fmt: skip


class NewForm(WebhookForm):
    """A new one; `once` keeps a second click from making a second one."""

    once = forms.CharField(widget=forms.HiddenInput, max_length=64, initial=lambda: uuid.uuid4().hex)


class EditForm(WebhookForm):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)
