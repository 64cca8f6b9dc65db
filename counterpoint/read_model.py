"""Questions to the read model, for commands: typed answers, read from the views of services/reporting/migrations."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import msgspec
import psycopg
from msgspec import Struct
from psycopg.rows import DictRow, dict_row

from chassis.failures import Unreachable
from contracts.ids import ClientId, ConsumerId
from contracts.topics import TOPICS


class Summary(Struct, frozen=True):
    """Everything counted. Contacts are counted once each, by what became of them."""

    events: int
    placed: int
    rejected_rows: int
    rejected: dict[str, int]
    requested: int
    approved: int
    deferred: int
    deferred_by_rule: dict[str, int]
    vetoed: int
    vetoed_by_rule: dict[str, int]
    attempts: int
    accepted: int
    delivered: int
    failed: dict[str, int]
    in_doubt: int
    replies: int
    opt_outs: int
    payments: int


class Entry(Struct, frozen=True):
    """One event of a consumer's story; `personal` is None unless it was asked for."""

    occurred_at: datetime
    written_at: datetime | None
    event_type: str
    event_id: str
    causation_id: str | None
    producer: str
    topic: str
    partition: int
    offset: int
    body: dict[str, Any]
    personal: dict[str, Any] | None


class Timeline(Struct, frozen=True):
    """A consumer's story, in the order in which it happened; `zone` is where the consumer most likely is."""

    consumer_id: ConsumerId
    zone: str | None
    entries: tuple[Entry, ...]


def summary(dsn: str) -> Summary:
    """Count everything; raises Unreachable."""
    with _asking(dsn) as connection:
        return msgspec.convert(connection.execute("select * from reporting.summary").fetchone(), Summary)


_EVENTS = """
select distinct on (event_id)
    occurred_at, written_at, event_type, event_id, causation_id, producer, topic, partition, "offset",
    e.body, p.body as personal
from reporting.events e
left join reporting.personal p using (topic, partition, "offset")
where consumer_id = %s
order by event_id, partition, "offset"
"""


def timeline(dsn: str, consumer_id: ConsumerId, *, personal: bool = False) -> Timeline:
    """Everything that happened to a consumer; raises Unreachable."""
    with _asking(dsn) as connection:
        found = connection.execute("select zone from reporting.consumers where consumer_id = %s", (consumer_id,))
        consumer = found.fetchone()
        rows = connection.execute(_EVENTS, (consumer_id,)).fetchall()
    entries = [Entry(**(row if personal else row | {"personal": None})) for row in rows]
    return Timeline(consumer_id, consumer["zone"] if consumer else None, tuple(in_order(entries)))


_WAY = {topic: number for number, topic in enumerate(TOPICS)}
"""`topics.yaml` lists topics in the order in which a contact passes through them."""


def in_order(entries: list[Entry]) -> list[Entry]:
    """As they happened; of one instant, causes before what they caused, then along the way through the topics."""
    by_id = {e.event_id: e for e in entries}
    depths: dict[str, int] = {}

    def depth(entry: Entry) -> int:
        chain = []
        at: Entry | None = entry
        while at is not None and at.event_id not in depths and at not in chain:
            chain.append(at)
            at = by_id.get(at.causation_id) if at.causation_id else None
        below = depths.get(at.event_id, 0) if at is not None else 0
        for link in reversed(chain):
            below += 1
            depths[link.event_id] = below
        return depths[entry.event_id]

    return sorted(entries, key=lambda e: (e.occurred_at, depth(e), _WAY.get(e.topic, len(_WAY)), e.offset))


_BY_ACCOUNT = """
select distinct a.consumer_id
from reporting.accounts a
join reporting.personal p on p.topic = 'counterpoint.placements.v1'
    and p.partition = a.partition and p."offset" = a."offset"
where a.client_id = %s and p.body ->> 'client_account_number' = %s
"""


def consumer_of(dsn: str, client: ClientId, account_number: str) -> ConsumerId | None:
    """Whose account it is, by the client's number of it; raises Unreachable."""
    with _asking(dsn) as connection:
        row = connection.execute(_BY_ACCOUNT, (client, account_number)).fetchone()
    return ConsumerId(row["consumer_id"]) if row else None


@contextmanager
def _asking(dsn: str) -> Iterator[psycopg.Connection[DictRow]]:
    try:
        with psycopg.connect(dsn, row_factory=dict_row, connect_timeout=10) as connection:
            yield connection
    except psycopg.errors.UndefinedTable as error:
        raise Unreachable("the database has no read model yet: start the service reporting once") from error
    except psycopg.OperationalError as error:
        raise Unreachable("PostgreSQL does not answer; is the stack up? see COUNTERPOINT_POSTGRES_DSN") from error
