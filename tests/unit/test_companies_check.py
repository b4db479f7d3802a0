"""`companies check`: every fault of a directory, with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.companies.check import check
from models.companies.load import BadDirectory, load_files
from streams.cli import main
from streams.commands.doctor import knowledge_findings
from streams.settings.load import load_settings

GOOD = """
[[group]]
name = "chips"
means = "makers of chips"

[[company]]
id = "acme"
name = "Acme Chips"
kind = "listed"
country = "US"
groups = ["chips"]
listings = [
  { ticker = "ACME", mic = "XNAS", isin = "US0378331005" },
  { ticker = "ACM.DE", mic = "XETR" },
]
wkn = ["865985"]
aliases = ["Acme Chips", "Acme Semiconductor"]

[[company.ambiguous]]
text = "Acme"
en = "context"
de = "safe"
with = ["chips"]
not = ["Acme of"]

[[blocker]]
text = "Acme Theatre"
langs = ["en"]
reason = "a theatre"
"""


def faults(folder: Path, *changes: tuple[str, str]) -> list[str]:
    """What check says of the good file after these replacements."""
    text = GOOD
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (folder / "some.toml").write_text(text, encoding="utf-8")
    return check(folder)


def line_of(words: str, text: str = GOOD) -> int:
    """The line that holds `words`."""
    return next(n for n, line in enumerate(text.splitlines(), 1) if words in line)


def test_a_good_directory_has_no_faults(tmp_path: Path) -> None:
    """The file that the other tests spoil is clean."""
    assert faults(tmp_path) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("US0378331005", "US0378331006", "check digit"),
        ('mic = "XNAS"', 'mic = "XXXX"', "unknown market"),
        ('mic = "XNAS"', 'mic = "XETR"', "does not end as tickers of XETR do"),
        ('"ACM.DE", mic = "XETR"', '"ACM.DE", mic = "XNYS"', "does not end as tickers of XNYS do"),
        ('wkn = ["865985"]', 'wkn = ["86598"]', "is no WKN"),
        ('groups = ["chips"]', 'groups = ["chip"]', "did you mean chips"),
        ('groups = ["chips"]', 'groups = ["chips", "chips"]', "twice"),
        ('groups = ["chips"]', 'groups = ["chips"]\nparent = "acmee"', "is no company"),
        ('groups = ["chips"]', 'groups = ["chips"]\nparent = "acme"', "its own parent"),
        ('"Acme Chips", "Acme Semi', '"Acme Chips ", "Acme Semi', "spaces too many"),
        ('"Acme Semiconductor"', '"Acme Cafe\\u0301"', "composed form"),
        ('"Acme Semiconductor"', '"Apple"', "ordinary word"),
        ('"Acme Semiconductor"', '"A"', "single character"),
        ('kind = "listed"', 'kind = "private"', "is private, but has listings"),
        ('text = "Acme Theatre"', 'text = "Acme Chips"', "would never be found"),
        ('reason = "a theatre"', 'reason = "x"\n\n[[blocker]]\ntext = "Acme Theatre"\nreason = "y"', "stands in"),
    ],
)
def test_each_fault_is_named_with_file_and_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    """One change, one fault, at a line of that file."""
    found = faults(tmp_path, (old, new))
    assert len(found) == 1, found
    assert said in found[0]
    name, line, _ = found[0].split(":", 2)
    assert name == "some.toml"
    assert 1 <= int(line) <= len(GOOD.splitlines()) + 5


def test_the_line_is_the_one_with_the_mistake(tmp_path: Path) -> None:
    """Not the line where the company's table begins, but the one to mend."""
    assert faults(tmp_path, ("US0378331005", "US0378331006"))[0].startswith(f"some.toml:{line_of('US037')}:")
    assert faults(tmp_path, ('"XETR"', '"XNYS"'))[0].startswith(f"some.toml:{line_of('ACM.DE')}:")


