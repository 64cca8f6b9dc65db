"""The text channel and the simulator as processes, on a real broker: killed in the middle, each text goes once.

A green run does not prove it for every moment at which a process can die; make chaos kills at random ones.
"""

import asyncio
import json
import time
from collections import Counter
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from chassis.addresses import address_id
from chassis.clock import Clock
from chassis.codec import SingleObjectCodec
from chassis.kafka_client import KafkaPublisher, wait_for_broker
from chassis.settings import StackSettings
from chassis.views import KafkaViews
from contracts.events import (
    AttemptAccepted,
    AttemptRejected,
    AttemptStatusChanged,
    Event,
    Meta,
    ReasonClass,
    TextApproved,
)
from contracts.ids import ConsumerId, ContactId, EventId, derived_id
from counterpoint.embedded.kafka import Kafka
from counterpoint.embedded.processes import free_ports
from tests.integration.sms.harness import ACCOUNT, KEY, OURS, TOKEN
from tests.processes import environment, running, topics_exist

TEXTS = 300
START = datetime(2026, 10, 19, 16, tzinfo=UTC)


def an_approval(n: int, clock: Clock) -> TextApproved:
    """The nth approval."""
    to = f"+1{312 + n % 3}5550{100 + n % 88}"
    now = clock.now()
    event_id = EventId(derived_id(cause="test", name=str(n), at=now))
    meta = Meta(event_id, now, ConsumerId(f"con-{n}"), event_id, None, "compliance", "0")
    parameters = {"first_name": "Ana", "creditor": "Bank", "account_last4": "1234", "balance": "$1.00"}
    address = address_id(KEY, "tel", to)
    contact_id = ContactId(derived_id(cause="contact", name=str(n), at=now))
    return TextApproved(
        meta, contact_id, address, to, "welcome", "en", parameters, now + timedelta(seconds=3600 * clock.rate)
    )


async def ledger_of(client: httpx.AsyncClient, url: str) -> list[dict[str, object]]:
    """Everything in the simulator's ledger."""
    entries: list[dict[str, object]] = json.loads((await client.get(f"{url}/_sim/ledger?limit=10000")).text)["entries"]
    return entries


async def outcomes(
    stack: StackSettings, contacts: set[ContactId]
) -> tuple[set[ContactId], dict[ContactId, ReasonClass]]:
    """Wait until every contact has an outcome; who was accepted, and why the others were not."""
    accepted: set[ContactId] = set()
    rejected: dict[ContactId, ReasonClass] = {}
    views = KafkaViews(settings=stack, codec=SingleObjectCodec())

    def apply(event: Event) -> None:
        if isinstance(event, AttemptAccepted | AttemptStatusChanged):  # a callback settles a doubt too
            accepted.add(event.contact_id)
        elif isinstance(event, AttemptRejected):
            rejected[event.contact_id] = event.reason_class

    try:
        await views.follow(kind=AttemptAccepted, apply=apply)
        await views.follow(kind=AttemptStatusChanged, apply=apply)
        await views.follow(kind=AttemptRejected, apply=apply)
        async with asyncio.timeout(120):
            while accepted | rejected.keys() != contacts:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
    finally:
        await views.close()
    return accepted, rejected


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the broker outlives its Popen
async def test_f3_killed_in_the_middle_every_text_still_goes_exactly_once(own_broker: Kafka, database: str) -> None:
    ports = free_ports(2)
    simulator, service = (f"http://127.0.0.1:{port}" for port in ports)
    anchor = time.time()
    shared = environment(
        kafka_bootstrap=own_broker.bootstrap,
        postgres_dsn=database,
        hash_key=KEY.decode(),
        clock_start=START.isoformat(),
        clock_anchor=anchor,
        clock_rate=600,
        simulator_http_port=ports[0],
        simulator_account_sid=ACCOUNT,
        simulator_auth_token=TOKEN,
        sms_http_port=ports[1],
        sms_twilio_url=f"{simulator}/twilio",
        sms_account_sid=ACCOUNT,
        sms_auth_token=TOKEN,
        sms_from_numbers=OURS,
        sms_public_url=service,
        sms_connect_timeout=1,
        sms_answer_timeout=2,
        sms_retry_seconds=1,
    )
    stack = StackSettings.model_validate({"kafka_bootstrap": own_broker.bootstrap})
    clock = Clock(start=START, anchor=anchor, rate=600)
    await topics_exist(stack)
    async with AsyncExitStack() as opened:
        producer = await wait_for_broker(stack)
        opened.push_async_callback(producer.stop)
        publisher = KafkaPublisher(
            producer=producer, codec=SingleObjectCodec(), clock=clock, partitions=stack.kafka_partitions
        )
        client = await opened.enter_async_context(httpx.AsyncClient(trust_env=False, timeout=30))
        await opened.enter_async_context(running("counterpoint.providers", shared, ports[0]))
        approvals = [an_approval(n, clock) for n in range(TEXTS)]
        first = await opened.enter_async_context(running("services.sms", shared, ports[1]))
        await publisher.publish(events=approvals)
        async with asyncio.timeout(60):
            while len(await ledger_of(client, simulator)) < TEXTS // 6:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        first.kill()
        await first.wait()
        sent_before = json.loads((await client.get(f"{simulator}/_sim/status")).text)["messages"]
        await opened.enter_async_context(running("services.sms", shared, ports[1]))
        await publisher.publish(events=approvals[:20])  # the gate may say the same again
        accepted, rejected = await outcomes(stack, {a.contact_id for a in approvals})
        async with asyncio.timeout(60):
            while len(entries := await ledger_of(client, simulator)) < len(accepted):  # noqa: ASYNC110
                await asyncio.sleep(0.2)
    by_contact = Counter(str(e["reference"]["contact"]) for e in entries)  # type: ignore[index]
    assert 0 < sent_before < TEXTS
    assert by_contact == Counter(accepted)
    assert set(rejected.values()) <= {ReasonClass.NOT_SENT}, "the call that the death forestalled is not made later"
    assert len(accepted) + len(rejected) == TEXTS
