"""How long the orchestrator's core takes for one event: decode the record, decide, evolve, encode it again.

Run: python -m bench.orchestrator_core [--profile]. What the runtime adds (Avro, changelog, broker) is not in it.
"""

import asyncio
import cProfile
import gc
import pstats
import resource
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from time import process_time

from msgspec.structs import replace

from bench import tables
from chassis.runtime.changelog import Entry, encoder
from chassis.runtime.consumers import Consumers, Touched
from chassis.runtime.memory import HandClock, MemoryRuntime
from chassis.service import Context, Position
from contracts.events import (
    AccountPlaced,
    AsOf,
    AttemptAccepted,
    AttemptStarted,
    AttemptStatus,
    AttemptStatusChanged,
    ContactApproved,
    ContactRequested,
    DebtType,
    Event,
    Itemization,
    ItemizationBasis,
    Meta,
    PersonName,
    PhoneAddress,
    PlacementFlags,
    ReasonClass,
    ZoneEvidence,
    ZoneSource,
)
from contracts.ids import (
    AddressId,
    AttemptId,
    BatchId,
    ClientId,
    ConsumerId,
    DebtId,
    EventId,
    PlacementId,
    derived_id,
)
from contracts.topics import TOPIC_OF
from services.orchestrator.core.state import Consumer
from services.orchestrator.loader import load_strategies
from services.orchestrator.service import READS, Conductor, service

PLACED = datetime(2026, 10, 19, 10, tzinfo=UTC)
PEOPLE = 2000
TIMERS = 1_000_000
PUT_OFF = 4
ROUNDS = 8
ZONES = (("America/New_York",), ("America/Chicago",), ("America/Denver", "America/Los_Angeles"), ("America/Phoenix",))
MINUTE = timedelta(minutes=1)
READ_TOPICS = frozenset(TOPIC_OF[kind] for kind in READS)
NOTHING = Decimal("0.00")


def a_placement(n: int) -> AccountPlaced:
    """An account of the nth consumer, who has two numbers."""
    event_id = EventId(derived_id(cause="placement", name=str(n), at=PLACED))
    who = ConsumerId(f"con-{n:024x}")
    return AccountPlaced(
        meta=Meta(event_id, PLACED, who, event_id, None, "ingest", "0.1.0"),
        placement_id=PlacementId(f"placement-{n}"),
        batch_id=BatchId("batch"),
        row_number=n,
        client_id=ClientId("acme"),
        debt_id=DebtId(f"debt-{n:024x}"),
        client_account_number=f"AC-{n}",
        account_last4=f"{n % 10_000:04}",
        placement_sequence=1,
        debt_type=DebtType.CARD,
        original_creditor="Harbor Bank",
        current_creditor="Harbor Bank",
        currency="USD",
        balance=Decimal("1234.56"),
        itemization=Itemization(
            PLACED.date(), ItemizationBasis.CHARGE_OFF, Decimal("1234.56"), NOTHING, NOTHING, NOTHING, NOTHING
        ),
        delinquent_on=None,
        charged_off_on=None,
        name=PersonName("Ana", None, "Example", None),
        born_on=None,
        ssn_hash=None,
        language="en",
        postal_addresses=(),
        phones=(
            PhoneAddress(AddressId(f"tel-{n:024x}"), "+12125550100", "mobile", True),
            PhoneAddress(AddressId(f"tel-{n + PEOPLE:024x}"), "+12125550101", "landline", None),
        ),
        emails=(),
        zones=tuple(ZoneEvidence(zone, ZoneSource.POSTAL_ADDRESS, None) for zone in ZONES[n % len(ZONES)]),
        flags=PlacementFlags(None, None, None, None, None, None, None),
    )


