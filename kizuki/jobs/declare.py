"""How a room declares tasks: `@task(title=…, attempts=…)` and `every(…)`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ParamSpec, TypeVar

from django.utils.translation import gettext as _

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Task:
    """A function that runs as a job. Arguments must be JSON; what it returns is kept, {"url": "/…"} becomes a link. `named`: the title
    of one call, from its arguments."""

    path: str
    run: Callable[..., Any]
    title: Any
    attempts: int = 1
    named: Callable[..., str] | None = None


@dataclass(frozen=True, slots=True)
class Repeat:
    """A task that runs again and again."""

    name: str
    task: Task
    each: timedelta


_tasks: dict[str, Task] = {}
_repeats: dict[str, Repeat] = {}


def task(
    *, title: Any, attempts: int = 1, named: Callable[..., str] | None = None
) -> Callable[[Callable[..., Any]], Task]:
    """Declare a task in a room's tasks.py. `title`: lazy text for pages; `named` takes the arguments of a call and says which it is,
    without asking the database, since lists show many.

    `attempts` above 1 only where running twice does no harm.
    """

    def declare(function: Callable[..., Any]) -> Task:
        path = f"{function.__module__}.{function.__qualname__}"
        if "<locals>" in path:
            raise ValueError("A task is a function of a module, so that another process can find it.")
        found = _tasks[path] = Task(path=path, run=function, title=title, attempts=attempts, named=named)
        return found

    return declare


def every(each: timedelta, task: Task) -> None:
    """Run `task`, which takes no arguments, again and again with that distance."""
    _repeats[task.path] = Repeat(name=task.path, task=task, each=each)


def task_at(path: str) -> Task:
    """The declared task with that path; LookupError if this version of Kizuki has none."""
    try:
        return _tasks[path]
    except KeyError:
        raise LookupError(path) from None


def title_of(path: str, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None) -> str:
    """The title of the task, or of one call of it; what remains of its name when this version no longer has it."""
    found = _tasks.get(path)
    if found is None:
        return _("A task that no longer exists")
    if found.named is None or not (args or kwargs):
        return str(found.title)
    try:
        return found.named(*args, **(kwargs or {}))
    except TypeError:  # queued by a version whose task took other arguments
        return str(found.title)


def repeats() -> list[Repeat]:
    return list(_repeats.values())
