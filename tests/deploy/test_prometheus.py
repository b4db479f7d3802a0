"""Alert rules and dashboard: right by their own tools, and about metrics that exist."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import yaml

from tests.deploy.tools import DEPLOY, asked, exported, labels_exported, labels_of, ran, tool

PROMTOOL = "apt-get install prometheus"
FOLDER = DEPLOY / "prometheus"
DASHBOARD = json.loads((DEPLOY / "grafana" / "dashboards" / "tapewire.json").read_text())


def rules() -> list[dict[str, object]]:
    """Every alert rule."""
    read = yaml.safe_load((FOLDER / "rules.yml").read_text())
    return [rule for group in read["groups"] for rule in group["rules"]]


def expressions() -> Iterator[tuple[str, str]]:
    """Every expression with where it stands."""
    yield from ((str(rule["alert"]), str(rule["expr"])) for rule in rules())
    for panel in DASHBOARD["panels"]:
        yield from ((panel["title"], target["expr"]) for target in panel.get("targets", ()))


def test_the_rules_pass_their_unit_tests() -> None:
    """Each fires when it must and is silent when it must be."""
    promtool = tool("promtool", PROMTOOL)
    ran([promtool, "check", "rules", "rules.yml"], FOLDER)
    ran([promtool, "check", "config", "--syntax-only", "prometheus.yml"], FOLDER)
    ran([promtool, "test", "rules", "rules.test.yml", "rules.days.test.yml"], FOLDER)


def test_every_rule_has_a_case_that_fires() -> None:
    """A rule that no test makes fire may never fire."""
    cases = yaml.safe_load((FOLDER / "rules.test.yml").read_text())["tests"]
    checks = [check for case in cases for check in case["alert_rule_test"]]
    fired = {check["alertname"] for check in checks if check["exp_alerts"]}
    silent = {check["alertname"] for check in checks if not check["exp_alerts"]}
    assert {rule["alert"] for rule in rules()} == fired == silent


def test_every_rule_says_how_grave_it_is_and_where_the_runbook_helps() -> None:
    """`page` or `ticket`; a runbook section that is named is there."""
    headings = {line.lstrip("# ") for line in (DEPLOY / "runbook.md").read_text().splitlines() if line.startswith("#")}
    for rule in rules():
        notes, labels = rule["annotations"], rule["labels"]
        assert isinstance(notes, dict)
        assert isinstance(labels, dict)
        assert labels["severity"] in {"page", "ticket"}
        section = str(notes["mend"]).partition("`")[2].partition("`")[0]
        assert section in headings or "runbook" not in str(notes["mend"]), rule["alert"]


@pytest.mark.parametrize(("where", "expression"), sorted(set(expressions())))
def test_what_is_asked_for_is_exported(where: str, expression: str) -> None:
    """Names and the labels that are filtered by; a typing error would show an empty panel for ever."""
    assert asked(expression), where
    assert asked(expression) - exported() == set(), where
    assert labels_of(expression) - labels_exported() == set(), where


def test_the_dashboard_can_be_provisioned() -> None:
    """Panels do not overlap, ids are unique, and each asks the data source that is provisioned."""
    panels = DASHBOARD["panels"]
    assert len({p["id"] for p in panels}) == len(panels)
    cells = [
        (x, y)
        for p in panels
        for x in range(p["gridPos"]["x"], p["gridPos"]["x"] + p["gridPos"]["w"])
        for y in range(p["gridPos"]["y"], p["gridPos"]["y"] + p["gridPos"]["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
    source = yaml.safe_load((DEPLOY / "grafana" / "provisioning" / "datasources" / "prometheus.yml").read_text())
    assert {p["datasource"]["uid"] for p in panels if p["type"] != "row"} == {source["datasources"][0]["uid"]}
