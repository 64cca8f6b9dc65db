"""The read model as a process on a real broker and database: killed in the middle, every record is stored once.

A green run does not prove it for every moment at which a process can die: the kill comes at one.
"""

import asyncio

import httpx
import psycopg
import pytest
from msgspec import structs

from chassis.clock import Clock
from chassis.codec import SingleObjectCodec
from chassis.kafka_client import KafkaPublisher, wait_for_broker
from chassis.settings import StackSettings
from contracts.events import Event
from contracts.ids import EventId
from counterpoint import read_model
from counterpoint.embedded.kafka import Kafka
from counterpoint.embedded.processes import free_ports
from tests.examples import all_examples
from tests.processes import environment, running, start, topics_exist

ROUNDS = 60


def the_log() -> list[tuple[Event, str]]:
    """Every example many times over, each time with ids of its own."""
    return [
        (structs.replace(event, meta=structs.replace(event.meta, event_id=EventId(f"{case}/{n}"))), f"key-{n}")
        for n in range(ROUNDS)
        for case, event in all_examples().items()
    ]


async def stored(dsn: str, at_least: int) -> int:
    """Wait until so many records are stored; give back how many."""
    async with asyncio.timeout(90):
        while True:
            with psycopg.connect(dsn) as connection:
                try:
                    row = connection.execute("select count(*) from reporting.events").fetchone()
                except psycopg.errors.UndefinedTable:
                    row = (0,)
            if row and row[0] >= at_least:
                return int(row[0])
            await asyncio.sleep(0.02)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the broker outlives its Popen
async def test_killed_in_the_middle_every_record_is_stored_once(own_broker: Kafka, database: str) -> None:
    (port,) = free_ports(1)
    told = environment(
        kafka_bootstrap=own_broker.bootstrap, postgres_dsn=database, reporting_http_port=port, batch_records=100
    )
    stack = StackSettings.model_validate({"kafka_bootstrap": own_broker.bootstrap})
    await topics_exist(stack)
    producer = await wait_for_broker(stack)
    log = the_log()
    try:
        publisher = KafkaPublisher(
            producer=producer, codec=SingleObjectCodec(), clock=Clock.real(), partitions=stack.kafka_partitions
        )
        await publisher.publish(events=[e for e, _ in log], keys=[k for _, k in log])
    finally:
        await producer.stop()
    first = await start("services.reporting", told)
    try:
        before = await stored(database, len(log) // 10)
    finally:
        first.kill()
        await first.wait()
    assert before < len(log)
    async with running("services.reporting", told, port), httpx.AsyncClient(trust_env=False) as client:
        await stored(database, len(log))
        metrics = (await client.get(f"http://127.0.0.1:{port}/metrics")).text
    assert read_model.summary(database).events == len(log)
    with psycopg.connect(database) as connection:
        (distinct,) = connection.execute("select count(distinct event_id) from reporting.events").fetchone() or (0,)
    assert distinct == len(log)
    assert "counterpoint_read_model_rows_total" in metrics
    assert "counterpoint_read_model_lag_seconds" in metrics
