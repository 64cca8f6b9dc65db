"""`topics.yaml` says who writes and reads what, and the services do just that, both ways.

A green run does not prove that a broker keeps others from writing: that takes its access lists.
"""

import pytest
import yaml

from chassis.schemas import DIRECTORY
from contracts.topics import JUDGED_LAST, SERVICES, STATEFUL, TOPIC_OF, TOPICS
from tests.examples import personal
from tests.services import BUILDERS, CHANNELS, ROOT, built, followed, made

OUTSIDE = {"upstream", "operator"}
"""Who writes topics and is no service."""
FOLDERS = sorted(p.name for p in (ROOT / "services").iterdir() if (p / "service.py").exists())
BY_CHANNELS = made("chassis")
"""What every channel writes, by the code that channels share."""


def folders(name: str) -> tuple[str, ...]:
    """Where the code is that makes a service what it is."""
    return (f"services/{name}", "chassis/channel") if name in CHANNELS else (f"services/{name}",)


def test_every_service_that_exists_is_on_a_topic_and_the_other_way_round() -> None:
    assert set(FOLDERS) == set(SERVICES)
    assert set(BUILDERS) <= set(SERVICES)


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_reads_the_topics_that_name_it_and_no_other(name: str) -> None:
    service = built(name)
    reads = {TOPIC_OF[kind] for kind in service.reads | followed(*folders(name))}
    assert reads == {topic for topic, t in TOPICS.items() if name in t.readers}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_goes_by_the_name_of_its_folder(name: str) -> None:
    assert built(name).name == name


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_writes_the_topics_that_name_it_and_no_other(name: str) -> None:
    built(name)
    writes = {TOPIC_OF[kind] for folder in folders(name) for kind in made(folder)}
    assert writes == {topic for topic, t in TOPICS.items() if name in t.writers}


def test_somebody_makes_every_event() -> None:
    outside = {kind for t in TOPICS.values() if OUTSIDE & set(t.writers) for kind in t.events}
    for kind, topic in TOPIC_OF.items():
        makers = {name for name in TOPICS[topic].writers if name in FOLDERS and kind in made(f"services/{name}")}
        missing = set(TOPICS[topic].writers) - set(FOLDERS) - OUTSIDE
        assert makers or kind in outside or kind in BY_CHANNELS, f"no writer of {topic} makes {kind.__name__}" + (
            f"; not there yet: {sorted(missing)}" if missing else ""
        )


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_must_see_last_is_what_topics_yaml_says(name: str) -> None:
    assert built(name).judged_last == frozenset(JUDGED_LAST.get(name, ()))


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_remembers_consumers_just_if_topics_yaml_says_so(name: str) -> None:
    assert (built(name).decider is not None) == (name in STATEFUL)


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_acts_only_on_what_it_reads_or_writes(name: str) -> None:
    service = built(name)
    assert set(service.effects) <= service.reads | made(f"services/{name}") | BY_CHANNELS


def test_only_the_gate_writes_what_a_channel_may_send() -> None:
    approved = {name: t for name, t in TOPICS.items() if ".approved-" in name}
    assert approved
    for name, topic in approved.items():
        channel = name.removeprefix("counterpoint.approved-").partition(".")[0]
        assert topic.writers == ("compliance",), name
        assert {r for r in topic.readers if r in FOLDERS} - {"reporting"} == {channel} & set(FOLDERS), name


def test_topics_are_named_kept_and_explained() -> None:
    spec = yaml.safe_load((DIRECTORY / "topics.yaml").read_text())["topics"]
    for name, topic in spec.items():
        assert name.startswith("counterpoint."), name
        assert name.endswith(".v1"), name
        assert "_" not in name, f"{name}: Kafka's metrics confuse dots and underscores"
        assert topic["why"].endswith("."), name
        assert topic["retention_days"] == -1, f"{name}: the law wants the evidence for three years"


def test_a_topic_with_personal_data_says_so() -> None:
    for name, topic in TOPICS.items():
        marked = sorted(kind.__name__ for kind in topic.events if personal(kind))
        assert not marked or topic.pii, f"{name} holds personal data ({', '.join(marked)}), and topics.yaml denies it"
