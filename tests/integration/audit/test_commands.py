"""A gate that was killed in the middle, on a real broker: its decisions are made again from the topics.

A green run does not prove it for a log of millions; bench/replay.py measures one of a hundred thousand.
"""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import pytest

from chassis.clock import Clock
from chassis.codec import SingleObjectCodec
from chassis.kafka_client import KafkaPublisher, wait_for_broker
from chassis.settings import StackSettings
from chassis.views import KafkaViews
from contracts.events import ContactApproved, ContactDeferred, ContactVetoed, Event
from contracts.ids import ConsumerId
from counterpoint.embedded.kafka import Kafka
from counterpoint.embedded.processes import free_ports
from tests.processes import HERE, environment, running, topics_exist
from tests.reservation import people
from tests.reservation.people import PEOPLE, Person

START = datetime(2026, 10, 19, 16, tzinfo=UTC)
CONSUMERS = 60
ROUNDS = 4


def crowd() -> list[Person]:
    """People in three places."""
    return [
        Person(ConsumerId(f"con-{n:024}"), p.address_id, p.debt_id, p.zones)
        for n in range(CONSUMERS)
        for p in PEOPLE[n % 3 : n % 3 + 1]
    ]


class World:
    """What is heard of the gate."""

    def __init__(self) -> None:
        self.verdicts: dict[str, Event] = {}

    def apply(self, event: Event) -> None:
        """Hear of a verdict."""
        if isinstance(event, ContactApproved | ContactDeferred | ContactVetoed):
            self.verdicts.setdefault(event.contact_id, event)

    async def until(self, count: int) -> None:
        """Wait for so many."""
        async with asyncio.timeout(60):
            while len(self.verdicts) < count:  # noqa: ASYNC110 - a topic tells nobody that it has grown
                await asyncio.sleep(0.01)

    def one(self, kind: type[Event]) -> str:
        """A contact of which the verdict is of a type."""
        return next(contact for contact, verdict in self.verdicts.items() if type(verdict) is kind)


async def command(told: dict[str, str], *words: str) -> tuple[int, Sequence[str]]:
    """Run one; give back its exit code and what it printed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "counterpoint",
        *words,
        env=told,
        cwd=HERE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await asyncio.wait_for(process.communicate(), 120)
    return process.returncode or 0, out.decode().splitlines()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the broker outlives its Popen
async def test_commands_on_the_log_of_a_gate_that_was_killed(own_broker: Kafka) -> None:
    (port,) = free_ports(1)
    clock = Clock(start=START, anchor=time.time(), rate=1.0)
    shared = {"kafka_bootstrap": own_broker.bootstrap, "session_timeout": 3, "batch_records": 20}
    told = environment(**shared)
    gate = environment(**shared, compliance_http_port=port, clock_start=START.isoformat(), clock_anchor=clock.anchor)
    stack = StackSettings.model_validate({"kafka_bootstrap": own_broker.bootstrap})
    await topics_exist(stack)
    world = World()
    async with AsyncExitStack() as opened:
        producer = await wait_for_broker(stack)
        opened.push_async_callback(producer.stop)
        codec = SingleObjectCodec()
        publisher = KafkaPublisher(producer=producer, codec=codec, clock=clock, partitions=stack.kafka_partitions)
        views = KafkaViews(settings=stack, codec=codec)
        opened.push_async_callback(views.close)
        for kind in (ContactApproved, ContactDeferred, ContactVetoed):
            await views.follow(kind=kind, apply=world.apply)
        first = await opened.enter_async_context(running("services.compliance", gate, port))
        events: list[Event] = [people.placed(p, START - timedelta(days=40)) for p in crowd()]
        for n in range(ROUNDS):
            events += [people.request(p, f"request-{n}-{p.consumer_id}", clock.now()) for p in crowd()]
            if n == ROUNDS - 2:
                events += [people.stopped(p, f"stop-{p.consumer_id}", clock.now()) for p in crowd()[::5]]
        for n in range(0, len(events), 40):
            await publisher.publish(events=events[n : n + 40])
            if n == 160:
                await world.until(10)
                first.kill()
                await first.wait()
                await opened.enter_async_context(running("services.compliance", gate, port))
        await world.until(ROUNDS * CONSUMERS)
    await asyncio.gather(_replayed(told), _explained(told, world), _budgeted(told, world), _judged_otherwise(told))


async def _replayed(told: dict[str, str]) -> None:
    code, lines = await command(told, "replay")
    assert lines[-2:] == [f"decisions: {ROUNDS * CONSUMERS}", "differences: 0"], lines
    assert code == 0


async def _explained(told: dict[str, str], world: World) -> None:
    contact = world.one(ContactDeferred)
    (_, spanish), (_, data) = await asyncio.gather(
        command(told, "explain", contact, "--spanish"), command(told, "explain", contact, "--json")
    )
    assert spanish[0] == f"Contacto {contact}"
    found = json.loads("\n".join(data))
    assert (found["decision"], found["again"]) == ("deferred", "same")


async def _budgeted(told: dict[str, str], world: World) -> None:
    consumer_id = world.verdicts[world.one(ContactApproved)].meta.consumer_id
    _, lines = await command(told, "budget", consumer_id, "--at", "2026-10-19T17:00:00", "--json")
    caps = {cap["rule"]: cap for cap in json.loads("\n".join(lines))["caps"]}
    assert len(caps["house.rolling-cap.texts-a-day"]["uses"]) == 1


async def _judged_otherwise(told: dict[str, str]) -> None:
    rules = HERE / "services" / "compliance" / "rules"
    code, lines = await command(told, "what-if", "--rules", str(rules), "--until", "2026-10-20", "--json")
    found = json.loads("\n".join(lines))
    assert (code, found["decisions"], found["flips"]) == (0, ROUNDS * CONSUMERS, [])