SECOND = """
[[company]]
id = "{id}"
name = "Bolt Works"
kind = "listed"
country = "DE"
listings = [ {{ ticker = "{ticker}", mic = "XETR", isin = "{isin}" }} ]
aliases = ["{alias}"]
"""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"id": "acme"}, "is taken by some.toml"),
        ({"ticker": "ACM.DE"}, "belongs to acme"),
        ({"isin": "US0378331005"}, "is written for acme"),
        ({"alias": "Acme"}, "'Acme' (en/de) is acme's"),
    ],
)
def test_what_two_companies_cannot_share(tmp_path: Path, change: dict[str, str], said: str) -> None:
    """Id, ticker, ISIN, and an alias in one language."""
    own = {"id": "bolt-works", "ticker": "BLT.DE", "isin": "DE0007164600", "alias": "Bolt Works"} | change
    (tmp_path / "tome.toml").write_text(SECOND.format(**own), encoding="utf-8")
    assert any(said in f for f in faults(tmp_path))


def test_one_alias_may_have_an_owner_per_language(tmp_path: Path) -> None:
    """As Merck: never for the one where it is the other's."""
    own = {"id": "bolt-works", "ticker": "BLT.DE", "isin": "DE0007164600", "alias": "Bolt Works"}
    text = SECOND.format(**own) + '\n[[company.ambiguous]]\ntext = "Acme"\nen = "context"\nde = "never"\n'
    (tmp_path / "tome.toml").write_text(text, encoding="utf-8")
    assert faults(tmp_path, ('en = "context"', 'en = "never"')) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('kind = "listed"', 'kind = "lsited"', "is none of"),
        ('country = "US"', "", "`country` is missing"),
        ('id = "acme"', 'id = "Acme Inc"', "lower-case"),
        ('aliases = ["Acme Chips"', 'aliases = ["", "Acme Chips"', "not empty"),
        ('aliases = ["Acme Chips"', 'alias = ["Acme Chips"', "unknown key `alias`"),
        ('de = "safe"', 'de = "save"', "needs text"),
        ('with = ["chips"]', 'with = [""]', "`with`"),
        ('ticker = "ACME"', 'symbol = "ACME"', "unknown key `symbol`"),
        ('langs = ["en"]', 'langs = ["english"]', "`langs`"),
        ("[[group]]", "[[gruppe]]", "unknown table"),
        ('name = "chips"', 'name = "chips', "some.toml"),
    ],
)
def test_misshapen_files_cannot_be_loaded(tmp_path: Path, old: str, new: str, said: str) -> None:
    """All faults of shape at once, with file and line; check names them, too."""
    assert any(said in f for f in faults(tmp_path, (old, new)))
    with pytest.raises(BadDirectory, match=r"some\.toml"):
        load_files(tmp_path)


def test_the_version_changes_with_the_files(tmp_path: Path) -> None:
    """Decisions carry it, so that a replay knows whether judgements could differ."""
    faults(tmp_path)
    before = load_files(tmp_path).version
    faults(tmp_path, ('with = ["chips"]', 'with = ["chips", "wafer"]'))
    assert load_files(tmp_path).version != before


def test_a_misspelt_key_hides_no_other_fault(tmp_path: Path) -> None:
    """The company is kept: what else is wrong with it is named in the same breath."""
    (tmp_path / "some.toml").write_text(
        '[[company]]\nid = "acme"\nname = "Acme Chips"\nkind = "listed"\ncountry = "US"\ngroups = ["nowhere"]\n'
        'alias = ["Acme"]\nlistings = [{ ticker = "ACME", mic = "XNAS", isin = "US0378331006" }]\n'
    )
    said = "\n".join(check(tmp_path))
    assert "unknown key `alias`" in said and "nowhere" in said and "US0378331006" in said


def test_a_directory_of_the_settings_is_the_one_that_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`find` and `check` go by `--config`; what is wrong with it is the directory's, not the model's."""
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "some.toml").write_text(GOOD)
    config = tmp_path / "own.toml"
    config.write_text(f'directory = "{tmp_path / "own"}"\n')
    assert main(["companies", "find", "Acme Semiconductor to grow", "--lang", "en", "--config", str(config)]) == 0
    assert "Acme Chips (ACME" in capsys.readouterr().out
    assert main(["companies", "check", "--config", str(config)]) == 0
    assert capsys.readouterr().out.startswith("1 companies")
    (tmp_path / "own" / "some.toml").write_text("[[company]]\nid = 'x'\n")
    assert main(["companies", "find", "Acme", "--config", str(config)]) == 2
    assert "some.toml:1: `name` is missing" in capsys.readouterr().err
    findings, _ = knowledge_findings(load_settings(config))
    assert {f.part for f in findings} == {"directory"} and "some.toml:1: `name` is missing" in findings[0].words
