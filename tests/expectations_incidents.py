"""What every address of incidents and of webhooks answers to whom; see expectations.py.

own: the incident that everybody sees, which nobody leads; foreign: the restricted one, of which nobody of these tests may know;
crossed: the number of the first with a thing of the second; closed: one to which nothing is added any more.
"""

from __future__ import annotations

from typing import Final

GET, POST, PUT, DELETE = "GET", "POST", "PUT", "DELETE"
Lines = list[tuple[str, str, str]]

#: A reporter sees only incidents in which they have a role.
SEES: Final = "404 200 200 200 200 200"
OPENS: Final = "404 200 200 403 403 200"
DOES: Final = "404 302 302 403 403 302"
DRAWS: Final = "404 302 302 302 302 302"
#: Only those who lead: here, managers.
LEADS_OPENS: Final = "404 403 200 403 403 200"
LEADS: Final = "404 403 302 403 403 302"
EDITOR_OPENS: Final = "403 403 200 403 403 200"
EDITOR_DOES: Final = "403 403 302 403 403 302"
ADMIN_SEES: Final = "404 404 404 404 200 200"
ADMIN_OPENS: Final = "404 404 404 404 403 200"
ADMIN_DOES: Final = "404 404 404 404 403 302"


#: Of a thing that an incident does not have: those who only read are sent away before it is looked for.
MISSES: Final = "404 404 404 403 403 404"
LEADER_MISSES: Final = "404 403 404 403 403 404"
#: Somebody took it out meanwhile: what was typed is given back.
GONE: Final = "404 422 422 403 403 422"


def read(answers: str = SEES, *objects: str, method: str = GET) -> Lines:
    """A page of an incident. `objects`: crossed, where it is of a thing in it."""
    return [
        (method, "own", answers),
        (method, "foreign", "404"),
        *((method, obj, "404") for obj in (*objects, "missing")),
    ]


def act(answers: str = DOES, method: str = POST) -> Lines:
    """Something done in an incident."""
    return read(answers, method=method)


def act_in(answers: str = DOES, *objects: str, method: str = POST) -> Lines:
    """Something done with a thing in an incident."""
    misses = [(method, obj, MISSES) for obj in (*objects, "missing")]
    return [(method, "own", answers), (method, "foreign", "404"), *misses]


PAGES: dict[str, Lines] = {
    "incidents:incidents": [(GET, "-", "200")],
    "incidents:new": [(GET, "-", "403 200 200 403 403 200"), (POST, "-", "403 302 302 403 403 302")],
    "incidents:figures_of_all": [(GET, "-", "200")],
    "incidents:mine": [(GET, "-", "200")],
    # procedures: for everyone, as the casebook
    "incidents:procedures": [(GET, "-", "200")],
    "incidents:procedure_import": [(GET, "-", EDITOR_OPENS), (POST, "-", EDITOR_DOES)],
    **{f"incidents:{name}": [(GET, "own", "200"), (GET, "missing", "404")] for name in ("procedure", "procedure_file")},
    **{
        f"incidents:{name}": [(POST, "own", EDITOR_DOES), (POST, "missing", "404")]
        for name in ("procedure_retire", "procedure_restore")
    },
    **{
        f"incidents:{name}": read()
        for name in ("incident", "wall", "picture", "figures", "known", "next", "tasks", "decisions", "settings", "review", "elsewhere")
    },
    **{f"incidents:{name}": read() + act() for name in ("severity", "stop")},
    "incidents:line": act(OPENS),
    "incidents:paste": read(OPENS) + act(OPENS),
    **{
        f"incidents:{name}": act()
        for name in (
            "enter", "paste_enter", "set_severity", "plan_escalation", "add_assets", "add_indicators", "add_file", "next_take",
            "next_aside", "task_begin", "task_assign", "review_add", "review_write", "elsewhere_act",
        )
    },
    **{f"incidents:{name}": act_in(DOES, "crossed") for name in ("asset", "indicator")},
    "incidents:file": read(SEES, "crossed"),
    "incidents:entry": read(),
    "incidents:task": read(),
    "incidents:decision": read(),
    **{f"incidents:{name}": act_in() for name in ("entry_act", "task_act", "decision_review")},
    **{f"incidents:{name}": read(OPENS) + act() for name in ("task_new", "decision_new")},
    "incidents:task_edit": act_in(OPENS, method=GET) + act_in(),
    "incidents:review_item": [
        *act_in(OPENS, method=GET), (POST, "own", DOES), (POST, "foreign", "404"), (POST, "missing", GONE),
    ],
    # Taken out already: so it stays.
    "incidents:review_remove": [(POST, "own", DOES), (POST, "foreign", "404"), (POST, "missing", DOES)],
    "incidents:report": read(),
    "incidents:report_file": read(),
    # Drawn as a job when it is asked for; until then the address leads back to the report.
    "incidents:report_pdf": read(DRAWS) + act(DRAWS),
    "incidents:timeline_import": read(OPENS) + act(OPENS),
    # Only those who lead, as managers do.
    "incidents:settings_act": act(LEADS),
    "incidents:end_role": [
        (POST, "own", LEADS), (POST, "foreign", "404"), (POST, "crossed", LEADER_MISSES), (POST, "missing", LEADER_MISSES),
    ],
    "incidents:close": read(LEADS_OPENS) + act(LEADS),
    # webhooks: administrators; auditors look. foreign: what is told of an incident of which they may not know
    "webhooks:webhooks": [(GET, "-", ADMIN_SEES)],
    "webhooks:new": [(GET, "-", ADMIN_OPENS), (POST, "-", ADMIN_OPENS)],
    "webhooks:webhook": [(GET, "own", ADMIN_SEES), (GET, "missing", "404")],
    "webhooks:message": [(GET, "own", ADMIN_SEES), (GET, "foreign", "404"), (GET, "missing", "404")],
    "webhooks:edit": [(GET, "own", ADMIN_OPENS), (POST, "own", ADMIN_DOES), (GET, "missing", "404"), (POST, "missing", "404")],
    "webhooks:secret": [(GET, "own", ADMIN_OPENS), (POST, "own", ADMIN_OPENS), (GET, "missing", "404"), (POST, "missing", "404")],
    **{f"webhooks:{name}": [(POST, "own", ADMIN_DOES), (POST, "missing", "404")] for name in ("switch", "try")},
    "webhooks:again": [(POST, "own", ADMIN_DOES), (POST, "foreign", "404"), (POST, "missing", "404")],
}  # fmt: skip

