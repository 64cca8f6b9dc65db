"""The payments that we asked for at Stripe, in PostgreSQL: what was asked, and how far it has come."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from chassis.clock import Clock
from chassis.database import Connection
from contracts.ids import ClientId, DebtId, PaymentId
from services.ingest.core.links import Asked, Wanted
from services.ingest.database import Database
from services.ingest.payments import Different, UnknownAccount
from services.ingest.stripe import NotOpened, Opened, Stripe

_COLUMNS = "payment_id, client_id, debt_id, amount, currency, tries, session_id, url, expires_at, state, declined"


class Link(Struct, frozen=True):
    """One of them."""

    asked: Asked
    tries: int
    session_id: str | None
    url: str | None
    expires_at: datetime | None
    state: str
    declined: str | None


class Links:
    """Opens pages at Stripe, each remembered before Stripe is asked."""

    def __init__(self, *, database: Database, stripe: Stripe, clock: Clock) -> None:
        self._database = database
        self._stripe = stripe
        self._clock = clock

    async def open(self, wanted: Wanted) -> tuple[Link, bool] | UnknownAccount | Different | NotOpened:
        """A page to pay on, and whether it was there before; raises Unreachable. The same again is the same page."""
        async with self._database.transaction() as connection:
            link = await self._remember(connection, wanted.asked)
        if isinstance(link, UnknownAccount):
            return link
        if link.asked != wanted.asked:
            return Different()
        if link.session_id is not None:
            return link, True
        opened = await self._stripe.open(wanted, f"{link.asked.payment_id}/{link.tries}")
        async with self._database.transaction() as connection:
            if isinstance(opened, NotOpened):
                if opened.for_good:
                    await connection.execute(
                        "update ingest.payment_links set tries = %s where payment_id = %s and session_id is null",
                        (link.tries + 1, link.asked.payment_id),
                    )
                return opened
            return await self._opened(connection, link, opened), False

    async def find(self, payment_id: str) -> Link | None:
        """One of them by its id."""
        async with self._database.transaction() as connection:
            return await found(connection, "payment_id", payment_id)

    async def _remember(self, connection: Connection, asked: Asked) -> Link | UnknownAccount:
        cursor = await connection.execute(
            "select 1 from ingest.placements where debt_id = %s limit 1", (asked.debt_id,)
        )
        if await cursor.fetchone() is None:
            return UnknownAccount()
        await connection.execute(
            "insert into ingest.payment_links (payment_id, client_id, debt_id, amount, currency, asked_at)"
            " values (%s, %s, %s, %s, %s, %s) on conflict do nothing",
            (asked.payment_id, asked.client_id, asked.debt_id, asked.amount, asked.currency, self._clock.now()),
        )
        link = await found(connection, "payment_id", asked.payment_id)
        assert link is not None
        return link

    async def _opened(self, connection: Connection, link: Link, opened: Opened) -> Link:
        # An event may have been quicker than this answer: what it told of the state stays.
        await connection.execute(
            "update ingest.payment_links set session_id = %s, url = %s, expires_at = %s,"
            " state = case when state = 'opening' then 'open' else state end where payment_id = %s",
            (opened.session_id, opened.url, opened.expires_at, link.asked.payment_id),
        )
        after = await found(connection, "payment_id", link.asked.payment_id)
        assert after is not None
        return after


async def found(connection: Connection, column: str, value: str, *, lock: bool = False) -> Link | None:
    """The link with this value in a column that is unique; `lock` keeps it so until the transaction ends."""
    assert column in ("payment_id", "session_id", "payment_intent")
    query = f"select {_COLUMNS} from ingest.payment_links where {column} = %s"  # noqa: S608 - names of ours
    cursor = await connection.execute(query + (" for update" if lock else ""), (value,))
    row = await cursor.fetchone()
    return None if row is None else _link(row)


def _link(row: tuple[Any, ...]) -> Link:
    payment_id, client_id, debt_id, amount, currency, *rest = row
    asked = Asked(PaymentId(payment_id), ClientId(client_id), DebtId(debt_id), amount, currency)
    return Link(asked, *rest)
