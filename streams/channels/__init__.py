"""Channels: where an alert goes. `render` is pure; `slack`, `console` and `memory` are thin."""
