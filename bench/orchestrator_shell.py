"""What an event costs an orchestrator without a broker: days of work are lived once, then given to it again and timed.

Run: python -m bench.orchestrator_shell [--people 6000] [--profile]. The days are lived with the real gate and all its
rules, so that verdicts are as long as they are; channels, consumers and their client are played. Everything that a
worker does for a record is in the time, down to compressed batches for the broker; the network, the group and the
client's own work are not. Times are of the processor.
"""

import argparse
import asyncio
import cProfile
import pstats
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from time import process_time

from msgspec import Struct
from msgspec.structs import replace

from bench import tables
from bench.gate_job import NOON, PARTITIONS, placement
from bench.gate_shell import fresh
from chassis.codec import SingleObjectCodec
from chassis.runtime.memory import HandClock, MemoryRuntime, Record
from chassis.service import AnyService
from contracts.events import (
    AccountPlaced,
    AccountUpdated,
    ArrangementAgreed,
    ArrangementKind,
    AttemptAccepted,
    AttemptStarted,
    AttemptStatus,
    AttemptStatusChanged,
    Channel,
    ContactApproved,
    Event,
    Instalment,
    Meta,
    OptedOut,
    OptOutScope,
    PaymentSettled,
    PlacementFlags,
    ReasonClass,
    ReplyIntent,
    ReplyReceived,
)
from contracts.ids import AddressId, ArrangementId, AttemptId, ConsumerId, ContactId, EventId, PaymentId, derived_id
from contracts.topics import TOPIC_OF
from services.compliance.loader import HOUSE, LAW, load_rules
from services.compliance.service import service as gate
from services.orchestrator.loader import DIRECTORY, LIBRARY, check, strategies_of
from services.orchestrator.service import service as orchestrator

STRATEGIES = (
    DIRECTORY / "first-contact.yaml",
    LIBRARY / "promise-to-pay.yaml",
    LIBRARY / "broken-promise.yaml",
    LIBRARY / "settlement.yaml",
)
BATCH = 250
"""Records of a topic in a batch at most: a partition's share of a full poll."""
DAYS, TICKS, MOMENT = 8, 24, timedelta(seconds=20)
TICK = timedelta(days=1) / TICKS
"""So long all that happens is put into the log at once, as where the orchestrator lags: batches are full then."""
PLACED_ON = 3
"""So many days bring new accounts, each its share."""
UPDATED = 0.1
"""Of how many accounts the client tells the balance each day."""
WHAT_FOLLOWS = (
    ("clicked", 0.08),
    ("replied", 0.04),
    ("stopped", 0.015),
    ("paid", 0.05),
    ("promised", 0.03),
)
"""Of texts that were delivered, the share that leads to something within two hours, and what that is."""
KEPT = 0.7
"""Of promises, the share that is paid on its day."""
ROUNDS, PART = 8, 20
"""So often all is given again, and of so many turns the least of all rounds counts: others use the machine too."""


