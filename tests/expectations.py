"""What every address answers to whom. A new route fails the tests until it has its lines here.

A line: a method, an object, and the answers in the order of the roles – reporter, responder, manager, executive, auditor,
administrator. One answer stands for all. Nobody's and deactivated people's sessions are led to the sign-in page, except
where a line of ANYONE says otherwise.
"""

from __future__ import annotations

from kizuki.register.engine.kinds import KINDS
from tests import expectations_incidents

GET, POST, PUT, DELETE = "GET", "POST", "PUT", "DELETE"
#: Objects that a line may name: `-` the route has none; own, foreign: of the person, of another; missing: no such thing. What of
#: incidents stands in expectations_incidents.py.
Lines = list[tuple[str, str, str]]

ADMIN_SEES = "404 404 404 404 200 200"
ADMIN_OPENS = "404 404 404 404 403 200"
ADMIN_DOES = "404 404 404 404 403 302"
EDITOR_OPENS = "403 403 200 403 403 200"
EDITOR_DOES = "403 403 302 403 403 302"
EDITOR_DOES_RED = "404 403 302 403 403 302"
TASK_OPENS = "404 403 200 403 403 200"
TASK_DOES = "404 403 302 403 403 302"
SEES_ALL = "404 200 200 200 200 200"
#: Of rooms that a reporter does not learn of.
WRITER_OPENS = "404 403 200 403 403 200"
WRITER_DOES = "404 403 302 403 403 302"
WRITER_MISSES = "404 403 404 403 403 404"
PROGRAM_WRITES = "404 403 200 403 403 200"
#: May see everything of others, may end others' things only as administrator.
FOREIGN = "404 404 404 404 403 302"

