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
from kizuki.replay.tests.reference_register import STATES, Held, Node, RegisterRules, Run, best

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
        self.alone = case.kind == "public-report"
        self.needed = 2 if self.judged else 1
        self.order = self.in_order()

    # 1 Reach, sources ----------------------------------------------------------------------------------------------

    def after(self, step: AttackStep) -> tuple[str, ...]:
        """The steps of which any one must have succeeded: those named, else the one before."""
        if self.alone:
            return ()
        if step.after is not None:
            return step.after
        n = self.case.attack.index(step)
        return (self.case.attack[n - 1].id,) if n else ()

    def in_order(self) -> list[AttackStep]:
        """The steps so that each comes after those it names, else as in the file."""
        made: list[AttackStep] = []
        while len(made) < len(self.case.attack):
            done = {step.id for step in made}
            made.append(next(s for s in self.case.attack if s.id not in done and done.issuperset(self.after(s))))
        return made

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

    def gone(self, run: Run, step: AttackStep) -> set[Node]:
        """What has been cut off before a step."""
        return {node for name in self.before(step) for node in run.cut[name]}

    def held(self, run: Run, step: AttackStep) -> Held:
        before = self.before(step)
        taken = {node for name in before for node in run.taken[name]}
        fenced = {fence for name in before for fence in run.fenced[name]}
        return Held(frozenset(taken - self.gone(run, step)), frozenset(fenced))

    def reached_from(self, step: AttackStep, target: Node, held: Held) -> list[tuple[Node | None, str]]:
        """Each source from which a target is reached, with yes or assumed; source None: from outside."""
        if step.via in ENTRY:
            way = self.enters(step.via, target.asset)
            return [(None, way)] if way != "no" else []
        if self.alone:
            return [(None, "assumed")]
        found: list[tuple[Node | None, str]] = []
        for source in held.sources:
            if step.via == "local":
                way = "yes" if source == target else "no"
            elif step.via == "network":
                way = self.by_network(held, source, target)
            elif step.via == "link":
                way = self.by_link(held, source, target)
            else:
                way = self.by_account(held, source, target)
            if way != "no":
                found.append((source, way))
        return found

    # 4 Verdict -----------------------------------------------------------------------------------------------------

    def met(self, step: AttackStep, bears: Bears, target: Node, held: Held) -> str:
        """The state in which a preventive measure meets the attack: at the target, at the worst source, or either side."""
        boundary = step.via == "network" and self.measures[bears.measure].power.fences == "zone"
        at_target = self.state(bears.measure, target)
        if not boundary and bears.at == "target":
            return at_target
        sources = [source for source, _ in self.reached_from(step, target, held) if source is not None]
        at_source = min((self.state(bears.measure, s) for s in sources), key=STATES.index, default="none")
        if not boundary:
            return at_source
        if not sources or any(self.same_zone(source, target) != "no" for source in held.sources):
            return "none"
        return max(at_source, at_target, key=STATES.index)

    def counts(self, bears: Bears) -> bool:
        """Stated measures count; in a case that states none, an analyst's do, two together."""
        return bears.stated or self.judged

    def stopping(self, step: AttackStep) -> list[Bears]:
        return [b for b in step.prevent if self.counts(b) and self.measures[b.measure].power.stops == "yes"]

    def verdict(self, step: AttackStep, target: Node, held: Held) -> str:
        stopping = [self.met(step, b, target, held) for b in self.stopping(step)]
        if step.via != "not stated":
            if stopping.count("full") >= self.needed:
                return "stopped"
            if stopping.count("full") + stopping.count("unknown") >= self.needed:
                return "unknown"
        able = [b for b in step.prevent if self.measures[b.measure].power.stops != "no"]
        anything = any(self.met(step, b, target, held) in ("partial", "unknown", "full") for b in able)
        return "hindered" if anything else "open"

    def passes(self, step: AttackStep, target: Node, held: Held) -> bool:
        """Whether the attack gets through in this run; where the way in is not told, always."""
        closing = [b for b in self.stopping(step) if self.in_force(b.measure, self.met(step, b, target, held))]
        return step.via == "not stated" or len(closing) < self.needed

    # 5 Seen, 6 Contained -------------------------------------------------------------------------------------------

    def sight(self, step: AttackStep, node: Node) -> tuple[str, str] | None:
        """The fastest stated detective measure in force at a taken asset, with its delay; of two analysts' the second."""
        found = sorted(
            (DELAYS.index(self.measures[b.measure].power.delay), b.measure)
            for b in step.detect
            if self.counts(b)
            and self.measures[b.measure].power.delay != "no"
            and self.in_force(b.measure, self.state(b.measure, node))
        )
        if len(found) < self.needed:
            return None
        delay, measure = found[self.needed - 1]
        return measure, DELAYS[delay]

    def contain(self, run: Run, step: AttackStep, node: Node) -> None:
        """What cuts off or fences a taken asset. D02 at once; R11 only where the attack has been seen there in time."""
        meant = [b.measure for b in step.contain if self.counts(b)]
        inside = [m for m in meant if self.in_force(m, self.state(m, node))]
        power = {measure: self.measures[measure].power for measure in inside}
        isolating = [m for m in inside if power[m].contains == "isolates"]
        at_once = [m for m in isolating if power[m].delay != "no"]
        if len(at_once) >= self.needed or (len(isolating) >= self.needed and self.in_time(run, step, node)):
            run.cut[step.id].add(node)
        else:
            run.late |= {(step.id, node, measure) for measure in isolating if measure not in at_once}
        for what in ("zone", "account", "link"):
            if len([m for m in inside if power[m].fences == what]) >= self.needed:
                run.fenced[step.id].add((node, what))

    def in_time(self, run: Run, step: AttackStep, node: Node) -> bool:
        """Seen on that asset, at this step or before, in minutes or faster than this step's pace."""
        pace = 1 if step.pace == "not stated" else max(1, DELAYS.index(step.pace))
        sights = [run.seen.get((name, node)) for name in (step.id, *self.before(step))]
        return any(DELAYS.index(sight[1]) < pace for sight in sights if sight)

    # One run -------------------------------------------------------------------------------------------------------

    def walk(self, choice: dict[str, Node | None]) -> Run:
        """All steps, each once; `choice`: the asset that each step from outside takes."""
        run = Run()
        for step in self.order:
            run.taken[step.id], run.cut[step.id], run.fenced[step.id] = set(), set(), set()
            if step.via != "outside" and self.comes_to(run, step):
                self.do(run, step, choice)
        self.conclude(run)
        return run

    def comes_to(self, run: Run, step: AttackStep) -> bool:
        """Whether a step before this one succeeded: it took an asset that has not been cut off by now, or is outside."""
        gone, after = self.gone(run, step), self.after(step)
        return not after or any(
            run.taken[name] - gone or (self.steps[name].via == "outside" and self.comes_to(run, self.steps[name]))
            for name in after
        )

    def do(self, run: Run, step: AttackStep, choice: dict[str, Node | None]) -> None:
        """One pass; of a spreading step passes until nothing new is taken, with what it has taken as further sources."""
        start = self.held(run, step)
        held = start
        while True:
            known = len(run.taken[step.id])
            self.once(run, step, choice, held)
            if step.effect != "spread" or len(run.taken[step.id]) == known:
                return
            own = run.taken[step.id] - run.cut[step.id]
            fenced = {fence for fence in run.fenced[step.id] if fence[0] not in start.sources}
            held = Held(start.sources | own, start.fenced | fenced)

    def once(self, run: Run, step: AttackStep, choice: dict[str, Node | None], held: Held) -> None:
        """Every target is judged against the same sources, also where the entry is another; then what was taken is seen and
        contained."""
        gone, hit = self.gone(run, step), []
        for node in self.nodes:
            fit = self.fits(step, node.asset)
            if fit == "no" or node in gone:
                continue
            ways = self.reached_from(step, node, held)
            if not ways:
                continue
            if node not in run.taken[step.id]:  # stopped is judged again when the sources grow, taken is not
                run.verdicts[step.id, node] = self.verdict(step, node, held)
            if choice.get(step.id, node) == node and self.passes(step, node, held):
                hit.append(node)
                if node not in run.taken[step.id] and (fit == "assumed" or best([way for _, way in ways]) == "assumed"):
                    run.assumed.add((step.id, node.id))
        for node in hit:
            run.taken[step.id].add(node)
            if seen := self.sight(step, node):
                run.seen[step.id, node] = seen
        for node in hit:
            self.contain(run, step, node)

    # 7 Result of a run ---------------------------------------------------------------------------------------------

    def ends(self) -> list[AttackStep]:
        """The steps that decide whether it goes through: those with harm; else the last, or any where each is judged alone."""
        inside = [step for step in self.order if step.via != "outside"]
        harmful = [step for step in inside if step.effect in HARM]
        return harmful or (inside if self.alone else inside[-1:])

    def conclude(self, run: Run) -> None:
        """Through to the last step with harm, else the first that holds of contained, stopped, out of reach, the rest."""
        ends = self.ends()
        if suffered := [step.id for step in ends if run.taken[step.id]]:
            run.word, run.step = "through", suffered[-1]
            return
        wanted = {name for end in ends for name in (end.id, *self.before(end))}
        missed = [s for s in self.order if s.id in wanted and s.via != "outside" and not run.taken[s.id]]
        run.closed = {step.id: reason for step in missed if (reason := self.why_not(run, step))}
        for word in ("contained", "stopped", "out of reach", "not applicable"):
            if closed := [name for name, reason in run.closed.items() if reason == word]:
                run.word, run.step = word, closed[-1]
                if word == "contained":
                    run.step = self.contained_at(run, self.steps[closed[-1]])
                return
        run.word = "out of reach"

    def why_not(self, run: Run, step: AttackStep) -> str | None:
        """Why a step took nothing; None where the attack had ended before it for another reason than being contained."""
        before = self.before(step)
        contained = any(run.cut[name] or run.fenced[name] for name in before)
        if not self.comes_to(run, step):
            return "contained" if any(run.taken[name] for name in self.after(step)) else None
        fitting = [node for node in self.nodes if self.fits(step, node.asset) != "no"]
        if not fitting:
            return "not applicable"
        if any((step.id, node) in run.verdicts for node in fitting):
            return "stopped"
        everything = Held(frozenset(node for name in before for node in run.taken[name]))
        if contained and any(self.reached_from(step, node, everything) for node in fitting):
            return "contained"
        return "out of reach"

    def contained_at(self, run: Run, step: AttackStep) -> str:
        """The last step before this one at which something was cut off or fenced in."""
        before = self.before(step)
        return [s.id for s in self.order if s.id in before and (run.cut[s.id] or run.fenced[s.id])][-1]


def _all_bears(step: AttackStep) -> Iterator[Bears]:
    yield from itertools.chain(step.prevent, step.detect, step.contain, step.soften)
