"""The incidents of the whole site: one that everybody sees, one restricted to a single person, one closed; what their addresses
hold in the tests that walk all routes, and what is sent there."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final, get_args

import msgspec
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from kizuki.accounts.models import Person
from kizuki.criteria.engine.decide import Given
from kizuki.criteria.models import Decision as Judgement
from kizuki.incidents import actions
from kizuki.incidents.actions.timeline import About
from kizuki.incidents.choices import Kind
from kizuki.incidents.engine.gate import Id
from kizuki.incidents.engine.procedure import Procedure
from kizuki.incidents.models import Decision, Incident, OwnProcedure, Review, SameSetting, Task
from kizuki.incidents.procedures import of_library
from kizuki.kit.document import dump
from kizuki.kit.text import Text
from kizuki.notify.actions import make_webhook
from kizuki.notify.models import Delivery
from kizuki.register.models import Asset

NOBODY = 999_999_999
#: In every text of the restricted incident, and nowhere else.
SECRET: Final = "quokka"
#: The asset, the indicator and the bytes that the open incident and the restricted one have in common.
ASSET, INDICATOR, BYTES = "dc1", "203.0.113.77", b"the same bytes in both incidents"
GRAVE = {
    "importance": "large", "spread": "one", "leak": "none", "business": "none", "attacker": "gone", "outside": "none",
}  # fmt: skip
OTHERS = {"concerned": "possible", "publicity": "none", "hour": "office"}
STOP = {"target": "internet", "spreading": "now", "danger": "none", "owner": "reachable", "hour": "office"}
TABLE = b"at,lane,kind,text\n2026-01-02T03:04+09:00,it,detect,XR-31\n"
OWN = "t-own"
#: A measure that assets like the common one lack as well.
MEASURE: Final = "P02"


#: Pages to look at; what stands in braces is told by `places`.
PAGES = [
    "/incidents/", "/incidents/?status=all&q=XR-13", "/incidents/?kind=insider", "/incidents/new", "/incidents/figures",
    "/incidents/figures?period=all&by=quarter", "/incidents/mine", "/incidents/procedures/", "/incidents/procedures/ransomware",
    "/incidents/procedures/t-own", "/incidents/procedures/import", "/incidents/{closed}", "/incidents/{closed}/settings",
    "/incidents/{closed}/review",
    *(f"/incidents/{{incident}}{rest}" for rest in (
        "", "?lane=it&wrote=people", "?q=zzzzzz", "?as_of=2026-01-01T00:00", "?as_of=2100-01-01T00:00", "?show=all", "/wall", "/picture",
        "/paste", "/entries/{entry}", "/entries/{wrong}", "/entries/{written}", "/settings", "/figures", "/severity", "/stop",
        "/stop?fact-target=internet&fact-spreading=now", "/known", "/known?find=dc", "/known?reach=whole", "/next", "/tasks",
        "/tasks?show=all", "/tasks?show=late&role=it", "/tasks/new", "/tasks/{task}", "/tasks/{task}/edit", "/tasks/{step}",
        "/tasks/{done}", "/decisions", "/decisions/new", "/decisions/1", "/review", "/review?proposals", "/review/items/{item}",
        "/review/elsewhere", "/close", "/report", "/report?audience=technical&language=en",
        "/report?audience=technical&language=ja", "/report/import",
    )),
    "/webhooks/", "/webhooks/new", "/webhooks/{webhook}", "/webhooks/{webhook}?state=waiting", "/webhooks/{webhook}/edit",
    "/webhooks/{webhook}/secret", "/webhooks/{webhook}/{delivery}",
]  # fmt: skip


def places(of: Incident | None = None) -> dict[str, str]:
    """What the addresses of PAGES hold: numbers of that incident (the one that everybody sees), and of what is in it."""
    incident: Incident = of or Incident.objects.get(title="XR-13 title")
    return _places(incident.pk, incident.opened_at)


@functools.lru_cache(maxsize=4)
def _places(pk: Any, _made: datetime) -> dict[str, str]:
    """Looked up once for each incident: what it begins with stays. Two of different sites may have one id, but not one moment."""
    incident = Incident.objects.get(pk=pk)
    tasks = Task.objects.filter(incident=incident)
    entries = incident.entries.order_by("seq")
    delivery = Delivery.objects.get(webhook__name="XR-20", type="incident.opened", key=_number("XR-13 title"))
    found = {
        "incident": incident.number, "closed": _number("XR-14 title"), "entry": entries.get(once="first").seq,
        "wrong": entries.filter(corrections__withdrawn=False)[0].seq, "written": entries.filter(auto="severity")[0].seq,
        "task": first_task(incident).number, "step": tasks.exclude(procedure="").order_by("number")[0].number,
        "done": tasks.get(state="done").number, "item": item(incident)["id"], "webhook": delivery.webhook_id,
        "delivery": delivery.pk,
    }  # fmt: skip
    return {name: str(value) for name, value in found.items()}


def filled(address: str, found: dict[str, str]) -> str:
    """The address with what `places` has found put in."""
    for name, value in found.items():
        address = address.replace(f"{{{name}}}", value)
    return address


def _number(title: str) -> str:
    return str(Incident.objects.get(title=title).number)


def more(world: Any, number: int) -> None:
    """So many more incidents, and so many more of everything in the one that everybody sees."""
    by, open_ = world.people["manager"], Incident.objects.get(pk=world.made["incident"].pk)
    for n in range(number):
        one = actions.open_incident(title=f"XR-24 {n}", by=by, kind=Kind.RANSOMWARE, parent=open_ if n % 2 else None)
        actions.add_indicators(incident=one, text=INDICATOR, by=by)
        actions.add_asset(incident=one, key=ASSET, by=by)
        actions.add_task(incident=one, title="XR-25", by=by, owner=world.people["administrator"])
        about = [About("person", str(by.pk), by.name), About("asset", ASSET, ASSET)]
        made = actions.add_entry(
            incident=open_, text=f"XR-26 198.18.0.{n}", lane="it", kind="detect", by=by, about=about
        )
        actions.correct_entry(
            entry=made, text=f"XR-27 198.18.1.{n}", lane="it", kind="contain", handover=["security"], by=by
        )
        actions.add_task(incident=open_, title=f"XR-28 {n}", by=by, owner=by, due=timezone.now())
        actions.add_decision(
            incident=open_, question=f"XR-29 {n}", options=["A", "B"], chosen=0, reason="So", decided_by="We", by=by,
            review_on=timezone.now() + timedelta(days=1),
        )  # fmt: skip
        actions.save_item(incident=open_, part="causes", text=f"XR-30 {n}", by=by, measures=("P01", "P02"))
        upload = SimpleUploadedFile(f"{n}.txt", str(n).encode())
        actions.keep_file(incident=open_, upload=upload, by=by)
    actions.add_assets(
        incident=open_, keys=list(Asset.objects.filter(kind="pc").values_list("key", flat=True)[:number]), by=by
    )


@functools.cache
def procedure(id: str = OWN, title: str = "Ours") -> Procedure:
    """A procedure of the library under another id, short enough to be made into tasks again and again."""
    found = of_library("ransomware")
    assert found is not None
    few = msgspec.structs.replace(found.phases[0], steps=found.phases[0].steps[:2])
    return msgspec.structs.replace(found, id=id, title=Text(ja=f"{title}の手順", en=title), phases=(few,))


def made(people: dict[str, Person]) -> dict[str, Any]:
    """Everything, made once through the room's actions, as people make it."""
    administrator, other = people["administrator"], people["other"]
    own = actions.store_procedure(procedure=procedure(), base=0, by=people["manager"])
    events = ["incident.opened", "incident.closed"]
    webhook, _secret = make_webhook(name="XR-20", url="https://example.org/in", events=events, by=administrator)
    seeing, _secret = make_webhook(name="XR-21", url="https://example.org/other", events=events, by=other)
    open_ = told("XR-13", people["responder"], own, opened_by="test")
    hidden = told(SECRET, other, own, restricted=True, parent=open_)
    closed = told("XR-14", people["manager"], own)
    _close(closed, people["manager"])
    child = actions.open_incident(title="XR-23", by="test", parent=open_)
    seen = Delivery.objects.get(webhook=webhook, key=open_.number)
    secret = Delivery.objects.get(webhook=seeing, key=hidden.number)
    return {
        "incident": open_, "secret": hidden, "closed": closed, "child": child, "own_procedure": own, "webhook": webhook, "delivery": seen,
        "seeing_webhook": seeing, "secret_delivery": secret,
    }  # fmt: skip


