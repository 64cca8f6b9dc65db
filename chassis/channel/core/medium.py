"""What one channel is, for the code that all channels share; and how events that follow from others begin."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from contracts.events import AttemptStatus, Channel, Event, Meta
from contracts.ids import ConsumerId, EventId, derived_id

STARTED, ACCEPTED = -1, 0
"""Ranks of an attempt without a report: we are about to call the provider; it took the message on."""


class Medium(Struct, frozen=True):
    """A channel: its service's name and version, which approvals it acts on, and who carries its messages.

    `ranks` are those of its statuses: of two reports on one attempt the one of higher rank counts, whichever comes
    first. Where several ranks have one status, its highest. `hears` is how what consumers write reaches us, if not by
    that provider. `spoken`: where people talk, so that nothing said is a writing, the other channels that
    a spoken cease refuses too.
    """

    name: str
    version: str
    channel: Channel
    approved: type[Event]
    provider: str
    ranks: Mapping[AttemptStatus, int]
    hears: str = ""
    spoken: tuple[Channel, ...] = ()

    @property
    def label(self) -> str:
        """The channel as metrics name it."""
        return self.channel.value.lower()

    def first(self, cause: str, name: str, at: datetime, consumer_id: ConsumerId, story: str | None) -> Meta:
        """The beginning of an event that came from outside; `cause` is what the outside calls it."""
        event_id = EventId(derived_id(cause=cause, name=name, at=at))
        return Meta(event_id, at, consumer_id, story or event_id, None, self.name, self.version)

    def following(self, cause: Meta, name: str, at: datetime) -> Meta:
        """The beginning of an event that follows from another about the same consumer."""
        return Meta(
            event_id=EventId(derived_id(cause=cause.event_id, name=name, at=at)),
            occurred_at=at,
            consumer_id=cause.consumer_id,
            correlation_id=cause.correlation_id,
            causation_id=cause.event_id,
            producer=self.name,
            producer_version=self.version,
        )


def highest(ladder: Mapping[str, tuple[int, AttemptStatus]]) -> Mapping[AttemptStatus, int]:
    """The highest rank of each status, from a provider's words with their ranks and our names for them."""
    return {status: max(r for r, s in ladder.values() if s is status) for status in {s for _, s in ladder.values()}}
