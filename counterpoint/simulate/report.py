"""What came of the demo, for people: what was asked for, what was allowed, what happened, and one consumer's story."""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from rich.console import Console
from rich.table import Table

from contracts.ids import ConsumerId
from counterpoint import read_model
from counterpoint.commands import timeline
from counterpoint.read_model import Summary
from counterpoint.recount.stops import Stops

_TELLING = """
select consumer_id from reporting.contacts
group by consumer_id
order by count(distinct channel) filter (where outcome = 'delivered') desc,
    consumer_id in (select consumer_id from reporting.opt_outs) desc, bool_or(verdict = 'vetoed') desc nulls last,
    bool_or(verdict = 'deferred') desc nulls last, count(*), consumer_id
limit 1
"""
"""Somebody whose story shows much: who was reached in many ways, said stop, and for whom something was refused."""

_REFUSED = """
select distinct on (verdict) verdict, contact_id from reporting.contacts
where verdict in ('deferred', 'vetoed')
order by verdict, decided_at, contact_id
"""


def report(totals: Mapping[str, Any], counted: Summary, stops: Stops, console: Console) -> None:
    """What was placed, requested, allowed, sent, said and paid."""
    console.rule("What came of it")
    table = Table(box=None, show_header=False)
    table.add_column(justify="right")
    rows: list[tuple[int, str, Mapping[str, int]]] = [
        (totals["placed"], "accounts placed", {}),
        (totals["rejected"], "rows rejected", totals["rejected_by_code"]),
        (totals["repeated"], "rows recognised as repeats", {}),
        (counted.requested, "contacts requested", {}),
        (counted.approved, "approved", {}),
        (counted.deferred, "deferred", counted.deferred_by_rule),
        (counted.vetoed, "vetoed", counted.vetoed_by_rule),
        (counted.delivered, "delivered, by whatever channel", {}),
        (sum(counted.failed.values()), "not sent, or not delivered", counted.failed),
        (counted.replies, "replies", {}),
        (counted.opt_outs, "opt-outs", {}),
        (counted.payments, "payments", {}),
        (counted.events, "events in the log", {}),
    ]
    for number, what, parts in rows:
        table.add_row(f"{number:,}", what)
        for part, n in sorted(parts.items(), key=lambda item: (-item[1], item[0])):
            table.add_row("", f"  {n:,} {part}")
    console.print(table, highlight=False)
    console.print(_latency(stops), highlight=False, soft_wrap=True)


def _latency(stops: Stops) -> str:
    """How soon a stop bars every channel, in real time: simulated time only runs faster."""
    barred = _milliseconds(stops.barred_after)
    approved = f"{len(stops.approved_after)} approvals after that ({_milliseconds(stops.approved_after)})"
    sent = f"{len(stops.crossed)} texts under way came after all ({_milliseconds(stops.crossed)})"
    return f"From stop received to every text barred, real time: {barred}; {approved}; {sent}."


def _milliseconds(seconds: Sequence[float]) -> str:
    if not seconds:
        return "none"
    ordered = sorted(seconds)
    half, most = ordered[len(ordered) // 2], ordered[-1]
    return f"median {half * 1000:,.0f} ms, at most {most * 1000:,.0f} ms"


def example(dsn: str, console: Console) -> ConsumerId | None:
    """Tell the story of one consumer, and say whose it is."""
    with psycopg.connect(dsn, connect_timeout=10) as connected:
        chosen = connected.execute(_TELLING).fetchone()
    if chosen is None:
        return None
    consumer_id = ConsumerId(chosen[0])
    console.rule("One consumer's story")
    plain = Console(file=console.file, highlight=False, markup=False, soft_wrap=True)
    timeline.show(read_model.timeline(dsn, consumer_id), plain)
    return consumer_id


def refused(dsn: str) -> list[tuple[str, str]]:
    """One contact that was deferred and one that was vetoed, for `counterpoint explain`, as (verdict, contact)."""
    with psycopg.connect(dsn, connect_timeout=10) as connected:
        return [(str(verdict), str(contact_id)) for verdict, contact_id in connected.execute(_REFUSED)]
