"""What the broker lets a service do, asked before the service does anything."""

import asyncio
import time
from collections.abc import Sequence

from aiokafka.client import AIOKafkaClient, CoordinationType
from aiokafka.errors import GroupAuthorizationFailedError, KafkaError, TopicAuthorizationFailedError, for_code

from chassis.failures import NotAuthorised
from chassis.kafka_protocol import GROUPS, OPERATIONS, TOPICS, ask
from contracts.access import Grant, Resource

PATIENCE = 20.0
"""Seconds for a broker that has just been started to know its groups."""


async def partitions_of(client: AIOKafkaClient, user: str | None, needed: Sequence[Grant]) -> dict[str, int]:
    """How many partitions the topics of these grants have; those that are not there are left out.

    Raises NotAuthorised, naming what is refused, unless the broker lets us do all of it.
    """
    names = sorted({g.name for g in needed if g.resource is Resource.TOPIC})
    *_, topics, _ = await ask(client, TOPICS, names, False, False, True)
    hidden = TopicAuthorizationFailedError.errno
    allowed = {
        (Resource.TOPIC, name): 0 if error == hidden else bits
        for error, name, _, _, bits in topics
        if error in (0, hidden)  # of a topic that is not there the caller will speak
    }
    for group in {g.name for g in needed if g.resource is Resource.GROUP}:
        allowed[Resource.GROUP, group] = await _of_group(client, group)
    refused = [g for g in needed if (g.resource, g.name) in allowed and not _in(allowed[g.resource, g.name], g)]
    if refused:
        raise NotAuthorised(_told(user, refused))
    return {name: len(partitions) for error, name, _, partitions, _ in topics if not error}


def _in(bits: int, grant: Grant) -> bool:
    return bool(bits >> OPERATIONS[grant.operation.value] & 1)


def _told(user: str | None, refused: Sequence[Grant]) -> str:
    first = refused[0]
    more = f", and {len(refused) - 1} more" if len(refused) > 1 else ""
    return (
        f"the broker does not let {user or 'a client without a name'} {first.operation.value} "
        f"{first.resource.value} {first.name}{more}: see COUNTERPOINT_KAFKA_USERNAME, or give what "
        f"`counterpoint acls` prints for {first.principal}"
    )


async def _of_group(client: AIOKafkaClient, group: str) -> int:
    """What we may do with a consumer group, as bits; asked again while a new broker makes up its mind."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            broker = await client.coordinator_lookup(CoordinationType.GROUP, group)
            _, [(code, *_, allowed)] = await ask(client, GROUPS, [group], True, broker=broker)
            if code:
                raise for_code(code)
        except GroupAuthorizationFailedError:
            return 0
        except KafkaError as error:
            if not error.retriable or time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.1)
        else:
            return int(allowed)