EXPECTED: dict[str, Lines] = {
    "set_language": [(POST, "-", "302")],
    # ui
    "ui:home": [(GET, "-", "302")],
    "ui:health": [(GET, "-", "200")],
    "ui:keys": [(GET, "-", "200")],
    # casebook
    "casebook:library": [(GET, "-", "200")],
    "casebook:glossary": [(GET, "-", "200")],
    "casebook:bring_in": [(GET, "-", EDITOR_OPENS), (POST, "-", EDITOR_DOES)],
    "casebook:way_in": [(GET, "own", "200"), (GET, "missing", "404")],
    **{
        name: [(GET, "own", "200"), (GET, "red", SEES_ALL), (GET, "removed", "404"), (GET, "missing", "404")]
        for name in ("casebook:case", "casebook:case_file")
    },
    # Drawn as a job when it is asked for; until then the address leads back to the case.
    "casebook:case_pdf": [
        (method, obj, answers)
        for method in (GET, POST)
        for obj, answers in (("own", "302"), ("red", "404 302 302 302 302 302"), ("removed", "404"), ("missing", "404"))
    ],
    "casebook:remove": [
        (POST, "own", EDITOR_DOES), (POST, "red", EDITOR_DOES_RED), (POST, "removed", "404"), (POST, "missing", "404"),
    ],
    "casebook:restore": [(POST, "removed", EDITOR_DOES), (POST, "missing", "403 403 404 403 403 404")],
    # measures
    "measures:matrix": [(GET, "-", "200")],
    "measures:file": [(GET, "-", "200")],
    "measures:measure": [(GET, "own", "200"), (GET, "missing", "404")],
    "measures:own": [(GET, "-", "200")],
    "measures:own_add": [(GET, "-", EDITOR_OPENS), (POST, "-", EDITOR_DOES)],
    "measures:own_import": [(GET, "-", EDITOR_OPENS), (POST, "-", EDITOR_DOES)],
    "measures:own_edit": [
        (GET, "own", EDITOR_OPENS), (GET, "missing", "404"), (POST, "own", EDITOR_DOES), (POST, "missing", "404"),
    ],
    "measures:own_retire": [(POST, "own", EDITOR_DOES), (POST, "missing", "404")],
    "measures:own_restore": [(POST, "own", EDITOR_DOES), (POST, "missing", "404")],
    **{
        f"measures:{name}": [(GET, "-", SEES_ALL)]
        for name in ("coverage", "contradictions", "table", "proposals", "rounds")
    },
    "measures:row": [(GET, "own", SEES_ALL), (GET, "missing", "404")],
    "measures:row_add": [(GET, "-", WRITER_OPENS), (POST, "-", WRITER_DOES)],
    "measures:row_edit": [
        (GET, "own", WRITER_OPENS), (GET, "missing", WRITER_MISSES), (POST, "own", WRITER_DOES), (POST, "missing", WRITER_MISSES),
    ],
    "measures:row_remove": [(POST, "own", WRITER_DOES), (POST, "missing", "404")],
    "measures:row_verify": [(POST, "own", WRITER_DOES), (POST, "missing", "404")],
    "measures:row_undo": [(POST, "own", WRITER_DOES), (POST, "missing", WRITER_MISSES)],
    "measures:table_import": [(GET, "-", WRITER_OPENS), (POST, "-", WRITER_OPENS)],
    "measures:table_apply": [(POST, "-", WRITER_DOES)],
    # nobody of these tests answers for a unit
    "measures:propose": [(GET, "-", "404 403 403 403 403 403"), (POST, "-", "404 403 403 403 403 403")],
    "measures:accept": [(POST, "-", WRITER_DOES)],
    "measures:proposal": [
        (GET, "own", SEES_ALL), (GET, "missing", "404"), (POST, "own", WRITER_DOES), (POST, "missing", "404"),
    ],
    "measures:send_back": [(POST, "own", WRITER_DOES), (POST, "missing", "404")],
    "measures:withdraw": [
        (POST, "own", "404 302 302 302 302 302"), (POST, "foreign", "404 403 403 403 403 403"), (POST, "missing", "404"),
    ],
    "measures:round_start": [(GET, "-", WRITER_OPENS), (POST, "-", WRITER_DOES)],
    "measures:round": [(GET, "own", SEES_ALL), (GET, "missing", "404")],
    "measures:round_close": [(POST, "own", WRITER_DOES), (POST, "missing", "404")],
    "measures:round_reopen": [(POST, "own", WRITER_DOES), (POST, "missing", "404")],
    "measures:make_link": [(POST, "own", WRITER_OPENS), (POST, "missing", "404")],
    "measures:revoke_link": [(POST, "own", WRITER_DOES), (POST, "missing", "404")],
    # by link, whoever asks; a question of another unit is none of this link's
    "measures:answer": [(GET, "own", "200"), (GET, "missing", "410")],
    "measures:answer_name": [(POST, "own", "302"), (POST, "missing", "410")],
    "measures:answer_finish": [(POST, "own", "302"), (POST, "missing", "410")],
    "measures:question": [
        (GET, "own", "200"), (GET, "foreign", "404"), (GET, "missing", "410"),
        (POST, "own", "302"), (POST, "foreign", "404"), (POST, "missing", "410"),
    ],
    # files: for those who see what they are the evidence of
    "files:file": [(GET, "own", SEES_ALL), (GET, "missing", "404")],
    # replay: a reporter does not learn where the organisation is weak
    "replay:overview": [(GET, "-", SEES_ALL)],
    "replay:priorities": [(GET, "-", SEES_ALL)],
    "replay:try": [(POST, "-", SEES_ALL)],
    "replay:template": [(GET, "-", "200")],
    "replay:organisation_file": [(GET, "-", SEES_ALL)],
    "replay:map": [(GET, "-", SEES_ALL)],
    "replay:map_measure": [(GET, "own", SEES_ALL), (GET, "missing", "404")],
    **{f"replay:{name}": [(GET, "-", SEES_ALL)] for name in ("affected", "notes", "figures")},
    "replay:note": [(GET, "own", SEES_ALL), (GET, "missing", "404")],
    "replay:save_note": [(POST, "-", "404 302 302 403 403 302")],
    "replay:fill": [(POST, "-", "404 302 302 403 403 302")],
    # Without a row there is nothing to follow.
    "replay:follow_up": [(GET, "-", "404 403 404 403 403 404"), (POST, "-", WRITER_DOES)],
    # maturity
    "benchmark:overview": [(GET, "-", SEES_ALL)],
    "benchmark:check": [(GET, "own", SEES_ALL), (GET, "missing", "404")],
    "benchmark:enter": [
        (GET, "own", WRITER_OPENS), (GET, "missing", "404 403 404 403 403 404"), (POST, "own", WRITER_DOES),
        (POST, "missing", "404 403 404 403 403 404"),
    ],
    "benchmark:peers": [(GET, "-", WRITER_OPENS), (POST, "-", WRITER_DOES)],
    "benchmark:add": [(GET, "-", WRITER_OPENS), (POST, "-", WRITER_DOES)],
    "benchmark:drop_peers": [(POST, "own", WRITER_DOES), (POST, "missing", "404")],
    "replay:one": [(GET, "own", SEES_ALL), (GET, "red", SEES_ALL), (GET, "removed", "404"), (GET, "missing", "404")],
    # register: no reporter of these tests answers for a unit
    "register:overview": [(GET, "-", SEES_ALL)],
    "register:about": [(GET, "-", WRITER_OPENS), (POST, "-", WRITER_DOES)],
    "register:organisation_file": [(GET, "-", SEES_ALL)],
    **{f"register:{name}": [(GET, "own", SEES_ALL), (GET, "missing", "404")] for name in ("records", "export", "batch")},
    "register:find": [(GET, "own", "404 302 302 302 302 302"), (GET, "missing", "404")],
    "register:keep_filter": [(POST, "own", "404 302 302 302 302 302"), (POST, "missing", "404")],
    "register:drop_filter": [(POST, "missing", "404")],
    "register:new": [(GET, "own", WRITER_OPENS), (POST, "own", WRITER_DOES), (GET, "missing", "404"), (POST, "missing", "404")],
    "register:bulk": [(POST, "own", "404 302 200 302 302 200"), (POST, "missing", "404")],
    "register:record": [(GET, "own", SEES_ALL), (GET, "missing", "404")],
    "register:edit": [(GET, "own", WRITER_OPENS), (POST, "own", WRITER_DOES), (GET, "missing", "404"), (POST, "missing", "404")],
    "register:judge": [
        (GET, "own", WRITER_OPENS), (POST, "own", "404 403 200 403 403 200"), (GET, "missing", "404"), (POST, "missing", "404"),
    ],
    "register:remove": [
        (GET, "own", WRITER_OPENS), (POST, "own", "404 403 409 403 403 409"), (GET, "missing", "404"), (POST, "missing", "404"),
    ],
    "register:restore": [(POST, "own", WRITER_DOES), (POST, "missing", "404 403 302 403 403 302")],
    "register:undo": [(POST, "own", WRITER_DOES), (POST, "missing", "404")],
    "register:undo_batch": [(POST, "own", WRITER_DOES), (POST, "missing", "404")],
    "api:register": [(GET, "-", SEES_ALL)],
    # Writing takes a key; see KEYED.
    **{f"api:register_{kind.part}": [(GET, "-", SEES_ALL), (POST, "-", "403")] for kind in KINDS.values()},
    **{
        f"api:register_{kind.part}_one": [
            (GET, "own", SEES_ALL), (GET, "missing", "404"), (PUT, "own", "403"), (DELETE, "own", "403"),
        ]
        for kind in KINDS.values()
    },
    "api:about": [(GET, "-", SEES_ALL), (PUT, "-", "403")],
    "api:record_history": [(GET, "own", SEES_ALL), (GET, "missing", "404")],
    "api:record_undo": [(POST, "own", "403"), (POST, "missing", "403")],
    "api:importance_reasons": [(GET, "own", SEES_ALL), (GET, "missing", "404")],
    "api:batch": [(GET, "own", SEES_ALL), (GET, "missing", "404")],
    "api:batch_undo": [(POST, "own", "403"), (POST, "missing", "403")],
    "api:files": [(POST, "-", "403")],
    "api:file": [(GET, "own", SEES_ALL), (GET, "missing", "404")],
    # devices: as the register
    **{f"devices:{name}": [(GET, "-", SEES_ALL)] for name in ("devices", "observations", "sources", "admissions")},
    "devices:match": [(POST, "-", WRITER_DOES)],
    "devices:device": [(GET, "own", SEES_ALL), (GET, "missing", "404")],
    "devices:act": [(POST, "own", WRITER_DOES), (POST, "missing", "404")],
    "devices:undo": [(POST, "own", WRITER_DOES), (POST, "missing", "404")],
    # What is asked for stands in the address; without it there is nothing to answer.
    "devices:ask": [(GET, "-", WRITER_OPENS), (POST, "-", "404 403 422 403 403 422")],
    "devices:admission": [(GET, "own", SEES_ALL), (GET, "missing", "404")],
    "devices:decide": [(POST, "own", WRITER_DOES), (POST, "missing", "404")],
    "devices:speak": [(POST, "own", WRITER_DOES), (POST, "missing", "404")],
    # imports: no reporter of these tests answers for a unit
    "imports:imports": [(GET, "-", WRITER_OPENS), (POST, "-", "404 403 422 403 403 422")],
    **{f"imports:{name}": [(GET, "own", WRITER_OPENS), (GET, "missing", WRITER_MISSES)] for name in ("one", "lines")},
    "imports:describe": [
        (GET, "own", WRITER_OPENS), (POST, "own", "404 403 422 403 403 422"), (GET, "missing", WRITER_MISSES),
        (POST, "missing", WRITER_MISSES),
    ],
    "imports:names": [
        (GET, "own", WRITER_OPENS), (POST, "own", WRITER_DOES), (GET, "missing", WRITER_MISSES), (POST, "missing", WRITER_MISSES),
    ],
    **{
        f"imports:{name}": [(POST, "own", WRITER_DOES), (POST, "missing", WRITER_MISSES)]
        for name in ("take", "apply", "undo", "discard")
    },
    # tasks: no reporter of these tests answers for a unit
    "tasks:tasks": [(GET, "-", SEES_ALL)],
    "tasks:new": [(GET, "-", TASK_OPENS), (POST, "-", TASK_DOES)],
    "tasks:task": [(GET, "own", SEES_ALL), (GET, "missing", "404")],
    "tasks:edit": [(GET, "own", TASK_OPENS), (POST, "own", TASK_DOES), (GET, "missing", "404"), (POST, "missing", "404")],
    "tasks:act": [(POST, "own", TASK_DOES), (POST, "missing", "404")],
    # criteria: for a reporter they do not exist; managers write, and another manager approves
    "criteria:all": [(GET, "-", SEES_ALL)],
    "criteria:bring_in": [(GET, "-", WRITER_OPENS), (POST, "-", WRITER_DOES)],
    "criteria:one": [(GET, "own", "404 302 302 302 302 302"), (GET, "missing", "404")],
    "criteria:begin": [(POST, "own", WRITER_DOES), (POST, "missing", WRITER_MISSES)],
    **{
        f"criteria:{name}": [(GET, "own", SEES_ALL), (GET, "draft", SEES_ALL), (GET, "missing", "404")]
        for name in ("version", "file", "try_it", "compare")
    },
    **{
        f"criteria:{name}": [
            (GET, "draft", WRITER_OPENS), (GET, "own", WRITER_MISSES), (POST, "draft", WRITER_DOES),
            (POST, "own", "404 403 409 403 403 409"), (GET, "missing", WRITER_MISSES),
        ]
        for name in ("edit", "rule", "text")
    },
    "criteria:propose": [(POST, "draft", WRITER_DOES), (POST, "own", "404 403 409 403 403 409"), (POST, "missing", WRITER_MISSES)],
    "criteria:approve": [(POST, "proposed", WRITER_DOES), (POST, "draft", "404 403 409 403 403 409"), (POST, "missing", WRITER_MISSES)],
    "criteria:withdraw": [(POST, "draft", WRITER_DOES), (POST, "own", WRITER_DOES), (POST, "missing", WRITER_MISSES)],
    "criteria:decisions": [(GET, "own", SEES_ALL), (GET, "missing", "404")],
    "criteria:decision": [(GET, "own", SEES_ALL), (GET, "missing", "404")],
    **expectations_incidents.PAGES,
    **expectations_incidents.API,
    # jobs
    "jobs:jobs": [(GET, "-", "200")],
    "jobs:job": [(GET, "own", "200"), (GET, "foreign", ADMIN_SEES), (GET, "missing", "404")],
    "jobs:cancel": [(POST, "own", "302"), (POST, "foreign", FOREIGN), (POST, "missing", "404")],
    "jobs:verify_journal": [(POST, "-", "404 404 404 404 302 302")],
    # journal
    "journal:entries": [(GET, "-", ADMIN_SEES)],
    "journal:entry": [(GET, "own", ADMIN_SEES), (GET, "missing", "404")],
    "journal:export": [(GET, "own", ADMIN_SEES), (GET, "missing", "404")],
    # accounts
    "accounts:me": [(GET, "-", "200"), (POST, "-", "302")],
    "accounts:first_password": [(GET, "-", "302"), (POST, "-", "302")],
    "accounts:make_key": [(GET, "-", "200"), (POST, "-", "200")],
    "accounts:revoke_key": [(POST, "own", "302"), (POST, "foreign", FOREIGN), (POST, "missing", "404")],
    "accounts:first_link": [(GET, "own", "200"), (GET, "missing", "410"), (POST, "own", "302"), (POST, "missing", "410")],
    "people:people": [(GET, "-", ADMIN_SEES)],
    "people:invite": [(GET, "-", ADMIN_OPENS), (POST, "-", ADMIN_OPENS)],
    "people:person": [(GET, "own", ADMIN_SEES), (GET, "foreign", ADMIN_SEES), (GET, "missing", "404")],
    "people:change_role": [(POST, "own", ADMIN_DOES), (POST, "foreign", ADMIN_DOES), (POST, "missing", "404")],
    "people:make_first_link": [(POST, "own", ADMIN_OPENS), (POST, "foreign", ADMIN_OPENS), (POST, "missing", "404")],
    "people:deactivate": [
        (GET, "own", ADMIN_OPENS), (GET, "foreign", ADMIN_OPENS), (GET, "missing", "404"),
        (POST, "own", ADMIN_DOES), (POST, "foreign", ADMIN_DOES), (POST, "missing", "404"),
    ],
    "people:activate": [(POST, "own", ADMIN_DOES), (POST, "foreign", ADMIN_DOES), (POST, "missing", "404")],
    # sign-in, second factors
    "account_login": [(GET, "-", "302"), (POST, "-", "302")],
    "account_logout": [(GET, "-", "200"), (POST, "-", "302")],
    "account_inactive": [(GET, "-", "200")],
    "account_reauthenticate": [(GET, "-", "200"), (POST, "-", "302")],
    "account_change_password": [(GET, "-", "200"), (POST, "-", "302")],
    "mfa_authenticate": [(GET, "-", "302"), (POST, "-", "302")],
    "mfa_login_webauthn": [(GET, "-", "302"), (POST, "-", "302")],
    "mfa_index": [(GET, "-", "302")],
    "mfa_reauthenticate": [(GET, "-", "302"), (POST, "-", "302")],
    "mfa_activate_totp": [(GET, "-", "200"), (POST, "-", "200")],
    "mfa_deactivate_totp": [(GET, "-", "404"), (POST, "-", "404")],
    "mfa_view_recovery_codes": [(GET, "-", "404")],
    "mfa_generate_recovery_codes": [(GET, "-", "200"), (POST, "-", "302")],
    "mfa_download_recovery_codes": [(GET, "-", "404")],
    "mfa_list_webauthn": [(GET, "-", "200")],
    "mfa_add_webauthn": [(GET, "-", "200"), (POST, "-", "200")],
    # A passkey that does not fit leads back to the sign-in page.
    "mfa_reauthenticate_webauthn": [(GET, "-", "200"), (POST, "-", "sign_in")],
    **{
        name: [
            (GET, "own", "200"), (GET, "foreign", "404"), (GET, "missing", "404"),
            (POST, "own", "302"), (POST, "foreign", "404"), (POST, "missing", "404"),
        ]
        for name in ("mfa_remove_webauthn", "mfa_edit_webauthn")
    },
    # the API, asked with a session; programs send a key
    "api:api-root": [(GET, "-", "404")],
    "api:openapi-json": [(GET, "-", "200")],
    "api:schema": [(GET, "own", "200"), (GET, "missing", "404")],
    "api:cases": [(GET, "-", "200")],
    "api:case": [(GET, "own", "200"), (GET, "red", SEES_ALL), (GET, "removed", "404"), (GET, "missing", "404")],
    "api:measures": [(GET, "-", "200")],
    "api:priorities": [(GET, "-", SEES_ALL)],
    "api:one": [(GET, "own", SEES_ALL), (GET, "red", SEES_ALL), (GET, "removed", "404"), (GET, "missing", "404")],
    "api:tried": [(POST, "-", "403")],  # writing takes a key
    "api:tasks": [(GET, "-", SEES_ALL), (POST, "-", "403")],
    "api:task": [(GET, "own", SEES_ALL), (GET, "missing", "404"), (PUT, "own", "403")],
    "api:task_state": [(PUT, "own", "403"), (PUT, "missing", "403")],
    "api:imports": [(GET, "-", WRITER_OPENS), (POST, "-", "403")],
    "api:import": [
        (GET, "own", WRITER_OPENS), (GET, "missing", WRITER_MISSES), (DELETE, "own", "403"), (DELETE, "missing", "403"),
    ],
    "api:import_description": [(PUT, "own", "403"), (PUT, "missing", "403")],
    "api:import_lines": [
        (GET, "own", WRITER_OPENS), (GET, "missing", WRITER_MISSES), (PUT, "own", "403"), (PUT, "missing", "403"),
    ],
    "api:import_apply": [(POST, "own", "403"), (POST, "missing", "403")],
    "api:import_undo": [(POST, "own", "403"), (POST, "missing", "403")],
    "api:own_measures": [(GET, "-", "200")],
    "api:own_measure": [
        (GET, "own", "200"), (GET, "missing", "404"), (PUT, "own", "403"), (DELETE, "own", "403"), (DELETE, "missing", "403"),
    ],
    **{
        f"api:{name}": [(GET, "-", SEES_ALL)]
        for name in ("contradictions", "map", "figures")
    },
    **{
        f"api:{name}": [(GET, "-", SEES_ALL), (POST, "-", "403")]
        for name in ("coverage_proposals", "assessment_rounds", "self_checks")
    },
    **{
        f"api:{name}": [(GET, "own", SEES_ALL), (GET, "missing", "404")] for name in ("assessment_round", "scores", "note")
    },
    "api:coverage_proposal": [
        (GET, "own", SEES_ALL), (GET, "missing", "404"), (DELETE, "own", "403"), (DELETE, "missing", "403"),
    ],
    "api:peers": [(GET, "-", SEES_ALL), (PUT, "-", "403")],
    "api:peer_group": [(DELETE, "own", "403"), (DELETE, "missing", "403")],
    "api:coverage_proposal_remark": [(PUT, "own", "403"), (PUT, "missing", "403")],
    "api:assessment_round_state": [(PUT, "own", "403"), (PUT, "missing", "403")],
    "api:assessment_link": [
        (POST, "own", "403"), (POST, "missing", "403"), (DELETE, "own", "403"), (DELETE, "missing", "403"),
    ],
    "api:accept_proposals": [(POST, "-", "403")],
    "api:scores_of_day": [(PUT, "own", "403"), (PUT, "missing", "403")],
    "api:affected": [(POST, "-", "403")],
    "api:notes": [(GET, "-", SEES_ALL), (POST, "-", "403")],
    "api:priority_tasks": [(GET, "-", SEES_ALL), (POST, "-", "403")],
    "api:devices": [(GET, "-", SEES_ALL)],
    "api:device_sources": [(GET, "-", SEES_ALL)],
    "api:device_observations": [(POST, "-", "403")],
    "api:device": [(GET, "own", SEES_ALL), (GET, "missing", "404")],
    "api:device_decision": [(method, obj, "403") for method in (PUT, DELETE) for obj in ("own", "missing")],
    "api:admissions": [(GET, "-", SEES_ALL), (POST, "-", "403")],
    "api:admission": [(GET, "own", SEES_ALL), (GET, "missing", "404")],
    "api:admission_decision": [(PUT, "own", "403"), (PUT, "missing", "403")],
    "api:admission_state": [(PUT, "own", "403"), (PUT, "missing", "403")],
    "api:criteria": [(GET, "-", SEES_ALL)],
    "api:criterion": [(GET, "own", SEES_ALL), (GET, "missing", "404")],
    "api:criteria_decision": [(GET, "own", SEES_ALL), (GET, "missing", "404")],
    "api:criteria_decisions": [
        (GET, "own", SEES_ALL), (GET, "missing", "404"), (POST, "own", "403"), (POST, "missing", "403"),
    ],
    "api:criteria_versions": [(GET, "own", SEES_ALL), (GET, "missing", "404")],
    "api:criteria_draft": [(PUT, "own", "403"), (PUT, "missing", "403")],
    "api:criteria_state": [(PUT, "own", "403"), (PUT, "missing", "403")],
    # closed for everyone, whatever is asked
    **{
        name: [(GET, "-", "404"), (POST, "-", "404")]
        for name in (
            "account_signup", "account_email", "account_email_verification_sent", "account_set_password",
            "account_reset_password",
        )
    },
}  # fmt: skip

