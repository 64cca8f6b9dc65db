"""Contacts that wait for a person: which they are, and what that person says of them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from chassis.failures import Halted
from contracts.events import ContactHeld, ContactReleased, ContactWithheld, Event
from contracts.topics import TOPIC_OF
from counterpoint.audit.history import History, kafka_history
from counterpoint.audit.reach import log_of
from counterpoint.publishing.reading import events_of
from counterpoint.publishing.saying import Operator, heard, operator

REJECTED = "rejected"


async def waiting(history: History, now: datetime) -> list[ContactHeld]:
    """Every contact that waits, the one that expires first before the others."""
    held: dict[str, ContactHeld] = {}
    for partition in range(history.partitions):
        async for event in events_of(history, TOPIC_OF[ContactHeld], partition):
            if isinstance(event, ContactHeld):
                held.setdefault(event.contact_id, event)
            elif isinstance(event, ContactReleased | ContactWithheld):
                held.pop(event.contact_id, None)
    return sorted((e for e in held.values() if e.not_after > now), key=lambda e: (e.not_after, e.contact_id))


async def list_waiting(directory: Path) -> list[ContactHeld]:
    """Every contact that waits, in the settings' log or that of the stack in a directory; raises Halted."""
    with log_of(directory) as settings:
        async with kafka_history(settings) as history:
            return await waiting(history, settings.clock().now())


async def decide_on(
    directory: Path, wanted: Callable[[ContactHeld], bool], *, by: str, release: bool
) -> tuple[Sequence[ContactHeld], bool]:
    """Release or reject those that are wanted; give back which, and whether that is in force. Raises Halted."""
    async with operator(directory) as person:
        with log_of(directory) as settings:
            async with kafka_history(settings) as history:
                chosen = [event for event in await waiting(history, person.now) if wanted(event)]
                if not chosen:
                    raise Halted("no contact that waits is meant; `counterpoint strategies held` lists them")
                await person.tell([_said(person, event, by, release) for event in chosen])
                return chosen, await heard(history, ContactHeld)


def _said(person: Operator, event: ContactHeld, by: str, release: bool) -> Event:
    name = f"{event.contact_id}/{'released' if release else REJECTED}"
    meta = person.meta(name, event)
    if release:
        return ContactReleased(meta, event.contact_id, by, person.now)
    return ContactWithheld(meta, event.contact_id, REJECTED, by, person.now)
