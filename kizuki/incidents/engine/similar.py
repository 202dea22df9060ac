"""Known cases that resemble an incident, where in each of them one would stand now, and why.

Resemblance adds up from what a person can check: the kind of incident, signs in the entries, entries that read alike, kinds of assets
hit, and the profile of the organisation. Rare signs and words weigh more than common ones (inverse document frequency, K. Spärck Jones,
Journal of Documentation 28, 1972); entries are laid beside a case's timeline in their order, as sequences are aligned
(S. B. Needleman and C. D. Wunsch, Journal of Molecular Biology 48, 1970), so that what came before and after can be told apart.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeAlias

import msgspec

from kizuki.casebook.engine.format import AttackStep, Case
from kizuki.incidents.engine import signs as signing
from kizuki.kit.text import Text
from kizuki.register.engine.format import KIND_PARENT
from kizuki.search.engine.tokens import query_words

#: What each kind of incident is in a case: causes of the vocabulary, effects and ways of its steps, ATT&CK techniques.
KINDS: Final[dict[str, dict[str, frozenset[str]]]] = {
    "ransomware": {"causes": frozenset({"ransomware"}), "effects": frozenset({"encrypt"})},
    "account-takeover": {
        "causes": frozenset({"password-guessing", "password-brute-force"}), "vias": frozenset({"account"}),
        "techniques": frozenset({"T1078", "T1110"}),
    },
    "defacement": {"effects": frozenset({"tamper"}), "techniques": frozenset({"T1491"})},
    "data-leak": {"effects": frozenset({"leak"})},
    "malware-by-mail": {"vias": frozenset({"mail"}), "techniques": frozenset({"T1566"}), "causes": frozenset({"phishing"})},
    "misused-cloud": {"effects": frozenset({"misuse"}), "techniques": frozenset({"T1496"})},
    "supplier-hit": {
        "vias": frozenset({"supplier"}), "techniques": frozenset({"T1199"}), "causes": frozenset({"supplier-compromise"}),
    },
    "insider": {"causes": frozenset({"insider", "error"})},
    "lost-device": {"causes": frozenset({"lost-device"})},
}  # fmt: skip
#: What each ground can add to resemblance.
WEIGHTS: Final[dict[str, float]] = {"kind": 2.0, "signs": 4.0, "text": 8.0, "assets": 1.0, "profile": 1.0}
#: Entries that read less alike than this are not taken for the same thing; more is needed where they are another kind of act.
ALIKE: Final = 0.16
GROUPS: Final = (
    frozenset({"enable", "attack"}), frozenset({"detect", "analyse"}), frozenset({"contain", "eradicate", "recover"}),
    frozenset({"escalate", "decide", "communicate", "report", "learn"}),
)  # fmt: skip
#: What it costs to leave out an entry of the case, so that one faint likeness does not jump to the end of its timeline.
GAP: Final = 0.02
#: Of an incident with more entries only the first and the newest are compared.
MOST_ENTRIES: Final = 200
#: Resemblance below this is none.
LEAST: Final = 1.0


class SeenEntry(msgspec.Struct, frozen=True):
    """An entry of the incident that a person wrote. `n`: its number there."""

    n: int
    kind: str
    lane: str
    text: str


class Seen(msgspec.Struct, frozen=True):
    """What is known of the incident: entries in the order in which things happened, kinds of the assets concerned, the organisation."""

    kind: str
    title: str = ""
    entries: tuple[SeenEntry, ...] = ()
    assets: tuple[str, ...] = ()
    profile: tuple[str, ...] = ()
    sector: str = ""


class Grounds(msgspec.Struct, frozen=True):
    """Why a case resembles: shared signs, kinds of asset and words of the profile by id, and which entry is like which (n of the
    incident, n of the case)."""

    kind: bool = False
    signs: tuple[str, ...] = ()
    assets: tuple[str, ...] = ()
    profile: tuple[str, ...] = ()
    sector: bool = False
    pairs: tuple[tuple[int, int], ...] = ()


class Alike(msgspec.Struct, frozen=True):
    """A case that resembles. `point`: how many entries of its timeline lie behind where the incident stands now; `steps`: those of
    its attack steps that were seen here; `told`: the entries (by number) that read like something that was entered here."""

    case: Case
    score: float
    grounds: Grounds
    point: int
    steps: frozenset[str]
    told: frozenset[int]


#: How alike a text and each text of one case are, by part ("entry" or "step") and place.
_Row: TypeAlias = dict[tuple[str, int], float]


class _Told(msgspec.Struct, frozen=True):
    """A text of a case in one language: its place, words, and how long their vector is."""

    case: int
    place: tuple[str, int]
    words: tuple[str, ...]


class Library:
    """Cases made ready for comparison. It does not change after."""

    def __init__(self, cases: Iterable[Case]) -> None:
        self.cases = tuple(cases)
        self.signs = [_signs(case) for case in self.cases]
        self._told = [told for n, case in enumerate(self.cases) for told in _told(n, case)]
        self._places: dict[str, list[int]] = {}
        for at, told in enumerate(self._told):
            for word in told.words:
                self._places.setdefault(word, []).append(at)
        total = len(self._told) or 1
        self._weight = {word: math.log(1 + total / len(at)) for word, at in self._places.items()}
        self._rare = math.log(1 + total)
        self._length = [math.sqrt(sum(self._weight[word] ** 2 for word in told.words)) or 1.0 for told in self._told]

    def likeness(self, text: str) -> dict[int, _Row]:
        """How alike a text and the texts of each case are, from 0 to 1 (cosine). A case without a word in common is left out."""
        words = query_words(text[: signing.FAR])
        length = math.sqrt(sum(self._weight.get(word, self._rare) ** 2 for word in words)) or 1.0
        sums: dict[int, float] = {}
        for word in words:
            weight = self._weight.get(word, 0.0) ** 2
            for at in self._places.get(word, ()):
                sums[at] = sums.get(at, 0.0) + weight
        made: dict[int, _Row] = {}
        for at, dot in sums.items():
            told, value = self._told[at], dot / (length * self._length[at])
            row = made.setdefault(told.case, {})
            if value > row.get(told.place, 0.0):
                row[told.place] = value
        return made

    def sign_weight(self, sign: str) -> float:
        """What a sign weighs: the more cases show it, the less."""
        shown = sum(sign in found for found in self.signs)
        return math.log(1 + len(self.cases) / shown) if shown else 0.0


def _signs(case: Case) -> frozenset[str]:
    texts = [*(step.text for step in case.attack), *(entry.text for entry in case.timeline.entries)]
    found = [signing.in_text(text) for both in texts for text in (both.ja, both.en) if text]
    return frozenset().union(*found, *(signing.of_step(step) for step in case.attack))


def _told(n: int, case: Case) -> Iterable[_Told]:
    places: list[tuple[tuple[str, int], Text]] = []
    places += [(("entry", at), entry.text) for at, entry in enumerate(case.timeline.entries)]
    places += [(("step", at), step.text) for at, step in enumerate(case.attack)]
    for place, both in places:
        for text in (both.ja, both.en):
            if text and (words := tuple(query_words(text))):
                yield _Told(n, place, words)


def alike(seen: Seen, library: Library, most: int = 3) -> list[Alike]:
    """The cases that resemble the incident most, best first; nothing where nothing resembles it."""
    entries = seen.entries
    if len(entries) > MOST_ENTRIES:
        entries = (*entries[:50], *entries[-(MOST_ENTRIES - 50) :])
    said = [library.likeness(entry.text) for entry in entries]
    shown = frozenset().union(signing.in_text(seen.title), *(signing.in_text(entry.text) for entry in entries))
    weights = {sign: library.sign_weight(sign) for sign in shown}
    scored = [_scored(seen, library, n, said, weights) for n in range(len(library.cases))]
    best = sorted((one for one in scored if one.score >= LEAST), key=lambda one: (-round(one.score, 6), one.case.id))
    return [_placed(one, entries, [row.get(one.n, {}) for row in said], shown) for one in best[:most]]


class _Scored(msgspec.Struct, frozen=True):
    """A case with its score and why, before its timeline is laid beside the incident's. `n`: its number in the library."""

    case: Case
    n: int
    score: float
    grounds: Grounds


