"""One entry for everything: `kizuki …`. Each command imports what it needs only when it runs."""

from __future__ import annotations

import os
import sys

import typer

from kizuki.commands import criteria, files, help, incidents, organisation, replaying, server
from kizuki.commands.output import language

app = typer.Typer(
    name="kizuki",
    help="Carry a cyber incident from the first sign to the lesson learned, and replay known cases against your own measures.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (*replaying.COMMANDS, *files.COMMANDS, *server.COMMANDS):
    app.command()(command)
for group in (files.case_app, organisation.org_app, criteria.criteria_app, incidents.incident_app):
    app.add_typer(group)


def main() -> None:
    """The console script. Exit codes: 0 done, 1 a `--fail-on` was met, 2 bad input, 3 not allowed."""
    command = typer.main.get_command(app)
    groups = {name for name, below in getattr(command, "commands", {}).items() if hasattr(below, "commands")}
    if help.asked(sys.argv[1:], groups) and language(os.environ.get("KIZUKI_LANG", "")) == "ja":
        help.in_japanese(command)
    command()


if __name__ == "__main__":
    main()
