"""What an outcome of the criteria for escalation asks for: whom to tell, by what, how soon; and of those for authority to stop: whom to
ask, who stands in. Outcomes say so in their `data`; one that says nothing there is only text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from django.utils.translation import gettext, override, pgettext_lazy

from kizuki.criteria.engine.format import Outcome
from kizuki.incidents.choices import Role
from kizuki.kit.text import Text
from kizuki.register.words import CHANNELS

#: What people of a role are called when one has to be told or asked.
CALLED: Final[dict[str, Any]] = {
    Role.LEAD: pgettext_lazy("whom to tell", "the lead"),
    Role.SECURITY: pgettext_lazy("whom to tell", "the CSIRT"),
    Role.IT: pgettext_lazy("whom to tell", "IT"),
    Role.BUSINESS: pgettext_lazy("whom to tell", "the unit concerned"),
    Role.CISO: pgettext_lazy("whom to tell", "the CISO"),
    Role.EXECUTIVE: pgettext_lazy("whom to tell", "top management"),
    Role.COMMUNICATIONS: pgettext_lazy("whom to tell", "communications"),
    Role.LEGAL: pgettext_lazy("whom to tell", "legal"),
    Role.EXTERNAL: pgettext_lazy("whom to tell", "help from outside"),
    Role.RECORDER: pgettext_lazy("whom to tell", "the recorder"),
}
#: Longest time that an outcome may ask for, in minutes.
LONGEST: Final = 60 * 24 * 90


def in_both(say: Callable[[], str]) -> Text:
    """A sentence in both languages."""
    made = {}
    for tongue in ("ja", "en"):
        with override(tongue):
            made[tongue] = say()
    return Text(**made)


class Telling(NamedTuple):
    """One role that has to be told, within so many minutes. `way`: a channel of the register, such as phone or mail."""

    role: str
    way: str
    minutes: int

    @property
    def title(self) -> Text:
        """The task, in both languages."""
        return in_both(self._said)

    def _said(self) -> str:
        who = str(CALLED[self.role])
        if self.way == "phone":
            return gettext("Tell %(who)s by phone") % {"who": who}
        if self.way == "mail":
            return gettext("Tell %(who)s by e-mail") % {"who": who}
        return gettext("Tell %(who)s (%(way)s)") % {"who": who, "way": CHANNELS.get(self.way, self.way)}

    @property
    def by_whom(self) -> str:
        """The role that does it: the lead; whom the lead hears it from is who found it."""
        return Role.SECURITY if self.role == Role.LEAD else Role.LEAD

    def once(self, judgement: int) -> str:
        """The key by which the task is made once."""
        return f"escalation:{judgement}:{self.role}:{self.minutes}"


def tellings(outcome: Outcome) -> list[Telling]:
    """Whom an outcome wants told, the soonest first; a role once."""
    made: dict[str, Telling] = {}
    for before in ("", "then_"):
        minutes, way = _number(outcome, f"{before}within_minutes"), str(outcome.data.get(f"{before}by", ""))
        if minutes is None:
            continue
        for role in _roles(outcome, f"{before}tell"):
            made.setdefault(role, Telling(role, way, minutes))
    return sorted(made.values(), key=lambda one: one.minutes)


class Asking(NamedTuple):
    """Whom to ask whether something may be stopped; after `minutes` without an answer `stand_in` decides. 0: without asking."""

    ask: str
    stand_in: str
    minutes: int


def asking(outcome: Outcome) -> Asking | None:
    """Whom an outcome of the criteria for authority wants asked; None where it only says so in words."""
    minutes = _number(outcome, "wait_minutes")
    ask, stand_in = (next(_roles(outcome, name), "") for name in ("ask", "stand_in"))
    return Asking(ask, stand_in, minutes) if ask and minutes is not None else None


def _number(outcome: Outcome, name: str) -> int | None:
    value = outcome.data.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LONGEST else None


def _roles(outcome: Outcome, name: str) -> Iterator[str]:
    yield from (role for role in str(outcome.data.get(name, "")).split() if role in CALLED)


def called(role: str) -> str:
    """What people of a role are called, at the beginning of a line."""
    name = str(CALLED.get(role, role))
    return name[:1].upper() + name[1:]


__all__ = ["CALLED", "Asking", "Telling", "asking", "called", "in_both", "tellings"]
