"""How long the gate's core takes for one request: decode the state, decide, evolve, encode it again.

Run: python -m bench.gate_core [--profile]. What the runtime adds (Avro, changelog, broker) is not in it.
Times are of the processor, so that others who work beside us do not count.
"""

import cProfile
import pstats
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from statistics import quantiles
from time import process_time

from bench import tables
from chassis.service import Context, Position
from contracts.events import Channel, ContactApproved, ContactRequested, Event, Meta, Purpose
from contracts.ids import AddressId, ConsumerId, ContactId, DebtId, EventId, derived_id
from services.compliance.core.codes import (
    ALL_DEBTS,
    ATTEMPTS,
    DAY,
    PAYMENTS,
    PLACEMENTS,
    REQUESTS,
    STATEMENTS,
    Known,
    Outcome,
    seconds,
)
from services.compliance.core.decide import VERSION
from services.compliance.core.state import ConsumerState, Contact, Fact, encode
from services.compliance.loader import HOUSE, LAW, load_rules
from services.compliance.service import Gate, packaged_zone_data

NOON = datetime(2026, 10, 21, 18, 0, tzinfo=UTC)
NIGHT = datetime(2026, 10, 21, 8, 0, tzinfo=UTC)
BATCH = 1000
ROUNDS = 30
PLACES = (("OH",), ("TX",), ("NM",), ("CA",), ("AZ",), ("NY", "NYC"))
"""A sixth of the consumers live where many rules meet."""
ZONES = ((0,), (1,), (2, 3), (0, 3), (6, 2), (0, 1, 3))


def a_state(n: int, texts: int, now: datetime) -> ConsumerState:
    """A consumer who consented to texts, and of whom so many are remembered, the newest three days old."""
    at = seconds(now) - 3 * DAY
    given = seconds(now) - 40 * DAY
    contacts = tuple(
        Contact(n * 100 + k, at - k * 3 * DAY, 1, 1, 1, int(Outcome.DELIVERED), 1000 + k) for k in range(texts)
    )
    return ConsumerState(
        zones=ZONES[n % len(ZONES)],
        evidence=(4,) * len(ZONES[n % len(ZONES)]),
        addresses={f"tel-{n:024x}": "+12125550100"},
        debts=(f"debt-{n:024x}",),
        contacts=contacts,
        facts=(Fact(int(Known.TEXT_CONSENT), given, 0, given, ALL_DEBTS, f"tel-{n:024x}", "collector", 0, 5),),
        places=PLACES[n % len(PLACES)],
    )


def a_request(n: int, now: datetime) -> ContactRequested:
    """A text about the consumer's debt."""
    cause = derived_id(cause=f"cause-{n}", name="request", at=now)
    return ContactRequested(
        Meta(EventId(cause), now, ConsumerId(f"con-{n:024x}"), cause, None, "orchestrator", VERSION),
        ContactId(derived_id(cause=cause, name="contact", at=now)),
        Channel.SMS,
        AddressId(f"tel-{n:024x}"),
        (DebtId(f"debt-{n:024x}"),),
        Purpose.OUTREACH,
        "follow-up",
        "en",
        {"first_name": "Ana", "creditor": "Harbor Bank", "account_last4": "1001", "balance": "$1,234.56"},
        now + timedelta(days=3),
        "welcome@1",
        "follow-up",
    )


def judge_one(gate: Gate, encoded: bytes, request: ContactRequested, context: Context) -> Event:
    """What the runtime has the gate do for one request; gives back the verdict."""
    state = gate.decode(encoded=encoded)
    outcomes = gate.decide(state=state, event=request, context=context)
    state = gate.evolve(state=state, event=request, context=context)
    for outcome in outcomes:
        state = gate.evolve(state=state, event=outcome, context=context)
    gate.encode(state=state)
    return outcomes[0]


def judge_all(gate: Gate, states: Sequence[bytes], requests: Sequence[ContactRequested], now: datetime) -> list[Event]:
    """One batch, as the runtime does it for each request."""
    seen = {PLACEMENTS: 10_000, STATEMENTS: 200, REQUESTS: 50_000, ATTEMPTS: 90_000, PAYMENTS: 3}
    verdicts: list[Event] = []
    for n, request in enumerate(requests):
        seen[REQUESTS] += 1
        verdicts.append(judge_one(gate, states[n], request, Context(now, Position(REQUESTS, 1, 50_000 + n), now, seen)))
    return verdicts


def measure(gate: Gate, name: str, texts: int, now: datetime) -> tables.Row:
    """The best of some rounds and the slowest in a hundred; the time moves on, as between real batches."""
    states = [encode(a_state(n, texts, now)) for n in range(BATCH)]
    best = float("inf")
    each: list[float] = []
    verdicts: list[Event] = []
    moment, requests = now, [a_request(n, now) for n in range(BATCH)]
    for turn in range(ROUNDS):
        moment = now + timedelta(seconds=turn)
        requests = [a_request(n, moment) for n in range(BATCH)]
        start = process_time()
        verdicts = judge_all(gate, states, requests, moment)
        best = min(best, process_time() - start)
    for n, request in enumerate(requests):
        start = process_time()
        judge_one(gate, states[n], request, Context(moment, Position(REQUESTS, 1, n), moment, {}))
        each.append(process_time() - start)
    approved = sum(isinstance(v, ContactApproved) for v in verdicts)
    size = sum(len(v.to_avro()) for v in verdicts) // BATCH
    slowest = quantiles(each, n=100)[98]
    return {
        "case": name,
        "µs each": round(best / BATCH * 1e6, 1),
        "decisions/s": round(BATCH / best),
        "p99 µs": round(slowest * 1e6),
        f"approved of {BATCH}": approved,
        "state bytes": len(states[0]),
        "verdict bytes": size,
    }


def main() -> None:
    """Measure the common cases; with --profile, say where the time goes."""
    rules = load_rules([LAW, HOUSE])
    gate = Gate(rules, packaged_zone_data())
    where = tables.machine()
    rows = [
        measure(gate, "no contact before", 0, NOON),
        measure(gate, "2 texts before", 2, NOON),
        measure(gate, "10 texts before", 10, NOON),
        measure(gate, "2 texts before, at night", 2, NIGHT),
    ]
    notes = [
        f"{len(rules.rules)} rules; one request: decode the state, decide, evolve, encode it; no runtime",
        "the best of some rounds over the same requests, and so with warm caches",
    ]
    tables.keep("gate_core", "The gate's core", where, rows, notes)
    if "--profile" in sys.argv:
        states = [encode(a_state(n, 2, NOON)) for n in range(BATCH)]
        requests = [a_request(n, NOON) for n in range(BATCH)]
        with cProfile.Profile() as profile:
            for _ in range(ROUNDS):
                judge_all(gate, states, requests, NOON)
        pstats.Stats(profile).sort_stats("tottime").print_stats(25)


if __name__ == "__main__":
    main()
