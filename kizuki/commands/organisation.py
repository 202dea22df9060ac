"""`kizuki org validate|import|export`: files into the register of this installation, and the register as a file."""

from __future__ import annotations

import sys
import uuid
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from kizuki.commands.files import Files
from kizuki.commands.output import FAILED, Json, Language, language, print_json, print_table, refuse, validate_files
from kizuki.commands.server import Home, installed, say

if TYPE_CHECKING:
    from kizuki.imports.models import Import
    from kizuki.register.models import Organisation

org_app = typer.Typer(name="org", help="Organisation files: validate, import, export.", no_args_is_help=True)
NOT_ALLOWED: Final = 3
#: As many lines that need somebody are printed; `--json` gives all that are kept.
SHOWN: Final = 40
File = Annotated[Path | None, typer.Argument(help="The file to bring in.")]
Format = Annotated[str, typer.Option("--format", help="The kind of file, if it is not the one that is found out.")]
Mapping = Annotated[
    Path | None, typer.Option("--mapping", help="YAML or JSON: which heading of a table gives which field.")
]
Dry = Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")]
Replace = Annotated[
    bool, typer.Option("--replace", help="Take out of the register what an organisation file does not name.")
]
Undo = Annotated[str, typer.Option("--undo", metavar="BATCH", help="Take back an import by the number of its batch.")]
As = Annotated[str, typer.Option("--as", metavar="MAIL", help="Act as this person, with their rights.")]

#: Words of the tables in Japanese; English is the word itself.
JAPANESE: Final = {
    "Row": "行", "Kind": "種類", "Id": "ID", "Name": "名前", "State": "状態", "What": "内容", "Records": "件数", "new": "新規",
    "changed": "変更", "gone": "削除", "conflict": "矛盾", "outside": "対象外", "bad": "取込不可", "note": "一部のみ", "same": "変更なし",
    "done": "反映", "refused": "拒否",
}  # fmt: skip


def word(text: str, lang: str) -> str:
    return JAPANESE.get(text, text) if lang == "ja" else text


@org_app.command("validate")
def org_validate(files: Files, json: Json = False) -> None:
    """Check organisation files: one line for each fault, with its place and what would be right."""
    from kizuki.measures.library import catalogue
    from kizuki.register.engine.read import read
    from kizuki.register.library import vocabulary

    validate_files(files, json, lambda file, raw: read(file, raw, vocabulary=vocabulary(), measures=catalogue()))


@org_app.command("import")
def org_import(
    file: File = None, *, dry_run: Dry = False, format: Format = "", mapping: Mapping = None, replace: Replace = False,
    undo: Undo = "", acting: As = "", home: Home = None, json: Json = False, lang: Language = "",
) -> None:  # fmt: skip
    """Bring a file into the register: all that is new and changed is entered, what is in conflict is told and left."""
    if (file is None) == (not undo):
        refuse("name the file to bring in, or the batch to take back with --undo")
    installed(home)
    from django.utils import translation

    with translation.override(language(lang)):
        by = _person(acting)
        if undo:
            _undo(undo, by)
        else:
            assert file is not None
            _import(file, format, _mapping(mapping), {"replace": replace, "dry_run": dry_run, "json": json}, by)


def _person(mail: str) -> Any:
    """Whoever acts: the command line itself, or a person who may import. Exit code 3 where they may not."""
    if not mail:
        return "kizuki org import"
    from django.utils.translation import gettext as _

    from kizuki.accounts.models import Person
    from kizuki.imports.access import may_import

    person = Person.objects.filter(email=mail.lower()).first()
    if person is None:
        refuse(
            _(
                "“%(mail)s” is nobody's address here. Who is known stands on the page “People”; kizuki user makes somebody known."
            )
            % {"mail": mail}
        )
    if not may_import(person):
        say(f"{mail} may not write the register")
        raise typer.Exit(NOT_ALLOWED)
    return person


def _mapping(path: Path | None) -> dict[str, str] | None:
    if path is None:
        return None
    from kizuki.commands.output import refuse_file
    from kizuki.kit.document import BadFile, load, read

    try:
        found, _lines = load(str(path), read(path))
    except BadFile as error:
        refuse_file(error)
    if not isinstance(found, dict) or not all(isinstance(v, str) for v in found.values()):
        refuse(f"{path}: write one line a column: heading: field")
    return {str(heading): field for heading, field in found.items()}


