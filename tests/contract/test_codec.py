"""Bytes that are not an event are set aside and nothing else is; a schema registry's framing works against a real one.

A green run does not prove that registries of other makers answer alike.
"""

import json
import struct
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis import schemas
from chassis.clock import Clock
from chassis.codec import MARK, Codec, RegistryCodec, SingleObjectCodec, codec_for
from chassis.failures import Halted, InvalidEvent, TooManyDeadLetters, Unreachable
from chassis.runtime.memory import MemoryRuntime
from chassis.service import Service
from contracts.events import Event, OptedIn, PaymentSettled, TimerDue
from contracts.topics import TOPIC_OF
from counterpoint.embedded.registry import Registry
from tests.avro_values import written
from tests.examples import KINDS, all_examples, examples, fields_of
from tests.services import nothing

NOW = datetime(2026, 10, 21, 16, tzinfo=UTC)
CODEC = SingleObjectCodec()
TIMER = examples(TimerDue)["strategy-step"]
EVENTS = list(all_examples().values())


def test_a_record_is_marker_fingerprint_and_body() -> None:
    for event in EVENTS:
        value = CODEC.encode(event)
        assert value[:2] == MARK
        assert value[2:10] == schemas.print_of(schemas.whole(type(event).__name__))
        assert value[10:] == event.to_avro()
        assert CODEC.decode(value) == event


UNREADABLE = {
    "nothing": (None, "not in Avro single-object encoding"),
    "no bytes": (b"", "not in Avro single-object encoding"),
    "text": (b'{"event": "TimerDue"}', "not in Avro single-object encoding"),
    "a header cut off": (CODEC.encode(TIMER)[:9], "not in Avro single-object encoding"),
    "a registry's framing": (b"\x00\x00\x00\x00\x01" + TIMER.to_avro(), "not in Avro single-object encoding"),
    "a schema nobody knows": (MARK + b"\x01" * 8 + TIMER.to_avro(), "unknown schema, fingerprint 0101010101010101"),
    "a body cut off": (CODEC.encode(TIMER)[:-1], "the bytes are not what their schema says"),
    "no body": (CODEC.encode(TIMER)[:10], "the bytes are not what their schema says"),
    "bytes left over": (CODEC.encode(TIMER) + b"\x00", "the bytes are not what their schema says"),
}


