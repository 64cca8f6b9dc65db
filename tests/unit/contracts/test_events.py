"""What every generated type shares, and what a topic is.

A green run does not prove anything about single events: tests/property/test_codec.py does.
"""

import pytest

from contracts.events import Event, Meta
from contracts.topic import changelog
from contracts.topics import TOPICS
from tests.examples import all_examples, fields_of

EXAMPLES = all_examples()
META = next(iter(EXAMPLES.values())).meta


def test_only_generated_events_can_be_written_or_read() -> None:
    with pytest.raises(TypeError, match="only generated events"):
        Event(META).to_avro()
    with pytest.raises(TypeError, match="only generated events"):
        Event.from_avro(b"")


def test_a_record_with_bytes_left_over_is_no_event() -> None:
    for event in EXAMPLES.values():
        body = event.to_avro()
        with pytest.raises(ValueError, match=f"needs {len(body)} bytes, and the record has {len(body) + 1}"):
            type(event).from_avro(body + b"\x00")


def test_meta_stands_at_the_beginning_of_every_record() -> None:
    for event in EXAMPLES.values():
        meta, _ = Meta.read(event.to_avro(), 0)
        assert meta == event.meta
        assert fields_of(meta)["event_id"] == event.meta.event_id


def test_topics_beside_a_topic_are_named_after_it() -> None:
    topic = TOPICS["counterpoint.timers.v1"]
    assert topic.dead_letters("reporting") == "counterpoint.timers.v1.reporting.dlq"
    assert changelog("compliance") == "counterpoint.compliance-state.v1"
