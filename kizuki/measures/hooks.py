"""What the casebook tells of a measure; it registers itself here, since measures know no cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple


class Said(NamedTuple):
    """What a case says of a measure: letter (helped, missing, introduced, wished for), case, address, text."""

    letter: str
    mark: str
    address: str
    text: Any


class StepWith(NamedTuple):
    """An attack step on which a measure bears, and how."""

    mark: str
    step: str
    address: str
    text: Any
    role: str
    stated: bool


said_of: Callable[[str], list[Said]] = lambda id: []  # noqa: E731
steps_with: Callable[[str], list[StepWith]] = lambda id: []  # noqa: E731
case_address: Callable[[str], str] = lambda mark: ""  # noqa: E731

#: How many devices were seen that the register does not have, and the address of their list.
unknown_devices: Callable[[], tuple[int, str]] = lambda: (0, "")  # noqa: E731