@pytest.mark.parametrize(("value", "reason"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_is_not_an_event_says_why(value: bytes | None, reason: str) -> None:
    with pytest.raises(InvalidEvent, match=reason):
        CODEC.decode(value)


@pytest.mark.parametrize("kind", KINDS)
def test_no_event_can_be_cut_anywhere(kind: type[Event]) -> None:
    value = CODEC.encode(next(iter(examples(kind).values())))
    for end in range(len(value)):
        with pytest.raises(InvalidEvent):
            CODEC.decode(value[:end])


@given(st.sampled_from(EVENTS), st.data())
def test_damaged_bytes_are_an_event_or_invalid_and_never_a_crash(event: Event, data: st.DataObject) -> None:
    value = bytearray(CODEC.encode(event))
    for _ in range(data.draw(st.integers(1, 3))):
        value[data.draw(st.integers(10, len(value) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = CODEC.decode(bytes(value))
    except InvalidEvent:
        return
    assert CODEC.decode(CODEC.encode(found)) == found


def a_runtime(dead_letters: int = 100) -> MemoryRuntime:
    """A service that reads timers, on a log in memory."""
    service = Service[None](name="reader", version="0", reads=frozenset({TimerDue}), effects={TimerDue: nothing})
    return MemoryRuntime([service], Clock(NOW, 0.0, 0.0), partitions=1, dead_letters_in_a_row=dead_letters)


def put_raw(runtime: MemoryRuntime, value: bytes | None) -> None:
    """Write a record as somebody else might."""
    runtime.broker.append(TOPIC_OF[TimerDue], 0, b"con-1", value, [("ce_id", b"7")])


@pytest.mark.parametrize(("value", "reason"), UNREADABLE.values(), ids=UNREADABLE)
async def test_what_is_not_an_event_is_set_aside_whole_and_the_rest_goes_on(value: bytes | None, reason: str) -> None:
    runtime = a_runtime()
    put_raw(runtime, value)
    runtime.publish(TIMER)
    await runtime.run()
    (letter,) = runtime.broker.records[f"{TOPIC_OF[TimerDue]}.reader.dlq", 0]
    headers = dict(letter.headers)
    assert (letter.key, letter.value, headers["ce_id"]) == (b"con-1", value, b"7")
    assert headers["dlq_reason"].decode().startswith(reason)
    assert (headers["dlq_topic"], headers["dlq_partition"], headers["dlq_offset"]) == (
        TOPIC_OF[TimerDue].encode(),
        b"0",
        b"0",
    )
    assert runtime.broker.committed["reader", TOPIC_OF[TimerDue], 0] == 2


async def test_an_event_on_a_topic_of_others_is_set_aside() -> None:
    runtime = a_runtime()
    put_raw(runtime, CODEC.encode(examples(PaymentSettled)["card"]))
    await runtime.run()
    (letter,) = runtime.broker.records[f"{TOPIC_OF[TimerDue]}.reader.dlq", 0]
    assert dict(letter.headers)["dlq_reason"] == b"a PaymentSettled, which does not belong on this topic"


async def test_a_topic_of_nothing_but_nonsense_stops_the_service() -> None:
    runtime = a_runtime(dead_letters=3)
    for n in range(10):
        put_raw(runtime, bytes([n]))
    with pytest.raises(TooManyDeadLetters, match="4 messages in a row"):
        await runtime.run()


@pytest.fixture(scope="session")
async def codec(registry: Registry) -> AsyncIterator[Codec]:
    """A codec that has told the registry of all schemas."""
    async with httpx.AsyncClient(timeout=30) as client:
        known = RegistryCodec(registry.url, client)
        await known.register()
        yield known


async def test_every_event_survives_the_registrys_framing(codec: Codec) -> None:
    values = [codec.encode(event) for event in EVENTS]
    assert {value[:1] for value in values} == {b"\x00"}
    assert [codec.decode(value) for value in values] == EVENTS


async def test_another_process_learns_the_schemas_from_the_registry(codec: Codec, registry: Registry) -> None:
    values = [codec.encode(event) for event in EVENTS]
    async with httpx.AsyncClient() as client:
        other = RegistryCodec(registry.url, client)
        await other.prepare(values)
        assert [other.decode(value) for value in values] == EVENTS


async def test_a_reader_takes_the_schema_from_the_registry_alone(codec: Codec, registry: Registry) -> None:
    value = codec.encode(TIMER)
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{registry.url}/schemas/ids/{int.from_bytes(value[1:5], 'big')}")
    assert written(json.loads(answer.json()["schema"]), fields_of(TIMER)) == value[5:]


def subject_of(kind: type[Event]) -> str:
    """Where an event's schemas are in the registry."""
    return f"{TOPIC_OF[kind]}-{schemas.whole(kind.__name__)['name']}"


def tomorrow(kind: type[Event], **field: Any) -> str:
    """A later schema of an event, with one more field, as the registry takes it."""
    schema = json.loads(json.dumps(schemas.plain(schemas.whole(kind.__name__))))
    schema["fields"].append({"name": "later", "type": "string", **field})
    return json.dumps({"schema": json.dumps(schema)})


@pytest.mark.usefixtures("codec")
async def test_the_registry_refuses_others_what_readers_could_not_read(registry: Registry) -> None:
    async with httpx.AsyncClient(headers={"content-type": "application/json"}) as client:
        url = f"{registry.url}/subjects/{subject_of(TimerDue)}/versions"
        assert (await client.post(url, content=tomorrow(TimerDue))).status_code == httpx.codes.CONFLICT


async def test_a_record_of_a_later_version_is_read_without_what_it_adds(codec: Codec, registry: Registry) -> None:
    event = examples(OptedIn)["keyword"]
    body = tomorrow(OptedIn, default="")
    async with httpx.AsyncClient(headers={"content-type": "application/json"}) as client:
        answer = await client.post(f"{registry.url}/subjects/{subject_of(OptedIn)}/versions", content=body)
        number = answer.json()["id"]
    later = written(json.loads(json.loads(body)["schema"]), {**fields_of(event), "later": "new"})
    value = struct.pack(">bI", 0, number) + later
    await codec.prepare([value])
    assert codec.decode(value) == event


STRANGERS = {
    "a plain type": {"schema": '"string"'},
    "a union": {"schema": '["null", "string"]'},
    "another record": {"schema": '{"type": "record", "name": "elsewhere.TimerDue", "fields": []}'},
    "another language": {"schema": 'syntax = "proto3"; message TimerDue {}', "schemaType": "PROTOBUF"},
}


@pytest.mark.parametrize(("subject", "body"), STRANGERS.items(), ids=STRANGERS)
async def test_a_record_of_somebody_elses_schema_is_invalid(
    codec: Codec, registry: Registry, subject: str, body: dict[str, str]
) -> None:
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"{registry.url}/subjects/{subject.replace(' ', '-')}/versions", json=body)
    value = struct.pack(">bI", 0, answer.json()["id"]) + TIMER.to_avro()
    await codec.prepare([value])
    with pytest.raises(InvalidEvent, match="unknown schema, registry id"):
        codec.decode(value)


async def test_a_schema_that_the_registry_refuses_stops_the_start_and_is_named(registry: Registry) -> None:
    own_group = {"X-Registry-GroupId": "refused", "content-type": "application/json"}
    async with httpx.AsyncClient(headers=own_group) as client:
        url = f"{registry.url}/subjects/{subject_of(PaymentSettled)}/versions"
        assert (await client.post(url, content=tomorrow(PaymentSettled))).is_success
        with pytest.raises(Halted, match=r"refuses PaymentSettled .*HTTP 409.*mend the schema"):
            await RegistryCodec(registry.url, client).register()


async def test_without_a_registry_records_need_nothing_else() -> None:
    assert isinstance(await codec_for(None), SingleObjectCodec)


async def test_a_registry_that_does_not_answer_is_unreachable() -> None:
    async with httpx.AsyncClient() as client:
        with pytest.raises(Unreachable, match="schema registry"):
            await RegistryCodec("http://127.0.0.1:9", client).register()


@pytest.mark.parametrize(
    "value", [None, b"", b"\x00\x00", CODEC.encode(TIMER), b"\x00\xff\xff\xff\xff" + TIMER.to_avro()]
)
async def test_what_is_not_in_the_registrys_framing_is_invalid(codec: Codec, value: bytes | None) -> None:
    await codec.prepare([value])
    with pytest.raises(InvalidEvent):
        codec.decode(value)
