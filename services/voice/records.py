"""Who may be on the line and which call it is, kept in PostgreSQL: answers to a call come minutes later, anywhere."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from chassis.database import Database
from contracts.events import AccountPlaced, ConsumerProfileChanged
from contracts.ids import AddressId, AttemptId, ConsumerId, ContactId
from services.voice.core.account import spoken
from services.voice.core.card import Due, due
from services.voice.core.talk import Line

SCHEMA = "voice_calls"
MIGRATIONS = Path(__file__).resolve().parent / "migrations"


class Known(Struct, frozen=True):
    """A consumer, as a call needs to know them."""

    consumer_id: ConsumerId
    first_name: str
    full_name: str
    language: str
    born_on: date | None
    zips: tuple[str, ...]
    states: tuple[str, ...]
    account: Mapping[str, str]
    due: Due | None = None


class Call(Struct, frozen=True):
    """A call of ours; `automated`: whether a machine may speak on it."""

    attempt_id: AttemptId
    contact_id: ContactId
    consumer_id: ConsumerId
    address_id: AddressId
    number: str
    language: str
    automated: bool
    conditions: tuple[str, ...]
    started_at: datetime
    expires_at: datetime
    sid: str | None = None


_CALL = (
    "attempt_id, contact_id, consumer_id, address_id, number, language, automated, conditions, started_at, expires_at"
)


def stored(due: Due | None) -> str | None:
    """What is offered, as the tables keep it."""
    return None if due is None else msgspec.json.encode(due).decode()


def kept(due: object) -> Due:
    """What is offered, from the tables."""
    return msgspec.convert(due, Due)


def database(dsn: str, connections: int) -> Database:
    """PostgreSQL, in a schema of its own beside that of every channel's."""
    return Database(dsn, schema=SCHEMA, migrations=MIGRATIONS, connections=connections)


