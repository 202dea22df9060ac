"""Tasks that only tests run."""

from __future__ import annotations

import time
from pathlib import Path

from django.utils.translation import get_language

from kizuki.jobs.declare import task
from kizuki.jobs.worker import JobFailed, progress
from kizuki.kit.text import Text


@task(title="Add")
def add(a: int, b: int = 0) -> int:
    return a + b


@task(title="Tell")
def tell() -> dict[str, str]:
    progress(40, Text(ja="四割", en="Two fifths"))
    return {"url": "/cases/", "language": get_language() or ""}


@task(title="Break", attempts=3)
def break_down() -> None:
    raise ValueError("password=hunter2")


@task(title="Refuse", attempts=3)
def refuse() -> None:
    raise JobFailed(Text(ja="入力が空です。", en="The input is empty."))


@task(title="Wait for cancel")
def wait_for_cancel(mark: str) -> None:
    Path(mark).write_text("started", encoding="utf-8")
    for percent in range(100):
        progress(percent)
        time.sleep(0.05)


@task(title="Hang", attempts=2)
def hang(mark: str) -> str:
    """Hangs the first time it runs, and ends well the second time."""
    path = Path(mark)
    if not path.exists():
        path.write_text("started", encoding="utf-8")
        time.sleep(120)
    return "done"


@task(title="Count")
def count(rows: int) -> None:
    for n in range(rows):
        progress(n * 99 // rows)
    progress(99, Text(ja="終わり", en="The end"))
