"""What one replay says, and what priorities say: frozen structs, plain enough for JSON, complete enough to draw and
to explain.

Large registers stay small here: alike assets are told as one `Group` with counts and the first few ids. `count`
always counts machines (a register row with `count: 40` is forty), `rows` counts register rows."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from kizuki.casebook.engine.format import Effect, Pace, Via
from kizuki.kit.text import Name
from kizuki.register.engine.format import Scope

Word: TypeAlias = Literal[
    "through", "depends", "stopped", "contained", "out of reach", "not applicable", "study", "cannot be judged"
]
Verdict: TypeAlias = Literal["stopped", "hindered", "open", "unknown"]
#: What became of a step in one run. `taken`: it took at least one asset. `out of reach`: assets fit and none is reached. `not
#: applicable`: no asset fits. `not reached`: the attack had ended before. `outside`: happens elsewhere, assumed to succeed.
StepStatus: TypeAlias = Literal["taken", "stopped", "out of reach", "not applicable", "not reached", "outside"]
Known: TypeAlias = Literal["none", "partial", "full", "not applicable", "unknown"]
#: Which part of the step names the measure; `support` for governing and identifying ones, which never count.
Part: TypeAlias = Literal["prevent", "detect", "contain", "soften"]
Can: TypeAlias = Literal["stops", "hinders", "sees", "isolates", "fences", "softens", "supports"]
Delay: TypeAlias = Literal["minutes", "hours", "days", "weeks"]
RunKind: TypeAlias = Literal["none", "full"]
#: Why a measure that stands in a step does not count at an asset.
Idle: TypeAlias = Literal["no boundary is crossed", "too late", "not seen", "no source", "supports only"]
#: What the register leaves open (`route`, `link`, `realm`, `trait`, `internet_facing`, `supplier_facing`, `zone`),
#: what the case leaves open (`way`: how the attack comes is not told), and what happens elsewhere (`outside`).
AssumedWhat: TypeAlias = Literal[
    "route", "link", "realm", "trait", "internet_facing", "supplier_facing", "zone", "way", "outside"
]
WayBy: TypeAlias = Literal[
    "internet", "mail", "supplier", "not stated", "same zone", "route", "link", "realm", "local", "spread"
]


class Part_(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """Base of the parts: frozen, quiet about defaults; left to no garbage collector, as nothing here can form a circle."""


class Row(Part_, frozen=True):
    """A coverage row of the register. `index`: its number among the rows sorted by measure and by which of them wins, so
    that the file's order does not matter. `alike`: how many other rows about single assets say the same of the group's assets.
    `state` unknown: the row is no longer valid."""

    index: int
    scope: Scope
    state: Known
    evidence: Name | None = None
    verified: str | None = None
    alike: int = 0


class Reason(Part_, frozen=True):
    """One measure that bears on the step at these assets. `row` None: nothing is recorded (`state` unknown). `side` "source": the state
    is that of the asset the attack comes from. `counts` False: it changes nothing here, for the reason `idle`."""

    measure: str
    part: Part
    can: Can
    stated: bool
    state: Known
    row: Row | None = None
    side: Literal["target", "source"] = "target"
    counts: bool = True
    idle: Idle | None = None
    delay: Delay | None = None


class Sight(Part_, frozen=True):
    """The attack is seen: at `step`, by `measure`, after `delay`. `late`: not before the attack goes on (the step's pace)."""

    step: str
    measure: str
    delay: Delay
    late: bool
    judgement: bool = False
    count: int = 0
    ids: tuple[str, ...] = ()


class Cut(Part_, frozen=True):
    """The attack is contained at an asset. `how` isolates: it goes on neither on it nor from it. zone, account, link: fenced, no way out
    of the zone, no use of its accounts, of its links."""

    step: str
    measure: str
    how: Literal["isolates", "zone", "account", "link"]
    judgement: bool = False


class TooLate(Part_, frozen=True):
    """A means to isolate was in force in full, but the attack was not seen in time. `seen` None: not seen at all."""

    step: str
    measure: str
    seen: Delay | None = None


class Judged(Part_, frozen=True):
    """What two analyst's measures in force in full would do; shown beside the verdict, changes nothing in a stated case."""

    stopped: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    contained: tuple[str, ...] = ()


class Assumed(Part_, frozen=True):
    """Something the register or the case leaves open, and that counts as true in both runs. `count`: machines that are reached or fit
    only because of it; `ids`: the first of them. `word`: the trait, where `what` is trait."""

    step: str
    what: AssumedWhat
    count: int = 0
    ids: tuple[str, ...] = ()
    word: str = ""


class Way(Part_, frozen=True):
    """How the attack comes to the assets of a group. `route`: from zone to zone; `link`: the two assets; `realm`: the realm. `assumed`:
    the register does not record it and does not rule it out."""

    by: WayBy
    from_assets: tuple[str, ...] = ()
    from_count: int = 0
    from_zone: str = ""
    to_zone: str = ""
    realm: str = ""
    link: tuple[str, str] | None = None
    assumed: bool = False


class Group(Part_, frozen=True):
    """Alike assets at one step. `ids`: the first few register rows, sorted. `taken`: lost in this run. `fits`/`reached` False: shown as
    not applicable / not reached, and then without a verdict. `capped`: the way in is not told, so hindered is the most. `judgement` True:
    the verdict rests on analysts alone (public reports). `chosen`: the entry taken here."""

    verdict: Verdict | None
    count: int
    rows: int
    ids: tuple[str, ...]
    zones: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    fits: bool = True
    reached: bool = True
    taken: bool = False
    harmed: bool = False
    chosen: bool = False
    capped: bool = False
    judgement: bool = False
    reasons: tuple[Reason, ...] = ()
    judged: Judged = Judged()
    assumed: tuple[Assumed, ...] = ()
    seen: Sight | None = None
    cut: tuple[Cut, ...] = ()
    too_late: tuple[TooLate, ...] = ()
    ways: tuple[Way, ...] = ()


class Missing(Part_, frozen=True):
    """What would be needed for the step: kinds and traits of an asset (not applicable), or the way (out of reach)."""

    kinds: tuple[str, ...] = ()
    traits: tuple[str, ...] = ()
    via: Via | None = None
    from_zones: tuple[str, ...] = ()
    to_zones: tuple[str, ...] = ()
    fenced: bool = False


class Soft(Part_, frozen=True):
    """A measure that made it less bad: listed with the loss, changes no verdict. `full`, `partial`, `unknown`, `none`: machines."""

    measure: str
    stated: bool
    step: str
    full: int = 0
    partial: int = 0
    unknown: int = 0
    none: int = 0


class Loss(Part_, frozen=True):
    """What was lost. `assets` taken; `harmed` of them suffered an effect with harm; `harm` is the sum, over assets and over what an
    effect strikes (confidentiality, integrity, availability), of the importance recorded for it; 1 where none is recorded. `important`:
    harmed assets whose importance is 3 in what was struck. `information`: kinds held by harmed assets."""

    assets: int = 0
    harmed: int = 0
    harm: int = 0
    important: int = 0
    information: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    harmed_ids: tuple[str, ...] = ()


class Step(Part_, frozen=True):
    """One attack step in one run. `verdict`: the weakest at any reached asset, None where none was reached. Counts are machines."""

    id: str
    status: StepStatus
    via: Via
    effect: Effect
    pace: Pace
    harm: bool
    verdict: Verdict | None = None
    fitting: int = 0
    reached: int = 0
    taken: int = 0
    stopped: int = 0
    hindered: int = 0
    open: int = 0
    unknown: int = 0
    groups: tuple[Group, ...] = ()
    more_groups: int = 0
    seen: Sight | None = None
    assumed: tuple[Assumed, ...] = ()
    missing: Missing | None = None


class Entry(Part_, frozen=True):
    """The asset taken at an entry step of the run shown; `alike`: how many entries would go exactly as this one."""

    step: str
    asset: str
    alike: int = 1


class EntryOutcome(Part_, frozen=True):
    """How the case goes from some of its entries: `rows` register rows (`count` machines), the first ids, word and step."""

    word: Word
    step: str | None
    rows: int
    count: int
    ids: tuple[str, ...]
    loss: Loss


class Entries(Part_, frozen=True):
    """`through` of `of` entries, counted in register rows, lead through; every way the entries can go, the worst first."""

    through: int = 0
    of: int = 0
    outcomes: tuple[EntryOutcome, ...] = ()


class Run(Part_, frozen=True):
    """The case walked once, unknown coverage taken as none or as full, from the worst entry. `word` never is depends. `step`: where
    (through: the last step whose harm was suffered). `ended`, `ended_step`: where the attack went no further although it went through
    before. `before`: what had been lost by then. `entries`: every entry is walked in the run with none only; in the other the worst is
    looked for."""

    unknown_as: RunKind
    word: Word
    step: str | None
    loss: Loss
    ended: Word | None = None
    ended_step: str | None = None
    stopped_by: tuple[str, ...] = ()
    contained_by: tuple[str, ...] = ()
    contained: int = 0
    entry: tuple[Entry, ...] = ()
    entries: Entries = Entries()
    steps: tuple[Step, ...] = ()
    seen: Sight | None = None
    too_late: tuple[TooLate, ...] = ()
    softened: tuple[Soft, ...] = ()
    assumed: tuple[Assumed, ...] = ()


class Ask(Part_, frozen=True):
    """A measure and where. `row` None: wherever nothing is recorded; then `count`, `ids`, `zones` and `kinds` name the assets that matter
    here. `count` and `rows` are of the assets at which the measure bears on the case."""

    measure: str
    state: Known
    row: Row | None = None
    count: int = 0
    rows: int = 0
    ids: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    units: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The same for equal questions of all cases."""
        return f"{self.measure}/{'unrecorded' if self.row is None else self.row.index}"


class Question(Part_, frozen=True):
    """A shortest list that decides: all of it in force ends the case, although every other unknown is absent."""

    asks: tuple[Ask, ...]
    word: Word
    step: str | None
    loss: Loss


class Change(Part_, frozen=True):
    """One gap closed: the measure set to full in its scope, everything else as in the run with unknown as none."""

    ask: Ask
    word: Word
    step: str | None
    before: Loss
    after: Loss
    seen_before: Sight | None = None
    seen: Sight | None = None
    ended: Word | None = None
    ended_step: str | None = None


class Replay(Part_, frozen=True):
    """A case over a register. `shown` is the run that the result tells of: none, also where it depends. `alone`: unordered actions of a
    public report, each judged alone. `by_judgement`: no measure is stated, so the verdicts are analysts'."""

    case: str
    word: Word
    step: str | None
    loss: Loss
    none: Run | None = None
    full: Run | None = None
    alone: bool = False
    by_judgement: bool = False
    assumed: tuple[Assumed, ...] = ()
    seen: Sight | None = None
    questions: tuple[Question, ...] = ()
    questions_cut: bool = False
    changes: tuple[Change, ...] = ()
    fixed_steps: tuple[str, ...] = ()

    @property
    def shown(self) -> Run | None:
        return self.none
