"""Walking a case over a register under one reading, from every entry, and keeping the worst."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from kizuki.replay.engine import reach
from kizuki.replay.engine.atoms import sum_of
from kizuki.replay.engine.bits import cut, split, union
from kizuki.replay.engine.plan import Move, Plan
from kizuki.replay.engine.reach import NOBODY, Held
from kizuki.replay.engine.register import Compiled
from kizuki.replay.engine.result import StepStatus
from kizuki.replay.engine.stage import Reading, Stage, make_stage, stopped

#: Worst first: through, harm, assets harmed, assets lost.
Key = tuple[bool, int, int, int]


class Mark(msgspec.Struct, gc=False):
    """What became of one move: made anew for each way of the case, and left alone once the next move begins. `waves`: what was taken, each
    time with what it was taken from; `last`: the sources of the last attempt, by which what was not taken is
    judged."""

    status: StepStatus = "not reached"
    candidates: int = 0
    stopped: int = 0
    taken: int = 0
    isolated: int = 0
    zone: int = 0
    account: int = 0
    link: int = 0
    held: Held = NOBODY
    last: Held = NOBODY
    waves: list[tuple[Held, int]] = msgspec.field(default_factory=list)
    gone: int = 0

    def copy(self) -> Mark:
        return msgspec.structs.replace(self)


class End(msgspec.Struct):
    """One way the case can go. `entries`: the bit taken at each entry move (0: all stopped there). `touched`: where
    closing a gap could change it, once somebody has asked."""

    key: Key
    marks: list[Mark]
    entries: dict[int, int]
    touched: dict[str, int] | None = None


class Option(msgspec.Struct):
    """Alike entries at the first entry move: `bits` of them, and the worst that follows."""

    bits: int
    end: End


class Walk:
    """One case, one register, one reading."""

    def __init__(
        self,
        plan: Plan,
        register: Compiled,
        reading: Reading,
        *,
        earlier: Walk | None = None,
    ) -> None:
        """`earlier`: a finished walk with no more cover than this one, whose ways bound ours."""
        self.plan, self.register, self.reading, self.earlier = plan, register, reading, earlier
        self.first_move = -1
        self._closing = self._what_is_closed()
        self._closed = [bits for bits in dict.fromkeys(self._closing.values()) if bits]
        self.stages: list[Stage] = [self._stage(move) for move in plan.moves]
        self._within = {within(move) for move in plan.moves if self.stages[move.n].when_seen}
        self.marks = [Mark() for _ in plan.moves]
        self.chosen: dict[int, int] = {}
        self.worst: End | None = None
        self.options: list[Option] = []
        self.only_through = False

    def _what_is_closed(self) -> dict[str, int]:
        """Where this reading may take a measure as full and a less hopeful one does not, for measures that can count."""
        register, reading, plan = self.register, self.reading, self.plan
        counting = {bear.measure for move in plan.moves for bear in move.decisive}
        made = {measure: bits for measure, bits in reading.closed.items() if measure in counting}
        if reading.hopeful:
            made |= {m: register.cover(m).unknown | reading.closed.get(m, 0) for m in sorted(counting)}
        return made

    def _stage(self, move: Move) -> Stage:
        """What the measures do at a move; taken over where nothing of the move's has been closed since the earlier
        walk."""
        earlier = self.earlier
        if earlier is not None and earlier.reading.hopeful == self.reading.hopeful:
            closed = self.reading.closed.keys() | earlier.reading.closed.keys()
            if not any(bear.measure in closed for bear in move.bears):
                return earlier.stages[move.n]
        return make_stage(move, self.plan, self.register, self.reading)

    def run(self, only_through: bool = False) -> End:
        """The worst way the case can go. `only_through`: any way that goes through will do, found sooner."""
        self.only_through = only_through
        self._from(0)
        assert self.worst is not None
        return self.worst

    def _from(self, n: int) -> None:
        for move in self.plan.moves[n:]:
            mark = self.marks[move.n] = Mark()
            if not self._enter(move, mark):
                continue
            if move.entry:
                if self._choose(move, mark):
                    return
                continue
            self._take(move, mark)
        self._finish()

    def _enter(self, move: Move, mark: Mark) -> bool:
        """Whether the attack comes to this move; prepares where it starts from."""
        taken = gone = zone = account = link = 0
        for b in move.before:
            m = self.marks[b]
            taken |= m.taken
            gone |= m.isolated
            zone |= m.zone
            account |= m.account
            link |= m.link
        mark.gone = gone
        if move.after and not any(self._goes_on(self.marks[a], gone) for a in move.after):
            return False
        if move.outside:
            mark.status = "outside"
            return False
        mark.held = Held(taken & ~gone, zone, account, link)
        return True

    @staticmethod
    def _goes_on(mark: Mark, gone: int) -> bool:
        return mark.status == "outside" or bool(mark.taken & ~gone)

    def _candidates(self, move: Move, mark: Mark, held: Held) -> int:
        return move.fit & ~mark.gone & reach.by(move.step.via, self.register, held, move.alone).any

    def _take(self, move: Move, mark: Mark) -> None:
        """A move that takes all it can; a spreading one again and again, until nothing new is taken."""
        held, stage = mark.held, self.stages[move.n]
        while True:
            mark.candidates = self._candidates(move, mark, held)
            mark.stopped = mark.candidates & stopped(move, stage, self.register, held, self.plan.judged)
            taken = mark.candidates & ~mark.stopped
            new = taken & ~mark.taken
            mark.taken |= taken
            mark.last = held
            if new:
                mark.waves.append((held, new))
            self._cut(move, mark)
            if not new or move.step.effect != "spread" or move.step.via == "local":
                break
            first = mark.held.sources
            held = Held(
                first | mark.taken & ~mark.isolated,
                mark.held.zone | mark.zone & ~first,
                mark.held.account | mark.account & ~first,
                mark.held.link | mark.link & ~first,
            )
        mark.stopped &= ~mark.taken
        self._status(move, mark)

    def _status(self, move: Move, mark: Mark) -> None:
        if mark.taken:
            mark.status = "taken"
        elif mark.candidates:
            mark.status = "stopped"
        else:
            mark.status = "out of reach" if move.fit else "not applicable"

    def _cut(self, move: Move, mark: Mark) -> None:
        """What contains the attack at the assets it has just taken."""
        stage, taken = self.stages[move.n], mark.taken
        mark.zone, mark.account, mark.link = taken & stage.zone, taken & stage.account, taken & stage.link
        mark.isolated = taken & stage.at_once
        if late := taken & stage.when_seen & ~mark.isolated:
            mark.isolated |= late & self.in_time(move)

    def in_time(self, move: Move) -> int:
        """Assets on which the attack has been seen, at this move or before, in minutes or faster than the move's
        pace."""
        delay = within(move)
        seen = self.marks[move.n].taken & self.stages[move.n].seen[delay]
        for b in move.before:
            seen |= self.marks[b].taken & self.stages[b].seen[delay]
        return seen

    def _choose(self, move: Move, mark: Mark) -> bool:
        """An entry takes one asset: walk on from each, alike ones once. False where none can be taken here."""
        mark.last = mark.held
        mark.candidates = self._candidates(move, mark, mark.held)
        mark.stopped = mark.candidates & stopped(move, self.stages[move.n], self.register, mark.held, self.plan.judged)
        allowed = mark.candidates & ~mark.stopped
        if not allowed:
            self._status(move, mark)
            return False
        if self.chosen or move.alone:
            for part in self._parts(move, allowed):
                self._with(move, mark.copy(), self._one(part))
                if self.only_through and self.worst is not None and self.worst.key[0]:
                    break
        else:
            self._first(move, mark, allowed)
        return True

    def _first(self, move: Move, mark: Mark, allowed: int) -> None:
        """The first entry: every way it can go is kept, the worst of what follows for each."""
        self.first_move = move.n
        worst: End | None = None
        for bound, part, known in self._bounded(move, mark, allowed):
            if worst is not None and self._enough(worst, bound):
                break
            self.worst = known
            if known is None:
                self._with(move, mark.copy(), self._one(part))
            assert self.worst is not None
            self.options.append(Option(part or mark.stopped, self.worst))
            if worst is None or self.worst.key > worst.key:
                worst = self.worst
        self.worst = worst

    def _one(self, part: int) -> int:
        """One machine of alike ones."""
        single = part & self.register.single
        return single & -single

    def _enough(self, worst: End, bound: Key | None) -> bool:
        return (self.only_through and worst.key[0]) or (bound is not None and worst.key >= bound)

    def _bounded(self, move: Move, mark: Mark, allowed: int) -> list[tuple[Key | None, int, End | None]]:
        """The kinds of entry; where a weaker defence was walked before, with what was then their worst, and with the
        whole way where nothing of what is closed since then lies on it."""
        made: list[tuple[Key | None, int, End | None]] = []
        earlier = self.earlier.options if self.earlier is not None and self.earlier.first_move == move.n else []
        if not earlier:
            made = [(None, part, None) for part in self._parts(move, allowed)]
            return [*made, (None, 0, None)] if mark.stopped else made
        for option in sorted(earlier, key=lambda o: (o.end.key, -(o.bits & -o.bits)), reverse=True):
            pieces = [option.bits & allowed]
            same = not self._touched(option.end)
            for bits in self._closed if not same else ():
                pieces = split(pieces, bits)
            known = option.end if same else None
            made += [(option.end.key, piece, known) for piece in sorted(pieces, key=lambda p: p & -p) if piece]
        return made

    def _touched(self, end: End) -> bool:
        """Whether anything closed since the earlier walk lies on this way of it."""
        if end.touched is None:
            end.touched = touched(self.plan, end.marks)
        return any(bits & end.touched.get(measure, 0) for measure, bits in self._closing.items())

    def _parts(self, move: Move, allowed: int) -> list[int]:
        if move.alone:
            return [self._costliest(move, allowed)]
        # what is already taken stands apart, also on ways that do not lead here: taking it again loses nothing more
        sets = [*self._features(move), *(m.taken for m in self.marks[: move.n])]
        return sorted(cut(allowed, dict.fromkeys(sets)), key=lambda part: part & -part)

    def _features(self, entry: Move) -> list[int]:
        """The sets in which assets must agree for the case to go alike from them, from this entry on."""
        register, moves = self.register, self.plan.moves[entry.n :]
        vias = {move.step.via for move in moves[1:]}
        sets: list[int] = []
        for move in moves:
            sets += [bits & move.fit for bits in self._effects(move)]
            sets.append(move.fit)
            face = register.facing.get("internet" if move.step.via == "account" else move.step.via)
            if face is not None:
                sets.append(move.fit & face.any)
            sets += [force.where for force in self.stages[move.n].sided]
        if vias & {"network", "account"}:
            sets += [*register.zones.values(), register.nowhere]
        if "account" in vias:
            sets += register.realms.values()
        if vias & {"link", "account"}:
            sets += register.link_classes
        return list(dict.fromkeys(bits for bits in sets if bits and bits != register.all))

    def _effects(self, move: Move) -> list[int]:
        """What tells apart two assets that this move takes."""
        stage = self.stages[move.n]
        sets = [stage.at_once, stage.when_seen, stage.zone, stage.account, stage.link]
        if not move.capped:
            sets.append(stage.stop)
        sets += [stage.seen[within] for within in self._within]
        if move.strikes is not None:
            sets += self.register.importance[move.strikes]
        return sets

    def _costliest(self, move: Move, allowed: int) -> int:
        """Of assets that nothing depends on later, those whose loss weighs most."""
        if move.strikes is not None:
            for bits in reversed(self.register.importance[move.strikes]):
                if found := allowed & bits:
                    return found
        return allowed

    def _with(self, move: Move, mark: Mark, bit: int) -> None:
        self.marks[move.n] = mark
        mark.taken = bit
        mark.last, mark.waves = mark.held, [(mark.held, bit)]
        self.chosen[move.n] = bit
        self._cut(move, mark)
        self._status(move, mark)
        self._from(move.n + 1)
        del self.chosen[move.n]

    def _finish(self) -> None:
        key = self.key()
        if self.worst is None or key > self.worst.key:
            self.worst = End(key, list(self.marks), dict(self.chosen))

    def key(self) -> Key:
        count = self.register.count
        harmed, harm = harm_of(self.plan, self.register, self.marks)
        through = any(self.marks[n].taken for n in self.plan.ends)
        return through, harm, count(harmed), count(lost_of(self.plan, self.marks))


def within(move: Move) -> int:
    """The slowest class of delay that is still in time for a move: minutes, or faster than its pace."""
    return 0 if move.pace is None else max(0, move.pace - 1)


def harm_of(plan: Plan, register: Compiled, marks: Sequence[Mark]) -> tuple[int, int]:
    """The assets that suffered harm, and its weight: importance of what was struck, each asset and dimension once."""
    struck = [0, 0, 0]
    for move in plan.moves:
        if move.strikes is not None:
            struck[move.strikes] |= marks[move.n].taken
    weight = sum(sum_of(weights, bits) for weights, bits in zip(register.harm, struck, strict=True) if bits)
    return struck[0] | struck[1] | struck[2], weight


def lost_of(plan: Plan, marks: Sequence[Mark]) -> int:
    """The assets that the attacker got hold of; a step without any effect takes nothing from anybody."""
    return union(marks[move.n].taken for move in plan.moves if move.step.effect != "none")


def touched(plan: Plan, marks: Sequence[Mark]) -> dict[str, int]:
    """For each measure the assets at which closing a gap could change this way of the case."""
    made: dict[str, int] = {}
    for move in plan.moves:
        mark = marks[move.n]
        if not mark.taken:
            continue
        for bear in move.decisive:
            at = mark.taken if bear.side == "target" else mark.taken | mark.held.sources
            made[bear.measure] = made.get(bear.measure, 0) | at
    return made
