"""What `--help` says, in the language of the terminal. Costs nothing where no help is asked for."""

from __future__ import annotations

import gettext
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

#: The catalogue of the pages, which also holds the help texts; read by Python alone, since Django is not needed here.
CATALOGUE = Path(__file__).resolve().parent.parent / "locale" / "ja" / "LC_MESSAGES" / "django.mo"
#: Words of the frame around the help texts, by their name in Typer.
FRAME = {
    "ARGUMENTS_PANEL_TITLE": "Arguments",
    "OPTIONS_PANEL_TITLE": "Options",
    "COMMANDS_PANEL_TITLE": "Commands",
    "DEFAULT_STRING": "[default: {}]",
    "ENVVAR_STRING": "[env var: {}]",
    "REQUIRED_LONG_STRING": "[required]",
}
HELP_OPTION = "Show this message and exit."


def asked(words: Sequence[str], groups: Collection[str]) -> bool:
    """Whether these words of a command line end in a help text: asked for, or because no command is named."""
    return "--help" in words or not words or (len(words) == 1 and words[0] in groups)


def texts(command: Any) -> Iterator[str]:
    """Every help text of a command, its arguments and options, and of the commands below it; then the words of the frame."""
    yield from dict.fromkeys([*_texts(command), HELP_OPTION, *FRAME.values()])


def _texts(command: Any) -> Iterator[str]:
    for thing in (command, *command.params):
        if getattr(thing, "help", None):
            yield _plain(thing.help)
    for below in getattr(command, "commands", {}).values():
        yield from _texts(below)


def in_japanese(command: Any) -> None:
    """Put the Japanese in place of every help text of a command and those below it."""
    from typer import rich_utils

    _fold_long_lines(rich_utils)
    with CATALOGUE.open("rb") as file:
        say = gettext.GNUTranslations(file).gettext
    for name, text in FRAME.items():
        setattr(rich_utils, name, say(text))
    _translate(command, say)


def _fold_long_lines(rich_utils: Any) -> None:
    """Have texts without spaces broken where their column ends, instead of cut off there."""
    from rich.columns import Columns
    from rich.table import Table

    class FoldingTable(Table):
        def add_row(self, *cells: Any, **options: Any) -> None:
            super().add_row(*cells, **options)
            for column in self.columns:
                column.overflow = "fold"

    def folding_columns(items: Sequence[Any]) -> Columns:
        for item in items:
            item.overflow = "fold"
        return Columns(items)

    rich_utils.Table, rich_utils.Columns = FoldingTable, folding_columns


def _translate(command: Any, say: Any) -> None:
    import click

    for thing in (command, *command.params):
        if getattr(thing, "help", None):
            thing.help = say(_plain(thing.help))
    option = command.get_help_option(click.Context(command))
    if option is not None:
        option.help = say(HELP_OPTION)
    for below in getattr(command, "commands", {}).values():
        _translate(below, say)


def _plain(text: str) -> str:
    """One line, as the catalogue holds it."""
    return " ".join(text.split())
