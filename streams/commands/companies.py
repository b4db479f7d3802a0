"""`tapewire companies`: find companies in a text, with the evidence; check the directory's files."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
import orjson

from models.companies.check import check
from models.companies.identify import CompanyDirectory
from models.companies.load import FOLDER, BadDirectory, read_files
from streams.basics.languages import language
from streams.basics.text import plain
from streams.knowledge import directory_in
from streams.records import NOWHERE, Article, Company
from streams.settings.load import add_config, load_settings
from streams.settings.record import BadSettings
from streams.stories.concepts import leaning


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`find TEXT` and `check`."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    find = actions.add_parser("find", help="the companies a text names, and the evidence for and against")
    find.add_argument("text", help="a headline or an article; - reads standard input, its first line as the title")
    find.add_argument("--lang", default="", help="en or de (default: as the text reads)")
    find.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    add_config(find)
    check = actions.add_parser("check", help="every fault of the directory, with file and line")
    check.add_argument("--folder", type=Path, help="another directory than the settings'")
    add_config(check)


def run(options: argparse.Namespace) -> int:
    """Exit code 1 when `check` found a fault, 2 when settings or directory cannot be read."""
    try:
        if options.action == "check":
            return run_check(options.folder or load_settings(options.config).directory)
        return run_find(options, directory_in(load_settings(options.config).directory))
    except (BadSettings, BadDirectory) as bad:
        print(bad, file=sys.stderr)
        return 2


def run_check(folder: Path | None) -> int:
    """One line per fault on standard output, and how much was checked."""
    folder = folder or FOLDER
    files = read_files(folder)
    if not files.sources and not files.faults:
        print(f"{folder}: no *.toml there", file=sys.stderr)
        return 2
    faults = check(folder)
    for fault in faults:
        print(fault)
    names = sum(len(e.aliases) for e in files.entries)
    listings = sum(len(e.listings) for e in files.entries)
    isins = len({x.isin for e in files.entries for x in e.listings if x.isin})
    print(
        f"{len(files.entries)} companies, {names} names, {listings} listings, {isins} ISINs, "
        f"{len(files.blockers)} blockers: {len(faults) or 'no'} fault{'' if len(faults) == 1 else 's'}"
    )
    return 1 if faults else 0


def run_find(options: argparse.Namespace, directory: CompanyDirectory) -> int:
    """What was accepted, and on what we abstain."""
    words = sys.stdin.buffer.read().decode("utf-8", "replace") if options.text == "-" else options.text
    title, _, text = plain(words).partition("\n")
    article = Article(
        raw=b"",
        origin=NOWHERE,
        seen=0,
        title=title,
        text=text,
        lang=language(options.lang, title, text, leaning),
    )
    found, doubtful = directory.explain(article)
    if options.json:
        print_json(article, found, doubtful)
    else:
        print_lines(article, found, doubtful)
    return 0


def print_json(article: Article, found: Sequence[Company], doubtful: Sequence[Company]) -> None:
    """One object: language, companies, abstained."""
    companies, abstained = ([msgspec.structs.asdict(c) for c in some] for some in (found, doubtful))
    print(orjson.dumps({"lang": article.lang, "companies": companies, "abstained": abstained}).decode())


def print_lines(article: Article, found: Sequence[Company], doubtful: Sequence[Company]) -> None:
    """One company a line, its evidence below it."""
    print(f"read as {article.lang}")
    for company in found:
        tickers = ", ".join(company.tickers) or company.kind
        print(
            f"{company.name} ({tickers}): {company.role}, salience {company.salience}, "
            f"confidence {company.confidence:.2f}, {_words(article, company)}"
        )
        print(f"    {'; '.join(company.evidence)}")
    for company in doubtful:
        print(f"abstained: {company.name} for {_words(article, company)}")
        print(f"    {'; '.join(company.evidence)}")
    if not found:
        print("no company")


def _words(article: Article, company: Company) -> str:
    return ", ".join(dict.fromkeys(repr(article.body[start:end]) for start, end in company.spans))
