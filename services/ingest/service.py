"""Ingest's wiring: files and requests become submitted rows, and submitted rows, by an effect, accounts or rejects."""

import asyncio
from functools import partial

from chassis.addresses import address_id, keyed_hash
from chassis.codec import SingleObjectCodec
from chassis.failures import Halted
from chassis.host import Assembly, Host
from chassis.service import Effect, Service
from contracts.events import PlacementSubmitted
from services.ingest.api import Api
from services.ingest.api_keys import parse_keys
from services.ingest.core.outcome import NAME, VERSION
from services.ingest.core.placement import Hashes
from services.ingest.core.places import atlas
from services.ingest.database import Database
from services.ingest.inbox import Inbox
from services.ingest.loader import DIRECTORY, load_mappings
from services.ingest.payments import Payments
from services.ingest.placing import Placing
from services.ingest.reports import Reports
from services.ingest.settings import IngestSettings
from services.ingest.spool import Spool
from services.ingest.submitting import Announcing, Submitting


def service(placing: Effect) -> Service[None]:
    """Ingest as a runtime drives it; it remembers rows in PostgreSQL, and nothing of consumers in the log."""
    return Service(
        name=NAME,
        version=VERSION,
        reads=frozenset({PlacementSubmitted}),
        effects={PlacementSubmitted: placing},
    )


def hashes_of(key: bytes) -> Hashes:
    """The hashes that stand for personal data."""
    return Hashes(address_id=partial(address_id, key), keyed=partial(keyed_hash, key))


async def build(own: IngestSettings, host: Host) -> Assembly:
    """Everything that runs in ingest's process; raises Unreachable, WrongMapping or WrongKeys."""
    if host.settings.postgres_dsn is None:
        raise Halted("COUNTERPOINT_POSTGRES_DSN is not set: ingest keeps what became of each row in PostgreSQL")
    mappings = load_mappings([DIRECTORY, *([own.mappings] if own.mappings else [])])
    keys = parse_keys(own.api_keys.get_secret_value())
    hashes = hashes_of(host.settings.hash_key.get_secret_value().encode())
    codec = SingleObjectCodec()
    most_bytes = own.max_file_megabytes << 20
    await asyncio.to_thread(atlas)
    database = Database(host.settings.postgres_dsn.get_secret_value(), connections=own.database_connections)
    await database.open()
    placing = Placing(
        database=database,
        codec=codec,
        clock=host.clock,
        hashes=hashes,
        mappings=mappings,
        chunk_rows=own.chunk_rows,
    )
    submitting = Submitting(
        database=database,
        publisher=host.publisher,
        clock=host.clock,
        keyed=hashes.keyed,
        mappings=mappings,
        chunk_rows=own.chunk_rows,
        most_bytes=most_bytes,
    )
    announcing = Announcing(
        database=database,
        publisher=host.publisher,
        clock=host.clock,
        progressed=placing.progressed,
        poll_seconds=own.poll_seconds,
    )
    spool = Spool(folder=own.spool, submitting=submitting, database=database, most_bytes=most_bytes)
    spool.open()
    api = Api(
        keys=keys,
        submitting=submitting,
        spool=spool,
        payments=Payments(database=database, publisher=host.publisher, codec=codec, clock=host.clock),
        reports=Reports(database=database, publisher=host.publisher, codec=codec, clock=host.clock),
        database=database,
        clock=host.clock,
        hashes=hashes,
        most_bytes=own.max_request_megabytes << 20,
        most_rows=own.max_request_rows,
    )
    tasks = [announcing.run, spool.run]
    if own.inbox is not None:
        own.inbox.mkdir(parents=True, exist_ok=True)
        inbox = Inbox(
            folder=own.inbox,
            submitting=submitting,
            database=database,
            clock=host.clock,
            poll_seconds=own.poll_seconds,
        )
        tasks.append(inbox.run)
    return Assembly(service=service(placing), routes=api.routes(), tasks=tasks, close=database.close)