def told(word: str, by: Person, own: OwnProcedure, opened_by: Any = None, **values: Any) -> Incident:
    """An incident with one of everything; the word begins each text of it."""
    incident = actions.open_incident(title=f"{word} title", by=opened_by or by, kind=Kind.RANSOMWARE, **values)
    if opened_by is None:
        actions.change_incident(incident=incident, version=incident.version, by=by, stand=f"{word} stand")
    _entries(incident, word, by)
    actions.add_asset(incident=incident, key=ASSET, state="affected", by=by)
    actions.add_indicators(incident=incident, text=f"{INDICATOR} {word}-c2.example.net", by=by, why=f"{word} note")
    for name, content in (("same", BYTES), ("own", word.encode())):
        actions.keep_file(
            incident=incident, upload=SimpleUploadedFile(f"{word}-{name}.txt", content), by=by, text=f"{word} file"
        )
    _work(incident, word, by, own)
    source = {fact: Given(value, f"{word} source") for fact, value in GRAVE.items()}
    actions.judge(incident=incident, facts=source, others=OTHERS, by=by)
    actions.judge_stop(incident=incident, facts={f: Given(v, f"{word} source") for f, v in STOP.items()}, by=by)
    step = Text(ja=f"{word}の次の一手", en=f"{word} next")
    actions.dismiss_step(incident=incident, key=f"{word}:1", title=step, reason=f"{word} aside", by=by)
    _review(incident, word, by)
    actions.give_role(incident=incident, person=by, role="legal", by=by)
    return incident


