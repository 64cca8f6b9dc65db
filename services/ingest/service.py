"""Ingest's wiring: files and requests become submitted rows, and submitted rows, by an effect, accounts or rejects."""

import asyncio
from contextlib import AsyncExitStack
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
from services.ingest.links import Links
from services.ingest.links_api import AtStripe
from services.ingest.loader import DIRECTORY, load_mappings
from services.ingest.payment_events import PaymentEvents
from services.ingest.payments import Payments
from services.ingest.placing import Placing
from services.ingest.reports import Reports
from services.ingest.settings import IngestSettings
from services.ingest.spool import Spool
from services.ingest.stripe import Stripe
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


def at_stripe(
    own: IngestSettings, host: Host, database: Database, payments: Payments, reports: Reports, opened: AsyncExitStack
) -> AtStripe | None:
    """Payments at Stripe, if that is set up."""
    if own.stripe_key is None or own.stripe_return_url is None:
        return None
    stripe = Stripe(
        url=own.stripe_url,
        key=own.stripe_key.get_secret_value(),
        return_url=own.stripe_return_url,
        timeout=own.stripe_timeout,
    )
    opened.push_async_callback(stripe.close)
    events = PaymentEvents(
        database=database, payments=payments, reports=reports, clock=host.clock, poll_seconds=own.poll_seconds
    )
    links = Links(database=database, stripe=stripe, clock=host.clock)
    return AtStripe(links, events, own.stripe_secrets)


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
    opened = AsyncExitStack()
    opened.push_async_callback(database.close)
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
    payments = Payments(database=database, publisher=host.publisher, codec=codec, clock=host.clock)
    reports = Reports(database=database, publisher=host.publisher, codec=codec, clock=host.clock)
    stripe = at_stripe(own, host, database, payments, reports, opened)
    api = Api(
        keys=keys,
        submitting=submitting,
        spool=spool,
        payments=payments,
        reports=reports,
        at_stripe=stripe,
        database=database,
        clock=host.clock,
        hashes=hashes,
        most_bytes=own.max_request_megabytes << 20,
        most_rows=own.max_request_rows,
    )
    tasks = [announcing.run, spool.run, *([stripe.events.run] if stripe is not None else [])]
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
    return Assembly(service=service(placing), routes=api.routes(), tasks=tasks, close=opened.aclose)
