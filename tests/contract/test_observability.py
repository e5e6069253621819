"""Dashboards, alerts and the page about them hold to the figures that there are."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dashboards
import pytest
import yaml

from onemanage.local.stack import SERVICES
from onemanage.platform.process.figures import FIGURES
from onemanage.platform.process.metrics import Figure

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "infra/observability"
PAGE = (ROOT / "docs/observing.md").read_text(encoding="utf-8")
ALERTS: dict[str, Any] = yaml.safe_load((FOLDER / "alerts.yml").read_text())
BY_NAME = {figure.name: figure for figure in FIGURES}
_OF_HISTOGRAMS = re.compile(r"_(bucket|count|sum)$")
_USE = re.compile(r"\b(onemanage_[a-z_]+)(\{[^}]*\})?")
_BY = re.compile(r"by \(([^)]*)\)")
_ADDED = {"process", "instance", "job", "le"}
"""Labels that Prometheus gives, or a histogram has."""


def rules() -> list[dict[str, Any]]:
    return [rule for group in ALERTS["groups"] for rule in group["rules"]]


def expressions() -> Iterator[tuple[str, str]]:
    """Each expression of an alert and of a panel, and where it stands."""
    for rule in rules():
        yield rule["alert"], rule["expr"]
    for file in sorted((FOLDER / "dashboards").glob("*.json")):
        for panel in json.loads(file.read_text())["panels"]:
            for target in panel["targets"]:
                yield f"{file.stem}: {panel['title']}", target["expr"]


def figure_of(name: str) -> Figure:
    """Which figure a name in an expression is of; as it is, or of a histogram."""
    if name in BY_NAME:
        assert BY_NAME[name].kind != "histogram", f"{name} has no value of its own"
        return BY_NAME[name]
    figure = BY_NAME[_OF_HISTOGRAMS.sub("", name)]
    assert figure.kind == "histogram", f"{name}: {figure.name} is no histogram"
    return figure


@pytest.mark.parametrize(("where", "expression"), list(expressions()))
def test_what_is_asked_of_prometheus_is_told_by_some_process(
    where: str, expression: str
) -> None:
    labels: set[str] = set()
    for name, only in _USE.findall(expression):
        figure = figure_of(name)
        labels |= set(figure.labels)
        asked = set(re.findall(r"(\w+)(?:=~?|!~|!=)", only))
        assert asked <= set(figure.labels) | _ADDED, where
    for group in _BY.findall(expression):
        assert set(re.split(r",\s*", group)) <= labels | _ADDED, where


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
def test_every_figure_is_explained_in_the_page(figure: Figure) -> None:
    labels = ", ".join(f"`{label}`" for label in figure.labels)
    row = f"| `{figure.name}` | {figure.kind} | {labels} | {figure.says} |"
    assert row in PAGE.splitlines(), f"docs/observing.md needs: {row}"


def test_the_page_explains_no_figure_that_there_is_not() -> None:
    assert set(re.findall(r"^\| `(onemanage_\w+)` \|", PAGE, re.MULTILINE)) == set(
        BY_NAME
    )


def test_every_alert_says_what_to_do_in_the_page() -> None:
    told = set(re.findall(r"^\| (\w+) \|", PAGE, re.MULTILINE))
    assert {rule["alert"] for rule in rules()} <= told
    for rule in rules():
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"]["summary"]


def test_dashboards_are_as_their_table_has_them() -> None:
    for path, text in dashboards.files():
        assert path.read_text(encoding="utf-8") == text, path.name
    assert {path for path, _ in dashboards.files()} == set(
        (FOLDER / "dashboards").iterdir()
    )


def test_prometheus_asks_every_process_of_ours() -> None:
    config = yaml.safe_load((FOLDER / "prometheus.yml").read_text())
    (job,) = config["scrape_configs"]
    (found,) = job["dns_sd_configs"]
    processes = {*(service.name for service in SERVICES), "elastic-consumer"}
    assert set(found["names"]) == processes
    beside = yaml.safe_load((ROOT / "infra/docker-compose.observe.yml").read_text())
    for process in processes:
        given = beside["services"][process]["environment"]
        assert given["METRICS_ADDRESS"].endswith(f":{found['port']}")


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not here")
def test_promtool_takes_the_rules_and_the_configuration(tmp_path: Path) -> None:
    for name in ("alerts.yml", "prometheus.yml"):
        text = (FOLDER / name).read_text().replace("/etc/prometheus/", "")
        (tmp_path / name).write_text(text)
    for what, name in (("rules", "alerts.yml"), ("config", "prometheus.yml")):
        subprocess.run(["promtool", "check", what, tmp_path / name], check=True)


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not here")
def test_promtool_reads_every_expression_of_the_dashboards(tmp_path: Path) -> None:
    rules_ = [
        {"record": f"r{number}", "expr": text.replace("$__rate_interval", "1m")}
        for number, (_, text) in enumerate(expressions())
    ]
    path = tmp_path / "rules.yml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "all", "rules": rules_}]}))
    subprocess.run(["promtool", "check", "rules", path], check=True)
