"""Where the content of the library lies: cases, measures, glossary, vocabulary, templates, the demo company."""

from __future__ import annotations

import functools
from pathlib import Path


@functools.cache
def library_path() -> Path:
    """The folder `library`: beside the package in a checkout, inside it in an installed wheel. Raises `FileNotFoundError`."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "library", package.parent / "library"):
        if (folder / "measures.yaml").is_file():
            return folder
    raise FileNotFoundError("the library folder is missing; install Kizuki again")
