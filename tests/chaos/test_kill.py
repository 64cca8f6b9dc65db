"""The gate and the text channel as processes, killed twenty times under load; then a recount from what phones received.

The recount reads the topics and the simulator's ledger, and shares no code with the gate. A green run does not prove
it for a broker that loses what it confirmed.
"""

import asyncio
import os
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import msgspec
import psycopg
import pytest
from aiokafka import AIOKafkaConsumer
from psycopg.conninfo import make_conninfo

from bench.gate_job import KEY, NOON, ZONES, placement, request
from chassis.clock import Clock
from chassis.codec import SingleObjectCodec
from chassis.kafka_client import KafkaPublisher, connection, wait_for_broker
from chassis.kafka_topics import ensure_topics
from chassis.settings import StackSettings
from contracts.events import (
    AttemptAccepted,
    AttemptRejected,
    ContactApproved,
    ContactDeferred,
    ContactRequested,
    ContactVetoed,
    Event,
    TextApproved,
)
from contracts.ids import ContactId
from counterpoint.embedded.kafka import Kafka
from counterpoint.embedded.processes import free_ports

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(1200)]
KILLS = 20
CONSUMERS = 900
EACH = 3
"""Requests for each consumer; the house allows one text a day."""
A_DAY = 1
WAVE = 25
RATE = 20.0
HERE = Path(__file__).resolve().parents[2]
SERVICES = ("compliance", "sms")
VERDICTS = (ContactApproved, ContactDeferred, ContactVetoed)


@pytest.fixture
def database(postgres: str) -> str:
    """An empty database."""
    with psycopg.connect(postgres, autocommit=True) as server:
        server.execute("drop database if exists chaos_kill with (force)")
        server.execute("create database chaos_kill")
    return make_conninfo(postgres, dbname="chaos_kill")


def environment(broker: Kafka, database: str, ports: Mapping[str, int], logs: Path) -> dict[str, str]:
    """Settings of every process."""
    simulator, sms = (f"http://127.0.0.1:{ports[name]}" for name in ("simulator", "sms"))
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith("COUNTERPOINT_")},
        "COUNTERPOINT_KAFKA_BOOTSTRAP": broker.bootstrap,
        "COUNTERPOINT_POSTGRES_DSN": database,
        "COUNTERPOINT_SESSION_TIMEOUT": "2",
        "COUNTERPOINT_HASH_KEY": KEY.decode(),
        "COUNTERPOINT_LICENSE_NUMBER": "CA 10123-99",
        "COUNTERPOINT_CLOCK_START": NOON.isoformat(),
        "COUNTERPOINT_CLOCK_ANCHOR": str(time.time()),
        "COUNTERPOINT_CLOCK_RATE": str(RATE),
        "COUNTERPOINT_SIMULATOR_HTTP_PORT": str(ports["simulator"]),
        "COUNTERPOINT_SIMULATOR_AUTH_TOKEN": "a-token",
        "COUNTERPOINT_SIMULATOR_LEDGER_FILE": str(logs / "ledger.jsonl"),
        "COUNTERPOINT_COMPLIANCE_HTTP_PORT": str(ports["compliance"]),
        "COUNTERPOINT_SMS_HTTP_PORT": str(ports["sms"]),
        "COUNTERPOINT_SMS_TWILIO_URL": f"{simulator}/twilio",
        "COUNTERPOINT_SMS_ACCOUNT_SID": "AC" + "5" * 32,
        "COUNTERPOINT_SMS_AUTH_TOKEN": "a-token",
        "COUNTERPOINT_SMS_FROM_NUMBERS": "+12125550199",
        "COUNTERPOINT_SMS_PUBLIC_URL": sms,
        "COUNTERPOINT_SMS_CONNECT_TIMEOUT": "2",
        "COUNTERPOINT_SMS_ANSWER_TIMEOUT": "5",
    }


