"""Settings as a run gets them: defaults, file, environment, and every fault of them at once."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path

from streams.settings.faults import contradictions
from streams.settings.read import read_settings
from streams.settings.record import BadSettings, Settings


def add_config(parser: ArgumentParser) -> None:
    """The option of every command that reads settings: `config`, a path or None, as `load_settings` takes it."""
    parser.add_argument("--config", type=Path, help="settings file (default: tapewire.toml when it exists)")


def load_settings(file: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """Defaults, then the file (`tapewire.toml` when it exists), then the environment. Raises `BadSettings`."""
    settings, faults = gather_settings(file, environment)
    if faults:
        raise BadSettings(faults)
    return settings


def gather_settings(
    file: Path | None = None, environment: Mapping[str, str] | None = None
) -> tuple[Settings, list[str]]:
    """What can be read (a default for what cannot), and every fault: for commands that look further."""
    values, places, faults = read_settings(file, environment)
    settings = Settings(**values)
    return settings, faults + contradictions(settings, places)
