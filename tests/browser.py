"""A real browser without a window: opens a page from disk and hands back what became of it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_QUIET = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")


class NoBrowserError(RuntimeError):
    """Why no browser can be had on this machine, in one line."""


class Browser:
    """Chromium or Chrome with a profile of its own. Raises `NoBrowserError`."""

    def __init__(self, profile: Path) -> None:
        found = [path for name in _NAMES if (path := shutil.which(name))]
        if not found:
            raise NoBrowserError(f"a page is tested in a browser: none of {', '.join(_NAMES)} is on the PATH")
        self._command = [found[0], *_QUIET, f"--user-data-dir={profile}", "--virtual-time-budget=2000"]

    def __call__(self, sheet: Path, picture: Path | None = None) -> str:
        """The document once it has been laid out and has run whatever it would; or a picture of it."""
        what = [f"--screenshot={picture}", "--window-size=900,1600"] if picture else ["--dump-dom"]
        command = [*self._command, *what, sheet.as_uri()]
        return subprocess.run(command, capture_output=True, text=True, timeout=90, check=True).stdout
