"""“Are we affected?”: a short account of what hit somebody else, made into a case that can be replayed at once.

The measures of its steps are those that the steps of known cases with the same techniques name, else those that come the same way
or do the same harm. All of them are judgement, none is stated, so that two must be in full to count.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final, Literal, TypeAlias

import msgspec

from kizuki.casebook.engine.format import AttackStep, Bears, Case, Effect, Source, Targets, Technique, Via
from kizuki.casebook.engine.format import Organisation as Victim
from kizuki.kit.text import Text
from kizuki.measures.engine.format import Measures
from kizuki.register.engine.format import Asset, Organisation
from kizuki.register.engine.vocabulary import Trait, Vocabulary
from kizuki.replay.engine.register import Compiled, compile_register

Way: TypeAlias = Literal["internet", "credentials", "mail", "supplier", "not stated"]
Onward: TypeAlias = Literal["", "network", "account", "link"]
#: The trait of assets that match the product, and of all others; they stand in no file.
MATCHES: Final = "the-product-described"
OTHER: Final = "another-product"
#: What signing in with credentials that are not one's own is called in ATT&CK.
VALID_ACCOUNTS: Final = "T1078"
#: So many measures a step are taken over, those that most steps name: the more there are, the easier two of them are in force.
MOST: Final = {"prevent": 4, "detect": 3, "contain": 2}
HARMFUL: Final[tuple[Effect, ...]] = ("tamper", "encrypt", "leak", "misuse", "outage")

ENTRIES: Final[tuple[Via, ...]] = ("internet", "mail", "supplier")


class Described(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is known of an attack on another organisation. `product`: words that must all stand in a component, make, model,
    operating system or name; a comma parts alternatives. `onward`: how it went on inside, to assets of the kinds `reached`."""

    way: Way = "not stated"
    techniques: tuple[str, ...] = ()
    product: str = ""
    kinds: tuple[str, ...] = ()
    traits: tuple[str, ...] = ()
    onward: Onward = ""
    reached: tuple[str, ...] = ()
    lost: tuple[Effect, ...] = ()


class Named(msgspec.Struct, frozen=True):
    """A measure taken over from known cases, with the steps that name it."""

    measure: str
    step: str
    part: str
    by: tuple[str, ...]


class Sketch(msgspec.Struct, frozen=True):
    """The case, and where each of its measures comes from."""

    case: Case
    named: tuple[Named, ...]


def sketch(what: Described, known: Sequence[Case]) -> Sketch:
    """The case that a description makes: the way in, the way on if there was one, and each harm."""
    techniques = what.techniques
    if what.way == "credentials" and VALID_ACCOUNTS not in techniques:
        techniques = (*techniques, VALID_ACCOUNTS)
    via: Via = "internet" if what.way == "credentials" else what.way
    traits = (*what.traits, MATCHES) if alternatives(what.product) else what.traits
    plan: list[tuple[str, Via, Targets, Effect, tuple[str, ...] | None]] = [
        ("S1", via, Targets(what.kinds, traits), "access", ())
    ]
    if what.onward:
        effect: Effect = "spread" if what.onward == "network" else "access"
        plan.append(("S2", what.onward, Targets(what.reached), effect, ("S1",)))
    last = plan[-1][0]
    plan += [(f"S{len(plan) + n}", "local", Targets(()), lost, (last,)) for n, lost in enumerate(what.lost, start=1)]
    steps, named = [], []
    for id, way, targets, effect, after in plan:
        bears, sources = _bears(id, way, effect, techniques, known)
        named += sources
        marks = tuple(Technique(technique, True) for technique in techniques) if id == "S1" else ()
        prevent, detect, contain = (bears[part] for part in ("prevent", "detect", "contain"))
        steps.append(
            AttackStep(
                id, STEPS[effect], way, targets, effect, after, techniques=marks, prevent=prevent, detect=detect,
                contain=contain,
            )
        )  # fmt: skip
    return Sketch(_case(tuple(steps)), tuple(named))


def _case(steps: tuple[AttackStep, ...]) -> Case:
    nobody = Victim(Text(ja="ほかの組織", en="Another organisation"), "not stated", "not stated")
    return Case(
        "kizuki/case/1", "described", "casebook", Source(Text(ja="聞き取り", en="Hearsay"), "not stated"), "amber",
        Text(ja="ほかの組織で起きたこと", en="What happened to another organisation"), nobody, "not stated", "not stated",
        attack=steps,
    )  # fmt: skip


#: What a step of a sketch is called; what is known of it stands in its fields.
STEPS: Final[dict[Effect, Text]] = {
    "access": Text(ja="侵入する", en="Gets in"),
    "spread": Text(ja="内部に広がる", en="Spreads inside"),
    "tamper": Text(ja="改ざんする", en="Tampers with it"),
    "encrypt": Text(ja="暗号化する", en="Encrypts it"),
    "leak": Text(ja="情報を持ち出す", en="Takes information out"),
    "misuse": Text(ja="悪用する", en="Misuses it"),
    "outage": Text(ja="停止させる", en="Puts it out of service"),
}


