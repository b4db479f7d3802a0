"""settings: file and environment to one record, with every fault at once and no secret in any message."""

from __future__ import annotations

from pathlib import Path

import pytest

from streams.settings import BadSettings, Settings
from streams.settings_load import load_settings


def test_defaults_need_no_file() -> None:
    """Nothing given is a valid desk on this machine."""
    assert load_settings(None, {}) == Settings()


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    """One image, many desks."""
    file = tmp_path / "t.toml"
    file.write_text('kafka = "a:1"\nprefix = "x."\n')
    read = load_settings(file, {"TAPEWIRE_KAFKA": "b:2"})
    assert (read.kafka, read.prefix) == ("b:2", "x.")


def test_a_secret_can_come_from_a_file(tmp_path: Path) -> None:
    """TAPEWIRE_SLACK_TOKEN_FILE keeps the token out of the environment."""
    (tmp_path / "token").write_text("xoxb-1\n")
    assert load_settings(None, {"TAPEWIRE_SLACK_TOKEN_FILE": str(tmp_path / "token")}).slack_token == "xoxb-1"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("kafkaa = 'x'", "unknown setting `kafkaa`"),
        ("batch = 0", "`batch` must be from 1 to 10000"),
        ("batch = 'many'", "`batch` = 'many'"),
        ("embedded = 'perhaps'", "write true or false"),
        ("lease = '5s'", "`lease` must be at least a second longer than `slack_timeout`"),
        ("kafka = ", "t.toml:1: no TOML"),
    ],
)
def test_each_fault_is_named(tmp_path: Path, text: str, fault: str) -> None:
    """What, where, and how to mend it."""
    file = tmp_path / "t.toml"
    file.write_text(text)
    with pytest.raises(BadSettings) as bad:
        load_settings(file, {})
    assert fault in str(bad.value)


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    """Nobody has to mend a file fault by fault."""
    file = tmp_path / "t.toml"
    file.write_text("a = 1\nb = 2\nbatch = 'x'")
    with pytest.raises(BadSettings) as bad:
        load_settings(file, {"TAPEWIRE_LEASE": "soon"})
    assert len(bad.value.faults) == 4


def test_no_secret_is_repeated_in_a_message() -> None:
    """A missing token file is named by its path only."""
    with pytest.raises(BadSettings) as bad:
        load_settings(None, {"TAPEWIRE_SLACK_TOKEN_FILE": "/nowhere", "TAPEWIRE_SLACK_TOKEN": "xoxb-secret"})
    assert "xoxb-secret" not in str(bad.value)
