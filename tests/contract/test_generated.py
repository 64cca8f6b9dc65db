"""`contracts/` is what the generator writes from `schemas/`, and can be told from its fingerprints.

A green run does not prove that the generated code is right: tests/property/test_codec.py holds it to an Avro library.
"""

import pytest
from msgspec.structs import fields

from chassis.schemas import plain, print_of, whole
from contracts.events import Event
from contracts.topics import TOPIC_OF, TOPICS
from tests.examples import KINDS
from tests.services import ROOT
from tools import gen_events


@pytest.mark.parametrize("name", ["events", "topics"])
def test_the_committed_types_are_what_the_generator_writes(name: str) -> None:
    named, prints = gen_events.load()
    source = gen_events.events_source(named, prints) if name == "events" else gen_events.topics_source(named)
    committed = (ROOT / "contracts" / f"{name}.py").read_text()
    assert committed == gen_events.formatted(source), "run make schemas"


@pytest.mark.parametrize("kind", KINDS)
def test_a_type_carries_the_fingerprint_and_the_fields_of_its_schema(kind: type[Event]) -> None:
    schema = plain(whole(kind.__name__))
    assert print_of(schema) == kind.FINGERPRINT
    assert [f.name for f in fields(kind)] == [f["name"] for f in schema["fields"]]


def test_no_two_events_have_one_fingerprint() -> None:
    assert len({kind.FINGERPRINT for kind in TOPIC_OF}) == len(TOPIC_OF)


def test_an_event_is_on_one_topic() -> None:
    assert sum(len(topic.events) for topic in TOPICS.values()) == len(TOPIC_OF)


def test_a_type_cannot_be_changed() -> None:
    for kind in KINDS:
        assert kind.__struct_config__.frozen
