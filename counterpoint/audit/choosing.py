"""What was chosen for a consumer, and why, from the log."""

from collections.abc import Callable
from datetime import datetime

import msgspec

from chassis.failures import InvalidEvent
from chassis.routing import partition_for
from contracts.events import ChoiceMade
from contracts.ids import ConsumerId
from contracts.topics import TOPIC_OF
from counterpoint.audit.history import History, whole
from counterpoint.plain_words import chosen


async def last_choice(history: History, consumer_id: ConsumerId) -> ChoiceMade | None:
    """The last choice that was made for a consumer; None if there was none."""
    found = None
    async for batch in whole(history, TOPIC_OF[ChoiceMade], partition_for(consumer_id, history.partitions)):
        mine = [record for record in batch if record.key == consumer_id.encode()]
        await history.codec.prepare([record.value for record in mine])
        for record in mine:
            try:
                event = history.codec.decode(record.value)
            except InvalidEvent:
                continue  # set aside by the orchestrator too
            found = event if isinstance(event, ChoiceMade) else found
    return found


def tell_choice(made: ChoiceMade, clock: Callable[[datetime], str]) -> str:
    """The same in a line; behind each option how often it was rewarded of how many, as was known and believed then."""
    return f"last choice, {clock(made.meta.occurred_at)}: {chosen(msgspec.to_builtins(made))}"
