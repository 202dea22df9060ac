"""Why a step went as it did: alike assets as groups, each with its verdict, and every measure with its state and
coverage row."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Final, Literal

from kizuki.replay.engine import reach
from kizuki.replay.engine.bits import cut, union
from kizuki.replay.engine.coverage import Cover
from kizuki.replay.engine.plan import DELAYS, Bear, Move, Plan
from kizuki.replay.engine.reach import Held
from kizuki.replay.engine.register import Compiled
from kizuki.replay.engine.result import Cut, Group, Idle, Judged, Known, Reason, Row, Sight, TooLate, Verdict
from kizuki.replay.engine.stage import Reading, Stage, from_those_without, make_stage, stopped, where_in_force
from kizuki.replay.engine.walk import Mark
from kizuki.replay.engine.ways import assumed_at, ways_to

How = Literal["isolates", "zone", "account", "link"]
MAX_GROUPS: Final = 40
ORDER: Final[tuple[Verdict, ...]] = ("open", "hindered", "unknown", "stopped")
#: States from the weakest; the state at a boundary or at the source is the better side's, or the weakest source's.
STRENGTH: Final[tuple[Known, ...]] = ("none", "not applicable", "partial", "unknown", "full")


def row_of(register: Compiled, cover: Cover, bit: int, among: int = 0) -> Row | None:
    """The coverage row that holds at one asset. `among`: a group of which those with rows of their own are
    counted."""
    n = register.atoms.at(bit)
    index, alike = cover.single.get(n), 0
    if index is not None:
        same = cover.singles[register.rows.rows[index].state] & among
        alike = max(0, register.count_rows(same) - 1)
    else:
        index = cover.area_row(bit)
    if index is None:
        return None
    row = register.rows.rows[index]
    return Row(index, row.scope, row.state, row.evidence, row.verified, alike)


def by_rows(register: Compiled, bears: Iterable[Bear], part: int) -> list[int]:
    """The part cut up so that within each piece the same rows hold for every measure."""
    covers = (register.cover(bear.measure) for bear in bears)
    return cut(part, (area for cover in covers for area in cover.rows_apart))


class Explainer:
    """Explains one move of a run, from the mark that the walk left."""

    def __init__(
        self, plan: Plan, register: Compiled, marks: list[Mark], reading: Reading, stages: list[Stage]
    ) -> None:
        self.plan, self.register, self.marks, self.reading = plan, register, marks, reading
        self.stages = stages
        self.recorded, self.hopeful = Reading(False, reading.closed), Reading(True, reading.closed)

    @functools.cached_property
    def known(self) -> list[Stage]:
        """The measures by what is recorded."""
        if not self.reading.hopeful:
            return self.stages
        return [make_stage(move, self.plan, self.register, self.recorded) for move in self.plan.moves]

    @functools.cached_property
    def maybe(self) -> list[Stage]:
        """The measures with unknown as full."""
        if self.reading.hopeful:
            return self.stages
        return [make_stage(move, self.plan, self.register, self.hopeful) for move in self.plan.moves]

    def waves(self, move: Move) -> list[tuple[Held, int]]:
        """The assets that the move reaches, each with the sources it is judged against: those it was taken from, or
        the last."""
        mark = self.marks[move.n]
        rest = mark.candidates & ~mark.taken
        return [*((held, bits) for held, bits in mark.waves if bits), *([(mark.last, rest)] if rest else [])]

    def verdicts(self, move: Move) -> dict[Verdict, int]:
        """The assets that the move reaches, by verdict; by what is recorded, whichever run."""
        made = dict.fromkeys(ORDER, 0)
        for held, bits in self.waves(move):
            for verdict, where in self._judge(move, held, bits).items():
                made[verdict] |= where
        return made

    def _judge(self, move: Move, held: Held, bits: int) -> dict[Verdict, int]:
        register, judged = self.register, self.plan.judged
        stop = bits & stopped(move, self.known[move.n], register, held, judged)
        could = bits & stopped(move, self.maybe[move.n], register, held, judged) & ~stop
        left = bits & ~stop & ~could
        hindered = left & union(self._in_the_way(move, bear, held) for bear in move.prevent if bear.can != "supports")
        return {"open": left & ~hindered, "hindered": hindered, "unknown": could, "stopped": stop}

    def _in_the_way(self, move: Move, bear: Bear, held: Held) -> int:
        cover = self.register.cover(bear.measure)
        state = cover.full | cover.partial | cover.unknown | self.reading.closed.get(bear.measure, 0)
        return where_in_force(move, bear, state, self.register, held)

    def groups(self, move: Move) -> tuple[tuple[Group, ...], int]:
        """Alike assets, the taken first; and how many more groups there are than are told."""
        mark, register = self.marks[move.n], self.register
        made: list[Group] = []
        more = 0
        for untaken, verdict, part, held in self._parts(move):
            bears = move.prevent if untaken else move.bears
            fine = by_rows(register, bears, part) if len(made) < MAX_GROUPS else [part]
            for piece in sorted(fine, key=lambda p: p & -p):
                if len(made) < MAX_GROUPS:
                    made.append(self._group(move, held, piece, verdict))
                else:
                    more += 1
        if (rest := move.fit & ~mark.candidates) and len(made) < MAX_GROUPS:
            made.append(Group(None, *self._who(rest), reached=False))
        return tuple(made), more

    def _parts(self, move: Move) -> list[tuple[bool, Verdict, int, Held]]:
        """The assets by wave, verdict and zone: whether untaken, verdict, assets, sources; in the order of
        telling."""
        taken = self.marks[move.n].taken
        parts: list[tuple[bool, int, int, Held]] = []
        for held, bits in self.waves(move):
            found = self._judge(move, held, bits)
            for rank, verdict in enumerate(ORDER):
                for part in self._cut_up(move, found[verdict]) if found[verdict] else ():
                    parts.append((not part & taken, rank, part, held))
        parts.sort(key=lambda p: (p[0], p[1], p[2] & -p[2]))
        return [(untaken, ORDER[rank], part, held) for untaken, rank, part, held in parts]

    def _cut_up(self, move: Move, part: int) -> list[int]:
        """The part cut by zone; what was taken also by when it was seen and by what contained it, now or before."""
        mark = self.marks[move.n]
        sets = [*self.register.zones.values()]
        if part & mark.taken:
            sets += [mark.isolated, mark.zone, mark.account, mark.link]
            for n in (*move.before, move.n):
                sets += [self.marks[n].taken & seen for seen in self.stages[n].seen]
        return cut(part, sets)

    def _who(self, part: int) -> tuple[int, int, tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        """Machines, register rows, first ids, zones and kinds of a set of assets."""
        register = self.register
        zones = tuple([zone for zone, bits in register.zones.items() if bits & part])
        kinds = tuple([kind for kind, bits in register.exact_kinds.items() if bits & part])
        return register.count(part), register.count_rows(part), register.ids(part), zones, kinds

    def _group(self, move: Move, held: Held, part: int, verdict: Verdict) -> Group:
        bit, taken = part & -part, bool(part & self.marks[move.n].taken)
        return Group(
            verdict,
            *self._who(part),
            reached=True,
            taken=taken,
            harmed=taken and move.strikes is not None,
            chosen=taken and move.entry,
            capped=move.capped,
            judgement=self.plan.judged,
            reasons=tuple(self._reasons(move, held, part, taken)),
            judged=self._judged(move, held, bit, taken),
            assumed=assumed_at(self.register, move, held, bit),
            seen=self._sight(move, bit) if taken else None,
            cut=tuple(self._cuts(move, bit)) if taken else (),
            too_late=tuple(self.too_late(move, bit)) if taken else (),
            ways=ways_to(self.register, move, held, bit),
        )

    def _reasons(self, move: Move, held: Held, part: int, taken: bool) -> Iterable[Reason]:
        bit = part & -part
        for bear in move.prevent:
            yield self._prevents(move, held, bear, part)
        for bear in (*move.detect, *move.contain) if taken else ():
            cover = self.register.cover(bear.measure)
            state = cover.state(bit)
            idle: Idle | None = None
            counts = bear.can != "supports" and (bear.stated or self.plan.judged)
            if bear.can == "supports":
                idle = "supports only"
            elif state == "full" and bear.can == "isolates" and not bear.at_once:
                idle = self._idle(move, bit)
            yield Reason(
                bear.measure, bear.part, bear.can, bear.stated, state, row_of(self.register, cover, bit, part),
                counts=counts and idle is None, idle=idle, delay=None if bear.delay is None else DELAYS[bear.delay],
            )  # fmt: skip

    def _prevents(self, move: Move, held: Held, bear: Bear, part: int) -> Reason:
        bit = part & -part
        cover, register = self.register.cover(bear.measure), self.register
        state = cover.state(bit)
        row = row_of(register, cover, bit, part)
        if bear.can == "supports":
            return Reason(
                bear.measure, "prevent", "supports", bear.stated, state, row, counts=False, idle="supports only"
            )
        if bear.side == "target":
            return Reason(bear.measure, "prevent", bear.can, bear.stated, state, row)
        idle: Idle | None = None
        if move.alone or not held.sources:
            idle = "no source"
        elif bear.side == "boundary" and not bit & reach.crossed(register, held.sources):
            idle = "no boundary is crossed"
        if idle is not None:
            return Reason(bear.measure, "prevent", bear.can, bear.stated, state, row, counts=False, idle=idle)
        source, at = self._source_state(move, held, bear, bit)
        if bear.side == "source" or STRENGTH.index(source) > STRENGTH.index(state):
            row = row_of(register, cover, at) if at else None
            return Reason(bear.measure, "prevent", bear.can, bear.stated, source, row, "source")
        return Reason(bear.measure, "prevent", bear.can, bear.stated, state, row)

    def _source_state(self, move: Move, held: Held, bear: Bear, bit: int) -> tuple[Known, int]:
        """The weakest state among the sources that reach the asset, and one source with it."""
        cover, left = self.register.cover(bear.measure), 0
        levels: list[tuple[Known, int]] = [
            ("full", cover.full | self.reading.closed.get(bear.measure, 0)), ("unknown", cover.unknown),
            ("partial", cover.partial), ("not applicable", cover.inapplicable), ("none", cover.none),
        ]  # fmt: skip
        for state, where in levels:
            left |= where
            if not bit & from_those_without(move, self.register, held, left):
                at = held.sources & where
                return state, at & -at
        at = held.sources & cover.none
        return "none", at & -at

    def _judged(self, move: Move, held: Held, bit: int, taken: bool) -> Judged:
        """What two analyst's measures in force in full would do, where the verdict rests on stated ones."""
        if self.plan.judged:
            return Judged()
        full = [b for b in move.bears if not b.stated and self.recorded.full(self.register, b.measure) & bit]
        if len(full) < 2:
            return Judged()
        stops = sorted(
            b.measure for b in full
            if b.can == "stops" and bit & where_in_force(
                move, b, self.recorded.full(self.register, b.measure), self.register, held)
        )  # fmt: skip
        sees = sorted(b.measure for b in full if b.can == "sees") if taken else []
        cuts = sorted(b.measure for b in full if b.can == "isolates" and (b.at_once or self._idle(move, bit) is None))
        fences = [
            sorted(b.measure for b in full if b.can == "fences" and b.fence == f) for f in ("zone", "account", "link")
        ]
        contains = next((found for found in (cuts, *fences) if len(found) > 1), []) if taken else []
        return Judged(
            tuple(stops) if len(stops) > 1 and not move.capped else (),
            tuple(sees) if len(sees) > 1 else (),
            tuple(contains),
        )

    def seers(self, move: Move, bits: int) -> list[tuple[int, str]]:
        """The measures that see the move somewhere in `bits` and count, the fastest first."""
        return sorted(
            (b.delay, b.measure)
            for b in move.detect
            if b.delay is not None
            and (b.stated or self.plan.judged)
            and self.reading.full(self.register, b.measure) & bits
        )

    def _sight(self, move: Move, bits: int) -> Sight | None:
        """The fastest sight of the move at the taken assets in `bits`; by judgement it takes two, and the slower
        decides."""
        stage = self.stages[move.n]
        for delay, where in enumerate(stage.seen):
            if at := bits & where:
                names = [name for d, name in self.seers(move, at) if d <= delay]
                late = delay > 0 and (move.pace is None or delay >= move.pace)
                count, ids = self.register.count(at), self.register.ids(at)
                return Sight(move.id, names[-1] if self.plan.judged else names[0], DELAYS[delay], late,
                             self.plan.judged, count, ids)  # fmt: skip
        return None

    def sight(self, move: Move) -> Sight | None:
        """Where the move is seen, if it is."""
        return self._sight(move, self.marks[move.n].taken)

    def _seen_in(self, move: Move, bit: int) -> int | None:
        """The fastest delay in which the attack is seen on an asset, at this move or before."""
        for delay in range(len(DELAYS)):
            for n in (*move.before, move.n):
                if self.marks[n].taken & bit & self.stages[n].seen[delay]:
                    return delay
        return None

    def _idle(self, move: Move, bit: int) -> Idle | None:
        delay = self._seen_in(move, bit)
        if delay is None:
            return "not seen"
        return None if delay == 0 or (move.pace is not None and delay < move.pace) else "too late"

    def _cuts(self, move: Move, bit: int) -> Iterable[Cut]:
        mark = self.marks[move.n]
        kinds: tuple[tuple[How, int], ...] = (
            ("isolates", mark.isolated), ("zone", mark.zone), ("account", mark.account), ("link", mark.link),
        )  # fmt: skip
        for bear in move.contain:
            if not (bear.stated or self.plan.judged) or not self.reading.full(self.register, bear.measure) & bit:
                continue
            for how, where in kinds:
                if where & bit and how == (bear.fence or "isolates") and bear.can != "supports":
                    if how == "isolates" and not bear.at_once and self._idle(move, bit) is not None:
                        continue
                    yield Cut(move.id, bear.measure, how, self.plan.judged)

    def too_late(self, move: Move, bits: int) -> Iterable[TooLate]:
        """Means to isolate that were in force in full at assets in `bits`, where the attack was not seen in time."""
        for bear in move.contain:
            if bear.can != "isolates" or bear.at_once or not (bear.stated or self.plan.judged):
                continue
            where = bits & self.reading.full(self.register, bear.measure) & ~self.marks[move.n].isolated
            if where:
                delay = self._seen_in(move, where)
                yield TooLate(move.id, bear.measure, None if delay is None else DELAYS[delay])

    def stoppers(self, move: Move) -> list[str]:
        """The measures that stop the move at some asset it reaches, in this run; sorted."""
        mark, register = self.marks[move.n], self.register
        return sorted(
            bear.measure
            for bear in move.prevent
            if bear.can == "stops" and (bear.stated or self.plan.judged) and mark.stopped
            & where_in_force(move, bear, self.reading.full(register, bear.measure), register, mark.last)
        )  # fmt: skip

    def containers(self, move: Move) -> list[str]:
        """The measures that contain the attack at some asset taken in the move; sorted."""
        mark = self.marks[move.n]
        where = {"zone": mark.zone, "account": mark.account, "link": mark.link}
        return sorted(
            bear.measure
            for bear in move.contain
            if bear.can in ("isolates", "fences") and (bear.stated or self.plan.judged)
            and self.reading.full(self.register, bear.measure) & where.get(bear.fence or "", mark.isolated)
        )  # fmt: skip