class Crowd:
    """Many consumers, each at the same point of the same life; records are kept as bytes, as the runtime keeps them."""

    def __init__(self, people: int) -> None:
        self.conductor = Conductor(load_strategies())
        fresh = self.conductor.encode(state=self.conductor.fresh(consumer_id=ConsumerId("con-0")))
        self.records = [fresh] * people
        self.requests: list[ContactRequested] = []
        self.rows: list[tables.Row] = []
        self.spent = 0.0
        self.events = 0

    def tell(self, name: str, events: Sequence[Event], nows: Sequence[datetime]) -> None:
        """Let each have an event; note what that took."""
        conductor, records = self.conductor, self.records
        requests: list[ContactRequested] = []
        gc.collect()
        start = process_time()
        for n, event in enumerate(events):
            context = Context(nows[n], Position("topic", 1, n), nows[n], {})
            state = conductor.decode(encoded=records[n])
            outcomes = conductor.decide(state=state, event=event, context=context)
            state = conductor.evolve(state=state, event=event, context=context)
            for outcome in outcomes:
                state = conductor.evolve(state=state, event=outcome, context=context)
                if isinstance(outcome, ContactRequested):
                    requests.append(outcome)
            records[n] = conductor.encode(state=state)
            conductor.wake_at(state=state)
        spent = process_time() - start
        self.spent, self.events = self.spent + spent, self.events + len(events)
        if requests:
            self.requests = requests
        self._note(name, spent, len(events))

    def _note(self, name: str, spent: float, events: int) -> None:
        each = spent / events
        size = len(self.records[0])
        self.rows.append({"event": name, "µs": each * 1e6, "events/s": 1 / each, "bytes of the record": size})

    def summed(self) -> list[tables.Row]:
        """What was measured, and all of it together."""
        self._note("all of it", self.spent, self.events)
        return self.rows

    def due(self) -> tuple[list[Event], list[datetime]]:
        """Everybody's timer, as it comes back."""
        events: list[Event] = []
        nows: list[datetime] = []
        for n, record in enumerate(self.records):
            state = self.conductor.decode(encoded=record)
            at = self.conductor.wake_at(state=state)
            assert at is not None, "everybody waits"
            events += self.conductor.wake(state=state, consumer_id=ConsumerId(f"con-{n:024x}"), now=at)
            nows.append(at)
        return events, nows

    def answers(self, make: Callable[[ContactRequested], Event]) -> tuple[list[Event], list[datetime]]:
        """What follows from everybody's last request."""
        events = [make(r) for r in self.requests]
        return events, [e.meta.occurred_at for e in events]


def meta_of(request: ContactRequested, name: str, at: datetime) -> Meta:
    """The head of an answer."""
    event_id = EventId(derived_id(cause=request.contact_id, name=name, at=at))
    return Meta(event_id, at, request.meta.consumer_id, request.meta.correlation_id, None, "bench", "0.1.0")


def approved(r: ContactRequested) -> Event:
    """The gate approves."""
    at = r.meta.occurred_at + MINUTE
    about = (r.contact_id, r.channel, r.address_id, r.debt_ids, r.purpose)
    rest = (at, (), AsOf(), "", "", r.meta.event_id, r.not_after)
    return ContactApproved(*(meta_of(r, "approved", at), *about, *rest))


def started(r: ContactRequested) -> Event:
    """The channel begins."""
    at = r.meta.occurred_at + MINUTE
    about = (r.contact_id, AttemptId(r.contact_id), r.channel, r.address_id, "bench")
    return AttemptStarted(*(meta_of(r, "started", at), *about, at))


def accepted(r: ContactRequested) -> Event:
    """The provider has it."""
    at = r.meta.occurred_at + 2 * MINUTE
    about = (r.contact_id, AttemptId(r.contact_id), r.channel, r.address_id, "bench")
    return AttemptAccepted(*(meta_of(r, "accepted", at), *about, "SM", at))


def delivered(r: ContactRequested) -> Event:
    """The phone has it."""
    at = r.meta.occurred_at + 3 * MINUTE
    about = (r.contact_id, AttemptId(r.contact_id), r.channel, r.address_id, "bench")
    status = ("SM", AttemptStatus.DELIVERED, True, ReasonClass.NONE, None, at)
    return AttemptStatusChanged(*(meta_of(r, "delivered", at), *about, *status))


