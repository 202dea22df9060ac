from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReplayConfig(AppConfig):
    name = "kizuki.replay"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kizuki.accounts import rules
        from kizuki.casebook import hooks
        from kizuki.journal.words import describe
        from kizuki.register import hooks as register_hooks
        from kizuki.replay import listing
        from kizuki.replay.map_ways import map_of_own_units, map_of_unit
        from kizuki.tasks import hooks as task_hooks
        from kizuki.ui.context import Room, add_room

        describe("replay", _("Replay"), {"noted": _("noted whether we are affected")})
        add_room(Room("replay:overview", _("Replay"), "replay", 20, rules.may_read_all))
        register_hooks.record_ways.append(map_of_unit)
        task_hooks.ways.append(map_of_own_units)
        hooks.outcomes = listing.outcomes_for
        hooks.count_results = listing.counts_for
        hooks.narrow_by_result = listing.narrow
        hooks.after_change.append(_refresh)
        register_hooks.after_change.append(_refresh)


def _refresh() -> None:
    """Ask for a replay of what has changed, once the change is stored."""
    from django.db import transaction

    from kizuki.jobs.actions import enqueue_once
    from kizuki.replay.tasks import refresh_outcomes

    transaction.on_commit(lambda: enqueue_once(refresh_outcomes))
