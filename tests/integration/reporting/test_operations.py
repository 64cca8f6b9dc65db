"""Dashboards and alerts ask for what is there: metrics by their names and labels, SQL that the read model answers.

A green run does not prove that Grafana draws them well: look at them after a demo.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
import yaml
from prometheus_client import Counter, Gauge, Histogram

from chassis import metrics
from contracts.topics import SERVICES
from tests.examples import all_examples
from tests.integration.reporting.harness import a_database, in_the_log, store
from tests.processes import HERE

OPS = HERE / "ops"
DASHBOARDS = sorted((OPS / "grafana" / "dashboards").glob("*.json"))
SUFFIXES: dict[type[Any], tuple[str, ...]] = {
    Counter: ("_total",),
    Gauge: ("",),
    Histogram: ("_bucket", "_sum", "_count"),
}
OF_PROMETHEUS = {"le", "job", "instance"}
MACROS = (
    (r"\$__timeFilter\(((?:[^()]|\([^()]*\))*)\)", r"\1 between '2000-01-01' and '2100-01-01'"),
    (r"\$__timeGroup\(((?:[^(),]|\([^()]*\))*), *\$__interval\)", r"date_bin('1 hour', \1, '2000-01-01')"),
)


def samples() -> dict[str, set[str]]:
    """The labels of every sample that a service can serve, by its name."""
    found: dict[str, set[str]] = {}
    for metric in vars(metrics).values():
        for kind, suffixes in SUFFIXES.items():
            if isinstance(metric, kind):
                (described,) = metric.describe()
                found |= {described.name + suffix: set(metric._labelnames) for suffix in suffixes}
    return found


def panels() -> Iterator[Any]:
    """Every panel of every dashboard."""
    for path in DASHBOARDS:
        yield from json.loads(path.read_text())["panels"]


def targets(kind: str) -> Iterator[tuple[str, str]]:
    """What panels ask a kind of source, with the panel's title."""
    for panel in panels():
        for target in panel.get("targets", ()):
            if kind in target:
                yield panel["title"], target[kind]


def alerts() -> Iterator[Any]:
    """Every alert."""
    for group in yaml.safe_load((OPS / "prometheus" / "alerts.yml").read_text())["groups"]:
        yield from group["rules"]


def expressions() -> list[tuple[str, str]]:
    """Every question to Prometheus, with who asks."""
    return [*targets("expr"), *((alert["alert"], alert["expr"]) for alert in alerts())]


@pytest.mark.parametrize(("who", "expression"), expressions())
def test_only_metrics_that_are_declared_are_asked_for(who: str, expression: str) -> None:
    known = samples()
    named = re.findall(r"counterpoint_\w+", expression)
    assert named or "up{" in expression, who
    assert set(named) <= known.keys(), f"{who} asks for what chassis/metrics.py does not declare"
    labels = {label for names in re.findall(r"by \(([^)]*)\)", expression) for label in names.split(", ")}
    labels |= set(re.findall(r"(\w+)\s*!?=~?\s*\"", expression))
    allowed = OF_PROMETHEUS.union(*(known[name] for name in named))
    assert labels <= allowed, f"{who} asks for labels that its metrics do not have"
    assert expression.count("(") == expression.count(")")


def test_every_alert_says_what_is_wrong_and_what_to_do() -> None:
    for alert in alerts():
        assert alert["annotations"].keys() >= {"summary", "action"}, alert["alert"]
        assert alert["labels"]["severity"] in ("page", "ticket")


async def test_the_read_model_answers_every_panel(database: str) -> None:
    async with a_database(database) as model:
        await store(model, in_the_log(all_examples().values()))
    asked = list(targets("rawSql"))
    assert asked
    with psycopg.connect(database) as connection:
        for title, question in asked:
            for macro, meaning in MACROS:
                question = re.sub(macro, meaning, question)
            assert "$" not in question, f"{title}: a macro that this test does not know"
            rows = connection.execute(question.encode()).fetchall()
            assert rows, f"{title} shows nothing of the examples"


def test_panels_are_told_apart_explained_and_have_a_source() -> None:
    provisioned = yaml.safe_load((OPS / "grafana/provisioning/datasources/counterpoint.yml").read_text())
    sources = {source["uid"]: source["type"] for source in provisioned["datasources"]}
    ids = [panel["id"] for panel in panels()]
    assert len(ids) == len(set(ids))
    for panel in panels():
        if panel["type"] != "row":
            assert panel["description"], panel["title"]
            for target in panel["targets"]:
                assert sources[target["datasource"]["uid"]] == target["datasource"]["type"], panel["title"]


def test_every_service_is_asked_for_its_metrics() -> None:
    told = yaml.safe_load((OPS / "prometheus" / "prometheus.yml").read_text())
    (job,) = told["scrape_configs"]
    assert {t.partition(":")[0] for s in job["static_configs"] for t in s["targets"]} == set(SERVICES)
