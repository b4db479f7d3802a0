"""How channels are named: `KIND:PLACE`, such as `slack:C01` or `webhook:NAME`; `console` is a kind without places."""

from __future__ import annotations


def kind_of(channel: str) -> str:
    """`slack` of `slack:C01`."""
    return channel.split(":", 1)[0]


def place_of(channel: str) -> str:
    """`C01` of `slack:C01`."""
    return channel.split(":", 1)[-1]


def service_of(channel: str) -> str:
    """Who answers: one workspace for all places of `slack`, but each webhook for itself, whose troubles are its own."""
    return channel if kind_of(channel) == "webhook" else kind_of(channel)