def _entries(incident: Incident, word: str, by: Person) -> None:
    """Two entries that stand, one that was corrected, one that was taken back."""
    enter = functools.partial(actions.add_entry, incident=incident, lane="it", kind="detect", by=by)
    about = [About("asset", ASSET, ASSET), About("person", str(by.pk), by.name)]
    enter(text=f"{word} entry 198.51.100.9", about=about, milestone="noticed", once="first")
    wrong = enter(text=f"{word} wrong", at="2026-01-02T03:04+09:00")
    actions.correct_entry(entry=wrong, text=f"{word} right", lane="security", kind="analyse", handover=["it"], by=by)
    actions.withdraw_entry(entry=enter(text=f"{word} mistaken"), reason=f"{word} reason", by=by)


def _work(incident: Incident, word: str, by: Person, own: OwnProcedure) -> None:
    """Tasks of a procedure, own ones in different states, a decision that was looked at again."""
    actions.begin_procedure(incident=incident, procedure=own.read, by=by)
    due = timezone.now() - timedelta(hours=1)
    for n in range(3):
        actions.add_task(incident=incident, title=f"{word} task {n}", by=by, owner=by, due=due)
    tasks = list(Task.objects.filter(incident=incident, procedure="").order_by("number"))
    actions.finish_task(task=tasks[1], version=1, result=f"{word} result", by=by)
    actions.block_task(task=tasks[2], version=1, reason=f"{word} blocked", by=by)
    decision = actions.add_decision(
        incident=incident, question=f"{word} question", options=[f"{word} yes", f"{word} no"], chosen=0,
        reason=f"{word} because", decided_by=f"{word} chief", by=by, review_on=timezone.now() + timedelta(days=1),
    )  # fmt: skip
    later = timezone.now() + timedelta(days=2)
    actions.review_decision(decision=decision, holds=True, text=f"{word} holds", review_on=later, by=by)


