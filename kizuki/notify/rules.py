"""Who looks after webhooks: administrators; auditors may look."""

from __future__ import annotations

from rules.permissions import add_perm

from kizuki.accounts import rules

may_view = rules.is_auditor | rules.is_administrator
may_manage = rules.is_administrator

add_perm("notify.view", may_view)  # type: ignore[no-untyped-call]
add_perm("notify.manage", may_manage)  # type: ignore[no-untyped-call]
