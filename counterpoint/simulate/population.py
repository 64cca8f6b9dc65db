"""Synthetic consumers as ingest would place them: rows of a portfolio, checked, resolved and placed by its own core.

They come in blocks that know nothing of each other, so that any number of processes makes the same people.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from msgspec import Struct

from chassis.addresses import address_id, keyed_hash
from contracts.events import AccountPlaced
from contracts.ids import AddressId, BatchId, ClientId, ConsumerId, DebtId
from counterpoint.simulate.households import Debt, Household
from counterpoint.simulate.placements import portfolio
from services.ingest.core.check import check
from services.ingest.core.identity import resolve
from services.ingest.core.mapping import ClientMapping
from services.ingest.core.outcome import Batch, Row, placed, submitted
from services.ingest.core.placement import Hashes, Placement

CLIENT = ClientId("acme")
KEY = b"nobody here exists"
"""Keeps no secret: there is nobody behind these addresses."""

SPARE = 1.3
"""So many rows for each consumer: some rows are spoilt, some repeat others, some consumers have several."""
MOST_TRIES = 8
address_of = partial(address_id, KEY, "tel")


class Resident(Struct, frozen=True):
    """A consumer: the placements, and by each number's id the household that it reaches."""

    consumer_id: ConsumerId
    placements: tuple[AccountPlaced, ...]
    households: Mapping[AddressId, Household]

    @property
    def debts(self) -> Mapping[str, DebtId]:
        """Debts by the client's number of each."""
        return {p.client_account_number: p.debt_id for p in self.placements}


def residents(*, seed: int, block: int, size: int, at: datetime) -> list[Resident]:
    """So many consumers of a block, all placed at one instant; the same for the same arguments."""
    for doubled in range(MOST_TRIES):
        found = _residents(seed, block, round(size * SPARE) + 40 << doubled, at)
        if len(found) >= size:
            return found[:size]
    raise AssertionError("half of all rows can be placed")


def _residents(seed: int, block: int, accounts: int, at: datetime) -> list[Resident]:
    keyed = partial(_keyed, f"{seed}/{block}")
    hashes = Hashes(partial(address_id, KEY), keyed)
    today = (at + timedelta(hours=14)).date()
    batch = Batch(BatchId(f"simulated-{seed}-{block}"), CLIENT, at)
    rows, good = [], []
    seen: set[tuple[DebtId, int]] = set()
    mapping = ClientMapping()
    for number, planted in enumerate(portfolio(accounts=accounts, seed=seed * 1_000_003 + block), start=1):
        row = submitted(batch, Row(number, number + 1, planted.cells))
        result = check(fields=row.fields, client_id=CLIENT, mapping=mapping, today=today, hashes=hashes)
        if isinstance(result, Placement) and (result.debt_id, result.placement_sequence) not in seen:
            seen.add((result.debt_id, result.placement_sequence))
            rows.append(row)
            good.append(result)
    who = resolve([p.keys for p in good], {}, keyed).consumers
    by_consumer: dict[ConsumerId, list[AccountPlaced]] = defaultdict(list)
    for row, placement, consumer_id in zip(rows, good, who, strict=True):
        by_consumer[consumer_id].append(placed(row, placement, consumer_id, at, hashes))
    return [Resident(c, tuple(events), _households(events)) for c, events in by_consumer.items()]


def _keyed(block: str, value: str) -> str:
    return keyed_hash(KEY, f"{block}/{value}")


def _households(events: Sequence[AccountPlaced]) -> Mapping[AddressId, Household]:
    debts = tuple(Debt(e.client_account_number, e.balance) for e in events)
    phones = {p.address_id: p.number for e in events for p in e.phones}
    return {a: Household(number, events[0].language, debts) for a, number in phones.items()}
