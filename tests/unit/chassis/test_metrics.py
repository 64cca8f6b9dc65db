"""Metrics: declared in one place, named by the rule, with labels that are no ids.

A green run does not prove that a metric counts what its help says.
"""

import re
from pathlib import Path

from prometheus_client.metrics import MetricWrapperBase

from chassis import metrics

HERE = Path(__file__).resolve().parents[3]
DECLARED = {name: m for name, m in vars(metrics).items() if isinstance(m, MetricWrapperBase)}


def test_names_begin_with_ours_and_labels_are_finite_sets() -> None:
    assert DECLARED
    for metric in DECLARED.values():
        (family,) = metric.describe()
        assert re.fullmatch(r"counterpoint(_[a-z]+)+", family.name), family.name
        assert family.documentation.endswith(".")
        assert not [label for label in metric._labelnames if label.endswith("_id") or label == "consumer"]


def test_no_metric_is_declared_elsewhere() -> None:
    pattern = re.compile(r"from prometheus_client import .*\b(Counter|Gauge|Histogram|Summary)\b")
    elsewhere = [
        str(file.relative_to(HERE))
        for root in ("chassis", "services", "counterpoint")
        for file in (HERE / root).rglob("*.py")
        if file.name != "metrics.py" and pattern.search(file.read_text())
    ]
    assert elsewhere == []


def test_every_metric_that_code_uses_is_declared_and_every_declared_one_is_used() -> None:
    used = {
        name
        for root in ("chassis", "services", "counterpoint")
        for file in (HERE / root).rglob("*.py")
        for name in re.findall(r"\bmetrics\.([A-Z][A-Z_]+)\b", file.read_text())
    }
    assert used == DECLARED.keys()