#: What people without a session get where they are not led to the sign-in page.
ANYONE: dict[tuple[str, str, str], str] = {
    ("set_language", POST, "-"): "302",
    ("ui:health", GET, "-"): "200",
    ("accounts:first_link", GET, "own"): "200",
    ("accounts:first_link", GET, "missing"): "410",
    ("accounts:first_link", POST, "own"): "302",
    ("accounts:first_link", POST, "missing"): "410",
    **{
        (f"measures:{name}", method, obj): answer
        for name, method, answer in (
            ("answer", GET, "200"),
            ("question", GET, "200"),
            ("question", POST, "302"),
            ("answer_name", POST, "302"),
            ("answer_finish", POST, "302"),
        )
        for obj, answer in (("own", answer), ("missing", "410"))
    },
    ("measures:question", GET, "foreign"): "404",
    ("measures:question", POST, "foreign"): "404",
    ("account_login", GET, "-"): "200",
    ("account_login", POST, "-"): "302",
    ("account_inactive", GET, "-"): "200",
    ("account_logout", GET, "-"): "302",
    ("account_logout", POST, "-"): "302",
}

#: What a program gets for what is not there, by address or by address and method: 404, unless the room is closed to some before
#: they can ask.
KEYED_MISSING: dict[str | tuple[str, str], str] = {
    **{f"api:import{part}": WRITER_MISSES for part in ("", "_description", "_lines", "_apply", "_undo")},
    **expectations_incidents.KEYED_MISSING,
    # Closed before anything is looked up; and a document is refused under an id that is not its own.
    ("api:criteria_draft", PUT): "404 403 422 403 403 422",
}

