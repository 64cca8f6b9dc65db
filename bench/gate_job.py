"""The gate's job that the benches measure: so many consumers placed, then so many texts asked for.

Synthetic through and through; the time is a Wednesday noon at which every zone of the mainland may be contacted.
"""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import islice

from chassis.addresses import address_id
from chassis.clock import milliseconds
from chassis.codec import SingleObjectCodec
from chassis.kafka_client import Item, put, wait_for_broker
from chassis.routing import headers_of, partition_for
from chassis.settings import StackSettings
from contracts.events import (
    AccountPlaced,
    Channel,
    ContactRequested,
    DebtType,
    Event,
    Itemization,
    ItemizationBasis,
    Meta,
    PersonName,
    PhoneAddress,
    PlacementFlags,
    PostalAddress,
    Purpose,
    ZoneEvidence,
    ZoneSource,
)
from contracts.ids import (
    AddressId,
    BatchId,
    ClientId,
    ConsumerId,
    ContactId,
    DebtId,
    EventId,
    PlacementId,
    derived_id,
)
from contracts.topics import TOPIC_OF

NOON = datetime(2026, 10, 21, 18, 0, tzinfo=UTC)
PARTITIONS = 4
CHUNK = 5000
KEY = b"bench-only"
ZONES = ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles")
HOMES = (
    (("Cleveland", "OH", "44114"), ("New York", "NY", "10007")),
    (("Dallas", "TX", "75201"), ("Chicago", "IL", "60602")),
    (("Albuquerque", "NM", "87102"), ("Denver", "CO", "80202")),
    (("Los Angeles", "CA", "90012"), ("Seattle", "WA", "98104")),
)
"""By zone; a quarter of the consumers live where many more rules hold."""
NO_MONEY = Decimal("0.00")
ITEMS = Itemization(date(2025, 1, 1), ItemizationBasis.LAST_STATEMENT, NO_MONEY, NO_MONEY, NO_MONEY, NO_MONEY, NO_MONEY)


def number(n: int) -> str:
    """The nth consumer's number, one of those that are kept for fiction."""
    return f"+1{201 + n // 100 % 700}555{100 + n % 100:04}"


@lru_cache(maxsize=1 << 18)
def address(n: int) -> AddressId:
    """The id of the nth consumer's number, as ingest makes it."""
    return address_id(KEY, "tel", number(n))


def consumer_id(n: int) -> ConsumerId:
    """The nth consumer."""
    return ConsumerId(f"con-{n:024x}")


def placement(n: int) -> AccountPlaced:
    """The nth consumer's account, with a home, one number, and the zones of both."""
    event_id = EventId(derived_id(cause=f"placement-{n}", name="placed", at=NOON))
    zones = tuple(
        ZoneEvidence(ZONES[k % len(ZONES)], source, address(n))
        for k, source in ((n, ZoneSource.PHONE_NUMBER), (n + n % 3 // 2, ZoneSource.POSTAL_ADDRESS))
    )
    zone = (n + n % 3 // 2) % len(ZONES)
    home = PostalAddress(AddressId(f"post-{n:024x}"), (f"{n} Main St",), *HOMES[zone][n // 4 % 2], "US")
    return AccountPlaced(
        Meta(event_id, NOON, consumer_id(n), event_id, None, "ingest", "0"),
        PlacementId(f"placement-{n}"),
        BatchId("batch"),
        n,
        ClientId("harborview"),
        DebtId(f"debt-{n:024x}"),
        f"A{n}",
        f"{n % 10000:04}",
        1,
        DebtType.CARD,
        "Harbor Bank",
        "Harbor Bank",
        "USD",
        Decimal("1234.56"),
        ITEMS,
        None,
        None,
        PersonName("Ana", None, "Example"),
        None,
        None,
        "en",
        (home,),
        (PhoneAddress(address(n), number(n), "mobile", True, "us", NOON.date() - timedelta(days=20)),),
        (),
        zones,
        PlacementFlags(),
    )


def request(n: int, consumers: int) -> ContactRequested:
    """The nth text that is asked for; requests go round all consumers."""
    who = n % consumers
    event_id = EventId(derived_id(cause=f"request-{n}", name="requested", at=NOON))
    return ContactRequested(
        Meta(event_id, NOON, consumer_id(who), event_id, None, "orchestrator", "0"),
        ContactId(derived_id(cause=event_id, name="contact", at=NOON)),
        Channel.SMS,
        address(who),
        (DebtId(f"debt-{who:024x}"),),
        Purpose.OUTREACH,
        "follow-up",
        "en",
        {"first_name": "Ana", "creditor": "Harbor Bank", "account_last4": "1001", "balance": "$1,234.56"},
        NOON + timedelta(days=3),
        "welcome@1",
        "follow-up",
    )


async def pour(settings: StackSettings, events: Iterator[Event]) -> int:
    """Put events on their topics in whole batches; give back how many, when all are confirmed."""
    codec = SingleObjectCodec()
    producer = await wait_for_broker(settings)
    count = 0
    try:
        while chunk := list(islice(events, CHUNK)):
            count += len(chunk)
            groups: dict[tuple[str, int], list[Item]] = {}
            for event in chunk:
                key = event.meta.consumer_id
                where = TOPIC_OF[type(event)], partition_for(key, settings.kafka_partitions)
                groups.setdefault(where, []).append((key.encode(), codec.encode(event), headers_of(event)))
            sent = [
                s
                for (topic, partition), items in groups.items()
                for s in await put(producer, topic, partition, items, milliseconds(NOON))
            ]
            await asyncio.gather(*(s.confirmed for s in sent))
    finally:
        await producer.stop()
    return count


def mix(values: Sequence[str]) -> dict[str, int]:
    """How often each value occurs."""
    return {value: values.count(value) for value in sorted(set(values))}
