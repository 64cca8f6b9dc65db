"""Texts by WhatsApp, for consumers who wrote by it last: one attempt, one way; as texts where WhatsApp will not."""

from datetime import datetime, timedelta

from msgspec.structs import replace
from psycopg.sql import SQL, Composed, Identifier

from chassis.channel.provider import Answer, Finding, Rejected, Unsent
from chassis.clock import Clock
from chassis.database import Database
from chassis.failures import Unreachable
from contracts.events import AttemptInDoubt, AttemptStarted, ReasonClass
from contracts.ids import AddressId
from services.sms.core.medium import MEDIUM
from services.sms.core.whatsapp import may_answer
from services.sms.twilio import Prepared, Twilio


class Ways:
    """From which numbers consumers last wrote by WhatsApp; every method raises Unreachable when the database is."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def _sql(self, text: str) -> Composed:
        return SQL(text).format(ways=Identifier(MEDIUM.name, "ways"))

    async def heard(self, address_id: AddressId, at: datetime) -> None:
        """The consumer wrote by WhatsApp."""
        async with self._database.transaction() as connection:
            await connection.execute(
                self._sql(
                    "insert into {ways} (address_id, heard_at) values (%s, %s)"
                    " on conflict (address_id) do update set heard_at = excluded.heard_at"
                ),
                (address_id, at),
            )

    async def forget(self, address_id: AddressId) -> None:
        """The consumer wrote by text, or WhatsApp does not reach them: texts are texts again."""
        async with self._database.transaction() as connection:
            await connection.execute(self._sql("delete from {ways} where address_id = %s"), (address_id,))

    async def heard_at(self, address_id: AddressId) -> datetime | None:
        """When the consumer wrote by WhatsApp; None if their last message came by text, or there was none."""
        async with self._database.transaction() as connection:
            cursor = await connection.execute(
                self._sql("select heard_at from {ways} where address_id = %s"), (address_id,)
            )
            row = await cursor.fetchone()
        return None if row is None else row[0]


class Either:
    """Twilio, by whichever of the two ways the consumer last wrote."""

    def __init__(self, twilio: Twilio, ways: Ways, clock: Clock) -> None:
        self._twilio = twilio
        self._ways = ways
        self._clock = clock

    async def send(self, *, message: Prepared, attempt: AttemptStarted, time_left: timedelta) -> Answer:
        """Hand a text over, by one way.

        What WhatsApp refuses to take on was certainly not sent: the text is then looked at again as a whole, and goes
        as any other. Only a stop is a stop. A text with pictures goes as it is: WhatsApp takes one picture at most.
        """
        if message.media or not await self._answers(attempt.address_id):
            return await self._twilio.send(message=message, attempt=attempt, time_left=time_left)
        written = replace(message, whatsapp=True)
        answer = await self._twilio.send(message=written, attempt=attempt, time_left=time_left)
        if not isinstance(answer, Rejected) or answer.reason_class is ReasonClass.OPTED_OUT:
            return answer
        try:
            await self._ways.forget(attempt.address_id)
        except Unreachable:
            return answer
        return Unsent("not-taken-by-whatsapp", 0.0)

    async def find(self, *, attempt: AttemptStarted | AttemptInDoubt) -> Finding:
        """Say whether Twilio has the text of an attempt, by either way."""
        return await self._twilio.find(attempt=attempt)

    async def _answers(self, address_id: AddressId) -> bool:
        try:
            return may_answer(await self._ways.heard_at(address_id), self._clock.now())
        except Unreachable:
            return False  # a text reaches whoever wrote by WhatsApp too
