"""`kizuki replay` and `kizuki priorities`: cases over an organisation file, without a database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from kizuki.commands.output import (
    FAILED,
    Json,
    Language,
    chosen_cases,
    language,
    load_organisation,
    print_json,
    print_table,
    progress,
    refuse,
)

if TYPE_CHECKING:
    from kizuki.casebook.engine.format import Case
    from kizuki.register.engine.format import Organisation, Scope
    from kizuki.replay.engine.ranked import PriorityList
    from kizuki.replay.engine.register import Compiled
    from kizuki.replay.engine.result import Ask, Replay, Run, Sight, Step

Cases = Annotated[list[str] | None, typer.Argument(help="Cases of the library (nisc-h, or H) or case files.")]
All = Annotated[bool, typer.Option("--all", help="All cases of the library.")]
Org = Annotated[Path, typer.Option("--org", help="Organisation file (YAML or JSON).")]
FailOn = Annotated[str, typer.Option("--fail-on", help="Exit code 1 on: through, or depends (which includes through).")]

#: Words of results, verdicts and states, in Japanese, the same as on the pages; English is the word itself.
JAPANESE: Final = {
    "through": "通過", "depends": "条件次第", "stopped": "阻止", "contained": "封じ込め", "out of reach": "到達不可",
    "not applicable": "対象外", "study": "取組みの紹介", "cannot be judged": "判定不可", "hindered": "抑制", "open": "素通り",
    "unknown": "不明", "not reached": "到達せず", "outside": "組織の外", "taken": "奪取", "none": "なし", "partial": "一部",
    "full": "全体", "minutes": "数分", "hours": "数時間", "days": "数日", "weeks": "数週間",
    "Case": "事例", "Title": "題名", "Result": "結果", "Where": "段階", "Seen": "検知の時期", "Lost": "失う資産", "Harm": "被害の重み",
    "Entries": "通る入口", "Assumed": "想定", "Step": "段階", "Verdict": "判定", "Taken": "奪取", "Of": "対象", "Why": "理由",
    "Ask": "確かめること", "Do": "行うこと", "Gain": "効果", "Total": "累計", "Measure": "対策", "Scope": "適用範囲",
    "Cases": "事例", "Ties": "同順位", "Replay": "再現判定", "Priorities": "優先順位", "wherever not recorded": "記録のない範囲",
    "whole organisation": "組織全体", "asset": "資産", "kind": "種別", "unit": "部門", "zone": "区画", "not seen": "検知されない",
    "What would change it": "結果を変える対策", "Questions that decide": "決め手となる問い",
}  # fmt: skip


def say(word: str | None, lang: str) -> str:
    """A word of a result in the language."""
    if word is None:
        return ""
    return JAPANESE.get(word, word) if lang == "ja" else word


def replay(
    case: Cases = None,
    *,
    org: Org,
    everything: All = False,
    fail_on: FailOn = "",
    json: Json = False,
    lang: Language = "",
) -> None:
    """Which cases would go through at this organisation, where each would have ended, and what would change it."""
    if fail_on not in ("", "through", "depends"):
        refuse(f"--fail-on takes through or depends, not “{fail_on}”")
    if not case and not everything:
        refuse("name the cases to replay, or write --all")
    cases, (organisation, register) = chosen_cases(case or (), everything), _register(org)
    from kizuki.replay.engine.replay import replay_all

    results = list(progress(replay_all(cases, register), len(cases), "Replay"))
    if json:
        print_json({"schema": "kizuki/replay/1", "results": results})
    else:
        _print(cases, results, organisation, language(lang))
    words = {result.word for result in results}
    if (fail_on and "through" in words) or (fail_on == "depends" and "depends" in words):
        raise typer.Exit(FAILED)


def _register(org: Path) -> tuple[Organisation, Compiled]:
    from datetime import date

    from kizuki.measures.library import catalogue
    from kizuki.register.engine.standing import standing
    from kizuki.register.library import vocabulary
    from kizuki.replay.engine.register import compile_register

    organisation = standing(load_organisation(org), date.today().isoformat())
    return organisation, compile_register(organisation, catalogue(), vocabulary())


def _print(cases: list[Case], results: list[Replay], organisation: Organisation, lang: str) -> None:
    columns = ("Case", "Title", "Result", "Where", "Seen", "Lost", "Harm", "Entries", "Assumed")
    rows = [_row(case, result, lang) for case, result in zip(cases, results, strict=True)]
    print_table(say("Replay", lang), [say(column, lang) for column in columns], rows)
    for result in results if len(results) == 1 else ():
        if result.none is not None:
            _print_run(result.none, lang)
        _print_questions(result, organisation, lang)


def _row(case: Case, result: Replay, lang: str) -> tuple[str, ...]:
    run, seen = result.none, result.seen
    entries = f"{run.entries.through}/{run.entries.of}" if run else ""
    told = _seen(seen, lang) if seen else ""
    return (
        case.id, case.title.in_(lang), say(result.word, lang), _where(result), told, str(result.loss.assets),
        str(result.loss.harm), entries, str(len(result.assumed)),
    )  # fmt: skip


def _where(result: Replay) -> str:
    if result.word == "depends" and result.full is not None:
        return f"{result.step} – {result.full.step}"
    return result.step or ""


def _print_run(run: Run, lang: str) -> None:
    columns = [say(column, lang) for column in ("Step", "Verdict", "Taken", "Of", "Seen", "Why")]
    print_table("", columns, [_step(step, lang) for step in run.steps])


def _step(step: Step, lang: str) -> tuple[str, ...]:
    reasons: dict[str, None] = {}
    for group in step.groups:
        for reason in group.reasons:
            if reason.part == "prevent" and reason.counts:
                reasons[f"{reason.measure}{'' if reason.stated else '+'} {say(reason.state, lang)}"] = None
    seen = f"{step.seen.measure} {say(step.seen.delay, lang)}" if step.seen else ""
    word = step.verdict if step.status == "taken" else step.status
    return step.id, say(word, lang), str(step.taken), str(step.fitting), seen, ", ".join(reasons)


def _seen(seen: Sight | None, lang: str) -> str:
    return f"{seen.step} {seen.measure} {say(seen.delay, lang)}" if seen else say("not seen", lang)


def _print_questions(result: Replay, organisation: Organisation, lang: str) -> None:
    if result.questions:
        rows = [
            (
                " + ".join(_asked(ask, organisation, lang) for ask in question.asks),
                say(question.word, lang),
                question.step or "",
                str(question.loss.assets),
                str(question.loss.harm),
            )
            for question in result.questions
        ]
        columns = [say(c, lang) for c in ("Measure", "Result", "Step", "Lost", "Harm")]
        print_table(say("Questions that decide", lang), columns, rows)
    if result.changes:
        changes = [
            (
                _asked(change.ask, organisation, lang),
                say(change.word, lang),
                change.step or "",
                _then(change.before.assets, change.after.assets),
                _then(change.before.harm, change.after.harm),
                _then(_seen(change.seen_before, lang), _seen(change.seen, lang)),
            )
            for change in result.changes
        ]
        columns = [say(c, lang) for c in ("Measure", "Result", "Step", "Lost", "Harm", "Seen")]
        print_table(say("What would change it", lang), columns, changes)


def _then(before: object, after: object) -> str:
    """What something is and would be; once where it stays."""
    return str(after) if before == after else f"{before} → {after}"


def _asked(ask: Ask, organisation: Organisation, lang: str) -> str:
    where = scope_words(ask.row.scope, organisation, lang) if ask.row else say("wherever not recorded", lang)
    return f"{ask.measure} ({where})"


def scope_words(scope: Scope, organisation: Organisation, lang: str) -> str:
    """A scope with the names that the organisation gives its parts: “zone Servers, kind file-server”."""
    if scope.all:
        return say("whole organisation", lang)
    from kizuki.kit.text import shown

    names = {("asset", asset.id): asset.name for asset in organisation.assets}
    names |= {("unit", unit.id): unit.name for unit in organisation.units}
    names |= {("zone", zone.id): zone.name for zone in organisation.zones}
    given = ((key, getattr(scope, key)) for key in ("asset", "unit", "zone", "kind"))
    said = [(say(key, lang), shown(names.get((key, value), value), lang)) for key, value in given if value is not None]
    return "、".join(f"{key}「{name}」" for key, name in said) if lang == "ja" else ", ".join(map(" ".join, said))


def priorities(
    case: Cases = None, *, org: Org, everything: All = False, json: Json = False, lang: Language = ""
) -> None:
    """What to find out first and what to do first, by the harm avoided over the cases (all of them, unless named)."""
    cases, (organisation, register) = chosen_cases(case or (), everything or not case), _register(org)
    from kizuki.replay.engine.priorities import priorities as rank

    made = rank(cases, register)
    if json:
        print_json({"schema": "kizuki/priorities/1", "priorities": made})
        return
    shown = language(lang)
    _print_list("Ask", made.ask, organisation, shown)
    _print_list("Do", made.do, organisation, shown)


def _print_list(title: str, found: PriorityList, organisation: Organisation, lang: str) -> None:
    rows = [
        (
            " + ".join(_asked(ask, organisation, lang) for ask in row.asks), str(row.gain), str(row.total),
            ", ".join(gain.case for gain in row.cases), ", ".join(_asked(ask, organisation, lang) for ask in row.ties),
        )
        for row in found.rows
    ]  # fmt: skip
    print_table(say(title, lang), [say(c, lang) for c in ("Measure", "Gain", "Total", "Cases", "Ties")], rows)


COMMANDS = (replay, priorities)