#: What a program gets with a key that may write, where a session only reads.
KEYED: dict[tuple[str, str], str] = {
    **expectations_incidents.KEYED,
    ("api:tried", POST): SEES_ALL,
    ("api:tasks", POST): PROGRAM_WRITES,
    ("api:task", PUT): PROGRAM_WRITES,
    ("api:task_state", PUT): PROGRAM_WRITES,
    # Imports: without a file there is none, and what was not entered cannot be taken back.
    ("api:imports", POST): "422",
    ("api:import", DELETE): "404 403 204 403 403 204",
    ("api:import_description", PUT): PROGRAM_WRITES,
    ("api:import_lines", PUT): PROGRAM_WRITES,
    ("api:import_apply", POST): PROGRAM_WRITES,
    ("api:import_undo", POST): "404 403 409 403 403 409",
    # The catalogue is for everyone who works here.
    ("api:own_measure", PUT): "403 403 200 403 403 200",
    ("api:own_measure", DELETE): "403 403 204 403 403 204",
    ("api:accept_proposals", POST): PROGRAM_WRITES,
    # nobody of these tests answers for a unit, or made the proposal
    ("api:coverage_proposals", POST): "404 403 403 403 403 403",
    ("api:coverage_proposal", DELETE): "404 403 403 403 403 403",
    ("api:coverage_proposal_remark", PUT): PROGRAM_WRITES,
    ("api:assessment_rounds", POST): PROGRAM_WRITES,
    ("api:assessment_round_state", PUT): PROGRAM_WRITES,
    ("api:assessment_link", POST): PROGRAM_WRITES,
    ("api:assessment_link", DELETE): "404 403 204 403 403 204",
    ("api:self_checks", POST): PROGRAM_WRITES,
    ("api:peers", PUT): PROGRAM_WRITES,
    ("api:peer_group", DELETE): "404 403 204 403 403 204",
    ("api:about", PUT): PROGRAM_WRITES,
    ("api:record_undo", POST): PROGRAM_WRITES,
    ("api:batch_undo", POST): PROGRAM_WRITES,
    # the bytes are not sent along
    ("api:files", POST): "422",
    ("api:criteria_draft", PUT): PROGRAM_WRITES,
    ("api:criteria_state", PUT): PROGRAM_WRITES,
    ("api:scores_of_day", PUT): PROGRAM_WRITES,
    ("api:affected", POST): SEES_ALL,
    ("api:notes", POST): "404 200 200 403 403 200",
    ("api:priority_tasks", POST): PROGRAM_WRITES,
    ("api:device_observations", POST): PROGRAM_WRITES,
    ("api:device_decision", PUT): PROGRAM_WRITES,
    ("api:device_decision", DELETE): "404 403 204 403 403 204",
    ("api:admissions", POST): PROGRAM_WRITES,
    ("api:admission_decision", PUT): PROGRAM_WRITES,
    ("api:admission_state", PUT): PROGRAM_WRITES,
    ("api:criteria_decisions", POST): PROGRAM_WRITES,
    **{(f"api:register_{kind.part}", POST): "404 403 204 403 403 204" for kind in KINDS.values()},
    **{(f"api:register_{kind.part}_one", PUT): "404 403 200 403 403 200" for kind in KINDS.values()},
    # What other records name stays; nothing names a route, a link, a backup or a row of coverage.
    **{
        (f"api:register_{kind.part}_one", DELETE): "404 403 409 403 403 409"
        if "id" in kind.struct.__struct_fields__
        else "404 403 204 403 403 204"
        for kind in KINDS.values()
    },
}
