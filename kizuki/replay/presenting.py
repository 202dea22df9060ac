"""What the pages of replay show, made ready for templates: nothing here decides or stores anything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kizuki.casebook.engine.format import Case
from kizuki.casebook.presenting import Reference, reference
from kizuki.kit.text import Name, Text, shown
from kizuki.measures.catalogue import find
from kizuki.register.engine.format import Organisation
from kizuki.register.library import names
from kizuki.replay.engine.result import (
    Ask,
    Assumed,
    Change,
    Group,
    Loss,
    Missing,
    Question,
    Reason,
    Replay,
    Sight,
    Step,
)
from kizuki.replay.pictures import Strip, path
from kizuki.replay.words import ASSUMED, CAN, CUTS, DELAYS, IDLE, WAYS
from kizuki.ui.templatetags.kizuki import VERDICTS, language

#: Reasons shown openly for a step; the rest is behind a fold.
MOST_REASONS = 6


def mark_of(step: Step) -> str:
    """The word of a step's mark in a strip."""
    if step.status == "taken":
        return step.verdict or "open"
    return {"stopped": "stopped", "outside": "outside", "not applicable": "not applicable"}.get(
        step.status, "not reached"
    )


def marks_of(result: Replay) -> list[tuple[str, str]]:
    """(step, verdict) in the order of the case."""
    return [(step.id, mark_of(step)) for step in result.shown.steps] if result.shown else []


class Names:
    """Names of an organisation's things by id, in the reader's language."""

    def __init__(self, organisation: Organisation) -> None:
        here = language()

        def named(things: Iterable[Any]) -> dict[str, str]:
            return {thing.id: shown(thing.name, here) for thing in things}

        self.assets, self.zones = named(organisation.assets), named(organisation.zones)
        self.units, self.realms = named(organisation.units), named(organisation.realms)

    def some(self, ids: Sequence[str], rows: int | None = None, most: int = 3) -> str:
        """The first few assets by name, and how many more."""
        said = [self.assets.get(id, id) for id in ids[:most]]
        more = (len(ids) if rows is None else rows) - len(said)
        text = _(", ").join(said)
        return _("%(names)s and %(n)d more") % {"names": text, "n": more} if more > 0 else text

    def scope(self, scope: Any) -> str:
        """A scope in words."""
        if scope.all:
            return _("whole organisation")
        parts = []
        if scope.asset:
            parts.append(self.assets.get(scope.asset, scope.asset))
        if scope.unit:
            parts.append(self.units.get(scope.unit, scope.unit))
        if scope.zone:
            parts.append(self.zones.get(scope.zone, scope.zone))
        if scope.kind:
            parts.append(kind_name(scope.kind))
        return " · ".join(parts)


def kind_name(kind: str) -> str:
    from kizuki.register.words import ASSET_KINDS

    return str(ASSET_KINDS.get(kind, kind))


class ReasonLine(NamedTuple):
    ref: Reference
    state: str
    can: Any
    evidence: Name | None
    verified: str
    scope: str
    note: Any
    counts: bool


class GroupLine(NamedTuple):
    """Alike assets at a step: who they are, verdict, what is said of them."""

    who: str
    n: int
    verdict: str
    taken: bool
    reasons: list[ReasonLine]
    support: list[ReasonLine]
    ways: list[str]
    seen: str
    cuts: list[str]
    judged: str
    capped: bool


class StepLine(NamedTuple):
    """A row of the path."""

    step: Step
    text: Text
    strip: Strip | None
    verdict: str
    groups: list[GroupLine]
    more: int
    seen: str
    seen_by: Reference | None
    missing: str


def reason_line(reason: Reason, where: Names) -> ReasonLine:
    row = reason.row
    note: Any = IDLE.get(reason.idle or "", "")
    if reason.side == "source" and not note:
        note = _("asked where the attack comes from")
    return ReasonLine(
        reference(reason.measure, reason.stated), reason.state, CAN[reason.can],
        row.evidence if row else None, (row.verified or "") if row else "",
        where.scope(row.scope) if row else "", note, reason.counts,
    )  # fmt: skip


def sight(seen: Sight | None) -> str:
    if seen is None:
        return ""
    words = str(DELAYS[seen.delay])
    return _("%(when)s – too late") % {"when": words} if seen.late else words


