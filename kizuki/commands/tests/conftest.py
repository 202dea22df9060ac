"""An installation that is made once for all workers, and copied."""

from __future__ import annotations

import fcntl
import shutil
from pathlib import Path

import pytest

from kizuki.commands.tests.running import kizuki


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home after `kizuki init`. To be copied, not written."""
    shared: Path = tmp_path_factory.getbasetemp()
    if shared.name.startswith("popen-"):
        shared = shared.parent
    home = shared / "installed"
    with (shared / "installed.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.exists():
            fresh = shared / "installing"
            done = kizuki(fresh, "init")
            assert done.returncode == 0, done.stderr
            fresh.rename(home)
    return home


@pytest.fixture(scope="session")
def copied(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of one's own."""
    return Path(shutil.copytree(made, tmp_path_factory.mktemp("home") / "home"))
