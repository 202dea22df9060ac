"""One replay drawn as a path: a strip for each step, zones as columns, so that rows of any height join without measuring."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any, Final, NamedTuple

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from kizuki.casebook.engine.format import Case
from kizuki.kit.text import shown
from kizuki.register.engine.format import Organisation
from kizuki.replay.engine.result import Group, Replay, Run, Step
from kizuki.replay.words import ZONE_KINDS
from kizuki.ui.svg import balanced, text_width, wrap
from kizuki.ui.templatetags.kizuki import VERDICTS

WIDTH: Final = 460.0
Y: Final = 30.0
#: How bad a verdict is, to choose the mark where several groups stand in one column.
RANK: Final = {"open": 4, "hindered": 3, "unknown": 2, "stopped": 1, None: 0}
OUTSIDE: Final = "internet"


class Strip(NamedTuple):
    """The picture of one row, and what it shows in words."""

    svg: SafeString
    words: str


class Mark(NamedTuple):
    """What stands in one column of a row: the worst verdict, how many machines, the name below."""

    column: str
    verdict: str
    n: int
    label: str
    taken: bool


def zone_kinds(organisation: Organisation) -> dict[str, str]:
    return {zone.id: zone.kind for zone in organisation.zones}


class Path:
    """The columns, and for each step where it comes from and what it meets."""

    def __init__(self, case: Case, result: Replay, organisation: Organisation, language: str) -> None:
        self.case, self.language = case, language
        self.run: Run = result.shown  # type: ignore[assignment]
        self.other = {step.id: step for step in result.full.steps} if result.full else {}
        self.kinds = zone_kinds(organisation)
        self.zone_names = {zone.id: shown(zone.name, language) for zone in organisation.zones}
        self.asset_names = {asset.id: shown(asset.name, language) for asset in organisation.assets}
        self.steps = {step.id: step for step in self.run.steps}
        used = {OUTSIDE} | {self._column(g) for step in self.run.steps for g in step.groups if g.fits}
        self.columns = [kind for kind in ZONE_KINDS if kind in used]
        pitch = (WIDTH - 40) / max(len(self.columns), 1)
        self.x = {column: 20 + pitch * (n + 0.5) for n, column in enumerate(self.columns)}
        self.plate = min(92.0, pitch - 4)
        self.solid: set[float] = set()
        self.marks = {step.id: self._marks(step) for step in self.run.steps}
        self.arrives = {step.id: self._sources(n) for n, step in enumerate(case.attack) if step.id in self.steps}

    def _column(self, group: Group) -> str:
        return min((self.kinds.get(zone, "none") for zone in group.zones), key=list(ZONE_KINDS).index, default="none")

    def _marks(self, step: Step) -> list[Mark]:
        by: dict[str, list[Group]] = {}
        # An entry step takes one asset: the others that it could have taken are told beside, not drawn.
        entry = any(group.chosen for group in step.groups)
        for group in step.groups:
            if group.reached and group.verdict and (group.chosen or not entry):
                by.setdefault(self._column(group), []).append(group)
        made = []
        for column in [c for c in self.columns if c in by]:
            groups = by[column]
            worst = max(groups, key=lambda g: (RANK[g.verdict], g.taken, g.count))
            count = 1 if entry else sum(group.count for group in groups)
            made.append(
                Mark(column, str(worst.verdict), count, self._label(groups, count), any(g.taken for g in groups))
            )
        return made

    def _label(self, groups: Sequence[Group], count: int) -> str:
        if count == 1 and groups[0].ids:
            return self.asset_names.get(groups[0].ids[0], groups[0].ids[0])
        zones = {zone for group in groups for zone in group.zones}
        number = f"{count:,}台" if self.language == "ja" else f"{count:,} assets"
        zone = self.zone_names.get(next(iter(zones)), "") if len(zones) == 1 else ""
        # English says the number first, so that a long name never hides it.
        return f"{zone} {number}".strip() if self.language == "ja" else f"{number} {zone}".strip()

    def _sources(self, n: int) -> list[tuple[str, str]]:
        """(earlier step or "", column) from which the step at place `n` is reached."""
        step = self.case.attack[n]
        if step.via in ("internet", "mail", "not stated", "outside"):
            return [("", OUTSIDE)]
        if step.via == "supplier":
            return [("", "supplier" if "supplier" in self.x else OUTSIDE)]
        before = step.after if step.after is not None else ((self.case.attack[n - 1].id,) if n else ())
        found: list[tuple[str, str]] = []
        for earlier in before:
            taken = [mark.column for mark in self.marks.get(earlier, []) if mark.taken]
            if taken:
                found.append((earlier, max(taken, key=self.columns.index)))
        return found[:1] or [("", OUTSIDE)] if not before else found[:2]

    def certain(self, step: str) -> bool:
        """Whether the step takes something in both runs: then its line is solid."""
        return step in self.other and self.other[step].status in ("taken", "outside")

    def head(self) -> SafeString:
        """The names of the columns."""
        parts = []
        for column in self.columns:
            label = (wrap(str(ZONE_KINDS[column]), 11, self.plate + 10, 1) or [""])[0]
            parts.append(f'<text class="x11 x2 mid" x="{self.x[column]:.0f}" y="15.5">{escape(label)}</text>')
        return mark_safe(f'<svg viewBox="0 0 {WIDTH:.0f} 24" aria-hidden="true">{"".join(parts)}</svg>')  # noqa: S308

    def strips(self) -> list[Strip]:
        order = [step.id for step in self.run.steps]
        return [self._strip(n, step_id, order) for n, step_id in enumerate(order)]

    def _strip(self, n: int, step_id: str, order: list[str]) -> Strip:
        parts = [f'<line class="hl" x1="{x + 0.5:.1f}" y1="0" x2="{x + 0.5:.1f}" y2="100%"/>' for x in self.x.values()]
        parts += self._through_lines(n, order)
        step, marks = self.steps[step_id], self.marks[step_id]
        arrived = bool(marks) and step.status in ("taken", "stopped")
        if arrived:
            parts += self._ways(step_id, marks)
        for mark in marks:
            parts += self._mark(mark)
        if not marks:
            parts += self._nothing(step)
        words = self._words(step, marks)
        svg = f'<svg class="ps" role="img" aria-label="{escape(words)}">{"".join(parts)}</svg>'
        return Strip(mark_safe(svg), words)  # noqa: S308 - every text is escaped

    def _through_lines(self, n: int, order: list[str]) -> list[str]:
        """Verticals: on the way down to a later step (100 % or its lower half), and out of this row's own assets."""
        parts: list[str] = []
        starts_here: set[tuple[float, str]] = set()
        passing: set[tuple[float, str]] = set()
        for later_n, later in enumerate(order[n + 1 :], n + 1):
            if not self.marks[later] or self.steps[later].status not in ("taken", "stopped"):
                continue
            css = "pl" if self.certain(later) else "pl-q"
            for source, column in self.arrives[later]:
                start = order.index(source) if source in order else 0
                if start == n:
                    starts_here.add((self.x[column], css))
                elif start < n < later_n:
                    passing.add((self.x[column], css))
        self.solid = {x for x, css in passing if css == "pl"}
        for x, css in sorted(_solid_first(passing)):
            end = f"{Y:.0f}" if css != "pl" and (x, "pl") in starts_here else "100%"
            parts.append(f'<line class="{css}" x1="{x:.0f}" y1="0" x2="{x:.0f}" y2="{end}"/>')
        for x, css in sorted(_solid_first(starts_here)):
            if (x, "pl") in passing or (x, css) in passing:
                continue
            parts.append(f'<line class="{css}" x1="{x:.0f}" y1="{Y:.0f}" x2="{x:.0f}" y2="100%"/>')
        if n == 0:
            x = self.x[OUTSIDE]
            parts.append(f'<path class="ar-h-att" d="M{x:.0f} 21l9 9-9 9-9-9z"/>')
            parts.append(_plate(x, 57, _("attacker"), self.plate))
        return parts

    def _ways(self, step_id: str, marks: Sequence[Mark]) -> list[str]:
        parts: list[str] = []
        lines: list[tuple[bool, str]] = []
        step = self.steps[step_id]
        css = "pl" if self.certain(step_id) else "pl-q"
        first = step_id == next(iter(self.steps))
        for _source, column in self.arrives[step_id]:
            x = self.x[column]
            if not (first and column == OUTSIDE) and (css == "pl" or x not in self.solid):
                parts.append(f'<line class="{css}" x1="{x:.0f}" y1="0" x2="{x:.0f}" y2="{Y + 1.5:.1f}"/>')
            for mark in marks:
                to = self.x[mark.column]
                if to == x:
                    continue
                stop = to - 12 if to > x else to + 12
                # What the attack could have hit, but does not need or does not get, is reached by a thin line.
                thin = "pl-thin" if step.status == "taken" and not mark.taken else css
                lines.append(
                    (
                        thin != "pl-thin",
                        f'<line class="{thin}" x1="{x:.0f}" y1="{Y:.0f}" x2="{stop:.0f}" y2="{Y:.0f}"/>',
                    )
                )
        return parts + [line for _bold, line in sorted(lines)]

    def _mark(self, mark: Mark) -> list[str]:
        x = self.x[mark.column]
        name = VERDICTS[mark.verdict][0]
        css = {"unkn": "c-unk", "na": "c-nap", "nr": "c-nap"}.get(name, f"c-{name}")
        return [
            f'<rect class="pn" x="{x - 13:.0f}" y="17" width="26" height="26"/>',
            f'<use class="{css}" href="#v-{name}" x="{x - 11:.0f}" y="19" width="22" height="22"/>',
            _plate(x, 57, mark.label, self.plate),
        ]

    def _nothing(self, step: Step) -> list[str]:
        x = self.x[self.columns[-1]] if step.status != "outside" else self.x[OUTSIDE]
        name = {"outside": "out", "not applicable": "na"}.get(step.status, "nr")
        return [
            f'<rect class="pn" x="{x - 13:.0f}" y="17" width="26" height="26"/>',
            f'<use class="c-nap" href="#v-{name}" x="{x - 11:.0f}" y="19" width="22" height="22"/>',
        ]

    def _words(self, step: Step, marks: Sequence[Mark]) -> str:
        if not marks:
            return str(VERDICTS.get(step.status, ("", step.status))[1])
        return "; ".join(
            _("%(zone)s: %(assets)s, %(verdict)s")
            % {"zone": ZONE_KINDS[m.column], "assets": m.label, "verdict": VERDICTS[m.verdict][1]}
            for m in marks
        )


def _solid_first(lines: set[tuple[float, str]]) -> set[tuple[float, str]]:
    """Without the dashed lines that would lie on a solid one."""
    return {(x, css) for x, css in lines if css == "pl" or (x, "pl") not in lines}


def _plate(x: float, y: float, text: str, width: float) -> str:
    """A name under a mark, on a plate of the ground's colour so that lines do not run through it; at most three lines."""
    # Latin letters run narrower than the estimate, which is made for the widest of them.
    lines = balanced(text, 10 if text.isascii() else 11, width, 3)
    parts = []
    for n, line in enumerate(lines):
        wide = min(text_width(line, 11) + 6, width + 6)
        top = y - 12 + 14 * n
        parts.append(f'<rect class="pn" x="{x - wide / 2:.1f}" y="{top:.0f}" width="{wide:.1f}" height="15"/>')
        parts.append(f'<text class="x11 mid" x="{x:.0f}" y="{y + 14 * n:.0f}">{escape(line)}</text>')
    return "".join(parts)


def path(case: Case, result: Replay, organisation: Organisation, language: str) -> Any:
    """The path of a replay, or None where there is none to draw (study, nothing to judge)."""
    return Path(case, result, organisation, language) if result.shown and result.shown.steps else None
