"""The soak itself: approve, kill, shut doors, wait until all has come to its end, and recount."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct

from bench.soak.door import Door
from bench.soak.watch import Watch
from bench.soak.world import MOST_NUMBERS, RATE, World, approval
from chassis.codec import SingleObjectCodec
from chassis.kafka_client import KafkaPublisher, connection, wait_for_broker
from counterpoint.recount import losses
from counterpoint.recount.check import Check, Fault, distinct
from counterpoint.recount.doubles import doubles
from counterpoint.recount.endings import endings
from counterpoint.recount.evidence import Consumers, Evidence, read_texts
from counterpoint.recount.log import read_log

WAVE, MOST_OPEN = 200, 3_000
"""So many are approved at once, while no more than so many have not ended."""
EACH = 4
"""So many contacts for a consumer, in different parts of the run."""
DOOR_EVERY, DOOR_SHUT = 6, 2.0
"""At every sixth kill the simulator's door is shut too, for two seconds."""
PATIENCE = 900.0
"""Seconds without any news after which what is open counts as lost."""
TOLD_EVERY = 10.0

Say = Callable[[str], None]


class Found(Struct, frozen=True):
    """What a soak did, and what was found."""

    contacts: int
    sent: int
    not_sent: Counter[str]
    kills: int
    restarts: int
    doors: int
    doubted: int
    asked_for_their_end: int
    faults: dict[str, int]
    seconds: float
    checks: list[Check]
    doubled: int
    lost: int

    @property
    def clean(self) -> bool:
        """Whether nothing is wrong."""
        return self.doubled == self.lost == 0


class Killer:
    """Kills a worker at random; starts again what has ended, as a supervisor would."""

    def __init__(self, world: World, every: float, seed: int) -> None:
        self._world = world
        self._every = every
        self._random = random.Random(seed)
        self.kills = 0
        self.doors = 0

    async def work(self) -> None:
        """Kill until cancelled."""
        while True:
            await asyncio.sleep(self._every)
            await self._world.kill(self._random.choice(self._world.names))
            self.kills += 1
            if self.kills % DOOR_EVERY == 0:
                self.doors += 1
                await self._world.misbehave(refuse_seconds=DOOR_SHUT)

    async def supervise(self) -> None:
        """Start again until cancelled."""
        while True:
            for name in self._world.names:
                if not self._world.running[name].alive():
                    self._world.launch(name)
            await asyncio.sleep(0.2)


async def soak(
    *,
    contacts: int,
    every: float,
    workers: int,
    seed: int,
    directory: Path,
    say: Say,
    most_seconds: float = float("inf"),
) -> Found:
    """Run it all, and recount; no more is approved after `most_seconds`."""
    world = World(directory, workers)
    consumers = min(max(contacts // EACH, 1), MOST_NUMBERS)
    began = time.monotonic()
    try:
        await world.start(consumers)
        await world.misbehave()
        watch, killer = Watch(world.stack), Killer(world, every, seed)
        door = Door([world.ports[name] for name in world.names])
        always = door.serve(world.door), watch.follow(), killer.supervise(), _tell(watch, killer, say)
        async with _beside(*always):
            async with _beside(killer.work()):
                await _approve(world, watch, contacts, consumers, began + most_seconds)
                await _until_quiet(watch, begun=True)
            say("all is begun: no more is killed, and what is open comes to its end")
            await _until_quiet(watch)
        took = time.monotonic() - began
        status = await world.ask("status")
        evidence = await _evidence(world)
    finally:
        await asyncio.to_thread(world.stop)
    return _found(world, watch, killer, status, evidence, took)


async def _approve(world: World, watch: Watch, contacts: int, consumers: int, until: float) -> None:
    """Approve waves; no more than workers keep up with, so that nothing runs out while it waits."""
    producer = await wait_for_broker(world.stack)
    publisher = KafkaPublisher(
        producer=producer, codec=SingleObjectCodec(), clock=world.clock, partitions=world.stack.kafka_partitions
    )
    try:
        for start in range(0, contacts, WAVE):
            while len(watch.open) > MOST_OPEN:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
            if time.monotonic() > until:
                return
            now = world.clock.now()
            wave = [approval(n, consumers, now) for n in range(start, min(start + WAVE, contacts))]
            watch.approved.update((a.contact_id, a.to) for a in wave)
            await publisher.publish(events=wave)
    finally:
        await producer.stop()


async def _until_quiet(watch: Watch, *, begun: bool = False) -> None:
    """Return when every contact has ended, or was begun at least; or when nothing has been heard for long."""
    last, heard_at = (-1, -1), time.monotonic()
    while watch.waiting if begun else watch.open:
        now = len(watch.started), len(watch.ended)
        if now != last:
            last, heard_at = now, time.monotonic()
        elif time.monotonic() - heard_at > PATIENCE:
            return
        await asyncio.sleep(0.5)


async def _tell(watch: Watch, killer: Killer, say: Say) -> None:
    while True:
        await asyncio.sleep(TOLD_EVERY)
        say(
            f"{len(watch.approved):,} approved, {len(watch.started):,} begun, {len(watch.ended):,} ended, "
            f"{len(watch.doubted):,} were in doubt, {len(watch.asked_for_their_end):,} were asked for their end, "
            f"{killer.kills} kills"
        )


async def _evidence(world: World) -> Evidence:
    log = await read_log(connection(world.stack))
    lines = world.ledger.read_bytes().splitlines() if world.ledger.exists() else []
    return Evidence(log, read_texts(lines), (), world.clock.now(), RATE)


def _carried_once(status: Mapping[str, Any], evidence: Evidence) -> Check:
    """By the provider's own count: it was handed no more than came to an end, each for a contact of its own."""
    handed, of = status.get("messages", 0), len({t.contact_id for t in evidence.texts})
    faults = [Fault(f"text {n}", "was handed over beside those of the contacts") for n in range(max(handed - of, 0))]
    return Check(
        "the provider was handed one text for a contact", "design: at most one contact per approval", handed, faults
    )


@asynccontextmanager
async def _beside(*work: Coroutine[object, object, None]) -> AsyncIterator[None]:
    """Work goes on beside the block; that a part of it broke is raised at the end."""
    tasks = [asyncio.create_task(w) for w in work]
    try:
        yield
        for task in tasks:
            if task.done():
                task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _found(
    world: World, watch: Watch, killer: Killer, status: Mapping[str, Any], evidence: Evidence, took: float
) -> Found:
    doubled = [*doubles(evidence), _carried_once(status, evidence)]
    nobody = Consumers(evidence.log)
    lost = [endings(evidence), losses.callbacks(evidence, nobody), losses.unreadable(evidence, nobody)]
    return Found(
        contacts=len(watch.approved),
        sent=status.get("messages", 0),
        not_sent=watch.rejected,
        kills=killer.kills,
        restarts=world.starts - len(world.ports),
        doors=killer.doors,
        doubted=len(watch.doubted),
        asked_for_their_end=len(watch.asked_for_their_end),
        faults=dict(status.get("faults", {})),
        seconds=took,
        checks=[*doubled, *lost],
        doubled=distinct(doubled),
        lost=distinct(lost),
    )
