"""Who may do what on the broker: what the topics' writers and readers need, and nothing beside it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from contracts.topic import changelog
from contracts.topics import SERVICES, STATEFUL, TOPICS

ADMIN = "admin"
"""Creates topics and principals, and needs no grant: the broker lets it do everything."""
AUDITOR = "auditor"
"""Reads every topic and dead letter and how far each service is, and writes nothing."""


class Resource(Enum):
    """What a grant is about."""

    TOPIC = "topic"
    GROUP = "group"


class Operation(Enum):
    """What a grant allows; to read or to write is to see that it is there, too."""

    READ = "read"
    WRITE = "write"
    DESCRIBE = "describe"


@dataclass(frozen=True, slots=True)
class Grant:
    """A principal may do something with one topic or one consumer group."""

    principal: str
    resource: Resource
    name: str
    operation: Operation


def principals() -> tuple[str, ...]:
    """Everybody who has grants: services, those outside who write or read a topic, the auditor."""
    named = {name for t in TOPICS.values() for name in (*t.writers, *t.readers)}
    return (*SERVICES, *sorted(named - set(SERVICES)), AUDITOR)


def grants() -> tuple[Grant, ...]:
    """Every grant, by principal."""
    return tuple(g for principal in principals() for g in grants_of(principal))


def grants_of(principal: str) -> tuple[Grant, ...]:
    """What one principal may do."""
    found = _of_auditor() if principal == AUDITOR else _of_party(principal)
    return tuple(Grant(principal, resource, name, operation) for resource, name, operation in found)


_Right = tuple[Resource, str, Operation]


def _of_party(name: str) -> Iterator[_Right]:
    """The topics that it writes or reads, its dead letters, its consumer group, what it remembers."""
    reads = [t for t in TOPICS.values() if name in t.readers]
    yield from ((Resource.TOPIC, t.name, Operation.READ) for t in reads)
    yield from ((Resource.TOPIC, t.name, Operation.WRITE) for t in TOPICS.values() if name in t.writers)
    yield from ((Resource.TOPIC, t.dead_letters(name), Operation.WRITE) for t in reads)
    if reads:
        yield Resource.GROUP, name, Operation.READ
    if name in STATEFUL:
        yield Resource.TOPIC, changelog(name), Operation.READ
        yield Resource.TOPIC, changelog(name), Operation.WRITE


def _of_auditor() -> Iterator[_Right]:
    for t in TOPICS.values():
        yield Resource.TOPIC, t.name, Operation.READ
        yield from ((Resource.TOPIC, t.dead_letters(reader), Operation.READ) for reader in t.readers)
    yield from ((Resource.GROUP, name, Operation.DESCRIBE) for name in SERVICES)