class Life:
    """The channel, the consumers and their client: what they do about what the gate approved."""

    def __init__(self, people: int) -> None:
        self.people = people
        self._random = Random(7)
        self._later: dict[int, list[Event]] = defaultdict(list)

    def meta(self, who: str, name: str, at: datetime) -> Meta:
        """The head of something that happens."""
        event_id = EventId(derived_id(cause=f"{who}/{name}/{self._random.random()}", name=name, at=at))
        return Meta(event_id, at, ConsumerId(who), event_id, None, "bench", "0.1.0")

    def at_tick(self, tick: int, at: datetime) -> Iterator[Event]:
        """What an hour brings by itself."""
        each = self.people // PLACED_ON
        day, hour = divmod(tick, TICKS)
        if day < PLACED_ON and hour == 1:
            for n in range(day * each, (day + 1) * each):
                placed = placement(n)
                yield replace(placed, meta=replace(placed.meta, occurred_at=at))
        if day and hour == 15:
            for n in self._random.sample(range(self.people), round(self.people * UPDATED)):
                yield self._updated(placement(n), at)
        for event in self._later.pop(tick, ()):
            yield replace(event, meta=replace(event.meta, occurred_at=at))

    def _updated(self, known: AccountPlaced, at: datetime) -> AccountUpdated:
        meta = self.meta(known.meta.consumer_id, "updated", at)
        balance = known.balance - self._random.choice((0, 0, 0, 25))
        what = (known.client_id, known.debt_id, balance, "USD", None, None, None, PlacementFlags(), at)
        return AccountUpdated(meta, f"upd-{meta.event_id}", *what)

    def begun(self, approved: ContactApproved, at: datetime) -> Iterator[Event]:
        """The channel hands a text over, and the provider has it."""
        about, text = self._about(approved)
        yield AttemptStarted(self.meta(approved.meta.consumer_id, "started", at), *about, at)
        yield AttemptAccepted(self.meta(approved.meta.consumer_id, "accepted", at), *about, text, at)

    def told(self, approved: ContactApproved, status: AttemptStatus, at: datetime) -> Event:
        """The provider tells how far a text came."""
        about, text = self._about(approved)
        ends = status is not AttemptStatus.SENT
        reason = ReasonClass.TEMPORARY if status is AttemptStatus.UNDELIVERED else ReasonClass.NONE
        meta = self.meta(approved.meta.consumer_id, "status", at)
        return AttemptStatusChanged(meta, *about, text, status, ends, reason, None, at)

    def _about(self, approved: ContactApproved) -> tuple[tuple[ContactId, AttemptId, Channel, AddressId, str], str]:
        contact_id = approved.contact_id
        attempt = AttemptId(contact_id)
        return (contact_id, attempt, approved.channel, approved.address_id, "twilio"), f"SM{contact_id[-32:]}"

    def answered(self, approved: ContactApproved, tick: int, at: datetime) -> Event:
        """Whether it arrived; of those that did, some lead to more."""
        if self._random.random() > 0.93:
            return self.told(approved, AttemptStatus.UNDELIVERED, at)
        chance = self._random.random()
        for what, share in WHAT_FOLLOWS:
            chance -= share
            if chance < 0:
                self._follows(what, approved, tick + self._random.randrange(1, 3), at)
                break
        return self.told(approved, AttemptStatus.DELIVERED, at)

    def _follows(self, what: str, approved: ContactApproved, tick: int, at: datetime) -> None:
        who, channel, address = approved.meta.consumer_id, approved.channel, approved.address_id
        head = self.meta(who, what, at)
        if what == "clicked":
            self._later[tick].append(self.told(approved, AttemptStatus.CLICKED, at))
        elif what == "replied":
            reply = ReplyReceived(head, channel, address, ReplyIntent.OTHER, "Who is this?", f"SM{head.event_id}", at)
            self._later[tick].append(reply)
        elif what == "stopped":
            self._later[tick].append(OptedOut(head, channel, OptOutScope.EVERYTHING, address, "reply", at))
        elif what == "paid":
            self._later[tick].append(self._paid(approved, Decimal("100.00"), at))
        else:
            due = at + timedelta(days=3)
            part = (Instalment(due.date(), Decimal("50.00")),)
            about = ArrangementId(f"arr-{head.event_id}"), ArrangementKind.PROMISE, approved.debt_ids, "USD", part
            self._later[tick].append(ArrangementAgreed(head, *about, 1, "sms", at))
            if self._random.random() < KEPT:
                self._later[tick + 3 * TICKS].append(self._paid(approved, Decimal("50.00"), due))

    def _paid(self, approved: ContactApproved, amount: Decimal, at: datetime) -> Event:
        meta = self.meta(approved.meta.consumer_id, "paid", at)
        return PaymentSettled(meta, PaymentId(f"pay-{meta.event_id}"), approved.debt_ids[0], amount, "USD", "card", at)


class Turn(Struct):
    """What a partition of the orchestrator was given at once, and when."""

    now: datetime
    partition: int
    records: list[Record]


