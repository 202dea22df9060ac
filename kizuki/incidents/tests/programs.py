"""A program that asks the API for a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.test import Client
from django.utils import timezone

from kizuki.accounts.actions import create_key
from kizuki.accounts.models import Person


class Program:
    """A program that acts for a person."""

    def __init__(self, person: Person, scope: str = "write") -> None:
        until = timezone.now() + dt.timedelta(days=1)
        _key, written = create_key(person=person, name="test", scope=scope, expires_at=until, by=person)
        self.client = Client(headers={"Authorization": f"Bearer {written}"})

    def ask(self, method: str, path: str, body: Any = None, expected: int = 200, /, **query: Any) -> Any:
        address = f"/api/v1/incidents{path}"
        call: Callable[..., Any] = getattr(self.client, method)
        answer = call(address, query) if method == "get" else call(address, body or {}, content_type="application/json")
        assert answer.status_code == expected, (answer.status_code, answer.content[:2000])
        return answer.json() if answer.content else None

    def get(self, path: str, expected: int = 200, /, **query: Any) -> Any:
        return self.ask("get", path, None, expected, **query)

    def post(self, path: str, expected: int = 200, /, **body: Any) -> Any:
        return self.ask("post", path, body, expected)

    def put(self, path: str, expected: int = 200, /, **body: Any) -> Any:
        return self.ask("put", path, body, expected)

    def delete(self, path: str, expected: int = 204, /) -> Any:
        return self.ask("delete", path, None, expected)


def entry(program: Program, path: str, /, **more: Any) -> Any:
    return program.post(f"{path}/entries", **{"text": "Seen", "lane": "it", "kind": "detect", **more})
