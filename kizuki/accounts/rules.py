"""Who may what.

| role          | reads                         | does                                                         |
|---------------|-------------------------------|--------------------------------------------------------------|
| reporter      | casebook, measures            | reports what looks odd                                       |
| responder     | all rooms                     | also runs replays                                            |
| manager       | all rooms                     | also edits the organisation, cases, coverage                 |
| executive     | all rooms and their figures   | nothing                                                      |
| auditor       | everything, journal, all jobs | nothing; may have the journal verified                       |
| administrator | everything, journal, all jobs | what a manager may, and manages people, first links and keys |

Everyone with an account looks after their own name, language, password, second factor and keys. A key never may more
than its person. Someone who is deactivated may nothing.
"""

from __future__ import annotations

from typing import Any, Protocol, cast

from rules.permissions import add_perm
from rules.predicates import Predicate as _Predicate

from kizuki.accounts.choices import Role


class Predicate(Protocol):
    """A question about a person; combine with & | ~ ."""

    def __call__(self, person: Any) -> bool: ...
    def __and__(self, other: Predicate) -> Predicate: ...
    def __or__(self, other: Predicate) -> Predicate: ...
    def __invert__(self) -> Predicate: ...


def _has(*roles: Role) -> Predicate:
    def holds(person: Any) -> bool:
        return bool(getattr(person, "is_active", False)) and getattr(person, "role", None) in roles

    return cast(Predicate, _Predicate(holds, name="is_" + "_or_".join(roles)))


is_reporter = _has(Role.REPORTER)
is_responder = _has(Role.RESPONDER)
is_executive = _has(Role.EXECUTIVE)
is_auditor = _has(Role.AUDITOR)
is_administrator = _has(Role.ADMINISTRATOR)
#: An administrator may do what a manager may.
is_manager = _has(Role.MANAGER, Role.ADMINISTRATOR)

#: Anyone with an active account.
is_person = _has(*Role)
#: Reads the organisation, its coverage and replays.
may_read_all = is_person & ~is_reporter
may_replay = is_responder | is_manager
may_edit = is_manager
may_read_journal = is_auditor | is_administrator
may_manage_people = is_administrator

for _name, _predicate in {
    "accounts.view_people": is_auditor | is_administrator,
    "accounts.manage_people": may_manage_people,
    "journal.view": may_read_journal,
    "journal.verify": may_read_journal,
    "jobs.view_all": is_auditor | is_administrator,
    "jobs.manage_all": is_administrator,
    "read_all": may_read_all,
    "replay": may_replay,
    "edit": may_edit,
}.items():
    add_perm(_name, _predicate)  # type: ignore[no-untyped-call]
