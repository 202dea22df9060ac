"""What the commands that read files share: loading, faults, JSON, tables, progress on stderr, exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import typer

if TYPE_CHECKING:
    from kizuki.casebook.engine.format import Case
    from kizuki.kit.document import BadFile
    from kizuki.register.engine.format import Organisation

T = TypeVar("T")
FAILED, BAD_INPUT = 1, 2

Json = Annotated[bool, typer.Option("--json", help="JSON instead of tables.")]


def known_language(given: str) -> str:
    """“ja”, “en”, or nothing said; any other ends with one line and exit code 2."""
    if given not in ("", "ja", "en"):
        refuse(f"“{given}” is not a language of Kizuki; write ja or en (--lang or KIZUKI_LANG)")
    return given


Language = Annotated[
    str,
    typer.Option(
        "--lang", help="Language of names and words: ja or en.", envvar="KIZUKI_LANG", callback=known_language
    ),
]


def language(given: str) -> str:
    """“ja” or “en”: as given, else as the terminal's language says."""
    chosen = given or os.environ.get("LC_ALL") or os.environ.get("LANG") or "en"
    return "ja" if chosen.startswith("ja") else "en"


def refuse(message: str) -> NoReturn:
    """Bad input: say what is wrong and what would be right, and end with exit code 2."""
    print(message, file=sys.stderr)
    raise typer.Exit(BAD_INPUT)


def refuse_file(error: BadFile) -> NoReturn:
    """A bad file: one line a fault."""
    refuse("\n".join(map(str, error.faults)))


def validate_files(
    files: Sequence[Path],
    json: bool,
    read: Callable[[str, bytes], T],
    counts: Callable[[T], dict[str, int]] = lambda _: {},
) -> None:
    """Check every file: one line a fault, exit code 2 if there is any. `counts`: what is told of a good one besides."""
    from kizuki.kit.document import BadFile
    from kizuki.kit.document import read as read_bytes

    checked: list[dict[str, Any]] = []
    for file in files:
        try:
            found = counts(read(str(file), read_bytes(file)))
            checked.append({"file": str(file), "good": True, **found, "faults": []})
            told = f" ({', '.join(f'{n:,} {what}' for what, n in found.items())})" if found else ""
            lines, stream = [f"{file}: good{told}"], sys.stdout
        except BadFile as error:
            checked.append({"file": str(file), "good": False, "faults": error.faults})
            lines, stream = [str(fault) for fault in error.faults], sys.stderr
        for line in lines if not json else ():
            print(line, file=stream)
    if json:
        print_json(checked)
    if not all(one["good"] for one in checked):
        raise typer.Exit(BAD_INPUT)


def load_organisation(path: Path) -> Organisation:
    """The organisation file, or exit code 2 with its faults."""
    from kizuki.kit.document import BadFile, read
    from kizuki.measures.library import catalogue
    from kizuki.register.engine.read import read as read_organisation
    from kizuki.register.library import vocabulary

    try:
        return read_organisation(str(path), read(path), vocabulary=vocabulary(), measures=catalogue())
    except BadFile as error:
        refuse_file(error)


def load_case(path: Path) -> Case:
    """A case file, or exit code 2 with its faults."""
    from kizuki.casebook.engine.read import read as read_case
    from kizuki.kit.document import BadFile, read
    from kizuki.measures.library import catalogue
    from kizuki.register.library import vocabulary

    try:
        return read_case(str(path), read(path), vocabulary=vocabulary(), measures=catalogue())
    except BadFile as error:
        refuse_file(error)


def chosen_cases(names: Sequence[str], everything: bool) -> list[Case]:
    """The cases that are meant: ids of the library (or their last letter), or case files. Exit code 2 for unknown ones."""
    from kizuki.casebook.library import cases
    from kizuki.kit.document import did_you_mean

    known = {case.id: case for case in cases()}
    if everything and not names:
        return list(known.values())
    found: list[Case] = []
    for name in names:
        short = [case for id, case in known.items() if id.rsplit("-", 1)[-1] == name.lower()]
        if name in known:
            found.append(known[name])
        elif len(short) == 1:
            found += short
        elif Path(name).is_file():
            found.append(load_case(Path(name)))
        else:
            refuse(f"“{name}” is neither a case of the library nor a file{did_you_mean(name, known)}")
    return found


def print_json(value: Any) -> None:
    """A value (structs allowed) as JSON on stdout, indented."""
    import msgspec

    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table on stdout; as wide as the terminal, 120 columns where there is none."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title or None, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))  # as text, for names may hold signs that Rich takes for styles
    Console(width=None if sys.stdout.isatty() else 140, highlight=False).print(table)


def progress(things: Iterable[T], total: int, what: str) -> Iterator[T]:
    """The things, with a bar on stderr while a person watches."""
    if not sys.stderr.isatty() or total < 2:
        yield from things
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(things, description=what, total=total, console=Console(stderr=True), transient=True)