def _scored(
    seen: Seen, library: Library, n: int, said: Sequence[Mapping[int, _Row]], weights: Mapping[str, float]
) -> _Scored:
    case, case_signs = library.cases[n], library.signs[n]
    shared = tuple(sorted(case_signs & weights.keys(), key=lambda sign: (-weights[sign], sign)))
    kinds, hit = _kinds(seen.assets), _kinds(kind for step in case.attack for kind in step.targets.kinds)
    profile = tuple(word for word in seen.profile if word in case.profile)
    sector = bool(seen.sector) and seen.sector == case.organisation.sector and seen.sector != "not stated"
    fit, total = _fits(seen.kind, case), sum(weights.values())
    likest = [max(row[n].values()) if n in row else 0.0 for row in said]
    score = (
        WEIGHTS["kind"] * fit
        + WEIGHTS["signs"] * (sum(weights[sign] for sign in shared) / total if total else 0.0)
        + WEIGHTS["text"] * (sum(likest) / len(likest) if likest else 0.0)
        + WEIGHTS["assets"] * (len(kinds & hit) / len(kinds) if kinds else 0.0)
        + WEIGHTS["profile"] * min(1.0, (len(profile) + 2 * sector) / 6)
    )
    return _Scored(case, n, score, Grounds(fit > 0, shared, tuple(sorted(kinds & hit)), profile, sector))


#: For each entry of the incident how alike it and the texts of one case are.
_Likeness: TypeAlias = list[_Row]


