"""Pages of imports."""

from __future__ import annotations

from kizuki.imports.views.acts import apply, discard, take, undo
from kizuki.imports.views.describing import describe
from kizuki.imports.views.naming import names
from kizuki.imports.views.pages import imports, lines_file, one

__all__ = ["apply", "describe", "discard", "imports", "lines_file", "names", "one", "take", "undo"]
