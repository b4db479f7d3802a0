"""What `tapewire sources` shows a person: how each source does, one look at one, the league."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from streams.basics.limits import ARTICLES_A_PAGE
from streams.basics.text import visible
from streams.sources.league import behind, without


def print_rows(rows: Sequence[Mapping[str, Any]]) -> None:
    """How each source does."""
    table = Table("source", "reads", "last article", "an hour", "silent from", "articles", "is")
    for row in rows:
        words = "; ".join(f"{what}: {told}" for what, told in row["ills"].items())
        if row["stale"]:
            words = f"not looked at since {row['visited']}: is `tapewire ingest` running?"
        elif not row["visited"]:
            words = words or row["fault"] or "not looked at yet"
        table.add_row(
            row["source"], row["form"] or row["kind"], _short(row["last"]), f"{row['an_hour']:g}",
            _short(row["silent_at"]), str(row["articles"]), visible(words) or "well",
        )  # fmt: skip
    Console().print(table, markup=False)


def _short(time: str | None) -> str:
    return time[:16].replace("T", " ") if time else "-"


def print_trial(found: Mapping[str, Any]) -> None:
    """What one look at a source gave, in words."""
    console = Console(highlight=False)

    def say(words: str) -> None:
        console.print(visible(words), markup=False)

    if found.get("bytes") is not None:
        media = found["media"] or "no content type"
        say(f"{found['url']}: {found['bytes']:,} bytes in {found['milliseconds']} ms, {media}")
    if found["fault"]:
        say(f"not read: {found['fault']}")
        return
    span = f", from {found['oldest']} to {found['newest_date']}" if found["oldest"] else ""
    say(f"{found['form']}: {found['listed']} articles{span}; {found['enter']} would enter")
    for fields in found["newest"]:
        say(f"  {fields.get('published') or 'no date':24} {fields['title'][:90]}")
        say(f"  {'':24} {fields.get('url') or 'no address'}  {fields['id']}")
    for words in _lacks(found):
        say(f"missing: {words}")


def _lacks(found: Mapping[str, Any]) -> list[str]:
    listed = found["listed"]
    lacks = [f"`{name}` in {count} of {listed}" for name, count in found["missing"].items() if count]
    if found["empty"]:
        lacks.append(f"headline and text in {found['empty']} of {listed}: these do not enter")
    if found["future"]:
        lacks.append(f"sense in {found['future']} dates: they lie in the future, so the time of arrival counts")
    if found["cut"]:
        lacks.append(f"room for {found['cut']} articles beyond {ARTICLES_A_PAGE}")
    return [*lacks, *found["faults"]] or (["articles: the page lists none"] if not listed else [])


def print_league(rows: Sequence[Mapping[str, Any]]) -> None:
    """Who was first, and what is lost without whom."""
    table = Table(
        "source", "articles", "first", "first of its categories", "behind", "copies", "corrections", "without it"
    )
    for row in rows:
        shares = ", ".join(f"{c.replace('_', ' ')} {share:.0%}" for c, share in row["first_share"].items())
        table.add_row(
            row["source"], str(row["articles"]), str(row["first"]), shares or "-", behind(row["lag_seconds"]),
            f"{row['copy_rate']:.0%}", str(row["corrections"]), without(row["without_it"]),
        )  # fmt: skip
    Console().print(table, markup=False)