def _bears(
    id: str, via: Via, effect: Effect, techniques: Sequence[str], known: Sequence[Case]
) -> tuple[dict[str, tuple[Bears, ...]], list[Named]]:
    alike = list(_alike(via, effect, techniques, known))
    made: dict[str, tuple[Bears, ...]] = {}
    named: list[Named] = []
    for part, most in MOST.items():
        by: dict[tuple[str, str], list[str]] = {}
        for step in alike:
            for bears in getattr(step, part):
                by.setdefault((bears.measure, bears.at), []).append(step.id)
        chosen = sorted(by, key=lambda key: (-len(by[key]), key))[:most]
        made[part] = tuple(Bears(measure, False, at) for measure, at in chosen)  # type: ignore[arg-type]
        named += [Named(measure, id, part, tuple(dict.fromkeys(by[measure, at]))) for measure, at in chosen]
    return made, named


def _alike(via: Via, effect: Effect, techniques: Sequence[str], known: Sequence[Case]) -> Iterable[AttackStep]:
    """The steps of known cases that speak for one of the sketch: a harm by its effect, else those with a technique in common that
    come the same way, else those that come the same way."""
    steps = [step for case in known for step in case.attack]
    if effect in HARMFUL:
        return [step for step in steps if step.effect == effect]
    ways = ENTRIES if via == "not stated" else (via,)
    same_way = [step for step in steps if step.via in ways]
    return [step for step in same_way if shares(step, techniques)] or same_way


def shares(step: AttackStep, techniques: Iterable[str]) -> bool:
    """Whether a step has one of these ATT&CK techniques, or they lie one below the other."""
    mine = {technique.id for technique in step.techniques}
    return any(a == b or a.split(".")[0] == b or a == b.split(".")[0] for a in mine for b in techniques)


def alternatives(product: str) -> tuple[tuple[str, ...], ...]:
    """What to look for: any of these, all words of one."""
    parts = product.replace("、", ",").replace("\n", ",").split(",")
    return tuple(words for part in parts if (words := tuple(plain(part).split())))


def plain(text: str) -> str:
    """Text in the form in which it is compared: one form of widths, small letters."""
    return text.casefold() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()


def fields(asset: Asset) -> tuple[str, ...]:
    """What a product is looked for in; the names last, as they say least of it."""
    return (asset.make or "", asset.model or "", asset.os or "", *asset.components, *names(asset))


def names(asset: Asset) -> tuple[str, ...]:
    """What an asset is called, in any language."""
    name = asset.name
    return (name,) if isinstance(name, str) else (name.ja or "", name.en or "")


def texts(organisation: Organisation) -> list[str]:
    """What a product is looked for in, of every asset in the file's order. Made once for a register, it serves any question."""
    return [plain("\n".join(fields(asset))) for asset in organisation.assets]


def matching(said: Sequence[str], product: str) -> list[int]:
    """The places of the texts in which all words of an alternative stand."""
    made: set[int] = set()
    for words in alternatives(product):
        left: Iterable[int] = range(len(said))
        for word in words:
            left = [n for n in left if word in said[n]]
        made.update(left)
    return sorted(made)


def matched(asset: Asset, wanted: Sequence[Sequence[str]]) -> str:
    """The first field in which a word of a matching alternative stands, as it is written; "" where nothing matches."""
    text = plain("\n".join(fields(asset)))
    for words in wanted:
        if all(word in text for word in words):
            return next((field for field in fields(asset) if any(word in plain(field) for word in words)), "")
    return ""


def compile_marked(
    organisation: Organisation, catalogue: Measures, vocabulary: Vocabulary, matched: Iterable[int]
) -> Compiled:
    """The register made ready with these assets (by place) marked as the product described, all others as another one."""
    assets = list(organisation.assets)
    for n in matched:
        assets[n] = msgspec.structs.replace(assets[n], traits=(*assets[n].traits, MATCHES))
    more = (
        Trait(MATCHES, OTHER, Text(ja="該当する製品", en="the product described")),
        Trait(OTHER, MATCHES, Text(ja="ほかの製品", en="another product")),
    )
    words = msgspec.structs.replace(vocabulary, traits=(*vocabulary.traits, *more))
    register = compile_register(msgspec.structs.replace(organisation, assets=tuple(assets)), catalogue, words)
    # Said of a hundred thousand assets at once, instead of to each of them.
    register.traits[OTHER] = register.all & ~register.traits.get(MATCHES, 0)
    return register


class Like(msgspec.Struct, frozen=True):
    """A known case with what it shares: techniques, the way in, harms."""

    case: Case
    techniques: tuple[str, ...]
    way: bool
    harms: tuple[str, ...]

    @property
    def weight(self) -> int:
        return 2 * len(self.techniques) + self.way + len(self.harms)


def like(case: Case, known: Iterable[Case], most: int = 3) -> list[Like]:
    """The cases most like this one: a shared technique counts two, the way in and each harm one."""
    mine = Counter(technique.id for step in case.attack for technique in step.techniques)
    ways, harms = _ways(case), {step.effect for step in case.attack if step.effect in HARMFUL}
    found = []
    for other in known:
        if other.id == case.id or not other.attack:
            continue
        shared = tuple(t for t in mine if any(shares(step, [t]) for step in other.attack))
        same = sorted(harms & {step.effect for step in other.attack})
        found.append(Like(other, shared, bool(ways & _ways(other)), tuple(same)))
    return sorted((one for one in found if one.weight), key=lambda one: (-one.weight, one.case.id))[:most]


def _ways(case: Case) -> set[str]:
    return {step.via for step in case.attack if step.via in ENTRIES}
