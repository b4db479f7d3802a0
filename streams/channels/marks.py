"""How our messages are known again when a channel is read back: whichever of block_id, metadata and words is left.

Desks that share a channel may tell the same alert, under the same id: so every mark also names its desk.
"""

from __future__ import annotations

import re
from typing import Any

MARKER = "d:"
"""Begins the block_id by which a delivery is found again in its channel; further colons part revision and desk."""
DIGEST = "g:"
"""Begins the block_id of a digest; its lines carry the markers of the alerts they tell."""
ALERT_EVENT = "tapewire_alert"
DIGEST_EVENT = "tapewire_digest"
REF_CHARS = 8
_REF = re.compile(rf"\bref ([0-9a-z]{{1,{REF_CHARS}}})\b")
_DESK_MARK = ":@"
_DESK_WORDS = re.compile(r"\(desk ?([\w.-]*)\)$")
_DIGEST_REF = re.compile(r"g\d\d")  # an alert's id is hexadecimal


def ref(own: str) -> str:
    """The visible reference of an id, and the last mark that is left when Slack keeps neither blocks nor metadata."""
    return f"ref {own[:REF_CHARS]}"


def signed(arguments: dict[str, Any], desk: str) -> dict[str, Any]:
    """A rendered message, every mark of it with the prefix of the desk that tells it; "" is a desk too."""
    arguments = dict(arguments)
    if metadata := arguments.get("metadata"):
        arguments["metadata"] = metadata | {"event_payload": metadata["event_payload"] | {"desk": desk}}
    if held := arguments.get("blocks"):
        arguments["blocks"] = [_signed(block, desk) for block in held]
    else:
        arguments["text"] += f" (desk {desk})" if desk else " (desk)"
    return arguments


def _signed(block: dict[str, Any], desk: str) -> dict[str, Any]:
    own = str(block.get("block_id", ""))
    return block | {"block_id": own + _DESK_MARK + desk} if own.startswith((MARKER, DIGEST)) else block


def desk_of(found: dict[str, Any]) -> str | None:
    """The desk that a message read back names; None when it names none, as those of older versions."""
    named = [i.partition(_DESK_MARK)[2] for i in _ids(found) if _DESK_MARK in i]
    told = _payload(found).get("desk")
    words = None if found.get("blocks") else _DESK_WORDS.search(str(found.get("text", "")))
    return next(iter(named), told if isinstance(told, str) else words[1] if words else None)


def marks_of(found: dict[str, Any]) -> tuple[str, ...]:
    """The deliveries a message read back tells, its own first: by block_id and by metadata, whichever Slack kept."""
    marks = [i[2:].split(":", 1)[0] for i in _ids(found)]
    return tuple(dict.fromkeys([*marks, *_told(found)]))


def _ids(found: dict[str, Any]) -> list[str]:
    """The block_ids that are marks of ours."""
    ids = [str(b.get("block_id", "")) for b in found.get("blocks") or ()]
    return [i for i in ids if i.startswith((MARKER, DIGEST))]


def _told(found: dict[str, Any]) -> list[str]:
    """The ids in our own metadata."""
    payload = _payload(found)
    members = payload.get("members")
    told = [payload.get("alert_id"), *(members if isinstance(members, list) else ())]
    return [t for t in told if t and isinstance(t, str)]


def _payload(found: dict[str, Any]) -> dict[str, Any]:
    """What our own metadata holds; other apps write what they like into theirs."""
    metadata = found.get("metadata")
    if not isinstance(metadata, dict) or metadata.get("event_type") not in {ALERT_EVENT, DIGEST_EVENT}:
        return {}
    payload = metadata.get("event_payload")
    return payload if isinstance(payload, dict) else {}


def refs_of(found: dict[str, Any]) -> frozenset[str]:
    """The visible references of a message that we wrote: in elements of their own, or in a text without blocks."""
    held = found.get("blocks") or ()
    if not held:
        return frozenset(_REF.findall(str(found.get("text", ""))))
    words = [str(e.get("text", "")) for b in held if b.get("type") == "context" for e in b.get("elements", ())]
    return frozenset(r[1] for w in words if (r := _REF.fullmatch(w)))


def is_digest(found: dict[str, Any]) -> bool:
    """Whether it is one of our digests."""
    ours = (found.get("metadata") or {}).get("event_type") == DIGEST_EVENT
    return ours or any(i.startswith(DIGEST) for i in _ids(found)) or any(_DIGEST_REF.match(r) for r in refs_of(found))
