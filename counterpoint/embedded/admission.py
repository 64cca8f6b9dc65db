"""Letting principals into a closed broker: their passwords, and exactly the grants that the contract gives them."""

import asyncio
import hashlib
import secrets
import time
from collections.abc import Iterable, Mapping

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import for_code

from chassis.failures import Halted
from chassis.kafka_client import asking
from chassis.kafka_protocol import (
    ALLOW,
    ANY,
    GIVE_ACCESS,
    LIST_ACCESS,
    LITERAL,
    OPERATIONS,
    RESOURCES,
    SET_PASSWORDS,
    TAKE_ACCESS,
    ask,
)
from chassis.settings import StackSettings
from contracts.access import Grant, grants

SCRAM_SHA_512, ITERATIONS = 2, 8192
PATIENCE = 20.0
Entry = tuple[int, str, int, str, str, int, int]
"""A line of the broker's list: kind of resource, its name, pattern, principal, host, operation, permission."""


async def admit(settings: StackSettings, passwords: Mapping[str, str]) -> int:
    """Set every password, and make the broker's list what the contract says; give back how many lines it has.

    `settings` are the admin's. Raises Halted if the broker refuses.
    """
    wanted = {entry(g) for g in grants()}
    async with asking(settings) as client:
        await _set_passwords(client, passwords)
        have = await listed(client)
        if foreign := have - wanted:
            _, results = await ask(client, TAKE_ACCESS, sorted(foreign))
            _refuse((code, message) for code, message, _ in results)
        if missing := wanted - have:
            _, results = await ask(client, GIVE_ACCESS, sorted(missing))
            _refuse(results)
        await _shown(client, wanted)
    return len(wanted)


def entry(grant: Grant) -> Entry:
    """A grant as the broker keeps it."""
    resource, operation = RESOURCES[grant.resource.value], OPERATIONS[grant.operation.value]
    return resource, grant.name, LITERAL, f"User:{grant.principal}", "*", operation, ALLOW


async def listed(client: AIOKafkaClient) -> set[Entry]:
    """Every line of the broker's list."""
    _, code, message, resources = await ask(client, LIST_ACCESS, ANY, None, ANY, None, None, ANY, ANY)
    _refuse([(code, message)])
    return {(resource, name, pattern, *line) for resource, name, pattern, lines in resources for line in lines}


async def _set_passwords(client: AIOKafkaClient, passwords: Mapping[str, str]) -> None:
    users: list[tuple[object, ...]] = []
    for name, password in passwords.items():
        salt = secrets.token_bytes(32)
        salted = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ITERATIONS)
        users.append((name, SCRAM_SHA_512, ITERATIONS, salt, salted, {}))
    _, results, _ = await ask(client, SET_PASSWORDS, [], users, {})
    _refuse((code, message) for _, code, message, _ in results)


async def _shown(client: AIOKafkaClient, wanted: Iterable[Entry]) -> None:
    """Wait until the list holds: a broker acts on it a moment later than it says so."""
    deadline = time.monotonic() + PATIENCE
    while await listed(client) != wanted:
        if time.monotonic() > deadline:
            raise Halted("the broker does not show the grants that it was given: see its log, and start again")
        await asyncio.sleep(0.05)


def _refuse(results: Iterable[tuple[int, str | None]]) -> None:
    """Raise Halted for what the broker did not do."""
    for code, message in results:
        if code:
            raise Halted(f"the broker refuses to let principals in: {for_code(code).__name__} ({message})")
