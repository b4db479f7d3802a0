"""What can be set when the server starts, or later through `POST /_ctl/config`."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from tests.slack_server.basics import RefusedError

CHOICES: dict[str, tuple[str, ...]] = {
    "metadata": ("keep", "drop"),
    "client_msg_id": ("ignore", "honour", "refuse"),
    "block_id": ("keep", "rewrite"),
}


@dataclass(slots=True)
class Settings:
    """Defaults are Slack's published figures. Rates are per Slack second; a rate of 0 means no limit."""

    rate: float = 1.0
    burst: float = 4.0
    ws_rate: float = 5.0
    history_lag: float = 0.0
    skew: float = 0.0
    timescale: float = 1.0  # real seconds per Slack second, for pacing only; fixed at start
    metadata: str = "keep"
    client_msg_id: str = "ignore"
    block_id: str = "keep"
    non_marketplace: bool = False
    strict: bool = True
    mentions: tuple[str, ...] = ()  # ids of user groups an operator has allowed alerts to mention

    def change(self, **changes: Any) -> None:
        """Changes all of the named settings, or none of them."""
        kinds = {field.name: type(getattr(self, field.name)) for field in fields(self)}
        kinds.pop("timescale")  # the gauges already running were read in the old scale
        wanted = {name: _fitted(name, kinds.get(name), value) for name, value in changes.items()}
        for name, value in wanted.items():
            setattr(self, name, value)


def _fitted(name: str, kind: type | None, value: object) -> object:
    if kind is float and isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    if kind is tuple and isinstance(value, (list, tuple)):
        return tuple(str(item) for item in value)
    right_kind = kind is not None and isinstance(value, kind)
    if not right_kind or (name in CHOICES and value not in CHOICES[name]):
        raise RefusedError("bad_setting", f"{name} cannot be {value!r}", status=400)
    return value
