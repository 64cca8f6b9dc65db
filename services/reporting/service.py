"""The read model's wiring: every event of every topic, by one effect that does no harm twice."""

from collections import Counter
from collections.abc import Sequence

from chassis import metrics
from chassis.clock import Clock
from chassis.failures import Halted
from chassis.host import Assembly, Host
from chassis.service import Done, Effect, Service
from contracts.events import Event
from contracts.topics import TOPIC_OF
from services.reporting.core.rows import Rows, Stored, rows_of
from services.reporting.database import Database, write
from services.reporting.settings import ReportingSettings

NAME = "reporting"
VERSION = "1"


def service(store: Effect) -> Service[None]:
    """The read model as a runtime drives it; it remembers nothing but what is in its tables."""
    return Service(name=NAME, version=VERSION, reads=frozenset(TOPIC_OF), effects=dict.fromkeys(TOPIC_OF, store))


def storing(database: Database, clock: Clock) -> Effect:
    """The effect that writes a batch into the tables, all of it or nothing."""

    async def store(done: Sequence[Done]) -> Sequence[Event]:
        rows = rows_of([Stored(d.event, d.position.partition, d.position.offset, d.written_at) for d in done])
        await write(database, rows)
        count(rows, clock)
        return ()

    return store


def count(rows: Rows, clock: Clock) -> None:
    """Tell the metrics what was stored, and how old it was."""
    for topic, stored in Counter(row.topic for row in rows.events).items():
        metrics.ROWS_STORED.labels(topic).inc(stored)
    newest = max((row.written_at for row in rows.events if row.written_at is not None), default=None)
    if newest is not None:
        metrics.READ_MODEL_LAG.set((clock.now() - newest).total_seconds())


async def build(own: ReportingSettings, host: Host) -> Assembly:
    """Everything that runs in the read model's process; raises Halted, Unreachable."""
    if host.settings.postgres_dsn is None:
        raise Halted("COUNTERPOINT_POSTGRES_DSN is not set: the read model is kept in PostgreSQL")
    database = Database(host.settings.postgres_dsn.get_secret_value(), connections=own.database_connections)
    await database.open()
    return Assembly(service=service(storing(database, host.clock)), close=database.close)
