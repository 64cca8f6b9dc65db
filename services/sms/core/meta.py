"""Events that the text channel's decisions bring about; each id follows from what caused it."""

from datetime import datetime

from contracts.events import Meta
from contracts.ids import EventId, derived_id

NAME = "sms"
VERSION = "0.1.0"


def following(cause: Meta, name: str, at: datetime) -> Meta:
    """The beginning of an event that follows from another about the same consumer."""
    return Meta(
        event_id=EventId(derived_id(cause=cause.event_id, name=name, at=at)),
        occurred_at=at,
        consumer_id=cause.consumer_id,
        correlation_id=cause.correlation_id,
        causation_id=cause.event_id,
        producer=NAME,
        producer_version=VERSION,
    )
