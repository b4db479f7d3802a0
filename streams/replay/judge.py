"""The other process of a long replay: articles on standard input, companies and probabilities on standard output.

python -m streams.replay.judge [MODEL FOLDER]
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from models.relevance.model import TRAINED, load_model
from streams.ports import Directory, RelevanceModel
from streams.records import Article, Origin, Outcome, evolve
from streams.replay.ahead import unframed, write
from streams.silent import knowledge
from streams.stages.decode import Decode
from streams.stages.normalise import Normalise

_FAR = 4_000_000_000_000  # no article is published later; the time of seeing plays no part in these stages


def judged(directory: Directory, model: RelevanceModel, raws: Sequence[bytes]) -> list[list[Any] | None]:
    """An answer per article; None for what cannot be read, or what a stage raised on."""
    outcomes = asyncio.run(_normalised(raws))
    readable = [(n, o) for n, o in enumerate(outcomes) if isinstance(o, Article)]
    out: list[list[Any] | None] = [None] * len(raws)
    try:
        articles = [a for _, a in readable]
        named = [evolve(a, companies=c) for a, c in zip(articles, directory.identify(articles), strict=True)]
        for (n, _), article, relevances in zip(readable, named, model.classify(named), strict=True):
            out[n] = write(article.companies or (), relevances)
    except Exception:  # noqa: BLE001 - the flow judges these itself, and finds the culprit
        return [None] * len(raws)
    return out


async def _normalised(raws: Sequence[bytes]) -> list[Outcome]:
    origin = Origin(topic="ahead", partition=0, offset=0)
    decoded = await Decode()([Article(raw=raw, origin=origin, seen=_FAR) for raw in raws])
    fit = [o for o in decoded if isinstance(o, Article)]
    normalised = iter(await Normalise()(fit))
    return [next(normalised) if isinstance(o, Article) else o for o in decoded]


def main() -> None:
    """Answer frames until standard input ends."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else TRAINED
    directory, model = knowledge()[0], load_model(folder).unexplained()
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while head := source.read(4):
        answer = orjson.dumps(judged(directory, model, unframed(source.read(int.from_bytes(head, "big")))))
        sink.write(len(answer).to_bytes(4, "big") + answer)
        sink.flush()


if __name__ == "__main__":
    main()
