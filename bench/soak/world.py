"""The broker, the database, the simulator and the workers of a soak, and the approvals that they act on."""

import asyncio
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import psycopg

from bench.gate_job import KEY, address, consumer_id, number, placement, pour
from bench.soak.faults import FAULTS
from chassis.clock import Clock
from chassis.failures import WrongTopology
from chassis.kafka_topics import ensure_topics
from chassis.settings import PREFIX, StackSettings, environment
from contracts.events import Meta, TextApproved
from contracts.ids import ContactId, EventId, derived_id
from counterpoint.embedded import processes
from counterpoint.embedded.downloads import cache_directory
from counterpoint.embedded.kafka import Kafka
from counterpoint.embedded.postgres import Postgres
from counterpoint.embedded.processes import Process

ROOT = Path(__file__).resolve().parents[2]
START = datetime(2026, 10, 21, 13, tzinfo=UTC)
RATE = 80.0
"""A second is eighty: what is asked after for a day comes to its end in twenty minutes."""
LASTS = timedelta(hours=3)
MOST_NUMBERS = 70_000
PARAMETERS = {"first_name": "Ana", "creditor": "Harbor Bank", "account_last4": "1001", "balance": "$1,234.56"}
SIMULATOR = "simulator"
PARTITIONS = 8
"""A batch waits for its slowest call; with more partitions others go on meanwhile."""


def approval(n: int, consumers: int, now: datetime) -> TextApproved:
    """The nth text that is approved, as the gate would; approvals go round all consumers."""
    who = n % consumers
    event_id = EventId(derived_id(cause=f"approval-{n}", name="approved", at=now))
    return TextApproved(
        meta=Meta(event_id, now, consumer_id(who), event_id, None, "compliance", "0"),
        contact_id=ContactId(derived_id(cause=event_id, name="contact", at=now)),
        address_id=address(who),
        to=number(who),
        template_id="welcome",
        language="en",
        parameters=PARAMETERS,
        expires_at=now + LASTS,
    )


class World:
    """Everything that a soak runs on; all of it in one directory, and stopped at the end."""

    def __init__(self, directory: Path, workers: int) -> None:
        self._directory = directory
        self._kafka = Kafka(directory / "kafka", cache=cache_directory(None), heap="1g")
        self._postgres = Postgres(directory / "postgres")
        self.names = [f"sms-{n}" for n in range(workers)]
        *own, self.door = processes.free_ports(workers + 2)
        self.ports = dict(zip((SIMULATOR, *self.names), own, strict=True))
        self.ledger = directory / "ledger.jsonl"
        self.clock = Clock(start=START, anchor=time.time(), rate=RATE)
        self.running: dict[str, Process] = {}
        self.starts = 0

    @property
    def stack(self) -> StackSettings:
        """Where the broker is."""
        return StackSettings.model_validate({"kafka_bootstrap": self._kafka.bootstrap, "kafka_partitions": PARTITIONS})

    @property
    def simulator(self) -> str:
        """Where the simulator answers."""
        return f"http://127.0.0.1:{self.ports[SIMULATOR]}"

    async def start(self, consumers: int) -> None:
        """Start it all, with so many consumers placed; return when the simulator answers and workers begin."""
        await asyncio.to_thread(self._kafka.start)
        await asyncio.to_thread(self._postgres.start)
        with psycopg.connect(self._postgres.dsn, autocommit=True) as connection:
            connection.execute("alter system set fsync = off")
            connection.execute("select pg_reload_conf()")
        async with asyncio.timeout(30):
            while True:
                try:
                    await ensure_topics(self.stack)
                    break
                except WrongTopology:  # a broker that was just started may take a moment to show them
                    await asyncio.sleep(0.2)
        await pour(self.stack, (placement(n) for n in range(consumers)))
        for name in self.ports:
            self.launch(name)
        async with asyncio.timeout(60):
            while not await self.ask("status"):  # noqa: ASYNC110
                await asyncio.sleep(0.1)

    def launch(self, name: str) -> None:
        """Start the simulator or a worker."""
        module = "counterpoint.providers" if name == SIMULATOR else "services.sms"
        self.running[name] = processes.start(
            name,
            (sys.executable, "-m", module),
            log=self._directory / f"{name}.log",
            environment=self._environment(name),
            directory=ROOT,
        )
        self.starts += 1

    async def kill(self, name: str) -> None:
        """End a worker at once."""
        await asyncio.to_thread(processes.kill, self.running[name])

    def stop(self) -> None:
        """Stop all of it."""
        for process in self.running.values():
            processes.stop(process)
        self._postgres.stop()
        self._kafka.stop()

    async def ask(self, what: str) -> Mapping[str, Any]:
        """One of the simulator's own pages; empty if it does not answer."""
        async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
            try:
                found = msgspec.json.decode((await client.get(f"{self.simulator}/_sim/{what}")).content)
            except (httpx.HTTPError, msgspec.DecodeError):
                return {}
        return dict(found)

    async def misbehave(self, *, refuse_seconds: float = 0.0) -> None:
        """Let the simulator do all that the plan has, and shut its door for so long."""
        wanted: dict[str, Sequence[object] | float] = {"faults": FAULTS, "refuse_seconds": refuse_seconds}
        async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
            (await client.post(f"{self.simulator}/_sim/faults", content=msgspec.json.encode(wanted))).raise_for_status()

    def _environment(self, name: str) -> dict[str, str]:
        told = {
            "KAFKA_BOOTSTRAP": self._kafka.bootstrap,
            "KAFKA_PARTITIONS": str(PARTITIONS),
            "POSTGRES_DSN": self._postgres.dsn,
            "HASH_KEY": KEY.decode(),
            "LICENSE_NUMBER": "CA 10123-99",
            "SESSION_TIMEOUT": "3",
            "BATCH_RECORDS": str(100 * PARTITIONS),
            "LOG_LEVEL": "warning",
            "CLOCK_START": START.isoformat(),
            "CLOCK_ANCHOR": str(self.clock.anchor),
            "CLOCK_RATE": str(RATE),
            "SIMULATOR_HTTP_PORT": str(self.ports[SIMULATOR]),
            "SIMULATOR_LEDGER_FILE": str(self.ledger),
            "SMS_HTTP_PORT": str(self.ports[name]),
            "SMS_TWILIO_URL": f"{self.simulator}/twilio",
            "SMS_ACCOUNT_SID": "AC" + "5" * 32,
            "SMS_AUTH_TOKEN": "simulated",
            "SMS_FROM_NUMBERS": "+12125550199",
            "SMS_PUBLIC_URL": f"http://127.0.0.1:{self.door}",
            "SMS_CONNECT_TIMEOUT": "2",
            "SMS_ANSWER_TIMEOUT": "3",
            "SMS_WEBHOOK_TIMEOUT": "30",
            "SMS_RETRY_SECONDS": "60",  # on a fast clock this too is how long it takes until "not there" is believed
        }
        foreign = {k: v for k, v in environment().items() if not k.startswith(PREFIX)}
        return foreign | {f"{PREFIX}{key}": value for key, value in told.items()}
