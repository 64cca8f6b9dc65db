"""Bytes to events and back: Avro single-object encoding, or a schema registry's framing where one is configured.

A record written by a released version of a schema is read by Avro's own resolution rules; today's version takes
the generated code's short way.
"""

import io
import json
import struct
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Protocol

import httpx
import msgspec
from fastavro import schemaless_reader
from fastavro.read import SchemaResolutionError
from fastavro.schema import SchemaParseException, parse_schema

from chassis import schemas
from chassis.failures import Halted, InvalidEvent, Unreachable
from contracts.events import Event
from contracts.topics import TOPIC_OF

MARK = b"\xc3\x01"
_UNREADABLE = (
    ValueError,
    LookupError,
    EOFError,
    TypeError,
    ArithmeticError,  # the Avro library lets an instant beyond the year 9999 overflow
    SchemaResolutionError,
    msgspec.ValidationError,
)
Reader = Callable[[bytes], Event]


class Codec(Protocol):
    """Turns events into records' values and back."""

    async def prepare(self, values: Sequence[bytes | None]) -> None:
        """Learn what is needed to read these; raises Unreachable if it has to ask somebody who does not answer."""

    def encode(self, event: Event) -> bytes:
        """The record's value."""

    def decode(self, value: bytes | None) -> Event:
        """The event; raises InvalidEvent if it cannot be read."""


def _read_resolved(kind: type[Event], writer: Any) -> Reader:
    """Reads what an older or newer schema wrote as today's type."""
    reader = schemas.whole(kind.__name__)

    def read(body: bytes) -> Event:
        stream = io.BytesIO(body)
        fields = schemaless_reader(stream, writer, reader)
        if stream.tell() != len(body):
            raise ValueError("bytes left over")
        return msgspec.convert(fields, kind, builtin_types=(datetime, date, Decimal, bytes))

    return read


def _known_readers() -> dict[bytes, Reader]:
    readers: dict[bytes, Reader] = {}
    for kind in TOPIC_OF:
        for schema in schemas.released(kind.__name__):
            readers[schemas.print_of(schema)] = _read_resolved(kind, schema)
        readers[kind.FINGERPRINT] = kind.from_avro
    return readers


def _read(reader: Reader, body: bytes) -> Event:
    try:
        return reader(body)
    except _UNREADABLE as error:
        raise InvalidEvent(f"the bytes are not what their schema says: {type(error).__name__}") from error


@cache
def _head_of(kind: type[Event]) -> str:
    return (MARK + kind.FINGERPRINT).decode("latin-1")


class SingleObjectCodec:
    """Avro single-object encoding: two marker bytes, the schema's fingerprint, the record. Needs nothing else."""

    def __init__(self) -> None:
        self._readers = _known_readers()

    async def prepare(self, values: Sequence[bytes | None]) -> None:
        """Nothing to learn."""

    def encode(self, event: Event) -> bytes:
        """The record's value."""
        return event.to_avro(_head_of(type(event)))

    def decode(self, value: bytes | None) -> Event:
        """The event; raises InvalidEvent if it cannot be read."""
        if value is None or value[:2] != MARK or len(value) < 10:
            raise InvalidEvent("not in Avro single-object encoding")
        reader = self._readers.get(value[2:10])
        if reader is None:
            raise InvalidEvent(f"unknown schema, fingerprint {value[2:10].hex()}")
        return _read(reader, value[10:])


class RegistryCodec:
    """A schema registry's framing: a zero byte, the schema's id in four bytes, the record.

    Subjects are topic and record name (TopicRecordNameStrategy), since a topic holds several types.
    """

    def __init__(self, url: str, client: httpx.AsyncClient) -> None:
        self._url = url.rstrip("/")
        self._client = client
        self._prefixes: dict[type[Event], str] = {}
        self._readers: dict[int, Reader | None] = {}

    async def register(self) -> None:
        """Make today's schemas known; raises Unreachable, or Halted naming a schema that the registry refuses."""
        for kind, topic in TOPIC_OF.items():
            schema = schemas.plain(schemas.whole(kind.__name__))
            subject = f"{topic}-{schema['name']}"
            await self._accepted("PUT", f"/config/{subject}", {"compatibility": "FULL_TRANSITIVE"}, kind)
            answer = await self._accepted("POST", f"/subjects/{subject}/versions", {"schema": json.dumps(schema)}, kind)
            number = int(answer.json()["id"])
            self._prefixes[kind] = struct.pack(">bI", 0, number).decode("latin-1")
            self._readers[number] = kind.from_avro

    async def _accepted(self, method: str, path: str, body: object, kind: type[Event]) -> httpx.Response:
        answer = await self._ask(method, path, body)
        if answer.status_code != httpx.codes.OK:
            raise Halted(
                f"the schema registry refuses {kind.__name__} ({method} {path}, HTTP {answer.status_code}): "
                f"{answer.text[:500]}; readers of the topic could not read what we would write: mend the schema, "
                "or the registry's subject if it holds what was never ours"
            )
        return answer

    async def prepare(self, values: Sequence[bytes | None]) -> None:
        """Fetch the schemas of these records that are not known yet."""
        for value in values:
            if value is not None and len(value) >= 5 and value[0] == 0:
                number = int.from_bytes(value[1:5], "big")
                if number not in self._readers:
                    self._readers[number] = await self._fetch(number)

    def encode(self, event: Event) -> bytes:
        """The record's value."""
        return event.to_avro(self._prefixes[type(event)])

    def decode(self, value: bytes | None) -> Event:
        """The event; raises InvalidEvent if it cannot be read."""
        if value is None or len(value) < 5 or value[0] != 0:
            raise InvalidEvent("not in the schema registry's framing")
        number = int.from_bytes(value[1:5], "big")
        reader = self._readers.get(number)
        if reader is None:
            raise InvalidEvent(f"unknown schema, registry id {number}")
        return _read(reader, value[5:])

    async def _fetch(self, number: int) -> Reader | None:
        answer = await self._ask("GET", f"/schemas/ids/{number}")
        if answer.status_code != httpx.codes.OK:
            return None
        try:
            writer = parse_schema(json.loads(answer.json()["schema"]))
        except (ValueError, SchemaParseException):  # a registry holds schemas of other languages too
            return None
        name = writer.get("name", "") if isinstance(writer, dict) else ""
        kind = next((k for k in TOPIC_OF if schemas.whole(k.__name__)["name"] == name), None)
        return _read_resolved(kind, writer) if kind else None

    async def _ask(self, method: str, path: str, body: object = None) -> httpx.Response:
        try:
            answer = await self._client.request(method, self._url + path, json=body)
        except httpx.TransportError as error:
            raise Unreachable(f"schema registry at {self._url}: {type(error).__name__}") from error
        if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise Unreachable(f"schema registry at {self._url}: HTTP {answer.status_code}")
        return answer


async def codec_for(registry_url: str | None) -> Codec:
    """The codec that the settings ask for, ready."""
    if registry_url is None:
        return SingleObjectCodec()
    codec = RegistryCodec(registry_url, httpx.AsyncClient(timeout=10))
    await codec.register()
    return codec
