"""The judge of an ordeal, who reads Slack's own journal afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from streams.records import Alert, Kind


def judge(journal: Sequence[dict[str, Any]], alerts: Sequence[Alert]) -> dict[str, int]:
    """Counts of everything that must be 0."""
    gone = {(e["channel"], e["ts"]) for e in journal if e["ev"] == "delete"}
    posts = [e for e in journal if e["ev"] == "post" and (e["channel"], e["ts"]) not in gone]
    told: dict[str, list[dict[str, Any]]] = {}
    for post in posts:
        for mark in markers(post):
            told.setdefault(mark, []).append(post)
    wanted = {a.alert_id: a for a in alerts if a.kind is not Kind.ECHO}
    refused = [e for e in journal if e["ev"] == "refuse"]
    return {
        "lost": len(set(wanted) - set(told)),
        "doubled": sum(len(p) - 1 for p in told.values()),
        "unexpected": len(set(told) - set(wanted)) + sum(not markers(p) for p in posts),
        "out of order": sum(_is_early(a, told) for a in wanted.values() if a.kind is not Kind.NEW),
        "too fast": sum(e["error"] == "ratelimited" and e["method"] == "chat.postMessage" for e in refused),
        "lints": sum(str(e["error"]).startswith("x_lint") for e in refused),
    }


def markers(post: dict[str, Any]) -> list[str]:
    """One for an alert's own message, one a line for a digest; a plain text says its reference."""
    ids = [str(b.get("block_id", "")) for b in post.get("blocks") or ()]
    return [i[2:].split(":")[0] for i in ids if i.startswith("d:")]


def _is_early(reply: Alert, told: dict[str, list[dict[str, Any]]]) -> bool:
    """A reply must stand after its story's first message; in its thread, unless a digest tells it."""
    mine, root = told.get(reply.alert_id), told.get(reply.root_id)
    if not mine or not root:
        return False  # counted as lost
    first, reply_post = min(root, key=lambda p: float(p["ts"])), mine[0]
    if first["ts"] == reply_post["ts"]:
        return False  # one digest tells both
    after = float(reply_post["ts"]) > float(first["ts"])
    thread = first["thread_ts"] or first["ts"]
    return not after or (len(markers(reply_post)) == 1 and reply_post["thread_ts"] != thread)
