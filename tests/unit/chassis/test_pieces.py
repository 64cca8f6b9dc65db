"""The chassis's small pieces: clock, pauses, routing, address ids, dead letters, health pages.

A green run does not prove that they are put together rightly; tests/contract does that.
"""

import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from aiokafka import partitioner
from hypothesis import given
from hypothesis import strategies as st

from chassis import metrics
from chassis.addresses import address_id
from chassis.clock import Clock, milliseconds
from chassis.dead_letters import DeadLetter, DeadLetterLimit
from chassis.failures import TooManyDeadLetters
from chassis.health import application
from chassis.retry import LEAST, MOST, Backoff
from chassis.routing import headers_of, key_of, murmur2, partition_for, partitioning_key
from tests.contract.tally import payment, request

T0 = datetime(2026, 10, 19, 16, 0, tzinfo=UTC)


def test_equal_settings_give_every_process_the_same_time() -> None:
    anchor = Clock.real().now().timestamp() - 60
    one, other = Clock(start=T0, anchor=anchor, rate=600.0), Clock(start=T0, anchor=anchor, rate=600.0)
    first, second = one.now(), other.now()
    assert T0 + timedelta(hours=10) <= first <= second
    assert one.real_seconds(timedelta(minutes=10)) == 1.0
    assert one.simulated(1.0) == timedelta(minutes=10)


def test_an_instant_in_milliseconds() -> None:
    assert milliseconds(datetime(1970, 1, 1, 0, 0, 1, 500_000, tzinfo=UTC)) == 1500


def test_pauses_double_up_to_a_limit() -> None:
    backoff = Backoff(first=0.1, most=1.0)
    pauses = [backoff.next() for _ in range(8)]
    assert all(0.05 * 2**n <= pause <= 0.1 * 2**n for n, pause in enumerate(pauses[:4]))
    assert all(0.5 <= pause <= 1.0 for pause in pauses[4:])


@given(st.floats(min_value=-1e9, max_value=1e9))
def test_what_a_server_asks_for_is_kept_within_bounds(asked: float) -> None:
    assert LEAST <= Backoff().next(asked) <= MOST


@given(st.text(max_size=40), st.integers(min_value=1, max_value=64))
def test_a_key_has_one_partition(key: str, partitions: int) -> None:
    assert 0 <= partition_for(key, partitions) < partitions


def test_partitions_are_those_of_kafkas_own_clients() -> None:
    # Java: Utils.toPositive(Utils.murmur2("21".getBytes())) % n, from Kafka's own UtilsTest: murmur2("21") = -973932308
    assert partition_for("21", 1 << 31) == -973932308 & 0x7FFFFFFF


@given(st.binary(max_size=80))
def test_a_key_is_hashed_as_the_brokers_client_does(key: bytes) -> None:
    assert murmur2(key) == partitioner.murmur2(key) & 0xFFFFFFFF


def test_an_event_is_keyed_by_its_consumer_and_says_what_it_is() -> None:
    event = payment("con-1", 1)
    headers = dict(headers_of(event))
    assert (key_of(event), partitioning_key(event)) == ("con-1", "con-1")
    assert headers["ce_type"] == b"counterpoint.payments.PaymentSettled"
    assert headers["ce_id"] == event.meta.event_id.encode()
    assert re.fullmatch(rb"00-[0-9a-f]{32}-[0-9a-f]{16}-01", headers["traceparent"])


def test_a_correlation_that_is_no_trace_makes_no_header() -> None:
    import msgspec

    event = request("con-1", 1)
    odd = msgspec.structs.replace(event, meta=msgspec.structs.replace(event.meta, correlation_id="short"))
    assert "traceparent" not in dict(headers_of(odd))


def test_an_address_id_is_the_same_for_the_same_address_and_key_only() -> None:
    assert address_id(b"k", "tel", "+12125550101") == address_id(b"k", "tel", "+12125550101")
    assert address_id(b"k", "tel", "+12125550101") != address_id(b"other", "tel", "+12125550101")
    assert "5550101" not in address_id(b"k", "tel", "+12125550101")


def test_a_dead_letter_keeps_its_headers_and_says_where_it_came_from() -> None:
    letter = DeadLetter("counterpoint.payments.v1", 3, 7, b"k", b"v", [("ce_id", b"1")], "not Avro")
    assert letter.record_headers() == [
        ("ce_id", b"1"),
        ("dlq_reason", b"not Avro"),
        ("dlq_topic", b"counterpoint.payments.v1"),
        ("dlq_partition", b"3"),
        ("dlq_offset", b"7"),
    ]


def test_the_limit_counts_only_what_comes_in_a_row() -> None:
    limit = DeadLetterLimit(2)
    for _ in range(5):
        limit.unreadable("t", "r")
        limit.unreadable("t", "r")
        limit.readable()
    limit.unreadable("t", "r")
    limit.unreadable("t", "r")
    with pytest.raises(TooManyDeadLetters, match="3 messages in a row on t cannot be read"):
        limit.unreadable("t", "r")


async def test_a_process_says_that_it_lives_whether_it_is_ready_and_what_it_measures() -> None:
    metrics.EVENTS_HANDLED.labels("sms", "TextApproved").inc()
    reason: list[str | None] = ["starting"]
    transport = httpx.ASGITransport(app=application(service="sms", ready=lambda: reason[0], routes=()))
    async with httpx.AsyncClient(transport=transport, base_url="http://sms") as client:
        assert (await client.get("/healthz")).json() == {"service": "sms", "alive": True}
        not_yet = await client.get("/readyz")
        assert (not_yet.status_code, not_yet.json()["reason"]) == (503, "starting")
        reason[0] = None
        assert (await client.get("/readyz")).status_code == 200
        assert "counterpoint_events_handled" in (await client.get("/metrics")).text