def _home() -> Organisation:
    from kizuki.register.models import Organisation

    found: Organisation | None = Organisation.objects.filter(is_home=True, deleted_at=None).first()
    if found is None:
        refuse("there is no organisation yet; begin with an organisation file")
    return found


def _undo(batch: str, by: Any) -> None:
    """Take an import back. Exit code 2 for a batch that is none, 1 where something of it was changed since."""
    from kizuki.imports import actions
    from kizuki.imports.models import Import
    from kizuki.register.actions import InUse, Refused, Stale, begun_to_undo

    try:
        found = Import.objects.filter(batch=uuid.UUID(batch)).first()
    except ValueError:
        found = None
    if found is None:
        refuse(f"“{batch}” is not the batch of an import; it is printed after each import")
    _allowed(found, by)
    try:
        actions.begin_undoing(imported=found, by=by, now=True)
        actions.undo_import(imported=found, by=by)
    except actions.NotNow:
        refuse("there is nothing of it to take back")
    except (Stale, InUse, Refused) as error:
        undone = "stopped half-way; go on with the same command" if begun_to_undo(found.batch) else "nothing was undone"
        say(f"{undone}, because of what was changed since: {error}")
        raise typer.Exit(FAILED) from None
    say("Everything is as it was before.")


def _allowed(found: Import, by: Any) -> None:
    if not isinstance(by, str) and not type(found).objects.visible_to(by).filter(pk=found.pk).exists():
        say("this import belongs to somebody else")
        raise typer.Exit(NOT_ALLOWED)


def _import(path: Path, format: str, mapping: dict[str, str] | None, how: dict[str, bool], by: Any) -> None:
    from django.conf import settings
    from django.core.exceptions import ValidationError
    from django.core.files import File as Upload

    from kizuki.imports import actions
    from kizuki.imports.formats import ORGANISATION, titles

    if format and format not in titles():
        refuse(f"“{format}” is not a kind of file that is read here; known are {', '.join(titles())}")
    try:
        opened = path.open("rb")
    except OSError as error:
        refuse(f"{path}: {error.strerror}")
    settings.UPLOAD_LIMIT = max(settings.UPLOAD_LIMIT, path.stat().st_size)  # whoever has a shell may give larger files
    with opened:
        _begin(path, opened, format)
        try:
            made = actions.give_file(upload=Upload(opened, name=path.name), by=by)
        except ValidationError as error:
            refuse(" ".join(error.messages))
    chosen = format or made.format
    if not chosen:
        actions.discard_import(imported=made, by=by)
        refuse(f"{path}: the kind of file is not known; name it with --format ({', '.join(titles())})")
    options = {**made.options, **({"mapping": mapping} if mapping is not None else {})}
    if how["replace"] and chosen != ORGANISATION:
        actions.discard_import(imported=made, by=by)
        refuse(f"{path}: only an organisation file can stand for the whole register; leave out --replace")
    if how["replace"]:
        options["removes"] = True
    made.format, made.options = chosen, options
    _plan(path, made, how, by)


def _begin(path: Path, opened: Any, format: str) -> None:
    """An organisation file can be the first thing that an installation is given: with its head a register begins."""
    from kizuki.commands.output import load_organisation
    from kizuki.imports.formats import ORGANISATION, detected
    from kizuki.register.actions import begin_organisation
    from kizuki.register.models import Organisation

    if Organisation.objects.filter(is_home=True, deleted_at=None).exists():
        return
    if (format or detected(path.name, opened)) != ORGANISATION:
        _home()
    document = load_organisation(path)
    begin_organisation(about=document.organisation, complete=document.complete, by="kizuki org import")
    opened.seek(0)


def _plan(path: Path, made: Import, how: dict[str, bool], by: Any) -> None:
    from kizuki.imports import actions
    from kizuki.imports.actions.giving import default_settings
    from kizuki.imports.choices import State
    from kizuki.ui.faults import told

    said = {"format": made.format, "options": made.options, "settings": default_settings(made.format)}
    actions.describe_import(imported=made, **said, by=by, now=True)
    actions.plan_import(imported=made, by=by)
    if made.state == State.GIVEN:
        faults = [f"{path}:{line}: {told(message)}" for line, message in made.fault]
        actions.discard_import(imported=made, by=by)
        refuse("\n".join(faults))
    counts = dict(made.counts)
    _say_gone(counts.get("gone", 0))
    if not how["dry_run"]:
        actions.begin_applying(imported=made, by=by, now=True)
        actions.apply_import(imported=made, by=by)
    _report(made, counts, how)
    if how["dry_run"]:
        actions.discard_import(imported=made, by=by)


