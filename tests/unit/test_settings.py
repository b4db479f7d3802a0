"""settings: file and environment to one record, with every fault at once and no secret in any message."""

from __future__ import annotations

from pathlib import Path

import pytest

from streams.settings.load import load_settings
from streams.settings.record import BadSettings, Settings


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


@pytest.mark.parametrize(
    "given",
    [
        {"TAPEWIRE_SLACK_TOKEN_FILE": "xoxb-s3cret"},
        {"TAPEWIRE_SLACK_TOKEN_FILE": "/nowhere", "TAPEWIRE_SLACK_TOKEN": "xoxb-s3cret"},
        {"TAPEWIRE_WEBHOOKS_FILE": "ops=https://ops.example/s3cret"},
        {"TAPEWIRE_KAFKA": "desk:s3cret@broker:9092"},
        {"TAPEWIRE_KAFKA": "SASL_SSL://desk:s3cret,s3cret@broker:9092,other:9092"},
        {"TAPEWIRE_KAFKA_FILE": "desk:s3cret@broker:9092"},
        {"TAPEWIRE_HEALTH": "desk:s3cret@127.0.0.1"},
        {"TAPEWIRE_REDIS": "redis://:s3cret@redis:port"},
        {"TAPEWIRE_REDIS": "redis://:s3cret@redis/desk"},
    ],
)
def test_no_secret_is_repeated_in_a_message(given: dict[str, str]) -> None:
    """Also where it does not belong: people try."""
    with pytest.raises(BadSettings) as bad:
        load_settings(None, given)
    assert "s3cret" not in str(bad.value)


def test_no_secret_is_in_the_settings_own_words() -> None:
    """A url with a password is one."""
    assert "s3cret" not in repr(Settings(redis="redis://:s3cret@redis/0", slack_token="xoxb-s3cret"))


def test_what_is_odd_but_right_is_taken(tmp_path: Path) -> None:
    """A token that is renewed, no password in an empty file, a socket's database, and no wait at all."""
    (tmp_path / "empty").write_text("\n")
    read = load_settings(
        None,
        {
            "TAPEWIRE_SLACK_TOKEN": "xoxe.xoxb-1-abc", "TAPEWIRE_REDIS_PASSWORD_FILE": str(tmp_path / "empty"),
            "TAPEWIRE_REDIS": "unix:///run/redis.sock?db=2", "TAPEWIRE_SLACK_PACE": "0", "TAPEWIRE_ALARM": "console",
            "TAPEWIRE_WEBHOOKS": "here=http://127.0.0.1:8080/hook",
        },
    )  # fmt: skip
    assert (read.slack_token, read.redis_password, read.slack_pace) == ("xoxe.xoxb-1-abc", "", 0)