class Diary(MemoryRuntime):
    """A runtime that notes what it gives to the orchestrator."""

    turns: list[Turn]

    async def _turn(self, service: AnyService, partition: int) -> bool:
        if service.name != "orchestrator":
            return await super()._turn(service, partition)
        topics = sorted({TOPIC_OF[kind] for kind in service.reads})
        before = {topic: self.broker.committed[service.name, topic, partition] for topic in topics}
        busy = await super()._turn(service, partition)
        if busy:
            given: list[Record] = []
            for topic, start in before.items():
                end = self.broker.committed[service.name, topic, partition]
                given += self.broker.records[topic, partition][start:end]
            self.turns.append(Turn(self.clock.now(), partition, given))
        return busy

    async def live(self, life: Life) -> None:
        """Live the days."""
        self.turns = []
        clock = self.clock
        assert isinstance(clock, HandClock), "it was made so"
        verdicts = [(TOPIC_OF[ContactApproved], p) for p in range(self.partitions)]
        read = dict.fromkeys(verdicts, 0)
        for tick in range(DAYS * TICKS):
            clock.at = NOON + tick * TICK
            self.publish(*life.at_tick(tick, clock.at))
            await self.run()
            approved: list[ContactApproved] = []
            for where in verdicts:
                new = self.broker.records[where][read[where] :]
                read[where] += len(new)
                found = (self.codec.decode(r.value) for r in new)
                approved += [e for e in found if isinstance(e, ContactApproved)]
            for happens in (
                [e for a in approved for e in life.begun(a, clock.at)],
                [life.told(a, AttemptStatus.SENT, clock.at) for a in approved],
                [life.answered(a, tick, clock.at) for a in approved],
            ):
                if happens:
                    clock.at += MOMENT
                    self.publish(*happens)
                    await self.run()


def service() -> AnyService:
    """The orchestrator, with strategies as a small agency has them."""
    return orchestrator(strategies_of(check(STRATEGIES)))


async def again(turns: Sequence[Turn], profile: cProfile.Profile | None = None) -> list[float]:
    """Give everything to fresh partitions; seconds of the processor for each part of it."""
    clock = HandClock(NOON)
    workers = await fresh(service(), clock)
    if profile is not None:
        profile.enable()
    begin, spent = process_time(), []
    for n, turn in enumerate(turns):
        if n % PART == PART - 1:
            begin, before = process_time(), begin
            spent.append(begin - before)
        clock.at = turn.now
        worker = workers[turn.partition]
        await worker.wake()
        if turn.records:
            await worker.process(turn.records)
    spent.append(process_time() - begin)
    if profile is not None:
        profile.disable()
    return spent


def mix(turns: Sequence[Turn]) -> Counter[str]:
    """How many events of each type there were."""
    codec = SingleObjectCodec()
    return Counter(type(codec.decode(r.value)).__name__ for turn in turns for r in turn.records)


def main() -> None:
    """Live the days, give them to the orchestrator some times, keep the least."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--people", type=int, default=6000)
    arguments.add_argument("--rounds", type=int, default=ROUNDS)
    arguments.add_argument("--profile", type=Path, help="write a profile there instead of a table")
    told = arguments.parse_args()
    where = tables.machine()
    services = [gate(load_rules([LAW, HOUSE])), service()]
    diary = Diary(services, clock=HandClock(NOON), partitions=PARTITIONS, batch=BATCH)
    asyncio.run(diary.live(Life(told.people)))
    if told.profile:
        with cProfile.Profile() as profile:
            profile.disable()
            asyncio.run(again(diary.turns, profile))
        pstats.Stats(profile).sort_stats("tottime").print_stats(45).dump_stats(told.profile)
        return
    rounds = [asyncio.run(again(diary.turns)) for _ in range(told.rounds)]
    spent = sum(map(min, zip(*rounds, strict=True)))
    counts = mix(diary.turns)
    events = counts.total()
    rows: list[tables.Row] = [{"event": name, "count": n, "%": 100 * n / events} for name, n in counts.most_common()]
    batches = sum(bool(turn.records) for turn in diary.turns)
    notes = [
        f"{events:,} events, {spent / events * 1e6:.1f} µs each, {events / spent:,.0f} a second and processor; "
        f"of each part the least of {told.rounds} rounds.",
        f"{told.people:,} consumers, {DAYS} days, {len(STRATEGIES)} strategies, verdicts by all rules; "
        f"{events / batches:.0f} events in a batch.",
        "From records to compressed batches for the broker; the network and the client's own work are not in it.",
    ]
    tables.keep("orchestrator_shell", "What an event costs an orchestrator, without a broker", where, rows, notes)


if __name__ == "__main__":
    main()
