"""What every kind of message says, kept as people read it: on a phone (the text alone), and in the channel.

When a change is meant, `TAPEWIRE_WRITE_DOCS=1 pytest tests/unit/test_delivery_golden.py` keeps the new pages.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from streams.basics.times import DAY, HOUR, MINUTE, to_ts
from streams.channels.digest import digest
from streams.channels.living import living
from streams.channels.render import message
from streams.channels.slack_socket import answer
from streams.delivery.book import Delivery, Edit, State
from streams.desk.evidence import of_alert
from streams.records import Fact, Kind, Relevance, Status
from tests.build import NOON, alert, company
from tests.slack_server.validate import check_content

PAGES = Path(__file__).parents[1] / "golden" / "messages"

ROOT = replace(
    alert(1),
    title="Alibaba raises $3.2 billion with zero-coupon convertible notes",
    companies=(company("alibaba", "BABA", "9988.HK", evidence=("name 'Alibaba' in the title",)), company("tencent", "0700.HK")),
    relevances=(
        Relevance(category="funding_rounds", probability=0.98, threshold=0.5, terms=("raises", "convertible", "notes")),
        Relevance(category="capex", probability=0.61, threshold=0.5),
    ),
    source="Harbour Wire", url="https://harbourwire.example/a/1", urgent=True, first_lang="de", first_seen=NOON - 12 * MINUTE,
)  # fmt: skip
UPDATE = replace(
    ROOT, alert_id="a00002", kind=Kind.UPDATE, novelty=40, title="Alibaba lifts the sum to $3.5 billion", seen=NOON + 9 * MINUTE,
    facts=(Fact(kind="amount", value="3500000000", unit="USD", text="$3.5bn"),),
)  # fmt: skip
CORRECTION = replace(UPDATE, alert_id="a00003", kind=Kind.CORRECTION, status=Status.CORRECTION, title="Corrects: the sum is $3.1 billion", seen=NOON + 20 * MINUTE)  # fmt: skip
REMOVAL = replace(UPDATE, alert_id="a00004", kind=Kind.CORRECTION, status=Status.REMOVED, title="Harbour Wire withdraws its report", seen=NOON + 30 * MINUTE)  # fmt: skip
BARE = replace(
    alert(5), title="", url="", source="", companies=(), relevances=(), facts=(), published=None, why="watch all: capex"
)
HOSTILE = replace(
    alert(6), title="<!channel> *free* <https://evil.example|reuters.com> & \u202egnp.exe", source="<@U1>", url="javascript:alert(1)",
    published=NOON - 3 * DAY,
)  # fmt: skip
ECHOES = tuple(
    replace(ROOT, alert_id=f"e{n}", kind=Kind.ECHO, source=who, published=NOON + n * MINUTE, seen=NOON + n * MINUTE)
    for n, who in enumerate(("Second Desk", "Börsenblatt", "Second Desk", "Harbour Wire"), 2)
)


def edited(*notes: Any, echoes: Any = ()) -> dict[str, Any]:
    """The first message after these."""
    ts = to_ts(NOON + 900)
    edit = Edit(root=ROOT, ts=ts, revision=2, heard=len(echoes), echoes=echoes, notes=notes)
    return living(edit, buttons=True)


def told(fold: str, after: int = 40 * MINUTE) -> dict[str, Any]:
    """A digest of three."""
    made = Delivery(
        alert=ROOT, state=State.SENDING, fence=1, members=(ROOT, UPDATE, HOSTILE), fold=fold, digest_id="g1"
    )
    return digest(made, NOON + after)


CASES: dict[str, dict[str, Any]] = {
    "new": message(ROOT, 0, NOON + 900, buttons=True),
    "update": message(UPDATE, 0, NOON + 900, buttons=True),
    "correction": message(CORRECTION, 0, NOON + 900),
    "removal": message(REMOVAL, 0, NOON + 900),
    "bare": message(BARE, 0, NOON + 900, buttons=True),
    "hostile": message(HOSTILE, 0, NOON + 900, buttons=True),
    "ladder-headline-only": message(ROOT, 2, NOON + 900, buttons=True),
    "ladder-text-only": message(ROOT, 3, NOON + 900, buttons=True),
    "living-echoes": edited(echoes=ECHOES),
    "living-updated": edited(UPDATE, echoes=ECHOES),
    "living-corrected": edited(UPDATE, CORRECTION),
    "held-overnight": message(ROOT, 0, NOON + 18 * HOUR, buttons=True),
    "living-updated-next-day": edited(
        replace(UPDATE, seen=NOON + 20 * HOUR), echoes=(replace(ECHOES[0], published=None, seen=NOON + 21 * HOUR),)
    ),
    "living-removed": edited(UPDATE, REMOVAL),
    "digest-crowd": told("crowd"),
    "digest-late": told("late"),
    "digest-quiet": told("quiet"),
    "digest-quiet-next-day": told("quiet", 18 * HOUR),
    "why": answer("\n".join(of_alert(ROOT))),
}


def page(arguments: dict[str, Any]) -> str:
    """As people read it: `phone` is the text alone, then a line a block; links, strikes and buttons in brackets."""
    flags = [k for k in ("unfurl_links", "unfurl_media", "link_names") if arguments.get(k)]
    lines = [f"phone | {line}" for line in arguments["text"].split("\n")]
    for block in arguments.get("blocks", ()):
        kind = block["type"]
        said = [_read(e) for e in block.get("elements", ())] or [block["text"]["text"]]
        lines += [f"{kind[:9]:9} | {line}" for line in " ‖ ".join(said).split("\n")]
    return "\n".join([*lines, *flags]) + "\n"


def _read(element: dict[str, Any]) -> str:
    readers: dict[str, Callable[[dict[str, Any]], str]] = {
        "rich_text_section": lambda e: "".join(_read(inner) for inner in e["elements"]),
        "text": _styled,
        "link": lambda e: f"[{_styled(e)}]({e['url']})",
        "date": lambda e: f"{{{e['timestamp']} {e['format']}|{e['fallback']}}}",
        "overflow": lambda e: "(" + " / ".join(o["text"]["text"] for o in e["options"]) + ")",
        "button": lambda e: f"({e['text']['text']})",
        "mrkdwn": lambda e: re.sub(r"<!date\^(\d+)\^([^|]+)\|([^>]+)>", r"{\1 \2|\3}", e["text"]),
        "plain_text": lambda e: str(e["text"]),
    }
    return readers[element["type"]](element)


def _styled(element: dict[str, Any]) -> str:
    return f"~{element['text']}~" if element.get("style", {}).get("strike") else str(element["text"])


@pytest.mark.parametrize("name", CASES)
def test_a_message_reads_as_it_did(name: str) -> None:
    """And the strict server's rules for content accept it."""
    arguments = CASES[name]
    check_content({k: v for k, v in arguments.items() if k != "metadata"}, update=name.startswith("living"))
    file, now = PAGES / f"{name}.txt", page(arguments)
    if os.environ.get("TAPEWIRE_WRITE_DOCS"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(now, encoding="utf-8")
    assert now == file.read_text(encoding="utf-8"), f"{name} reads otherwise: TAPEWIRE_WRITE_DOCS=1 keeps the new page"


@pytest.mark.parametrize("name", CASES)
def test_the_text_alone_is_legible(name: str) -> None:
    """Phones and screen readers get the text: what it is about stands there, escaped, with no markup of ours."""
    text = CASES[name]["text"]
    assert not re.search(r"[<>]|\{\w+\}", text)
    assert name in ("bare", "hostile") or any(
        word in text for word in ("Alibaba", "3.1 billion", "alerts", "withdraws")
    )