class Records:
    """The tables; every method raises Unreachable when the database is."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def place(self, placed: Iterable[AccountPlaced]) -> None:
        """Enter consumers, with what placements say of them."""
        rows = [
            (
                event.meta.consumer_id,
                event.name.first,
                f"{event.name.first} {event.name.last}".strip(),
                event.language,
                event.born_on,
                [a.postal_code for a in event.postal_addresses],
                [a.state for a in event.postal_addresses],
            )
            for event in placed
        ]
        async with self._database.transaction() as connection, connection.cursor() as cursor:
            await cursor.executemany(
                "insert into voice_calls.people as p"
                " (consumer_id, first_name, full_name, language, born_on, zips, states)"
                " values (%s, %s, %s, %s, %s, %s, %s) on conflict (consumer_id) do update set"
                " first_name = excluded.first_name, full_name = excluded.full_name, language = excluded.language,"
                " born_on = coalesce(excluded.born_on, p.born_on),"
                " zips = array(select distinct unnest(p.zips || excluded.zips)),"
                " states = array(select distinct unnest(p.states || excluded.states))",
                rows,
            )

    async def learn(self, profiles: Iterable[ConsumerProfileChanged]) -> None:
        """Take on what may be told of consumers' debts."""
        newest = {p.meta.consumer_id: p for p in profiles}
        rows = [
            (consumer_id, p.first_name, p.language or "en", json.dumps(dict(spoken(p))), stored(due(p)))
            for consumer_id, p in newest.items()
        ]
        async with self._database.transaction() as connection, connection.cursor() as cursor:
            await cursor.executemany(
                "insert into voice_calls.people (consumer_id, first_name, language, account, due)"
                " values (%s, %s, %s, %s, %s) on conflict (consumer_id) do update set"
                " account = excluded.account, language = excluded.language, due = excluded.due",
                rows,
            )

    async def people(self, consumers: Sequence[ConsumerId]) -> Sequence[Known]:
        """What is known of these consumers, in order of their ids."""
        async with self._database.transaction() as connection:
            cursor = await connection.execute(
                "select consumer_id, first_name, full_name, language, born_on, zips, states, account, due"
                " from voice_calls.people where consumer_id = any(%s) order by consumer_id",
                (list(consumers),),
            )
            rows = await cursor.fetchall()
        return [
            Known(
                ConsumerId(c),
                first,
                full,
                language,
                born,
                tuple(zips),
                tuple(states),
                account,
                payable and kept(payable),
            )
            for c, first, full, language, born, zips, states, account, payable in rows
        ]

    async def keep(self, call: Call) -> None:
        """Write a call down before it is placed: one that is not here was never placed."""
        async with self._database.transaction() as connection:
            await connection.execute(
                "insert into voice_calls.calls (attempt_id, contact_id, consumer_id, address_id, number, language,"
                " automated, conditions, started_at, expires_at)"
                " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
                (
                    call.attempt_id,
                    call.contact_id,
                    call.consumer_id,
                    call.address_id,
                    call.number,
                    call.language,
                    call.automated,
                    list(call.conditions),
                    call.started_at,
                    call.expires_at,
                ),
            )

    async def placed(self, attempt_id: str, sid: str) -> None:
        """Which of the provider's calls it is."""
        async with self._database.transaction() as connection:
            await connection.execute(
                "update voice_calls.calls set sid = %s where attempt_id = %s and sid is null", (sid, attempt_id)
            )

    async def call(self, attempt_id: str) -> Call | None:
        """The call of an attempt."""
        async with self._database.transaction() as connection:
            cursor = await connection.execute(
                "select attempt_id, contact_id, consumer_id, address_id, number, language, automated, conditions,"
                " started_at, expires_at, sid from voice_calls.calls where attempt_id = %s",
                (attempt_id,),
            )
            row = await cursor.fetchone()
        if row is None:
            return None
        attempt, contact, consumer, address, number, language, automated, conditions, started, expires, sid = row
        ids = AttemptId(attempt), ContactId(contact), ConsumerId(consumer), AddressId(address)
        return Call(*ids, number, language, automated, tuple(conditions), started, expires, sid)

    async def others(self, sids: Sequence[str], attempt_id: str) -> frozenset[str]:
        """Which of the provider's calls are known to be other attempts'."""
        async with self._database.transaction() as connection:
            cursor = await connection.execute(
                "select sid from voice_calls.calls where sid = any(%s) and attempt_id <> %s", (list(sids), attempt_id)
            )
            return frozenset(sid for (sid,) in await cursor.fetchall())

    async def line(self, sid: str, line: Line) -> tuple[Sequence[Line], frozenset[str]]:
        """Keep a line of a talk; gives all lines of it that are known, and the rules that were told of.

        It is kept before the others are read: of two that come at once, at least one knows of both.
        """
        async with self._database.transaction() as connection:
            await connection.execute(
                "insert into voice_calls.lines (sid, number, marks, last, heard_at) values (%s, %s, %s, %s, %s)"
                " on conflict do nothing",
                (sid, line.number, sorted(line.marks), line.last, line.at),
            )
        async with self._database.transaction() as connection:
            cursor = await connection.execute(
                "select number, marks, heard_at, last from voice_calls.lines where sid = %s order by number", (sid,)
            )
            lines = [Line(number, tuple(marks), at, last) for number, marks, at, last in await cursor.fetchall()]
            cursor = await connection.execute("select rule_id from voice_calls.findings where sid = %s", (sid,))
            return lines, frozenset(rule_id for (rule_id,) in await cursor.fetchall())

    async def told(self, sid: str, rules: Sequence[str]) -> Sequence[str]:
        """Note that these rules were told of in a call; gives those that had not been."""
        async with self._database.transaction() as connection:
            cursor = await connection.execute(
                "insert into voice_calls.findings (sid, rule_id) select %s, unnest(%s::text[]) on conflict do nothing"
                " returning rule_id",
                (sid, list(rules)),
            )
            return [rule_id for (rule_id,) in await cursor.fetchall()]