def _review(incident: Incident, word: str, by: Person) -> None:
    """Items in parts of the review, a lesson that became a task, assets with the same setting."""
    actions.save_item(incident=incident, part="causes", text=f"{word} cause", by=by, measures=("P01",), root=True)
    due = timezone.localdate() + timedelta(days=30)
    actions.save_item(
        incident=incident, part="lessons", text=f"{word} lesson", by=by, measures=("P01",), owner="t-desk", due=due
    )
    values = {"outcome": f"{word} outcome", "publication": "no", "publication_reason": f"{word} unpublished"}
    version = incident.review.version
    actions.write_review(incident=incident, version=version, by=by, same_setting=f"{word} elsewhere", **values)
    actions.find_same_setting(incident=incident, measure=MEASURE, by=by)
    rows = list(incident.same_settings.values_list("pk", flat=True)[:1])
    actions.mark_same_setting(incident=incident, rows=rows, state="holds", by=by, note_=f"{word} looked")


def _close(incident: Incident, by: Person) -> None:
    """Close it, with a reason for each thing that is missing."""
    close = functools.partial(actions.close_incident, incident=incident, version=incident.version, by=by)
    try:
        close()
    except actions.NotReady as error:
        close(overrides={point.id: "XR-15" for point in error.points})


# ── what addresses hold ──


def _of(world: Any, obj: str) -> Incident:
    incident: Incident = world.made[{"foreign": "secret", "closed": "closed", "child": "child"}.get(obj, "incident")]
    return incident


def arguments(world: Any, names: tuple[str, ...], route: str, obj: str) -> dict[str, Any]:
    """Of an address below /incidents/ or /webhooks/. own: of the incident that everybody sees; foreign: of the restricted one;
    crossed: the number of the first with a thing of the second; missing: no such thing, or no such incident."""
    if route.startswith("webhooks:"):
        return _webhook(world, names, obj)
    if route.startswith("incidents:procedure"):
        return {"id": OWN if obj == "own" else "no-such-procedure"}
    inside = [name for name in names if name not in ("number", "word")]
    found: dict[str, Any] = {"word": _word(route)} if "word" in names else {}
    if obj == "missing" and not inside:
        return {"number": "INC-2001-001", **found}
    things = _of(world, "foreign" if obj == "crossed" else obj)
    number = _of(world, "own" if obj == "crossed" else obj).number
    rows = {
        name: ("exe" if name == "ending" else NOBODY) if obj == "missing" else _inside(things, route, name)
        for name in inside
    }
    return {"number": number, **rows, **found}


def _word(route: str) -> str:
    """What is done where one address is for several acts; the others are tried in the tests of the room."""
    return {
        "entry_act": "correct", "task_act": "take", "settings_act": "merge", "review_write": "outcome", "elsewhere_act": "mark",
    }[route.removeprefix("incidents:")]  # fmt: skip


def judgement(incident: Incident) -> Judgement:
    """The judgement of its severity."""
    made: Judgement = Judgement.objects.about(incident).get(version__criteria__slug="severity")
    return made


def item(incident: Incident) -> Any:
    """The lesson in the review."""
    return Review.objects.get(incident=incident).parts["lessons"][0]


def _inside(incident: Incident, route: str, name: str) -> Any:
    """The number of a thing of the incident."""
    if name == "id":
        return item(incident)["id"]
    if name == "ending":
        return "html"
    if name == "seq":
        return incident.entries.filter(once="first").get().seq
    if "decision" in route:
        return Decision.objects.get(incident=incident).number
    if name == "n":
        return first_task(incident).number
    rows: dict[str, Callable[[], Any]] = {
        "asset": lambda: incident.assets.get(key=ASSET),
        "indicator": lambda: incident.indicators.get(value=INDICATOR),
        "file": lambda: incident.files.exclude(name__contains="same").get(),
        "end_role": lambda: incident.members.get(role="legal"),
    }
    return rows[route.partition(":")[2]]().pk


def first_task(incident: Incident) -> Task:
    """An own task on which nobody works yet."""
    return Task.objects.filter(incident=incident, procedure="", state="todo").order_by("number")[0]


def _webhook(world: Any, names: tuple[str, ...], obj: str) -> dict[str, Any]:
    here = world.made["seeing_webhook" if obj == "foreign" else "webhook"]
    message = world.made["secret_delivery" if obj == "foreign" else "delivery"]
    if "message" in names:
        return {"pk": here.pk, "message": NOBODY if obj == "missing" else message.pk}
    return {"pk": NOBODY if obj == "missing" else here.pk}


