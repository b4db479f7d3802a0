"""Settings on disk while a worker runs: a new token is taken, the rest waits for a restart and is said once."""

from __future__ import annotations

from pathlib import Path

import pytest

from streams.settings.load import load_settings
from streams.settings.renew import Renewer


async def test_a_new_slack_token_is_taken_without_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Rotating: write the new token into the file; an unreadable or wrong one changes nothing."""
    token, config = tmp_path / "token", tmp_path / "t.toml"
    token.write_text("xoxb-old")
    config.write_text("batch = 10")
    monkeypatch.setenv("TAPEWIRE_SLACK_TOKEN_FILE", str(token))
    given: list[str] = []
    renewer = Renewer(settings=load_settings(config), config=config, renew=given.append)
    assert not await renewer.look()
    token.write_text("xoxb-new")
    assert await renewer.look()
    assert not await renewer.look()
    for bad in ("no token", ""):
        token.write_text(bad)
        assert not await renewer.look()
    assert given == ["xoxb-new"]
    token.write_text("xoxb-new")
    config.write_text("batch = 20\nstall = '5m'")
    for _ in range(3):
        assert not await renewer.look()
    said = [r.getMessage() for r in caplog.records]
    assert said.count("settings: `batch` has changed: a restart takes it") == 1
    assert said.count("settings: `stall` has changed: a restart takes it") == 1
    assert "xoxb-new" not in " ".join(said)
