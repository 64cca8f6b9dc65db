"""What is remembered comes back from a changelog that a broker has really compacted.

A green run does not prove it for a cleaner that dies half way: that is Kafka's own promise.
"""

from collections.abc import AsyncIterator

import pytest
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from chassis.kafka_client import wait_for_broker
from chassis.kafka_topics import ensure_topics
from chassis.settings import StackSettings
from contracts.events import ContactVetoed
from counterpoint.embedded.kafka import Kafka
from tests.contract.stages import Crashed, KafkaStage, fresh_name, later
from tests.contract.tally import World, payment, request, tally_service

AT_ONCE = {
    "cleanup.policy": "compact",
    "segment.ms": "1000",
    "min.compaction.lag.ms": "0",
    "min.cleanable.dirty.ratio": "0.01",
}
HOUR = 1 / 24
ROUNDS = 8


@pytest.fixture
async def stage(own_broker: Kafka) -> AsyncIterator[KafkaStage]:
    """A broker that compacts the tally's changelog as soon as it can."""
    settings = StackSettings.model_validate({"kafka_bootstrap": own_broker.bootstrap, "session_timeout": 3})
    await ensure_topics(settings)
    producer = await wait_for_broker(settings)
    on_kafka = KafkaStage(settings, producer, config=AT_ONCE)
    await on_kafka.open(tally_service(World(), fresh_name()))
    often = ConfigResource(ConfigResourceType.BROKER, "1", {"log.cleaner.backoff.ms": "100"})
    await on_kafka.admin.alter_configs([often])
    yield on_kafka
    await on_kafka.close()
    await producer.stop()


async def test_state_comes_back_from_a_compacted_changelog_and_work_goes_on(stage: KafkaStage) -> None:
    people = [f"{stage.service.name}-{n}" for n in range(6)]
    told = 0

    async def tell() -> None:
        nonlocal told
        told += 1
        later(stage, HOUR)  # a segment ends when a record is written that is so much younger
        await stage.publish(*(payment(who, told) for who in people))
        await stage.run()

    async def compacted() -> bool:
        kept, written = await stage.changelog_records()
        return kept < written / 2

    for _ in range(ROUNDS):
        await tell()
    await stage.until(compacted)
    stage.trap.step = "changelog"
    await stage.publish(*(request(who, 1) for who in people))
    with pytest.raises(Crashed):
        await stage.run()
    await stage.lose()
    await stage.run()
    await tell()
    for who in people:
        state = stage.state(who)
        assert state is not None
        assert (state.payments, state.requests) == (ROUNDS + 1, (f"{who}-1",))
    answers = {(v.contact_id, v.rule_pack) for v in await stage.read(ContactVetoed)}
    assert answers == {(f"{who}-1", f"0 requests and {ROUNDS} payments before") for who in people}