class Workers:
    """Processes by name, started again each time they are killed."""

    def __init__(self, settings: Mapping[str, str], ports: Mapping[str, int], logs: Path) -> None:
        self._settings = settings
        self._ports = ports
        self._logs = logs
        self.processes: dict[str, asyncio.subprocess.Process] = {}

    async def start(self, name: str) -> None:
        """Start one."""
        module = "counterpoint.providers" if name == "simulator" else f"services.{name}"
        with (self._logs / f"{name}.log").open("ab") as log:
            self.processes[name] = await asyncio.create_subprocess_exec(
                sys.executable, "-m", module, env=dict(self._settings), cwd=HERE, stdout=log, stderr=log
            )

    async def ready(self, name: str, path: str = "readyz") -> None:
        """Wait until it is ready."""
        url = f"http://127.0.0.1:{self._ports[name]}/{path}"
        async with httpx.AsyncClient(trust_env=False) as client, asyncio.timeout(120):
            while True:
                if self.processes[name].returncode is not None:
                    pytest.fail(f"{name} ended: {(self._logs / f'{name}.log').read_text()[-3000:]}")
                try:
                    if (await client.get(url)).status_code == 200:
                        return
                except httpx.HTTPError:
                    pass
                await asyncio.sleep(0.05)

    async def kill(self, name: str) -> None:
        """End it at once."""
        self.processes[name].kill()
        await self.processes[name].wait()

    async def stop(self) -> None:
        """End all."""
        for process in self.processes.values():
            if process.returncode is None:
                process.terminate()
                await process.wait()


@asynccontextmanager
async def workers(settings: Mapping[str, str], ports: Mapping[str, int], logs: Path) -> AsyncIterator[Workers]:
    """The processes, ended at the end."""
    found = Workers(settings, ports, logs)
    try:
        yield found
    finally:
        await found.stop()


async def load(publisher: KafkaPublisher, done: asyncio.Event) -> list[ContactRequested]:
    """Ask for texts in waves for as long as processes are killed, and until each consumer was asked for three times."""
    asked: list[ContactRequested] = []
    for start in range(0, CONSUMERS * EACH, WAVE):
        wave = [request(n, CONSUMERS) for n in range(start, start + WAVE)]
        await publisher.publish(events=wave)
        asked += wave
        if not done.is_set():
            await asyncio.sleep(0.5)
    return asked


async def everything(settings: StackSettings, *topics: str) -> list[Event]:
    """All events on some topics, as they stand there."""
    consumer = AIOKafkaConsumer(
        *[f"counterpoint.{t}.v1" for t in topics], **connection(settings), auto_offset_reset="earliest"
    )
    await consumer.start()
    codec, found = SingleObjectCodec(), []
    try:
        ends = await consumer.end_offsets(consumer.assignment())
        for tp, end in ends.items():
            while await consumer.position(tp) < end:
                for records in (await consumer.getmany(timeout_ms=500)).values():
                    found += [codec.decode(r.value) for r in records]
    finally:
        await consumer.stop()
    return found


def texts_of(ledger: Path) -> list[dict[str, Any]]:
    """Texts of ours that the simulator carried."""
    lines = ledger.read_bytes().splitlines() if ledger.exists() else []
    return [e for e in (msgspec.json.decode(line) for line in lines) if e["kind"] == "text"]


