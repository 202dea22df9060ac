"""The real program in a real browser: `kizuki demo` on a free port, Chromium driven by Playwright."""

from __future__ import annotations

import gettext
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
KIZUKI = Path(sys.executable).with_name("kizuki")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
LANGUAGES = ("ja", "en")
START_SECONDS = 180
#: Tells the console of everything that the content security policy refused.
TELL = "addEventListener('securitypolicyviolation', e => console.error('CSP', e.violatedDirective, e.blockedURI))"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "e2e" in item.path.parts:
            item.add_marker("browser")


class Site:
    """A running demo. Sessions are made by first links and kept by role, since a link works once."""

    def __init__(self, address: str, home: Path, links: dict[str, str], process: subprocess.Popen[str]) -> None:
        self.address, self.home, self.links, self.process = address, home, links, process
        self.sessions: dict[str, Any] = {}

    def new_link(self, email: str, role: str = "responder") -> str:
        """A fresh first link from the command line, for one who exists or not."""
        command = [str(KIZUKI), "user", email, "--role", role]
        done = subprocess.run(command, env=_environment(self.home), text=True, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        return (
            self.address
            + "/"
            + done.stdout.strip().split("/", 3)[3]
            + ("" if done.stdout.strip().endswith("/") else "/")
        )


def _environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KIZUKI_", "DJANGO_"))}
    return {**kept, "KIZUKI_HOME": str(home), "PYTHONUNBUFFERED": "1"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _links(process: subprocess.Popen[str]) -> dict[str, str]:
    """The sign-in links that the demo prints, by role."""
    links: dict[str, str] = {}
    until = time.monotonic() + START_SECONDS
    assert process.stdout
    for line in process.stdout:
        words = line.split()
        if len(words) == 2 and "/account/first/" in words[1]:
            links[words[0]] = words[1]
        if line.startswith("Stop with") or time.monotonic() > until:
            break
    assert len(links) == 6, f"the demo did not start: {process.poll()}"
    return links


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`kizuki demo` with a home of its own."""
    home, port = tmp_path_factory.mktemp("home"), _free_port()
    log = (home / "log").open("w")
    process = subprocess.Popen(
        [str(KIZUKI), "demo", "--port", str(port)], env=_environment(home), cwd=home, text=True,
        stdout=subprocess.PIPE, stderr=log,
    )  # fmt: skip
    try:
        links = _links(process)
        _wait_for(port)
        yield Site(f"http://127.0.0.1:{port}", home, links, process)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
        log.close()


def _wait_for(port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("nobody answers on the demo's port")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The Chromium of the system."""
    path = os.environ.get("KIZUKI_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


class Reader(NamedTuple):
    """A page, and `say`: a message of the program in the page's language."""

    page: Page
    say: Callable[[str], str]


class Visits:
    """Opens pages for people and listens to every console; `faults` is what they complained of."""

    def __init__(self, site: Site, browser: Browser) -> None:
        self.site, self.browser = site, browser
        self.faults: list[str] = []
        self.contexts: list[BrowserContext] = []

    def open(self, role: str | None, language: str, **options: Any) -> Reader:
        """A fresh window in which the person of this role has signed in (None: nobody)."""
        options.setdefault("viewport", {"width": 1280, "height": 900})
        locale = {"ja": "ja-JP", "en": "en-GB"}[language]
        if role and role not in self.site.sessions:
            self.site.sessions[role] = self._sign_in(self.site.links[role])
        state = self.site.sessions[role] if role else None
        context = self.browser.new_context(base_url=self.site.address, locale=locale, storage_state=state, **options)
        context.set_default_timeout(30_000)
        cookie = {"name": "kizuki_language", "value": language, "url": self.site.address}
        context.add_cookies([cookie])  # type: ignore[list-item]
        context.add_init_script(TELL)
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.faults.append(f"script: {error.error}"))
        self.contexts.append(context)
        return Reader(context.new_page(), translator(language))

    def _sign_in(self, link: str) -> Any:
        context = self.browser.new_context()
        page = context.new_page()
        page.goto(link)
        page.locator("main form button").click()
        page.wait_for_url("**/password/first/")
        state = context.storage_state()
        context.close()
        return state

    def _hear(self, message: ConsoleMessage) -> None:
        # An answer such as 404 or 422 to the page itself is what some journeys are about; Chromium notes it as an error.
        if message.text.startswith("Failed to load resource") and " of 4" in message.text and message.page:
            return
        if message.type in ("error", "warning"):
            self.faults.append(f"{message.type}: {message.text} ({message.page.url if message.page else ''})")

    def close(self) -> None:
        for context in self.contexts:
            context.close()


def translator(language: str) -> Callable[[str], str]:
    """The program's messages in one language."""
    if language == "en":
        return str
    with (ROOT / "kizuki" / "locale" / "ja" / "LC_MESSAGES" / "django.mo").open("rb") as file:
        return gettext.GNUTranslations(file).gettext


@pytest.fixture
def visits(site: Site, browser: Browser) -> Iterator[Visits]:
    """Windows for one test; at its end no console may have complained."""
    visits = Visits(site, browser)
    yield visits
    visits.close()
    assert visits.faults == []