def group_line(group: Group, where: Names) -> GroupLine:
    ways = []
    for way in group.ways:
        words = str(WAYS[way.by])
        if way.by == "route" and way.from_zone:
            words = f"{where.zones.get(way.from_zone, way.from_zone)} → {where.zones.get(way.to_zone, way.to_zone)}"
        elif way.by == "realm" and way.realm:
            words = words + _(": ") + where.realms.get(way.realm, way.realm)
        elif way.by == "link" and way.link:
            words += _(": ") + " → ".join(where.assets.get(asset, asset) for asset in way.link)
        ways.append(_("%(way)s (assumed)") % {"way": words} if way.assumed else words)
    cuts = [_("%(how)s (%(measure)s)") % {"how": CUTS[cut.how], "measure": cut.measure} for cut in group.cut]
    cuts += [_("%(id)s in force, but too late") % {"id": late.measure} for late in group.too_late]
    judged = _(", ").join(dict.fromkeys((*group.judged.stopped, *group.judged.seen, *group.judged.contained)))
    told = [r for r in group.reasons if r.part in ("prevent", "contain")]
    return GroupLine(
        where.some(group.ids, group.rows), group.count, group.verdict or "not reached", group.taken,
        [reason_line(r, where) for r in told if r.can != "supports"],
        [reason_line(r, where) for r in told if r.can == "supports"],
        ways, sight(group.seen), cuts, judged, group.capped,
    )  # fmt: skip


def step_lines(case: Case, result: Replay, organisation: Organisation) -> tuple[Any, list[StepLine]]:
    """(the head of the path's columns, a line for each step of the run shown)."""
    drawn = path(case, result, organisation, language())
    if drawn is None or result.shown is None:
        return None, []
    where, texts = Names(organisation), {step.id: step.text for step in case.attack}
    lines = []
    for step, strip in zip(result.shown.steps, drawn.strips(), strict=True):
        groups = sorted(
            (g for g in step.groups if g.reached and g.fits and g.verdict),
            key=lambda g: (not g.taken, not g.chosen, -g.count, g.ids),
        )
        lines.append(
            StepLine(
                step, texts[step.id], strip, mark_of(step), [group_line(g, where) for g in groups[:4]],
                max(0, len(groups) - 4) + step.more_groups, sight(step.seen),
                reference(step.seen.measure, True) if step.seen else None, missing(step, where),
            )
        )  # fmt: skip
    return drawn.head(), lines


def missing(step: Step, where: Names) -> str:
    """Why a step finds nothing: what kind of asset is not there, or which way would be needed."""
    need = step.missing
    if need is None:
        return ""
    if step.status == "not applicable":
        return _no_asset(need)
    if need.fenced:
        return _("Assets fit, but what was contained before leaves no way to them.")
    return _no_way(need, where) if step.status == "out of reach" else ""


def _no_asset(need: Missing) -> str:
    kinds = _(", ").join(kind_name(kind) for kind in need.kinds)
    known = names("traits")
    traits = _(", ").join(known[t].name.in_(language()) if t in known else t for t in need.traits)
    if traits:
        return _("The register has no asset of the kind %(kinds)s with: %(traits)s.") % {
            "kinds": kinds,
            "traits": traits,
        }
    return _("The register has no asset of the kind %(kinds)s.") % {"kinds": kinds}


def _no_way(need: Missing, where: Names) -> str:
    if not need.from_zones or not need.to_zones:
        return _("Assets fit, but none can be reached.")
    ways = {
        "from": _(", ").join(where.zones.get(z, z) for z in need.from_zones[:3]),
        "to": _(", ").join(where.zones.get(z, z) for z in need.to_zones[:3]),
    }
    return _("Assets fit, but none can be reached: it would need a way from %(from)s to %(to)s.") % ways


class AssumedLine(NamedTuple):
    step: str
    words: Any
    who: str


