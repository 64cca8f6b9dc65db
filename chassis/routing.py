"""Where an event goes: its topic, its key, its partition and the headers it carries."""

import struct
from collections.abc import Callable
from functools import lru_cache
from itertools import count
from typing import Any

from contracts.events import Event
from contracts.topics import TOPIC_OF, TOPICS

Headers = list[tuple[str, bytes]]


def key_of(event: Event) -> str:
    """The record's key; raises KeyError for an event whose sender must give it."""
    return str(_KEYS[TOPICS[TOPIC_OF[type(event)]].key](event))


def partitioning_key(event: Event) -> str:
    """What decides the partition: the consumer wherever an event is about one, so that its story stays together."""
    return event.meta.consumer_id or key_of(event)


def _account(event: Event) -> str:
    raise KeyError(f"the sender of a {type(event).__name__} gives its key")


def _address(event: Any) -> str:
    """What is about one contact stands beside what is about its address, and does not take its place."""
    address = f"{event.meta.consumer_id}/{event.channel.value}/{event.address_id}"
    contact_id = getattr(event, "contact_id", "")
    return f"{address}/{contact_id}" if contact_id else address


_KEYS: dict[str, Callable[[Any], str]] = {
    "consumer": lambda event: event.meta.consumer_id,
    "consumer and address": _address,
    "batch": lambda event: event.batch_id,
    "pack": lambda event: event.rule_pack,
    "choice": lambda event: event.meta.consumer_id,
    "strategy": lambda event: event.strategy_id,
    "account": _account,
}


@lru_cache(maxsize=65536)
def partition_for(key: str, partitions: int) -> int:
    """The partition that Kafka's own clients would choose for a key."""
    return (murmur2(key.encode()) & 0x7FFFFFFF) % partitions


_WORD = 0xFFFFFFFF
_MIX = 0x5BD1E995
_SEED = 0x9747B28C


def murmur2(key: bytes) -> int:
    """MurmurHash2 of 32 bits with the seed of Kafka's clients; aiokafka's own takes four times as long."""
    length = len(key)
    h = _SEED ^ length
    for k in struct.unpack_from(f"<{length >> 2}I", key):
        k = k * _MIX & _WORD
        h = (h * _MIX & _WORD) ^ ((k ^ k >> 24) * _MIX & _WORD)
    if rest := key[length & ~3 :]:
        h = (h ^ int.from_bytes(rest, "little")) * _MIX & _WORD
    h = (h ^ h >> 13) * _MIX & _WORD
    return h ^ h >> 15


def everywhere(name: str, partitions: int) -> list[str]:
    """A key for each partition, in order, for what must stand in all of them: the name with a number behind it."""
    found: dict[int, str] = {}
    for key in (f"{name}/{n}" for n in count()):
        found.setdefault(partition_for(key, partitions), key)
        if len(found) == partitions:
            break
    return [found[p] for p in range(partitions)]


_CONSTANT: dict[tuple[type[Event], str], Headers] = {}
SAID = slice(1, 3)
"""Where in the headers stands what a record holds and who wrote it."""


def said(kind: type[Event], producer: str) -> tuple[tuple[str, bytes], ...]:
    """The headers that tell of an event what it is and who wrote it."""
    name = f"{TOPIC_OF[kind].rsplit('.', 1)[0]}.{kind.__name__}"
    return ("ce_type", name.encode()), ("ce_source", f"/counterpoint/{producer}".encode())


def headers_of(event: Event) -> Headers:
    """CloudEvents attributes (Kafka binding, binary mode) and the W3C trace of the event."""
    meta = event.meta
    constant = _CONSTANT.get((type(event), meta.producer))
    if constant is None:
        constant = [
            ("ce_specversion", b"1.0"),
            *said(type(event), meta.producer),
            ("content-type", b"application/avro"),
        ]
        _CONSTANT[type(event), meta.producer] = constant
    trace = meta.correlation_id.replace("-", "")
    if len(trace) != 32:
        return [*constant, ("ce_id", meta.event_id.encode())]
    span = meta.event_id.replace("-", "")[-16:]
    return [*constant, ("ce_id", meta.event_id.encode()), ("traceparent", f"00-{trace}-{span}-01".encode())]