def live() -> list[tables.Row]:
    """The whole of a first contact."""
    crowd = Crowd(PEOPLE)
    crowd.tell("placed", [a_placement(n) for n in range(PEOPLE)], [PLACED] * PEOPLE)
    for step in ("welcome", "follow-up"):
        crowd.tell(f"{step}: timer, asked for", *crowd.due())
        for make in (approved, started, accepted, delivered):
            crowd.tell(f"{step}: {make.__name__}", *crowd.answers(make))
        if step == "welcome":
            crowd.tell("pause: timer", *crowd.due())
    return crowd.summed()


async def through_the_runtime() -> str:
    """The same life driven by the runtime, with Avro, changelog and all, on a log in memory."""
    runtime = MemoryRuntime([service(load_strategies())], clock=HandClock(PLACED), partitions=1)
    clock = runtime.clock
    assert isinstance(clock, HandClock), "it was made so"
    runtime.publish(*(a_placement(n) for n in range(PEOPLE)))
    requests, answered = runtime.broker.records[TOPIC_OF[ContactRequested], 0], 0
    spent = 0.0
    for _ in range(200):
        start = process_time()
        await runtime.run()
        spent += process_time() - start
        new = [runtime.codec.decode(r.value) for r in requests[answered:] if r.value]
        answered = len(requests)
        asked = [e for e in new if isinstance(e, ContactRequested)]
        runtime.publish(*(make(r) for r in asked for make in (approved, started, accepted, delivered)))
        clock.at += timedelta(hours=1)
    events = sum(len(log) for (topic, _), log in runtime.broker.records.items() if topic in READ_TOPICS)
    return (
        f"Through the runtime, with Avro, changelog and outcomes, on a log in memory: {events:,} events, "
        f"{events / spent:,.0f} a second."
    )


def resident() -> float:
    """What this process has in memory, in MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def measure_timers() -> list[str]:
    """What a million consumers with a timer each take in memory, and how fast their timers are found."""
    conductor = Conductor(load_strategies())
    placement = a_placement(0)
    context = Context(PLACED, Position("topic", 1, 0), PLACED, {})
    fresh = conductor.fresh(consumer_id=placement.meta.consumer_id)
    state = conductor.evolve(state=fresh, event=placement, context=context)
    assert isinstance(state, Consumer), "a consumer's id was given"
    before = resident()
    consumers: Consumers = Consumers(conductor)
    start = process_time()
    _set_timers(consumers, state, 0)
    spent = process_time() - start
    size = len(encoder.encode(Entry({}, conductor.encode(state=state))))
    grown = resident() - before
    for again in range(1, PUT_OFF + 1):
        _set_timers(consumers, state, again)
    in_the_end = resident() - before
    start = process_time()
    found = 0
    while some := consumers.due(PLACED + timedelta(days=5)):
        found += len(some)
    looked = process_time() - start
    return [
        f"{TIMERS:,} consumers with a timer each: {grown:,.0f} MiB, records of {size} bytes, set in {spent:.0f} s; "
        f"{in_the_end:,.0f} MiB when each timer was put off {PUT_OFF} times.",
        f"{found:,} timers found due in {looked:.1f} s, the oldest first.",
    ]


def _set_timers(consumers: Consumers, state: Consumer, later: int) -> None:
    (timer,) = state.timers
    for n in range(TIMERS):
        due = replace(timer, due=timer.due + n % 10_000 + later)
        touched = Touched(replace(state, timers=(due,)), {}, [])
        touched.changed = True
        consumers.keep({f"con-{n:024x}".encode(): touched}, by_time=False)


def main() -> None:
    """Measure one consumer's life, many times, and a million timers; with --profile, say where the time goes."""
    if "--profile" in sys.argv:
        with cProfile.Profile() as profile:
            live()
        pstats.Stats(profile).sort_stats("tottime").print_stats(30)
        return
    where = tables.machine()
    rows = min((live() for _ in range(ROUNDS)), key=lambda measured: measured[-1]["µs"])
    notes = [
        f"Decode, decide, evolve, encode; the best of {ROUNDS} rounds.",
        "CPU time; Avro, changelog and broker are not in it.",
        asyncio.run(through_the_runtime()),
        *measure_timers(),
    ]
    tables.keep("orchestrator_core", "The orchestrator's core: events in a second", where, rows, notes)


if __name__ == "__main__":
    main()
