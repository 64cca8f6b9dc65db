"""What is known of each consumer's numbers, kept in PostgreSQL, so that every number is asked about once."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from msgspec import Struct
from psycopg.sql import SQL, Composed, Identifier

from chassis.database import Database
from contracts.ids import AddressId, ConsumerId
from services.sms.core.lookup import Found
from services.sms.core.medium import MEDIUM


class Check(Struct, frozen=True):
    """A consumer's number, the last date on which it was known to be theirs, and until when what is known holds."""

    address_id: AddressId
    consumer_id: ConsumerId
    number: str
    verified_on: date | None
    ask_at: datetime
    found: Found | None = None


_COLUMNS = "address_id, consumer_id, number, verified_on, ask_at, asked_at, line, standing"


class Checks:
    """The table; every method raises Unreachable when the database is."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def _sql(self, text: str) -> Composed:
        return SQL(text).format(checks=Identifier(MEDIUM.name, "checks"), columns=SQL(_COLUMNS))

    async def enter(self, checks: Iterable[Check]) -> None:
        """Enter numbers, again if need be; one that was known to be the consumer's later than before is asked anew."""
        rows = [(c.address_id, c.consumer_id, c.number, c.verified_on, c.ask_at) for c in checks]
        if not rows:
            return
        async with self._database.transaction() as connection:
            await connection.cursor().executemany(
                self._sql(
                    "insert into {checks} as known (address_id, consumer_id, number, verified_on, ask_at)"
                    " values (%s, %s, %s, %s, %s) on conflict (address_id, consumer_id) do update"
                    " set verified_on = excluded.verified_on, ask_at = excluded.ask_at"
                    " where coalesce(known.verified_on, '-infinity') < excluded.verified_on"
                ),
                rows,
            )

    async def renew(self, address_id: AddressId, consumer_id: ConsumerId, verified_on: date, ask_at: datetime) -> None:
        """The consumer consented anew at a number that is known here."""
        async with self._database.transaction() as connection:
            await connection.execute(
                self._sql(
                    "update {checks} set verified_on = %s, ask_at = %s where address_id = %s and consumer_id = %s"
                    " and coalesce(verified_on, '-infinity') < %s"
                ),
                (verified_on, ask_at, address_id, consumer_id, verified_on),
            )

    async def of(self, address_id: AddressId, consumer_id: ConsumerId) -> Check | None:
        """What is known of a consumer's number."""
        async with self._database.transaction() as connection:
            cursor = await connection.execute(
                self._sql("select {columns} from {checks} where address_id = %s and consumer_id = %s"),
                (address_id, consumer_id),
            )
            row = await cursor.fetchone()
        return None if row is None else _check(row)

    async def claim(self, now: datetime, until: datetime, most: int) -> Sequence[Check]:
        """Numbers that it is time to ask about; no other worker gets them before `until`."""
        async with self._database.transaction() as connection:
            cursor = await connection.execute(
                self._sql(
                    "update {checks} set claimed_until = %s where (address_id, consumer_id) in"
                    " (select address_id, consumer_id from {checks} where ask_at <= %s"
                    " and coalesce(claimed_until, '-infinity') <= %s order by ask_at limit %s for update skip locked)"
                    " returning {columns}"
                ),
                (until, now, now, most),
            )
            return [_check(row) for row in await cursor.fetchall()]

    async def answered(self, check: Check, found: Found, asked_at: datetime, ask_at: datetime) -> None:
        """Keep an answer, and until when it holds; a consent that came while it was asked for is asked about anew."""
        async with self._database.transaction() as connection:
            await connection.execute(
                self._sql(
                    "insert into {checks} as known"
                    " (address_id, consumer_id, number, verified_on, ask_at, asked_at, line, standing)"
                    " values (%s, %s, %s, %s, %s, %s, %s, %s) on conflict (address_id, consumer_id) do update"
                    " set ask_at = excluded.ask_at, asked_at = excluded.asked_at, line = excluded.line,"
                    " standing = excluded.standing, claimed_until = null"
                    " where known.verified_on is not distinct from excluded.verified_on"
                ),
                (
                    *(check.address_id, check.consumer_id, check.number, check.verified_on, ask_at, asked_at),
                    *(found.line, found.standing),
                ),
            )


def _check(row: Sequence[object]) -> Check:
    address_id, consumer_id, number, verified_on, ask_at, asked_at, line, standing = row
    found = None if asked_at is None else Found(str(line), str(standing))
    at: tuple[date | None, datetime] = (verified_on, ask_at)  # type: ignore[assignment]
    return Check(AddressId(str(address_id)), ConsumerId(str(consumer_id)), str(number), *at, found)
