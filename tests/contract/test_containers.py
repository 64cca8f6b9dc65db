"""The container files fit the services and their settings.

Green does not prove that images build or that the stack comes up in containers: no container was run for it.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from chassis.settings import PREFIX, StackSettings
from contracts.topics import SERVICES
from tools.gen_reference import owners

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
CONTAINERS: dict[str, dict[str, Any]] = COMPOSE["services"]
OWN = dict(owners())
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def ours(container: str) -> dict[str, str]:
    """What a container is told of our settings, by field."""
    given = CONTAINERS[container].get("environment", {})
    return {k.removeprefix(PREFIX).lower(): v for k, v in given.items() if k.startswith(PREFIX)}


def test_every_service_has_a_container_of_its_own() -> None:
    built = {c["build"].get("args", {}).get("SERVICE") for c in CONTAINERS.values() if "build" in c}
    assert set(SERVICES) <= built
    assert set(SERVICES) <= set(CONTAINERS)


@pytest.mark.parametrize("container", [c for c in CONTAINERS if "build" in CONTAINERS[c]])
def test_a_container_is_told_only_what_its_process_knows_and_all_that_it_must(container: str) -> None:
    told = ours(container)
    own = OWN.get(container)
    fields = {f"{container}_{name}": f for name, f in own.model_fields.items()} if own else {}
    assert set(told) - set(StackSettings.model_fields) - set(fields) == set()
    assert {name for name, f in fields.items() if f.is_required()} <= set(told)
    values = {k: _filled(v) for k, v in told.items()}
    StackSettings.model_validate({k: v for k, v in values.items() if k in StackSettings.model_fields})
    if own is not None:
        own.model_validate({k.removeprefix(f"{container}_"): v for k, v in values.items() if k in fields})
        assert told[f"{container}_http_port"] == "8080"


def _filled(value: str) -> str:
    """A value as compose fills it in."""
    return re.sub(r"\$\{\w+:\?[^}]*\}", "secret", value)


def test_what_must_be_filled_in_is_listed() -> None:
    wanted = set(re.findall(r"\$\{(\w+)", json.dumps(COMPOSE)))
    assert wanted == set(re.findall(r"^(\w+)=$", (ROOT / ".env.example").read_text(), re.MULTILINE))


def test_containers_wait_only_for_containers_that_there_are() -> None:
    for name, container in CONTAINERS.items():
        for other, how in container.get("depends_on", {}).items():
            assert other in CONTAINERS, name
            assert how["condition"] != "service_healthy" or "healthcheck" in CONTAINERS[other], name


def test_ports_are_published_on_loopback_only() -> None:
    ports = [p for c in CONTAINERS.values() for p in c.get("ports", [])]
    assert ports
    assert [p for p in ports if not p.startswith("127.0.0.1:")] == []


def test_files_that_are_copied_or_mounted_exist() -> None:
    copied = re.findall(r"^COPY (\S+) ", DOCKERFILE, re.MULTILINE)
    mounted = [v.split(":")[0] for c in CONTAINERS.values() for v in c.get("volumes", []) if v.startswith("./")]
    paths = [p.replace("${SERVICE}", s) for p in (*copied, *mounted) for s in SERVICES]
    assert [p for p in paths if not (ROOT / p).exists()] == []
    allowed = re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    assert {p.split("/")[0] for p in copied} == set(allowed)


def test_images_run_as_nobody_in_particular() -> None:
    stages = re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)[2:]
    assert len(stages) == 2
    assert all("\nUSER counterpoint\n" in stage for stage in stages)


def test_every_service_is_scraped() -> None:
    scraped = yaml.safe_load((ROOT / "ops" / "prometheus" / "prometheus.yml").read_text())
    (job,) = scraped["scrape_configs"]
    assert set(job["static_configs"][0]["targets"]) == {f"{s}:8080" for s in SERVICES}
