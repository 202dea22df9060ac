"""Static files under names with their content's hash, also while developing, so that a browser may keep them for ever."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Storage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise ships no types
    """WhiteNoise's storage; a file that was not collected is served under its plain name instead of failing the page."""

    manifest_strict = False