#: What a program gets for what is not there; for others 404.
KEYED_MISSING: dict[str | tuple[str, str], str] = {}
#: What a program gets with a key that may write, where a session only reads.
KEYED: dict[tuple[str, str], str] = {}
#: What a program gets with a key, and a session only where it reads.
KEYED_DOES: Final = "404 200 200 403 403 200"
KEYED_LEADS: Final = "404 403 200 403 403 200"


def _api(
    name: str, *methods: str, answers: str = KEYED_DOES, gone: str = "", crossed: bool = False
) -> dict[str, Lines]:
    """The lines of one address; what a key opens is noted by the way. `gone`: for a thing that the incident does not have."""
    lines: Lines = []
    for method in methods:
        objects = ("own", "foreign", *(("crossed",) if crossed else ()), "missing")
        if method == GET:
            lines += [(GET, obj, SEES if obj == "own" else "404") for obj in objects]
            continue
        lines += [(method, obj, "403") for obj in objects]  # writing takes a key
        KEYED[f"api:{name}", method] = answers.replace("200", "204") if method == DELETE else answers
        if gone:
            KEYED_MISSING[f"api:{name}", method] = gone
    return {f"api:{name}": lines}


#: The API, asked with a session.
API: dict[str, Lines] = {
    "api:incidents": [(GET, "-", "200"), (POST, "-", "403")],
    "api:incident_procedures": [(GET, "-", "200")],
    "api:incident_procedure": [(GET, "own", "200"), (GET, "missing", "404")],
    **_api("incident", GET, PUT),
    **_api("incident_closing", GET, POST, answers=KEYED_LEADS),
    **_api("incident_reopening", POST, answers=KEYED_LEADS),
    **_api("incident_merging", POST, answers=KEYED_LEADS),
    **_api("incident_members", GET, POST, answers=KEYED_LEADS),
    **_api("incident_member", DELETE, answers=KEYED_LEADS, gone=LEADER_MISSES, crossed=True),
    **{
        key: lines
        for name in ("entries", "severity", "assets", "indicators", "files", "tasks", "decisions")
        for key, lines in _api(f"incident_{name}", GET, PUT if name == "severity" else POST).items()
    },
    **{
        key: lines
        for name in ("lines", "begin", "judge_severity", "judge_escalation", "judge_stop")
        for key, lines in _api(f"incident_{name}", POST).items()
    },
    **_api("incident_milestones", GET), **_api("incident_figures", GET), **_api("incident_report", GET),
    **_api("incident_review", GET, PUT), **_api("incident_review_items", POST),
    **_api("incident_review_item", PUT, DELETE, gone=MISSES),
    **_api("incident_entry", GET), **_api("incident_decision", GET), **_api("incident_file", GET, crossed=True),
    **{
        key: lines
        for name in ("correction", "withdrawal", "decision_reviews")
        for key, lines in _api(f"incident_{name}", POST, gone=MISSES).items()
    },
    **_api("incident_milestone", PUT, DELETE, gone=MISSES),
    **_api("incident_task", GET, PUT, gone=MISSES), **_api("incident_task_state", PUT, gone=MISSES),
    **_api("incident_asset", PUT, gone=MISSES, crossed=True),
    **_api("incident_indicator", PUT, gone=MISSES, crossed=True),
}  # fmt: skip
KEYED["api:incidents", POST] = "403 200 200 403 403 200"