def local_dates(consumer: str, at: datetime) -> set[date]:
    """The dates that it may be for a consumer; each has zones from the number and the address."""
    n = int(consumer.removeprefix("con-"), 16)
    names = {ZONES[k % len(ZONES)] for k in (n, n + n % 3 // 2)}
    return {at.astimezone(ZoneInfo(name)).date() for name in names}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the broker outlives its Popen
async def test_twenty_kills_lose_nothing_double_nothing_and_break_no_cap(
    own_broker: Kafka, database: str, tmp_path: Path
) -> None:
    chance = random.Random(4)
    ports = dict(zip(("simulator", *SERVICES), free_ports(3), strict=True))
    settings = environment(own_broker, database, ports, tmp_path)
    stack = StackSettings.model_validate({"kafka_bootstrap": own_broker.bootstrap})
    clock = Clock(start=NOON, anchor=float(settings["COUNTERPOINT_CLOCK_ANCHOR"]), rate=RATE)
    await ensure_topics(stack)
    async with AsyncExitStack() as opened:
        producer = await wait_for_broker(stack)
        opened.push_async_callback(producer.stop)
        publisher = KafkaPublisher(
            producer=producer, codec=SingleObjectCodec(), clock=clock, partitions=stack.kafka_partitions
        )
        running = await opened.enter_async_context(workers(settings, ports, tmp_path))
        for name in ("simulator", *SERVICES):
            await running.start(name)
        await publisher.publish(events=[placement(n) for n in range(CONSUMERS)])
        for name in ("simulator", *SERVICES):
            await running.ready(name)
        done = asyncio.Event()
        loading = asyncio.create_task(load(publisher, done))
        for number in range(KILLS):
            victim = SERVICES[number % 2] if number < 2 else chance.choice(SERVICES)
            if number % 4 != 3:  # every fourth dies while it starts
                await running.ready(victim)
            await asyncio.sleep(chance.uniform(0.0, 1.5))
            await running.kill(victim)
            await running.start(victim)
        done.set()
        for name in SERVICES:
            await running.ready(name)
        asked = await loading
        story = await settled(stack, asked)
        carried = await messages(f"http://127.0.0.1:{ports['simulator']}")
    report(asked, story, texts_of(tmp_path / "ledger.jsonl"), carried)


async def messages(simulator: str) -> int:
    """How many texts the simulator was ever given, those still on their way included."""
    async with httpx.AsyncClient(trust_env=False) as client:
        return int((await client.get(f"{simulator}/_sim/status")).json()["messages"])


async def settled(stack: StackSettings, asked: list[ContactRequested]) -> list[Event]:
    """Wait until each request has an answer and each approval an outcome; give back the whole story."""
    async with asyncio.timeout(300):
        while True:
            story = await everything(stack, "contact-verdicts", "approved-sms", "contact-attempts")
            answered = {e.contact_id for e in story if isinstance(e, VERDICTS)}
            ended = {e.contact_id for e in story if isinstance(e, AttemptAccepted | AttemptRejected)}
            approved = {e.contact_id for e in story if isinstance(e, TextApproved)}
            if {r.contact_id for r in asked} <= answered and approved <= ended:
                return story
            await asyncio.sleep(1)


def report(asked: list[ContactRequested], story: list[Event], texts: list[dict[str, Any]], carried: int) -> None:
    """Recount, print, and hold to the promises."""
    verdicts: dict[ContactId, set[bytes]] = defaultdict(set)
    for event in story:
        if isinstance(event, VERDICTS):
            verdicts[event.contact_id].add(event.to_avro())
    approved = {e.contact_id for e in story if isinstance(e, TextApproved)}
    refused = {e.contact_id: e.reason for e in story if isinstance(e, AttemptRejected)}
    in_ledger = Counter(ContactId(t["reference"]["contact"]) for t in texts)
    sent = in_ledger.keys() | {e.contact_id for e in story if isinstance(e, AttemptAccepted)}
    consumer_of = {r.contact_id: r.meta.consumer_id for r in asked}
    a_day: Counter[tuple[str, date]] = Counter()
    when = {ContactId(t["reference"]["contact"]): datetime.fromisoformat(t["requested_at"]) for t in texts}
    for contact in sent:  # one that is still on its way counts as sent now
        who = consumer_of[contact]
        a_day.update((who, day) for day in local_dates(who, when.get(contact, NOON).astimezone(UTC)))
    lost = [r for r in asked if r.contact_id not in verdicts] + [c for c in approved - refused.keys() if c not in sent]
    doubled = [contact for contact, times in in_ledger.items() if times > 1]
    over = [who for who, times in a_day.items() if times > A_DAY]
    print(  # noqa: T201
        f"{KILLS} kills: {len(asked)} asked, {len(approved)} approved, {len(sent)} sent "
        f"({carried} carried), {len(refused)} refused by the "
        f"channel {dict(Counter(refused.values()))}; lost {len(lost)}, sent twice {len(doubled)}, "
        f"over the cap {len(over)}, "
        f"{sum(len(v) > 1 for v in verdicts.values())} requests with two answers"
    )
    assert len(sent) > CONSUMERS / 3
    assert carried == len(sent)  # by the simulator's own count: none was handed over twice
    assert (lost, doubled, over) == ([], [], [])
    assert all(len(answers) == 1 for answers in verdicts.values())
    assert sent <= approved
