"""`kizuki criteria validate|show|decide`: written criteria from files, without a database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from kizuki.commands.output import (
    Json,
    Language,
    language,
    print_json,
    print_table,
    refuse,
    refuse_file,
    validate_files,
)

if TYPE_CHECKING:
    from kizuki.criteria.engine.compile import Compiled
    from kizuki.criteria.engine.decide import Change, Decision
    from kizuki.criteria.engine.format import Criteria, Fact, Rule

criteria_app = typer.Typer(name="criteria", help="Written criteria: validate, show, decide.", no_args_is_help=True)
Files = Annotated[list[Path], typer.Argument(help="Criteria files (YAML or JSON).")]
File = Annotated[Path, typer.Argument(help="Criteria file (YAML or JSON).")]
Facts = Annotated[list[str] | None, typer.Argument(help="Facts as FACT=VALUE; what is not named is unknown.")]

#: Words of the tables in Japanese; English is the word itself.
JAPANESE: Final = {
    "No.": "番号", "Rule": "規則", "When": "条件", "Outcome": "結果", "Because": "理由", "Fact": "判断材料", "Value": "値",
    "Read as": "みなした値", "always": "常に", "or": "または", "or worse": "またはそれより悪い", "unknown": "不明",
    "Milder if": "軽くなるのは", "Stricter if": "厳しくなるのは", "Find out": "確かめること",
}  # fmt: skip


def say(word: str, lang: str) -> str:
    """A word of the tables in the language."""
    return JAPANESE.get(word, word) if lang == "ja" else word


def load(path: Path) -> Compiled:
    """The compiled criteria of a file, or exit code 2 with its faults."""
    from kizuki.criteria.engine.read import read_sound
    from kizuki.kit.document import BadFile, read

    try:
        return read_sound(str(path), read(path))
    except BadFile as error:
        refuse_file(error)


@criteria_app.command("validate")
def validate(files: Files, json: Json = False) -> None:
    """Check criteria files: form, names, and whether they are total, free of dead rules and monotone."""
    from kizuki.criteria.engine.read import read_sound

    validate_files(files, json, read_sound, lambda compiled: {"cells": compiled.cells})


@criteria_app.command("show")
def show(file: File, json: Json = False, lang: Language = "") -> None:
    """The rules of a criteria file as a table, in the order in which they are asked."""
    compiled, shown = load(file), language(lang)
    criteria = compiled.criteria
    if json:
        print_json(criteria)
        return
    rows = [
        (str(n), rule.id, _when(criteria, rule, shown), criteria.outcome(rule.outcome).name.in_(shown), rule.because.in_(shown))
        for n, rule in enumerate(criteria.rules, 1)
    ]  # fmt: skip
    heads = [say(word, shown) for word in ("No.", "Rule", "When", "Outcome", "Because")]
    print_table(criteria.title.in_(shown), heads, rows)


def _when(criteria: Criteria, rule: Rule, lang: str) -> str:
    parts = []
    for id, condition in rule.when.items():
        fact = criteria.fact(id)
        if isinstance(condition, str) and condition.startswith("at least "):
            text = f"{_name(fact, condition.removeprefix('at least '), lang)} {say('or worse', lang)}"
        else:
            values = (condition,) if isinstance(condition, str) else condition
            text = f" {say('or', lang)} ".join(_name(fact, value, lang) for value in values)
        parts.append(f"{fact.name.in_(lang)}: {text}")
    return "\n".join(parts) or say("always", lang)


def _name(fact: Fact, value: str, lang: str) -> str:
    return next(one.name.in_(lang) for one in fact.values if one.id == value)


@criteria_app.command("decide")
def decide(file: File, facts: Facts = None, json: Json = False, lang: Language = "") -> None:
    """Decide one case: the outcome, the rule, what was unknown, and what would change it."""
    from kizuki.criteria.engine.decide import BadFacts
    from kizuki.criteria.engine.decide import decide as decide_case

    compiled, shown = load(file), language(lang)
    try:
        decision = decide_case(compiled, _given(compiled, facts or []))
    except BadFacts as error:
        refuse(_explained(compiled, error.wrong))
    if json:
        print_json(decision)
    else:
        _print(compiled.criteria, decision, shown)


def _given(compiled: Compiled, words: list[str]) -> dict[str, str | None]:
    given: dict[str, str | None] = {}
    for word in words:
        fact, sign, value = word.partition("=")
        if not sign:
            refuse(f"“{word}” is not a fact with its value; write FACT=VALUE, such as {_example(compiled)}")
        if fact in given:
            refuse(f"“{fact}” is given twice; name it once")
        given[fact] = value
    return given


def _example(compiled: Compiled) -> str:
    first = compiled.criteria.facts[0]
    return f"{first.id}={first.values[0].id}"


def _explained(compiled: Compiled, wrong: dict[str, str]) -> str:
    facts = {fact.id: [value.id for value in fact.values] for fact in compiled.criteria.facts}
    lines = []
    for fact, why in wrong.items():
        if why == "no fact":
            lines.append(f"“{fact}” is not a fact of these criteria; known are {', '.join(facts)}")
        elif why == "needed":
            lines.append(f"“{fact}” cannot stay unknown; write one of {', '.join(facts[fact])}")
        else:
            lines.append(f"that is not a value of “{fact}”; known are {', '.join(facts[fact])}")
    return "\n".join(lines)


def _print(criteria: Criteria, decision: Decision, lang: str) -> None:
    rule, outcome = criteria.rule(decision.rule), criteria.outcome(decision.outcome)
    print(f"{outcome.name.in_(lang)}\n{rule.because.in_(lang)} ({decision.rule})")
    for condition in rule.conditions:
        print(f"- {condition.in_(lang)}")
    rows = []
    for used in decision.facts:
        fact = criteria.fact(used.fact)
        value = _name(fact, used.value, lang) if used.value else say("unknown", lang)
        rows.append((fact.name.in_(lang), value, _name(fact, used.read_as, lang) if used.value is None else ""))
    print()
    print_table("", [say(word, lang) for word in ("Fact", "Value", "Read as")], rows)
    for word, changes in (("Milder if", decision.milder), ("Stricter if", decision.stricter)):
        for change in changes:
            print(f"{say(word, lang)}: {_change(criteria, change, lang)}")
    for id in decision.unknown:
        if (ask := criteria.fact(id).ask) is not None:
            print(f"{say('Find out', lang)}: {ask.in_(lang)}")


def _change(criteria: Criteria, change: Change, lang: str) -> str:
    facts = [(criteria.fact(id), value) for id, value in change.facts]
    parts = [f"{fact.name.in_(lang)} = {_name(fact, value, lang)}" for fact, value in facts]
    return f"{', '.join(parts)} → {criteria.outcome(change.outcome).name.in_(lang)}"
