"""How a stack is: asked of its processes and of the broker, not of its own files."""

import asyncio
from http import HTTPStatus

import httpx
import psycopg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from msgspec import Struct

from chassis.kafka_client import connection
from counterpoint.embedded import plan
from counterpoint.embedded.state import StackState, settings

PATIENCE = 5.0
TIMER_OVERDUE = "counterpoint_timer_overdue_seconds{"


class Look(Struct, frozen=True):
    """One part of a stack; `fault` is None if it is healthy, `unread` the events that it has not yet committed.

    `late` is by how many seconds its latest timer is late; None where there are no timers.
    """

    name: str
    address: str
    pid: int | None
    fault: str | None
    unread: int | None = None
    late: float | None = None


async def look(state: StackState) -> list[Look]:
    """Every part of a stack, as it is now."""
    pids = {p.name: p for p in state.processes}
    unread, broker = await _unread(state)
    database = await asyncio.to_thread(database_fault, state.postgres_dsn)
    pages = ({plan.SIMULATOR: state.simulator_url} if state.simulator_url else {}) | state.urls
    async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as client:
        answers = await asyncio.gather(*(_ask(client, url) for url in pages.values()))
        late = dict(zip(pages, await asyncio.gather(*(_late(client, url) for url in pages.values())), strict=True))
    found = [("kafka", state.kafka_bootstrap, broker), ("postgres", _shown(state.postgres_dsn), database)]
    found += [(name, url, answer) for (name, url), answer in zip(pages.items(), answers, strict=True)]
    looks = []
    for name, address, fault in found:
        process = pids.get(name)
        ended = process is not None and not process.alive()
        pid = process.pid if process is not None and not ended else None
        looks.append(Look(name, address, pid, "has ended" if ended else fault, unread.get(name), late.get(name)))
    return looks


async def _ask(client: httpx.AsyncClient, url: str) -> str | None:
    try:
        answer = await client.get(f"{url}/readyz")
    except httpx.TransportError:
        return "does not answer"
    if answer.status_code == HTTPStatus.OK:
        return None
    try:
        return str(answer.json()["reason"])
    except (ValueError, KeyError):
        return f"HTTP {answer.status_code}"


async def _late(client: httpx.AsyncClient, url: str) -> float | None:
    try:
        lines = (await client.get(f"{url}/metrics")).text.splitlines()
    except httpx.TransportError:
        return None
    return max((float(line.rpartition(" ")[2]) for line in lines if line.startswith(TIMER_OVERDUE)), default=None)


async def _unread(state: StackState) -> tuple[dict[str, int], str | None]:
    """For each service that reads, the events between what it has committed and the end of its topics."""
    arguments = connection(settings(state))
    admin, consumer = AIOKafkaAdminClient(**arguments), AIOKafkaConsumer(**arguments)
    try:
        async with asyncio.timeout(PATIENCE):
            await admin.start()
            await consumer.start()
            unread = {}
            for service in state.urls:
                committed = await admin.list_consumer_group_offsets(service)
                ends = await consumer.end_offsets([TopicPartition(*tp) for tp in committed])
                unread[service] = sum(max(0, ends[tp] - max(0, at.offset)) for tp, at in committed.items())
            return unread, None
    except (KafkaError, TimeoutError):
        return {}, "does not answer"
    finally:
        await asyncio.gather(admin.close(), consumer.stop(), return_exceptions=True)


def database_fault(dsn: str) -> str | None:
    """What is wrong with a database; None if it answers."""
    try:
        with psycopg.connect(dsn, connect_timeout=int(PATIENCE)) as connected:
            connected.execute("select 1")
    except psycopg.Error:
        return "does not answer"
    return None


def _shown(dsn: str) -> str:
    """A connection string without its password."""
    parts = psycopg.conninfo.conninfo_to_dict(dsn)
    return f"{parts.get('host', '')}{':' + str(parts['port']) if 'port' in parts else ''}/{parts.get('dbname', '')}"
