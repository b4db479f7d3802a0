"""The `tapewire` command. Each subcommand lives in `streams/commands/` and is imported only when it is called."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

COMMANDS = {
    "worker": ("worker", "run triage and delivery on your Kafka, Redis and Slack"),
    "ingest": ("ingest", "bring articles in from feeds and other sources"),
    "sources": ("sources", "how each source does, what an address gives, who is first"),
    "demo": ("demo", "the whole path on embedded parts, with the sample wire"),
    "analyse": ("analyse", "articles in as JSON lines, one JSON line out with all that the flow finds"),
    "check": ("check", "read settings and watches and report every fault"),
    "health": ("health", "ask the worker of this machine whether it is ready; for health checks"),
    "topics": ("topics", "make the topics, or name every difference from what they should be"),
    "doctor": ("doctor", "examine Kafka, Redis, Slack, model and watches, and say how to mend what is wrong"),
    "replay": ("replay", "a stretch of a topic, or a file, through the same flow, silently; what a change would do"),
    "why": ("why", "why an article fired, or did not: its walk through every stage"),
    "feedback": ("feedback", "what people clicked in Slack; labels for training; a command without Slack"),
    "warm": ("warm", "fill an empty story memory again from the articles and the ledger, silently"),
    "stories": ("stories", "what a story holds and who was told what of it; how much the memory holds"),
    "ledger": ("ledger", "sums of the decisions, held against Kafka's offsets"),
    "dead": ("dead", "articles that could not be read or judged: list, show, send again, drop"),
    "import": ("import_articles", "articles from a file (JSON lines, CSV, gzip) onto the topic"),
    "export": ("export_articles", "a stretch of the topic into a file (JSON lines, CSV, gzip)"),
    "train": ("train", "train the relevance model from its examples"),
    "card": ("card", "measure the shipped relevance model and write its card"),
    "evaluate": ("evaluate", "measure relevance, companies or stories on labelled files"),
    "companies": ("companies", "find companies in a text; check the directory"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand; exit codes: 0 done, 1 found something wrong, 2 could not be called so."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(prog="tapewire", description="Watches the news wire for people who trade on it.")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, (module, words) in COMMANDS.items():
        sub = subparsers.add_parser(name, help=words, description=words)
        if given[:1] == [name]:
            command = importlib.import_module(f"streams.commands.{module}")
            command.add_arguments(sub)
            sub.set_defaults(run=command.run)
    options = parser.parse_args(given)
    try:
        return int(options.run(options))
    except BrokenPipeError:  # the reader of our output has gone, as `head` does
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
