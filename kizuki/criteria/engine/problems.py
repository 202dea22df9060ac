"""What can be wrong with criteria: each problem by its kind, so that a page can say it in the reader's language."""

from __future__ import annotations

from typing import Final, TypeAlias

import msgspec

from kizuki.kit.text import marked as _

#: One cell of the table by ids: (fact, value), in the order of the facts.
Cell: TypeAlias = tuple[tuple[str, str], ...]
Place: TypeAlias = tuple["str | int", ...]


#: The sentence of each kind. `cell`, `worse` and lists are filled in by whoever shows it.
SENTENCES: Final = {
    "twice": _("the id “%(id)s” is given twice; every id stands once"),
    "text": _("the text is missing; write it in Japanese (ja), in English (en), or in both"),
    "long": _("longer than %(n)s characters; shorten it"),
    "reserved": _("“%(id)s” stands for what nobody knows; call the value something else"),
    "address": _("the id “%(id)s” is the address of a page; choose another one"),
    "fact": _("the rule “%(rule)s” asks for “%(id)s”, which is not a fact of this file; known are %(known)s"),
    "value": _("the rule “%(rule)s” names “%(id)s”, which is not a value of “%(fact)s”; known are %(known)s"),
    "repeated": _("the rule “%(rule)s” names the value “%(id)s” twice; name it once"),
    "unordered": _("the rule “%(rule)s” says “at least”, but the values of “%(fact)s” have no order; name the values"),
    "everything": _("the rule “%(rule)s” names every value of “%(fact)s”, which asks nothing; leave “%(fact)s” out"),
    "outcome": _("the rule “%(rule)s” leads to “%(id)s”, which is not an outcome of this file; known are %(known)s"),
    "size": _("the facts make %(cells)s cells, and at most %(most)s can be checked; take out a fact or join values"),
    "hole": _("no rule decides %(count)s of %(cells)s cells, the first one is: %(cell)s; add a rule for it"),
    "dead": _("the rule “%(rule)s” never decides, for all its cells are decided before it by %(rules)s; move or remove it"),
    "milder": _(
        "a worse value of “%(fact)s” gives a milder outcome: %(cell)s gives “%(strict)s” by the rule “%(rule)s”, "
        "but %(worse)s gives “%(mild)s” by the rule “%(other)s”"
    ),
}  # fmt: skip


class Problem(msgspec.Struct, frozen=True):
    """One thing wrong. `place`: where in the file. `words`: what the sentence names. `cell`, `worse`: the cells which show
    it. `rules`: ids of rules that are named in a list."""

    kind: str
    place: Place
    words: dict[str, str] = {}
    cell: Cell = ()
    worse: Cell = ()
    rules: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The sentence in English, with ids."""
        return SENTENCES[self.kind] % {
            **self.words,
            "cell": in_ids(self.cell),
            "worse": in_ids(self.worse),
            "rules": ", ".join(f"“{rule}”" for rule in self.rules),
        }


def in_ids(cell: Cell) -> str:
    """A cell as `fact = value, …`."""
    return ", ".join(f"{fact} = {value}" for fact, value in cell)


class NotSound(ValueError):
    """Criteria that cannot take effect. `problems` has at least one entry."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))
