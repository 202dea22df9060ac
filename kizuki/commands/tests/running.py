"""Running commands as a person types them, and a way that starts them quickly.

A process that has read everything forks for each command: the command is a process of its own, with its own words, surroundings and
exit code, and starts in a tenth of the time.

    python -m kizuki.commands.tests.running      (KIZUKI_HOME: an installation that is there)

Each line of its input is a command as JSON: words, environment, and the files for what it prints; each line of its output an exit code.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_warm: dict[Path, Warm] = {}


def kizuki(home: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """The command with these words in a home; `settings`: more variables of its environment."""
    if home in _warm:
        return _warm[home].run(words, surroundings(home) | settings)
    code = [sys.executable, "-m", "kizuki.cli", *words]
    return subprocess.run(
        code, env=surroundings(home) | settings, capture_output=True, text=True, timeout=180, check=False
    )


@contextmanager
def warmed(home: Path) -> Iterator[Path]:
    """Commands in this home are forked from one process. It has read Django's settings already: a command that is to see another
    database or KIZUKI_URL is none for it."""
    code = [sys.executable, "-m", "kizuki.commands.tests.running"]
    with subprocess.Popen(
        code, env=surroundings(home), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as one:
        _warm[home] = Warm(one)
        try:
            yield home
        finally:
            del _warm[home]
            one.communicate("", timeout=30)


class Warm:
    """The process that forks."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(self, words: tuple[str, ...], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with tempfile.TemporaryDirectory() as folder:
            out, err = Path(folder) / "out", Path(folder) / "err"
            asked = {"words": words, "environment": environment, "out": str(out), "err": str(err)}
            print(json.dumps(asked), file=self._process.stdin, flush=True)
            code = int(self._process.stdout.readline())
            return subprocess.CompletedProcess(words, code, out.read_text("utf-8"), err.read_text("utf-8"))


def surroundings(home: Path) -> dict[str, str]:
    """The environment without what a person, or a test run, has set for Kizuki."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("KIZUKI_", "DJANGO_", "PYTEST"))}
    return {**kept, "KIZUKI_HOME": str(home)}


def serve() -> None:
    """Read everything, then fork for each line."""
    from kizuki.commands import server

    server.django()
    import kizuki.config.urls  # noqa: F401

    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            act(asked)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def act(asked: dict[str, Any]) -> None:
    """In the child: what a shell does before a program starts, then the program, then its end."""
    from kizuki import cli

    for number, path in ((0, os.devnull), (1, asked["out"]), (2, asked["err"])):
        os.dup2(os.open(path, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT), number)
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.argv = ["kizuki", *asked["words"]]
    code: Any = 70
    try:
        cli.main()
        code = 0
    except SystemExit as end:
        code = end.code or 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 1)


if __name__ == "__main__":
    serve()
