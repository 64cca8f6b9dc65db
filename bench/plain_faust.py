"""The gate as Faust's tutorial would have it, with agents and a Table: what ours is measured against.

The same rules through the same pure core, the same bytes in and out; run by `bench.gate_throughput` as a worker.
"""

import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import faust

from bench.gate_job import NOON, PARTITIONS
from chassis.codec import SingleObjectCodec
from chassis.routing import key_of
from chassis.service import Context, Position
from contracts.events import AccountPlaced, ContactRequested, Event
from contracts.ids import ConsumerId
from contracts.topics import TOPIC_OF
from services.compliance.loader import load_rules
from services.compliance.service import Gate, packaged_zone_data


def build(bootstrap: str, name: str, folders: Sequence[Path]) -> Any:
    """The app, judging by the rules of some folders."""
    app = faust.App(
        name,
        broker=f"kafka://{bootstrap}",
        store="memory://",
        key_serializer="raw",
        value_serializer="raw",
        topic_partitions=PARTITIONS,
        topic_replication_factor=1,
        topic_disable_leader=True,
        consumer_auto_offset_reset="earliest",
        broker_session_timeout=60.0,
        broker_heartbeat_interval=3.0,
        web_enabled=False,
    )
    codec = SingleObjectCodec()
    gate = Gate(load_rules(folders), packaged_zone_data())
    remembered = app.Table("gate-state", partitions=PARTITIONS, key_type=bytes, value_type=bytes)
    topics = {t: app.topic(t, key_type=bytes, value_type=bytes) for t in set(TOPIC_OF.values())}
    seen: dict[str, int] = {}

    def apply(record: Any, event: Event) -> list[Event]:
        """Fold one event into the table; give back what follows."""
        message = record.message
        seen[message.topic] = message.offset + 1
        context = _context(message, seen)
        encoded = remembered.get(record.key)
        state = gate.decode(encoded=encoded) if encoded else gate.fresh(consumer_id=ConsumerId(record.key.decode()))
        outcomes = gate.decide(state=state, event=event, context=context)
        state = gate.evolve(state=state, event=event, context=context)
        for outcome in outcomes:
            state = gate.evolve(state=state, event=outcome, context=context)
        remembered[record.key] = gate.encode(state=state)
        return list(outcomes)

    async def handle(stream: Any) -> None:
        async for record in stream.events():
            for outcome in apply(record, codec.decode(record.value)):
                _ = await topics[TOPIC_OF[type(outcome)]].send(
                    key=key_of(outcome).encode(), value=codec.encode(outcome), partition=record.message.partition
                )

    for kind in (AccountPlaced, ContactRequested):
        app.agent(topics[TOPIC_OF[kind]], name=kind.__name__)(handle)
    return app


def _context(message: Any, seen: Mapping[str, int]) -> Context:
    position = Position(message.topic, message.partition, message.offset)
    return Context(NOON, position, datetime.fromtimestamp(message.timestamp, UTC), seen)


if __name__ == "__main__":
    app = build(sys.argv[1], sys.argv[2], [Path(folder) for folder in sys.argv[3:]])
    sys.argv = ["faust", "worker", "-l", "error"]
    app.main()
