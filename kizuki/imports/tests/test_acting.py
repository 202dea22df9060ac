"""From a file to the register and back: given, read, looked at, entered, taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conftest import Cast
from kizuki.files.models import File
from kizuki.imports import actions, tasks
from kizuki.imports.choices import LineState, Outcome, State
from kizuki.imports.engine import says
from kizuki.imports.models import Import, KeptMapping, PlanLine
from kizuki.imports.tests.conftest import TABLE, entered, given, line, planned, states, upload
from kizuki.jobs.models import Job
from kizuki.jobs.worker import Cancelled, drain
from kizuki.journal.models import Entry, Revision
from kizuki.kit.document import dump
from kizuki.register.actions import Edit, Stale, apply
from kizuki.register.engine.kinds import plain
from kizuki.register.models import Asset, Contact, Organisation, Unit, Zone

pytestmark = pytest.mark.django_db


def home() -> Organisation:
    return Organisation.objects.get(is_home=True)


def test_a_table_is_given_known_and_kept_as_evidence(small: Organisation) -> None:
    made = given(TABLE)
    assert (made.format, made.state, made.name) == ("csv", State.GIVEN, "assets.csv")
    assert File.objects.filter(digest=made.digest).exists()
    assert Entry.objects.filter(room="imports", verb="gave").count() == 1


def test_nothing_is_given_without_an_organisation_or_content(db: None) -> None:
    with pytest.raises(ValidationError):
        actions.give_file(upload=upload(TABLE), by="a test")


def test_an_empty_file_is_refused(small: Organisation) -> None:
    with pytest.raises(ValidationError):
        actions.give_file(upload=upload(""), by="a test")
    assert not Import.objects.exists()


def test_the_plan_says_what_is_new_changed_and_named(small: Organisation, before: Any) -> None:
    made = planned(TABLE)
    assert states(made) == {
        ("asset", "PC-1"): "new", ("asset", "PC-2"): "new", ("asset", "www"): "changed", ("unit", "accounts"): "new",
        ("zone", "annex"): "new", ("contact", "mika@example.org"): "new",
    }  # fmt: skip
    changed = line(made, "www")
    assert {field for field, _before, _after in changed.changes} == {"serials", "os", "ips"}
    assert line(made, "PC-1").document == {
        "id": "PC-1", "name": "Front desk", "kind": "pc", "unit": "sales", "zone": "lan", "owner": "ken", "ips": ["10.1.0.5"],
        "serials": ["S-1"], "os": "Windows 11",
    }  # fmt: skip
    assert home().read == before
    assert made.counts == {"new": 5, "changed": 1}


def test_what_is_entered_is_there_and_taken_back_it_is_gone(small: Organisation, before: Any) -> None:
    made = entered(planned(TABLE))
    assert Asset.objects.get(key="PC-2").document["unit"] == "accounts"
    assert Asset.objects.get(key="www").document["kind"] == "web-server"
    assert made.told["outcomes"] == {"done": 6, "same": 0, "refused": 0}
    assert Revision.objects.filter(batch=made.batch).count() == 6
    undone = actions.undo_import(imported=made, by="a test")
    assert undone.state == State.UNDONE
    assert home().read == before


def test_the_same_file_again_finds_nothing_new(small: Organisation) -> None:
    entered(planned(TABLE))
    again = planned(TABLE)
    assert again.counts == {"same": 3}
    done = entered(again)
    assert done.told["outcomes"] == {"done": 0, "same": 0, "refused": 0}
    assert not Revision.objects.filter(batch=done.batch).exists()


def test_taken_back_and_given_again_it_is_new_again(small: Organisation) -> None:
    actions.undo_import(imported=entered(planned(TABLE)), by="a test")
    again = planned(TABLE)
    assert again.counts == {"new": 5, "changed": 1}
    assert line(again, "PC-1").reason == says.TAKEN_OUT
    entered(again)
    assert Asset.objects.get(key="PC-1").deleted_at is None


def test_what_is_left_is_not_entered_and_not_named(small: Organisation) -> None:
    made = planned(TABLE)
    actions.take_lines(imported=made, take=[], leave=[line(made, "accounts", "unit").n, line(made, "PC-1").n])
    entered(made)
    assert not Unit.objects.filter(key="accounts").exists()
    assert not Asset.objects.filter(key="PC-1").exists()
    assert "unit" not in Asset.objects.get(key="PC-2").document


def test_a_name_can_mean_a_record_of_the_register(small: Organisation) -> None:
    made = planned(TABLE)
    names = {"unit": {"Accounts": "it"}, "zone": {"Annex": ""}}
    actions.set_names(imported=made, names=names, by="a test")
    actions.plan_import(imported=made, by="a test")
    document = line(made, "PC-2").document or {}
    assert (document["unit"], document.get("zone")) == ("it", None)
    entered(made)
    assert not Unit.objects.filter(key="accounts").exists()
    assert not Zone.objects.filter(key="annex").exists()


def test_what_somebody_chose_stays_when_the_file_is_read_again(small: Organisation) -> None:
    made = planned(TABLE)
    actions.take_lines(imported=made, take=[], leave=[line(made, "PC-1").n])
    actions.set_names(imported=made, names={"zone": {"Annex": "lan"}}, by="a test")
    actions.plan_import(imported=made, by="a test")
    assert not line(made, "PC-1").take
    assert line(made, "PC-2").take


def test_all_of_a_list_can_be_left_and_taken(small: Organisation) -> None:
    made = planned(TABLE)
    assets = PlanLine.objects.filter(of=made, kind="asset")
    assert actions.take_all(imported=made, lines=assets, take=False) == 3
    assert actions.take_all(imported=made, lines=assets.filter(state="new"), take=True) == 2
    assert list(assets.filter(take=True).order_by("key").values_list("key", flat=True)) == ["PC-1", "PC-2"]


def test_of_two_rows_for_one_thing_one_is_taken(small: Organisation) -> None:
    rows = '[{"id": 1, "name": "a", "serial": "S-9", "asset_tag": null, "device_type": {"manufacturer": {"name": "X"}, "model": "M1"},'
    netbox = f'{rows} "role": {{"name": "server"}}, "url": "https://n/api/dcim/devices/1/"}},' + rows[1:].replace(
        "M1", "M2"
    )
    netbox += ' "role": {"name": "server"}, "url": "https://n/api/dcim/devices/2/"}]'
    made = planned(netbox, "devices.json")
    assert made.counts == {"note": 1, "conflict": 2}
    lines = list(PlanLine.objects.filter(of=made, state="conflict"))
    assert [(one.state, one.reason, one.take) for one in lines] == [(LineState.CONFLICT, says.TWO_ROWS, False)] * 2
    actions.take_lines(imported=made, take=[lines[0].n], leave=[])
    actions.take_lines(imported=made, take=[lines[1].n], leave=[])
    assert [one.take for one in PlanLine.objects.filter(of=made, state="conflict").order_by("n")] == [False, True]
    entered(made)
    assert Asset.objects.get(document__serials=["S-9"]).document["model"] == (lines[1].document or {})["model"]


def test_pressed_twice_it_is_entered_once(small: Organisation) -> None:
    made = planned(TABLE)
    other = Import.objects.get(pk=made.pk)
    actions.begin_applying(imported=made, by="a test")
    with pytest.raises(actions.NotNow):
        actions.begin_applying(imported=other, by="a test")
    assert Job.objects.filter(task=tasks.apply.path).count() == 1


def test_stopped_half_way_it_says_so_and_goes_on(small: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "\n".join(f"X-{n},Thing {n},PC" for n in range(300))
    made = planned(f"Asset tag,Name,Type\n{rows}\n")
    actions.begin_applying(imported=made, by="a test")

    def stop(percent: int, message: Any = "") -> None:
        raise Cancelled

    monkeypatch.setattr("kizuki.imports.actions.writing.progress", stop)
    with pytest.raises(Cancelled):
        actions.apply_import(imported=made, by="a test")
    made.refresh_from_db()
    done = Asset.objects.filter(key__startswith="X-").count()
    assert made.state == State.STOPPED
    assert 0 < done < 300
    assert made.told["outcomes"]["done"] == done
    monkeypatch.setattr("kizuki.imports.actions.writing.progress", lambda *a: None)
    entered(made)
    assert Asset.objects.filter(key__startswith="X-").count() == 300
    actions.undo_import(imported=made, by="a test")
    assert not Asset.objects.filter(key__startswith="X-", deleted_at=None).exists()


def _owner(unit: str) -> str:
    document: dict[str, Any] = Unit.objects.get(key=unit).document
    return str(document.get("owner", ""))


def test_names_that_had_to_wait_are_written_by_whoever_goes_on(
    small: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(f"  - {{id: u{n}, name: U{n}, owner: c{n}}}\n" for n in range(60))
    people = "".join(f"  - {{id: c{n}, name: C{n}, unit: u{n}}}\n" for n in range(60))
    made = planned(
        f"schema: kizuki/organisation/1\norganisation: {{name: X}}\nunits:\n{rows}contacts:\n{people}", "x.yaml"
    )
    actions.begin_applying(imported=made, by="a test")

    def stop(percent: int, message: Any = "") -> None:
        if Contact.objects.filter(key="c59").exists() and not _owner("u59"):
            raise Cancelled

    monkeypatch.setattr("kizuki.imports.actions.writing.progress", stop)
    with pytest.raises(Cancelled):
        actions.apply_import(imported=made, by="a test")
    monkeypatch.setattr("kizuki.imports.actions.writing.progress", lambda *a: None)
    made.refresh_from_db()
    entered(made)
    assert [_owner(f"u{n}") for n in range(60)] == [f"c{n}" for n in range(60)]


def test_what_somebody_changed_meanwhile_is_kept_or_refused(small: Organisation) -> None:
    made = planned(TABLE)
    now = {**Asset.objects.get(key="www").document, "os": "OpenBSD 8", "notes": "mine"}
    apply(organisation=small, edits=[Edit("asset", "www", now)], by="somebody")
    done = entered(made)
    assert Asset.objects.get(key="www").document == now
    refused = line(made, "www")
    assert (refused.outcome, done.told["outcomes"]["refused"]) == (Outcome.REFUSED, 1)
    assert "changed it meanwhile" in refused.problem


def test_what_somebody_made_meanwhile_is_not_overwritten(small: Organisation) -> None:
    made = planned(TABLE)
    mine = {"id": "PC-1", "name": "Mine", "kind": "pc"}
    apply(organisation=small, edits=[Edit("asset", "PC-1", mine)], by="somebody")
    entered(made)
    assert Asset.objects.get(key="PC-1").document == mine
    assert line(made, "PC-1").outcome == Outcome.REFUSED


def test_an_import_changed_since_is_not_undone_in_part(small: Organisation) -> None:
    made = entered(planned(TABLE))
    now = {**Asset.objects.get(key="PC-1").document, "os": "Other"}
    apply(organisation=small, edits=[Edit("asset", "PC-1", now)], by="somebody")
    with pytest.raises(Stale):
        actions.undo_import(imported=made, by="a test")
    made.refresh_from_db()
    assert made.state == State.DONE
    assert Asset.objects.get(key="PC-2").deleted_at is None


def test_owners_bring_in_what_is_theirs_and_learn_nothing_else(small: Organisation, cast: Cast) -> None:
    mine = Organisation.objects.get(is_home=True)
    apply(
        organisation=mine,
        edits=[Edit("asset", "secret", {"id": "secret", "name": "S", "kind": "pc", "unit": "it", "serials": ["Z"]})],
        by="x",
    )
    table = (
        "Asset tag,Name,Type,Department,Serial\nA-1,Till,PC,Shop,T1\nA-2,Other,PC,IT,T2\nA-3,Found,PC,Shop,Z\nwww,Web,web server,Sales,\n"
        "A-5,Nobody's,PC,,T5\nA-6,New unit's,PC,Accounts,T6\n"
    )
    made = planned(table, by=cast.reporter)
    lines = {one.name: one for one in PlanLine.objects.filter(of=made)}
    assert {name: one.state for name, one in lines.items()} == {
        "Till": "new", "Other": "outside", "Found": "outside", "Web": "changed", "Nobody's": "outside", "New unit's": "outside",
        "Accounts": "outside",
    }  # fmt: skip
    assert all(not one.key and one.document is None for one in lines.values() if one.state == "outside")
    entered(made, by=cast.reporter)
    assert Asset.objects.get(key="A-1").unit == "shop"
    assert not Asset.objects.filter(key__in=["A-2", "A-5", "A-6"]).exists()
    assert not Unit.objects.filter(key="accounts").exists()


def test_rights_that_were_lost_meanwhile_do_not_count(small: Organisation, cast: Cast) -> None:
    made = planned("Asset tag,Name,Type,Department\nA-1,Till,PC,Shop\n", by=cast.reporter)
    ken = {**Contact.objects.get(key="ken").document, "mail": "other@example.org"}
    apply(organisation=small, edits=[Edit("contact", "ken", ken)], by="x")
    person = type(cast.reporter).objects.get(pk=cast.reporter.pk)
    entered(made, by=person)
    assert not Asset.objects.filter(key="A-1").exists()
    assert line(made, "A-1").outcome == Outcome.REFUSED


def test_an_organisation_file_comes_back_equal(small: Organisation, before: Any) -> None:
    file = dump(plain(before))
    assert planned(file, "small.yaml").counts == {"same": 19}
    other = plain(before)
    other["organisation"]["size"] = 70
    other["assets"] = other["assets"][:1]
    other["links"], other["backups"] = [], [{"of": "www", "generations": 9}]
    other["units"].append({"id": "lab", "name": "Lab", "parent": "it", "owner": "rie"})
    other["contacts"].append({"id": "rie", "name": "Rie", "unit": "lab"})
    made = planned(dump(other), "small.yaml", removes=True)
    assert made.format == "organisation"
    assert made.counts == {"same": 16, "new": 2, "changed": 1, "gone": 2}
    entered(made)
    now = plain(home().read)
    assert {key: value for key, value in now.items() if key != "links"} == {
        k: v for k, v in other.items() if k != "links"
    }
    actions.undo_import(imported=made, by="a test")
    assert home().read == before


def test_everything_of_a_register_can_be_replaced(small: Organisation, before: Any) -> None:
    other = {"schema": "kizuki/organisation/1", "organisation": {"name": "X"}, "units": [{"id": "u", "name": "U"}]}
    made = entered(planned(dump(other), "x.yaml", removes=True))
    assert plain(home().read) == other
    assert made.told["outcomes"]["refused"] == 0
    actions.undo_import(imported=made, by="a test")
    again = home().read
    assert plain(again) == plain(before)


def test_a_bad_organisation_file_is_refused_as_a_whole(small: Organisation, before: Any) -> None:
    made = planned(
        "schema: kizuki/organisation/1\norganisation: {name: X}\nassets: [{id: a, name: A, kind: boat}]\n", "x.yaml"
    )
    assert made.state == State.GIVEN
    assert made.fault[0][0] == 3
    assert not PlanLine.objects.exists()


def test_a_file_put_aside_leaves_nothing(small: Organisation, before: Any) -> None:
    made = planned(TABLE)
    actions.discard_import(imported=made, by="a test")
    assert not Import.objects.exists()
    assert not PlanLine.objects.exists()
    assert home().read == before
    with pytest.raises(actions.NotNow):
        actions.discard_import(imported=entered(planned(TABLE)), by="a test")


def test_a_mapping_is_remembered_for_the_same_headings(small: Organisation) -> None:
    table = "Nummer,Bez,Art\n7,Box,PC\n"
    first = planned(table, mapping={"Nummer": "id", "Bez": "name", "Art": "kind"})
    kept = actions.keep_mapping(imported=first, name="German", found=["Nummer", "Bez", "Art"], by="a test")
    again = given("Art,Nummer,Bez\nPC,8,Other\n")
    assert again.options["mapping"] == kept.mapping
    assert again.options["kept"] == "German"
    actions.keep_mapping(imported=again, name="German", found=["Art", "Nummer", "Bez"], by="a test")
    assert KeptMapping.objects.get().uses == 2


def test_lines_of_old_imports_are_forgotten(small: Organisation) -> None:
    made = entered(planned(TABLE))
    assert actions.forget_lines(by=None) == 0
    Import.objects.filter(pk=made.pk).update(ended_at=timezone.now() - timedelta(days=31))
    assert actions.forget_lines(by=None) == 1
    assert not PlanLine.objects.filter(of=made).exists()
    assert Import.objects.filter(pk=made.pk).exists()


def test_it_runs_as_jobs(small: Organisation, cast: Cast) -> None:
    made = given(TABLE, by=cast.manager)
    actions.describe_import(imported=made, format="csv", options=made.options, settings=made.settings, by=cast.manager)
    assert drain() == 1
    made.refresh_from_db()
    assert made.state == State.PLANNED
    actions.begin_applying(imported=made, by=cast.manager)
    drain()
    made.refresh_from_db()
    assert made.state == State.DONE
    job = Job.objects.get(task=tasks.apply.path)
    assert (job.result, str(job)) == ({"url": f"/imports/{made.pk}"}, "Import of assets.csv")


def test_work_whose_job_died_can_be_begun_again(small: Organisation) -> None:
    made = planned(TABLE)
    actions.begin_applying(imported=made, by="a test")
    Job.objects.filter(task=tasks.apply.path).update(state="failed")
    other = Import.objects.get(pk=made.pk)
    actions.begin_applying(imported=made, by="a test")
    with pytest.raises(actions.NotNow):
        actions.begin_applying(imported=other, by="a test")


def test_a_portion_asks_no_question_for_each_record(small: Organisation) -> None:
    def queries(count: int, sign: str) -> int:
        rows = "\n".join(f"{sign}-{n},Thing {sign} {n},PC,Sales" for n in range(count))
        made = planned(f"Asset tag,Name,Type,Department\n{rows}\n")
        actions.begin_applying(imported=made, by="a test")
        with CaptureQueriesContext(connection) as asked:
            actions.apply_import(imported=made, by="a test")
        return len(asked)

    assert queries(60, "b") <= queries(20, "a") + 4