def _placed(one: _Scored, entries: Sequence[SeenEntry], said: _Likeness, shown: frozenset[str]) -> Alike:
    """Where the incident stands in a case."""
    case = one.case
    pairs = _aligned(entries, case, said)
    told = case.timeline.entries
    grounds = msgspec.structs.replace(one.grounds, pairs=tuple((entries[i].n, told[j].n) for i, j in pairs))
    steps = _seen_steps(case, pairs, said, shown)
    return Alike(
        case, one.score, grounds, _point(case, pairs, bool(entries)), steps, _told_here(entries, case, pairs, said)
    )


def _point(case: Case, pairs: Sequence[tuple[int, int]], begun: bool) -> int:
    """How many entries of the case lie behind: up to the last one that was met here, else up to where it was noticed."""
    if pairs:
        return max(j for _i, j in pairs) + 1
    noticed = next((j for j, entry in enumerate(case.timeline.entries) if entry.milestone == "noticed"), -1)
    return noticed + 1 if begun else 0


def _told_here(
    entries: Sequence[SeenEntry], case: Case, pairs: Sequence[tuple[int, int]], said: _Likeness
) -> frozenset[int]:
    """The entries of the case that were met here, in whatever order: an act by an act of the same sort. An entry that has its place
    in the case is no other entry as well."""
    met, placed = {j for _i, j in pairs}, {i for i, _j in pairs}
    for j, told in enumerate(case.timeline.entries):
        free = (i for i, entry in enumerate(entries) if i not in placed and _near(entry.kind, told.kind))
        if any(said[i].get(("entry", j), 0.0) >= 2 * ALIKE for i in free):
            met.add(j)
    return frozenset(case.timeline.entries[j].n for j in met)


def _kinds(kinds: Iterable[str]) -> set[str]:
    """Kinds with their parents, for a step that names a parent hits the children too."""
    found = set(kinds)
    return found | {KIND_PARENT[kind] for kind in found if kind in KIND_PARENT}


def _fits(kind: str, case: Case) -> float:
    """How far a case is of a kind of incident: 0 not at all, 1 by its causes or by two of its features."""
    wanted = KINDS.get(kind)
    if not wanted:
        return 0.0
    causes = set() if case.causes == "not stated" else set(case.causes)
    techniques = {technique.id.split(".")[0] for step in case.attack for technique in step.techniques}
    features = [
        bool(wanted.get("effects", frozenset()) & {step.effect for step in case.attack}),
        bool(wanted.get("vias", frozenset()) & {step.via for step in case.attack}),
        bool(wanted.get("techniques", frozenset()) & techniques),
    ]
    if wanted.get("causes", frozenset()) & causes:
        return 1.0
    asked = sum(name in wanted for name in ("effects", "vias", "techniques"))
    return sum(features) / asked if asked else 0.0


def _aligned(entries: Sequence[SeenEntry], case: Case, said: _Likeness) -> list[tuple[int, int]]:
    """Which entry of the incident is which of the case's timeline, in the order of both: the pairs that together are most alike."""
    told = case.timeline.entries
    best = [[0.0] * (len(told) + 1) for _ in range(len(entries) + 1)]
    worth = [
        [_pair(entry, told[j].kind, said[i].get(("entry", j), 0.0)) for j in range(len(told))]
        for i, entry in enumerate(entries)
    ]
    for i in range(len(entries) - 1, -1, -1):
        for j in range(len(told) - 1, -1, -1):
            best[i][j] = max(best[i + 1][j], best[i][j + 1] - GAP, worth[i][j] and worth[i][j] + best[i + 1][j + 1])
    pairs, i, j = [], 0, 0
    while i < len(entries) and j < len(told):
        if worth[i][j] and best[i][j] == worth[i][j] + best[i + 1][j + 1]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


def _pair(entry: SeenEntry, kind: str, likeness: float) -> float:
    """What a pair is worth; 0 where the two are not taken for the same thing."""
    least = ALIKE if entry.kind == kind else (1.5 if _near(entry.kind, kind) else 3) * ALIKE
    return likeness + (0.1 if entry.kind == kind else 0.0) if likeness >= least else 0.0


def _near(kind: str, other: str) -> bool:
    """Whether two kinds of entries are acts of the same sort."""
    return any({kind, other} <= group for group in GROUPS)


def _seen_steps(case: Case, pairs: Sequence[tuple[int, int]], said: _Likeness, shown: frozenset[str]) -> frozenset[str]:
    """The steps of the case that were seen: told by an entry like one of ours, told alike, or their signs are all there."""
    found = {told for _i, j in pairs if (told := case.timeline.entries[j].step)}
    for at, step in enumerate(case.attack):
        if any(row.get(("step", at), 0.0) >= 2 * ALIKE for row in said) or _shows(step, shown):
            found.add(step.id)
    return frozenset(found)


def _shows(step: AttackStep, shown: frozenset[str]) -> bool:
    """Whether the signs that a step shows by its form are all there; a step without any shows nothing."""
    wanted = signing.of_step(step)
    return bool(wanted) and wanted <= shown