def _say_gone(number: int) -> None:
    """What an import takes out is told before anything is done."""
    from django.utils.translation import ngettext

    if number:
        say(
            ngettext(
                "To be taken out of the register, since the file does not name it: %(n)d record.",
                "To be taken out of the register, since the file does not name them: %(n)d records.",
                number,
            )
            % {"n": number}
        )


def _report(made: Import, counts: dict[str, int], how: dict[str, bool]) -> None:
    """What would change or was changed, and the rows that need somebody."""
    from django.utils.translation import get_language

    from kizuki.imports.models import PlanLine
    from kizuki.imports.presenting import sentence

    lang = "ja" if (get_language() or "en").startswith("ja") else "en"
    asked = PlanLine.objects.filter(
        of=made, state__in=("conflict", "outside", "bad", "note")
    ) | PlanLine.objects.filter(of=made, outcome="refused")
    rows: list[dict[str, Any]] = [
        {"row": one.place, "kind": one.kind, "id": one.key, "name": one.name, "state": one.outcome or one.state, "column": one.column,
         "what": sentence(one)}
        for one in asked.order_by("place", "n")[: None if how["json"] else SHOWN]
    ]  # fmt: skip
    outcomes = made.told.get("outcomes", {})
    batch = None if how["dry_run"] else str(made.batch)
    if how["json"]:
        print_json({"file": made.name, "format": made.format, "batch": batch, "counts": counts, "outcomes": outcomes, "lines": rows,
                    "sightings": made.told.get("sightings", 0)})  # fmt: skip
        return
    numbers = Counter(counts) | Counter({name: n for name, n in outcomes.items() if name in ("done", "refused")})
    print_table(
        "",
        [word("State", lang), word("Records", lang)],
        [(word(name, lang), str(n)) for name, n in numbers.items() if n],
    )
    if rows:
        heads = [word(head, lang) for head in ("Row", "Kind", "Name", "State", "What")]
        shown = [(str(r["row"] or ""), r["kind"], r["name"], word(str(r["state"]), lang), r["what"]) for r in rows]
        print_table("", heads, shown)
        if asked.count() > len(rows):
            say(f"… and {asked.count() - len(rows)} more; --json tells all of them")
    if batch:
        print(f"batch {batch}")
        sys.stderr.write(f"To take it back: kizuki org import --undo {batch}\n")


@org_app.command("export")
def org_export(
    where: Annotated[Path | None, typer.Argument(help="A file; for csv a folder. Without it: standard output.")] = None,
    *, format: Annotated[str, typer.Option("--format", help="yaml, json or csv.")] = "yaml", home: Home = None,
) -> None:  # fmt: skip
    """The register as an organisation file, or as one table for each part. Every one of them can be brought in again."""
    if format not in ("yaml", "json", "csv"):
        refuse(f"“{format}” is not a format of exports; write yaml, json or csv")
    if format == "csv" and where is None:
        refuse("name the folder into which the tables go")
    installed(home)
    organisation = _home()
    if format == "csv" and where is not None:
        _tables(organisation, where)
        return
    from kizuki.kit.document import dump
    from kizuki.register.engine.kinds import plain

    document = plain(organisation.read)
    if where is None and format == "json":
        print_json(document)
    elif where is None:
        sys.stdout.write(_text(dump(document)))
    else:
        import msgspec

        raw = (
            msgspec.json.format(msgspec.json.encode(document), indent=2)
            if format == "json"
            else _text(dump(document)).encode()
        )
        where.write_bytes(raw)
        say(f"{where}: {len(organisation.read.assets)} assets")


def _text(dumped: str | bytes) -> str:
    return dumped if isinstance(dumped, str) else dumped.decode()


def _tables(organisation: Organisation, folder: Path) -> None:
    from kizuki.register.engine.kinds import KINDS
    from kizuki.register.fields import SECTIONS
    from kizuki.register.models import TABLES
    from kizuki.register.tables import csv_lines

    folder.mkdir(parents=True, exist_ok=True)
    for kind in SECTIONS:
        rows = (
            TABLES[kind].objects.filter(organisation=organisation, deleted_at=None).values_list("document", flat=True)
        )
        with (folder / f"{KINDS[kind].part}.csv").open("w", encoding="utf-8", newline="") as file:
            file.writelines(csv_lines(kind, rows.iterator(chunk_size=2000)))
        say(f"{KINDS[kind].part}.csv: {rows.count()}")
