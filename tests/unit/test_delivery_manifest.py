"""The Slack app's manifest asks for what the product uses, and for nothing else."""

from __future__ import annotations

import re
from pathlib import Path

from streams.channels.checkup import SCOPES

MANIFEST = (Path(__file__).parents[2] / "deploy" / "slack-manifest.yaml").read_text(encoding="utf-8")


def test_the_scopes_are_the_least() -> None:
    """Post, read back, hear commands; the two read scopes are the doctor's. No users, no files, no customising."""
    scopes = set(re.findall(r"^ +- ([a-z]+:[a-z.]+|commands)\b", MANIFEST, re.MULTILINE))
    assert scopes == SCOPES | {"commands", "channels:read", "groups:read"}


def test_clicks_and_the_command_come_over_sockets() -> None:
    """Nothing of ours needs a public address."""
    assert re.search(r"socket_mode_enabled: true", MANIFEST)
    assert re.search(r"interactivity:\n +is_enabled: true", MANIFEST)
    assert re.search(r"command: /tapewire\b", MANIFEST)
    assert "request_url" not in MANIFEST and "connections:write" in MANIFEST
