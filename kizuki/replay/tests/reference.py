"""A plain, slow reference of the replay rules (formats.md, “Replay”), one function a rule, loops over single assets.

It shares no code with the engine. Where the text leaves a choice, the reading taken is said at the function, and
docs/en/decisions/replay-reading.md gives the reasons.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator

from kizuki.casebook.engine.format import AttackStep, Bears, Case
from kizuki.measures.engine.format import Measures
from kizuki.register.engine.format import Organisation
from kizuki.register.engine.vocabulary import Vocabulary
from kizuki.replay.tests.reference_register import STATES, Node, RegisterRules, Run, best

HARM = ("tamper", "encrypt", "leak", "misuse", "outage")
ENTRY = ("internet", "mail", "supplier", "not stated")
DELAYS = ("minutes", "hours", "days", "weeks")
VERDICTS = ("open", "hindered", "unknown", "stopped")


class Reference(RegisterRules):
    """The rules over one case and one register."""

    def __init__(
        self,
        case: Case,
        org: Organisation,
        catalogue: Measures,
        vocabulary: Vocabulary,
        *,
        unknown: str | Collection[str],
    ) -> None:
        super().__init__(org, catalogue, vocabulary, unknown=unknown)
        self.case = case
        self.steps = {step.id: step for step in case.attack}
        self.judged = not any(bears.stated for step in case.attack for bears in _all_bears(step))

    # 1 Reach, sources ----------------------------------------------------------------------------------------------

    def reached_from(
        self, run: Run, step: AttackStep, target: Node, sources: set[Node]
    ) -> list[tuple[Node | None, str]]:
        """Each source from which a target is reached, with yes or assumed; source None: from outside."""
        if step.via in ENTRY:
            way = self.enters(step.via, target.asset)
            return [(None, way)] if way != "no" else []
        found: list[tuple[Node | None, str]] = []
        for source in sources:
            if step.via == "local":
                way = "yes" if source == target else "no"
            elif step.via == "network":
                way = self.by_network(run, source, target)
            elif step.via == "link":
                way = self.by_link(run, source, target)
            else:
                way = self.by_account(run, source, target, sources)
            if way != "no":
                found.append((source, way))
        return found

    def before(self, step: AttackStep) -> list[str]:
        """All steps before one along `after`."""
        found: list[str] = []
        todo = list(self.after(step))
        while todo:
            name = todo.pop()
            if name not in found:
                found.append(name)
                todo += self.after(self.steps[name])
        return found

    def after(self, step: AttackStep) -> tuple[str, ...]:
        if step.after is not None:
            return step.after
        n = self.case.attack.index(step)
        return (self.case.attack[n - 1].id,) if n else ()

    def sources(self, run: Run, step: AttackStep, *, lost_too: bool = False) -> set[Node]:
        names = self.before(step) + ([step.id] if step.effect == "spread" else [])
        nodes = {node for name in names for node in run.taken.get(name, ())}
        return nodes if lost_too else {node for node in nodes if node not in run.cut}

    # 4 Verdict -----------------------------------------------------------------------------------------------------

    def bearing(self, step: AttackStep, bears: Bears, source: Node | None, target: Node) -> str:
        """The state in which a preventive measure meets the attack: at the target, at the source, or on either side."""
        power = self.measures[bears.measure].power
        if step.via == "network" and power.fences == "zone" and source is not None:
            if self.same_zone(source, target) != "no":
                return "none"
            return max((self.state(bears.measure, node) for node in (source, target)), key=STATES.index)
        if bears.at == "source":
            return self.state(bears.measure, source) if source is not None else "none"
        return self.state(bears.measure, target)

    def verdict(self, step: AttackStep, source: Node | None, target: Node) -> str:
        met = [(b, self.measures[b.measure].power.stops, self.bearing(step, b, source, target)) for b in step.prevent]
        met = [(b, stops, state) for b, stops, state in met if stops != "no"]
        full = [b for b, stops, state in met if stops == "yes" and state == "full" and self.counts(b)]
        maybe = [b for b, stops, state in met if stops == "yes" and state == "unknown" and self.counts(b)]
        needed = 2 if self.judged else 1
        if step.via != "not stated":
            if len(full) >= needed:
                return "stopped"
            if len(full) + len(maybe) >= needed:
                return "unknown"
        if any(state in ("partial", "unknown", "full") for _, _, state in met):
            return "hindered"
        return "open"

    def counts(self, bears: Bears) -> bool:
        """Stated measures count; in a case that states none, an analyst's do, two together."""
        return bears.stated or self.judged

    def passes(self, step: AttackStep, source: Node | None, target: Node) -> bool:
        if step.via == "not stated":
            return True
        closing = [
            b
            for b in step.prevent
            if self.counts(b)
            and self.measures[b.measure].power.stops == "yes"
            and self.in_force(b.measure, self.bearing(step, b, source, target))
        ]
        return len(closing) < (2 if self.judged else 1)

    # 5 Seen, 6 Contained -------------------------------------------------------------------------------------------

    def sight(self, step: AttackStep, node: Node) -> tuple[str, str] | None:
        """The fastest stated detective measure in force at a taken asset, with its delay."""
        found = [
            (DELAYS.index(self.measures[b.measure].power.delay), b.measure)
            for b in step.detect
            if self.counts(b)
            and self.measures[b.measure].power.delay != "no"
            and self.in_force(b.measure, self.state(b.measure, node))
        ]
        if len(found) < (2 if self.judged else 1):
            return None
        delay, measure = min(found)
        return measure, DELAYS[delay]

    def contain(self, run: Run, step: AttackStep, node: Node) -> None:
        """What cuts off or fences a taken asset. D02 at once; R11 only where the attack has been seen there in time."""
        meant = [b.measure for b in step.contain if self.counts(b)]
        inside = [m for m in meant if self.in_force(m, self.state(m, node))]
        working = []
        for measure in inside:
            power = self.measures[measure].power
            if power.contains == "fences" or (power.contains == "isolates" and power.delay != "no"):
                working.append(measure)
            elif power.contains == "isolates":
                (working.append(measure) if self.in_time(run, step, node) else run.late.add((step.id, node, measure)))
        if len(working) < (2 if self.judged else 1):
            return
        for measure in working:
            power = self.measures[measure].power
            if power.contains == "isolates":
                run.cut.setdefault(node, step.id)
            elif power.fences is not None:
                run.fenced.setdefault((node, power.fences), step.id)

    def in_time(self, run: Run, step: AttackStep, node: Node) -> bool:
        """Seen on that asset, at this step or before, in minutes or faster than this step's pace."""
        for name in (step.id, *self.before(step)):
            seen = run.seen.get((name, node))
            if seen and (
                seen[1] == "minutes" or (step.pace != "not stated" and DELAYS.index(seen[1]) < DELAYS.index(step.pace))
            ):
                return True
        return False

    # One run -------------------------------------------------------------------------------------------------------

    def walk(self, choice: dict[str, Node | None]) -> Run:
        """All steps in order, again and again until nothing new is taken (a step may come after a later one)."""
        run = Run(taken={step.id: set() for step in self.case.attack})
        while True:
            known = (sum(map(len, run.taken.values())), len(run.happened))
            for step in self.case.attack:
                self.do(run, step, choice)
            if known == (sum(map(len, run.taken.values())), len(run.happened)):
                break
        self.conclude(run)
        return run

    def do(self, run: Run, step: AttackStep, choice: dict[str, Node | None]) -> None:
        after = self.after(step)
        if after and not any(name in run.happened for name in after):
            return
        if step.via == "outside":
            run.happened.add(step.id)
            return
        while True:
            known = len(run.taken[step.id])
            self.once(run, step, choice)
            if step.effect != "spread" or len(run.taken[step.id]) == known:
                break
        if run.taken[step.id]:
            run.happened.add(step.id)

    def once(self, run: Run, step: AttackStep, choice: dict[str, Node | None]) -> None:
        """One pass: every target is judged against the same sources; then what was taken is seen and contained."""
        sources, hit = self.sources(run, step), []
        for node in self.nodes:
            fit = self.fits(step, node.asset)
            if fit == "no" or node in run.cut or (step.via in ENTRY and choice[step.id] != node):
                continue
            ways = self.reached_from(run, step, node, sources)
            if not ways:
                continue
            self.note_assumed(run, step, node, fit, [way for _, way in ways])
            verdicts = [self.verdict(step, source, node) for source, _ in ways]
            run.verdicts[step.id, node] = min(verdicts, key=VERDICTS.index)
            if any(self.passes(step, source, node) for source, _ in ways):
                hit.append(node)
        for node in hit:
            run.taken[step.id].add(node)
            if seen := self.sight(step, node):
                run.seen[step.id, node] = seen
        for node in hit:
            self.contain(run, step, node)

    def note_assumed(self, run: Run, step: AttackStep, node: Node, fit: str, ways: list[str]) -> None:
        if fit == "assumed":
            run.assumed.add((step.id, node.id, "fits"))
        if best(ways) == "assumed":
            run.assumed.add((step.id, node.id, "reached"))

    # 7 Result of a run ---------------------------------------------------------------------------------------------

    def conclude(self, run: Run) -> None:
        """Through to the last step with harm, else the first that holds of contained, stopped, out of reach, the rest."""
        harmed = [s.id for s in self.case.attack if s.effect in HARM and run.taken[s.id]]
        if harmed:
            run.word, run.step = "through", harmed[-1]
            return
        for step in self.case.attack:
            after = self.after(step)
            begun = not after or any(name in run.happened for name in after)
            if begun and step.via != "outside" and not run.taken[step.id]:
                run.closed[step.id] = self.why_not(run, step)
        for word in ("contained", "stopped", "out of reach", "not applicable"):
            ends = [name for name, reason in run.closed.items() if reason == word]
            if ends:
                run.word, run.step = word, ends[-1]
                if word == "contained":
                    run.step = self.contained_at(run, self.steps[ends[-1]])
                return
        run.word, run.step = "no harm", self.case.attack[-1].id

    def why_not(self, run: Run, step: AttackStep) -> str:
        fitting = [node for node in self.nodes if self.fits(step, node.asset) != "no"]
        if not fitting:
            return "not applicable"
        if any((step.id, node) in run.verdicts for node in fitting):
            return "stopped"
        free, everywhere = Run(), self.sources(run, step, lost_too=True)
        if (run.cut or run.fenced) and any(self.reached_from(free, step, node, everywhere) for node in fitting):
            return "contained"
        return "out of reach"

    def contained_at(self, run: Run, step: AttackStep) -> str:
        """The step, of those before, at which the last asset was cut off or fenced in."""
        before = self.sources(run, step, lost_too=True)
        places = {at for node, at in run.cut.items() if node in before}
        places |= {at for (node, _), at in run.fenced.items() if node in before}
        places = places or set(run.cut.values())
        order = [s.id for s in self.case.attack]
        return max(places, key=order.index)


def _all_bears(step: AttackStep) -> Iterator[Bears]:
    yield from itertools.chain(step.prevent, step.detect, step.contain, step.soften)
