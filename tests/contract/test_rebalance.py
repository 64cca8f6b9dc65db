"""Two workers of one service on a real broker: partitions move between them, and what is remembered moves along.

A green run does not prove it for workers on two machines, whose clocks and networks differ.
"""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from chassis.kafka_client import wait_for_broker
from chassis.kafka_topics import ensure_topics
from chassis.settings import StackSettings
from contracts.events import ContactVetoed
from counterpoint.embedded.kafka import Kafka
from tests.contract.stages import PARTITIONS, KafkaStage, fresh_name, once, owner_marker
from tests.contract.tally import START, Tally, World, payment, request, tally_service

ALL = set(range(PARTITIONS))


@pytest.fixture
async def stage(broker: Kafka) -> AsyncIterator[KafkaStage]:
    """The broker."""
    settings = StackSettings.model_validate({"kafka_bootstrap": broker.bootstrap, "session_timeout": 3})
    await ensure_topics(settings)
    producer = await wait_for_broker(settings)
    on_kafka = KafkaStage(settings, producer)
    yield on_kafka
    await on_kafka.close()
    await producer.stop()


def has(stage: KafkaStage) -> set[int]:
    """The partitions that a worker has."""
    return set(stage.runtime.workers) if stage.runtime is not None and stage.runtime.joined else set()


async def test_what_is_remembered_moves_with_its_partition(stage: KafkaStage) -> None:
    name, first_world, second_world = fresh_name(), World(), World()
    people = [f"{name}-{n}" for n in range(16)]
    await stage.open(tally_service(first_world, name))
    await stage.publish(*(payment(who, 1) for who in people))
    await stage.run()
    assert has(stage) == ALL
    second = stage.beside(tally_service(second_world, name))
    second.start()

    async def shared() -> bool:
        one, other = has(stage), has(second)
        return bool(one) and bool(other) and not one & other and one | other == ALL

    await stage.until(shared)
    await stage.publish(*(request(who, 1) for who in people))
    await stage.until(stage.quiet)
    await second.until(second.quiet)
    vetoes = once(await stage.read(ContactVetoed))
    assert len(vetoes) == len(people)
    assert {v.rule_pack for v in vetoes.values()} == {"0 requests and 1 payments before"}  # type: ignore[attr-defined]
    assert sorted(first_world.did + second_world.did) == sorted(f"{who}-1" for who in people)
    assert first_world.did
    assert second_world.did
    await second.lose()

    async def alone() -> bool:
        return has(stage) == ALL

    await stage.until(alone)
    await stage.publish(*(payment(who, 2) for who in people))
    await stage.run()
    for who in people:
        assert stage.state(who) == Tally(2, (f"{who}-1",), (f"{who}-1",), START + timedelta(days=3))
    assert first_world.asked == second_world.asked == []


async def test_a_partition_that_somebody_else_has_had_is_read_back_anew(stage: KafkaStage) -> None:
    name, world = fresh_name(), World()
    people = [f"{name}-{n}" for n in range(16)]
    await stage.open(tally_service(world, name))
    await stage.publish(*(payment(who, 1) for who in people))
    await stage.run()
    for who in people:  # as another worker would while this one stands still, unheard of
        await stage.tamper(who, *owner_marker())
    second = stage.beside(tally_service(world, name))
    second.start()

    async def shared() -> bool:
        return bool(has(stage)) and bool(has(second)) and has(stage) | has(second) == ALL

    await stage.until(shared)
    await stage.publish(*(request(who, 1) for who in people))
    await stage.until(stage.quiet)
    await second.lose()
    assert sorted(world.did) == sorted(f"{who}-1" for who in people)