def assumed_lines(assumed: Sequence[Assumed], where: Names) -> list[AssumedLine]:
    """What the result takes for true without a record, alike ones once with all their steps."""
    merged: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for item in assumed:
        merged.setdefault((item.what, item.word, item.ids[:3]), []).append(item.step)
    rows: dict[tuple[str, str, tuple[str, ...]], Assumed] = {(a.what, a.word, a.ids[:3]): a for a in assumed}
    lines = []
    for key, steps in merged.items():
        item, words = rows[key], ASSUMED[key[0]]
        if key[1]:
            known = names("traits")
            words = str(words) + _(": ") + (known[key[1]].name.in_(language()) if key[1] in known else key[1])
        lines.append(
            AssumedLine(" ".join(dict.fromkeys(steps)), words, where.some(item.ids, item.count, 2) if item.ids else "")
        )
    return lines


class AskLine(NamedTuple):
    """A measure and a place where it is not (known to be) in force."""

    ref: Reference
    where: str
    state: str
    n: int
    sentence: str
    ask: Ask


def ask_line(ask: Ask, where: Names) -> AskLine:
    measure = find(ask.measure)
    place = (
        where.scope(ask.row.scope)
        if ask.row
        else where.some(ask.ids, ask.rows, 2)
        if ask.ids
        else _("whole organisation")
    )
    name = measure.name.in_(language()) if measure else ask.measure
    sentence = _("Is “%(measure)s” in force at %(where)s?") % {"measure": name, "where": place}
    return AskLine(reference(ask.measure, True), place, ask.state, ask.count, sentence, ask)


def answer_lines(answers: Mapping[str, bool]) -> list[tuple[Reference, bool]]:
    """Answers tried out on the page: (measure, whether taken as in force)."""
    return [(reference(measure, True), yes) for measure, yes in sorted(answers.items())]


class QuestionLine(NamedTuple):
    asks: list[AskLine]
    word: str
    step: str
    loss: Loss


def question_lines(questions: Sequence[Question], where: Names) -> list[QuestionLine]:
    return [QuestionLine([ask_line(a, where) for a in q.asks], q.word, q.step or "", q.loss) for q in questions]


class ChangeLine(NamedTuple):
    ask: AskLine
    word: str
    step: str
    before: Loss
    after: Loss
    seen: str
    seen_before: str


def change_lines(changes: Sequence[Change], where: Names, most: int = 15) -> list[ChangeLine]:
    """What would change the result most: least loss first, then seen soonest."""
    order = {"minutes": 0, "hours": 1, "days": 2, "weeks": 3}
    ranked = sorted(
        changes,
        key=lambda c: (
            c.after.harm,
            c.after.assets,
            order.get(c.seen.delay, 9) if c.seen else 9,
            c.ask.measure,
            c.ask.key,
        ),
    )
    return [
        ChangeLine(
            ask_line(c.ask, where), c.word, c.step or "", c.before, c.after,
            _where_seen(c.seen), _where_seen(c.seen_before),
        )
        for c in ranked[:most]
    ]  # fmt: skip


def _where_seen(seen: Sight | None) -> str:
    return seen.step + _(", ") + sight(seen) if seen else ""


def information(loss: Loss) -> list[str]:
    known = names("information")
    return [known[word].name.in_(language()) if word in known else word for word in loss.information]


def sentence(result: Replay) -> str:
    """One sentence that says how the two runs end."""
    if result.word == "depends" and result.none and result.full:
        said = {"none": _ended(result.none.word, result.none.step), "full": _ended(result.full.word, result.full.step)}
        return _("If everything unknown is absent: %(none)s. If everything unknown is in force: %(full)s.") % said
    loss = result.loss
    if result.word == "through":
        return ngettext("%(n)d asset suffers harm.", "%(n)d assets suffer harm.", loss.harmed) % {"n": loss.harmed}
    if result.word == "study":
        return _("This case is a study of an organisation: it tells no single incident to replay.")
    if result.word == "cannot be judged":
        return _("The register holds no assets, so nothing can be judged.")
    if loss.assets:
        return ngettext("%(n)d asset is lost before that.", "%(n)d assets are lost before that.", loss.assets) % {
            "n": loss.assets
        }
    return _("Nothing is lost before that.")


def _ended(word: str, step: str | None) -> str:
    name = VERDICTS[word][1]
    if word == "through" and step:
        return _("through to %(step)s") % {"step": step}
    return _("%(word)s at %(step)s") % {"word": name, "step": step} if step else str(name)