# ── what is sent there ──


def sent(world: Any, route: str, obj: str) -> dict[str, Any]:
    """What a person would send to an address below /incidents/ or /webhooks/."""
    if route.startswith("webhooks:"):
        return _webhook_sent(route)
    incident = Incident.objects.get(pk=_of(world, obj).pk)
    seen = {"version": incident.version}
    facts = {f"fact-{fact}": value for fact, value in {**GRAVE, **OTHERS, **STOP}.items()}
    one = {"version": 1}
    forms: dict[str, Callable[[], dict[str, Any]]] = {
        "new": lambda: {"title": "New", "kind": "other", "tlp": "amber", "zone": "Asia/Tokyo"},
        "procedure_import": lambda: {"base": 0, "file": SimpleUploadedFile("new.yaml", dump(procedure("t-new")).encode())},
        "procedure_retire": lambda: one, "procedure_restore": lambda: {"version": 2},
        "line": lambda: {"line": "IT 封じ込め LANを抜いた"},
        "enter": lambda: {"line": "IT 封じ込め LANを抜いた"},
        "paste": lambda: {"text": "2026-01-02 10:00 IT LANを抜いた"},
        "paste_enter": lambda: {
            "rows": 1, "r0-take": "on", "r0-at": "2026-01-02", "r0-lane": "it", "r0-kind": "contain", "r0-text": "LANを抜いた",
        },
        "entry_act": lambda: {"text": "Better", "lane": "it", "kind": "detect", "at": "2026-01-02T03:04+09:00"},
        "severity": lambda: facts, "stop": lambda: facts,
        "set_severity": lambda: {"severity": 3, "reason": "XR-16"},
        "add_assets": lambda: {"words": "www", "state": "affected"},
        "asset": lambda: {**one, "state": "clean"},
        "add_indicators": lambda: {"text": "192.0.2.55"},
        "indicator": lambda: {**one, "state": "rejected"},
        "add_file": lambda: {"file": SimpleUploadedFile("new.txt", b"new")},
        "next_aside": lambda: {"key": "no-such-step", "reason": "XR-17"},
        "next_take": lambda: {"key": "no-such-step"},
        "task_new": lambda: {"title": "New"},
        "task_edit": lambda: {**one, "title": "Changed"},
        "task_act": lambda: one,
        "task_begin": lambda: {"procedure": "insider"},
        "task_assign": lambda: {"task": f"{first_task(incident).number}:1"},
        "decision_new": lambda: {
            "question": "Now?", "option_1": "Yes", "option_2": "No", "chosen": 1, "reason": "So", "decided_by": "We",
        },
        "decision_review": lambda: {"holds": "yes"},
        "settings_act": lambda: {**seen, "into": _of(world, "closed" if obj == "closed" else "child").number},
        "review_add": lambda: {"part": "impact", "text": "XR-18"},
        "review_item": lambda: {**one, "text": "XR-18"},
        "review_remove": lambda: one,
        "review_write": lambda: {"version": incident.review.version, "outcome": "XR-18"},
        "elsewhere_act": lambda: {
            "measure": MEASURE, "row": SameSetting.objects.filter(incident=incident)[0].pk, "state": "lacks",
        },
        "timeline_import": lambda: {"file": SimpleUploadedFile("t.csv", TABLE)},
        "close": lambda: {**seen, **dict.fromkeys(get_args(Id), "XR-19")},
    }  # fmt: skip
    made_ = forms.get(route.partition(":")[2])
    return made_() if made_ else {}


def _webhook_sent(route: str) -> dict[str, Any]:
    form = {"name": "XR-22", "url": "https://example.org/new", "events": "entry.added"}
    forms: dict[str, dict[str, Any]] = {
        "webhooks:new": {**form, "once": "x"}, "webhooks:edit": {**form, "version": 1}, "webhooks:switch": {"version": 1},
        "webhooks:secret": {"version": 1},
    }  # fmt: skip
    return forms.get(route, {})
