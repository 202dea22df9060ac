"""`kizuki schema`, `kizuki case list|show|search|validate`: the file formats, without a database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from kizuki.commands.output import (
    Json,
    Language,
    chosen_cases,
    language,
    print_json,
    print_table,
    refuse,
    validate_files,
)

Files = Annotated[list[Path], typer.Argument(help="Files (YAML or JSON).")]
case_app = typer.Typer(name="case", help="Cases: list, show, search, validate.", no_args_is_help=True)


def schema(name: Annotated[str, typer.Argument(help="case, organisation, measures or criteria.")]) -> None:
    """The JSON Schema of a file format."""
    from kizuki.casebook.engine.format import Case
    from kizuki.criteria.engine.format import Criteria
    from kizuki.kit.document import did_you_mean, json_schema
    from kizuki.measures.engine.format import Measures
    from kizuki.register.engine.format import Organisation

    kinds: dict[str, type] = {"case": Case, "organisation": Organisation, "measures": Measures, "criteria": Criteria}
    if name not in kinds:
        refuse(f"“{name}” is not a format{did_you_mean(name, kinds)}")
    print_json(json_schema(kinds[name]))


@case_app.command("validate")
def case_validate(files: Files, json: Json = False) -> None:
    """Check case files: one line for each fault, with its place and what would be right."""
    from kizuki.casebook.engine.read import read
    from kizuki.measures.library import catalogue
    from kizuki.register.library import vocabulary

    validate_files(files, json, lambda file, raw: read(file, raw, vocabulary=vocabulary(), measures=catalogue()))


@case_app.command("list")
def case_list(json: Json = False, lang: Language = "") -> None:
    """The cases of the library."""
    shown = language(lang)
    cases = chosen_cases((), True)
    if json:
        print_json([
            {"id": c.id, "kind": c.kind, "title": c.title, "level": c.level, "causes": c.causes, "steps": len(c.attack),
             "entries": len(c.timeline.entries), "items": len(c.items())}
            for c in cases
        ])  # fmt: skip
        return
    rows = [
        (c.id, c.title.in_(shown), c.organisation.label.in_(shown), str(len(c.attack)), str(len(c.timeline.entries)),
         str(len(c.items())))
        for c in cases
    ]  # fmt: skip
    heads = ("事例", "題名", "組織", "攻撃段階", "記録", "項目") if shown == "ja" else (
        "Case", "Title", "Organisation", "Steps", "Entries", "Items")  # fmt: skip
    print_table("", heads, rows)


@case_app.command("search")
def case_search(
    text: Annotated[list[str], typer.Argument(help="What to look for, in Japanese or English.")],
    json: Json = False,
    lang: Language = "",
) -> None:
    """The library's cases that speak of something, best first, with the sentence that says so."""
    from kizuki.casebook.engine.passages import passages
    from kizuki.search.engine.memory import search_passages

    shown, cases = language(lang), {c.id: c for c in chosen_cases((), True)}
    hits = search_passages({id: passages(c) for id, c in cases.items()}, " ".join(text), shown)
    if json:
        print_json(
            [{"id": h.key, "score": h.score, "part": h.part, "language": h.language, "text": h.text} for h in hits]
        )
        return
    heads = ("事例", "題名", "文") if shown == "ja" else ("Case", "Title", "Sentence")
    print_table("", heads, [(h.key, cases[h.key].title.in_(shown), h.text) for h in hits])


@case_app.command("show")
def case_show(
    case: Annotated[str, typer.Argument(help="A case of the library or a case file.")],
    json: Json = False,
    lang: Language = "",
) -> None:
    """One case: what happened, its attack steps, and how it was told."""
    shown = language(lang)
    found = chosen_cases([case], False)[0]
    if json:
        print_json(found)
        return
    print(f"{found.id}  {found.title.in_(shown)}\n{found.organisation.label.in_(shown)}\n")
    for passage in found.overview:
        print(f"{passage.in_(shown)}\n")
    steps = [
        (s.id, s.text.in_(shown), s.via, " ".join(_named(s.prevent)), " ".join(_named(s.detect))) for s in found.attack
    ]
    heads = (
        ("段階", "内容", "経路", "防ぐ対策", "気づく対策")
        if shown == "ja"
        else ("Step", "What", "Via", "Prevent", "Detect")
    )
    print_table("", heads, steps)
    from kizuki.kit import when

    entries = [
        (str(e.n), when.parse(e.at).label(shown), e.lane, e.kind, e.text.in_(shown)) for e in found.timeline.entries
    ]
    heads = ("番号", "時", "レーン", "区分", "記録") if shown == "ja" else ("No.", "When", "Lane", "Kind", "Entry")
    print_table("", heads, entries)


def _named(bears: Any) -> list[str]:
    return [b.measure if b.stated else f"{b.measure}+" for b in bears]


COMMANDS = (schema,)
