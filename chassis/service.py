"""The whole programming model: a service is data, and a runtime drives it.

A service names the events that it reads. What it remembers of each consumer is kept by a `Decider`, which is
pure. What it does to the world outside are `effects`, which run only once their event is safely in the log.
Neither knows of topics, partitions or brokers. For each partition and batch a runtime does, in this order:

1. put facts, by (timestamp, topic, offset), before the events that the service must see last;
2. `decide` and `evolve` each; collect the outcomes;
3. confirm the changed state in the changelog, then the outcomes in their topics;
4. run the effects of the incoming events and of the outcomes; their results go through 2 to 4 again;
5. commit, behind the next batch if need be.

Killed anywhere in between, the next owner of the partition finds in the changelog which inputs were applied,
sends their outcomes again unchanged, and runs the effects of those with `repeat` set.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from msgspec import Struct

from contracts.events import Event
from contracts.ids import ConsumerId

S = TypeVar("S")


class Position(Struct, frozen=True, gc=False):
    """Where in the log an event stands."""

    topic: str
    partition: int
    offset: int


class Context(Struct, frozen=True, gc=False):
    """What a decision may use beside the state and the event.

    `as_of` holds, for each topic that the service reads, the next offset on this partition; everything before it
    has been seen. A topic of which nothing has been seen is missing. The mapping is the runtime's own and goes on
    changing: copy what you keep. `now` is the same for a whole batch. `written_at` is the timestamp of the incoming
    record: when we learned of it. `shared` is the state of nobody: what events with an empty consumer_id have left on
    this partition, for decisions about all its consumers; None before the first of them.
    """

    now: datetime
    position: Position
    written_at: datetime
    as_of: Mapping[str, int]
    shared: Any = None


class Decider(Protocol[S]):
    """What a service remembers of each consumer, and what follows from it; pure, and total over all it reads.

    `decide` gets the state before the incoming event and returns the outcomes. The runtime then folds the incoming
    event and each outcome into the state with `evolve`. A result of an effect is folded with `evolve` too, after a
    `decide` of its own. Both must give the same for the same arguments, and must not raise for anything that a
    schema allows. State must survive `encode` and `decode`.
    """

    def fresh(self, *, consumer_id: ConsumerId) -> S:
        """What is known of a consumer of whom nothing was heard."""

    def decide(self, *, state: S, event: Event, context: Context) -> Sequence[Event]:
        """What follows from the event."""

    def evolve(self, *, state: S, event: Event, context: Context) -> S:
        """The state after the event."""

    def wake_at(self, *, state: S) -> datetime | None:
        """When this consumer must be looked at again though nothing happens; None for never."""

    def wake(self, *, state: S, consumer_id: ConsumerId, now: datetime) -> Sequence[Event]:
        """Events that the passing of time brings about.

        Those of a type that the service reads come back to it through their topic, like any other; the rest are
        folded in with `evolve` at once, and go through effects like outcomes. After a crash it is called again for
        the same state, so equal calls must give events of equal ids.
        """

    def encode(self, *, state: S) -> bytes:
        """The state as bytes, small."""

    def decode(self, *, encoded: bytes) -> S:
        """The state from bytes; raises ValueError if it is not one."""


class Done(Struct, frozen=True, gc=False):
    """An event that is safely in the log, for an effect to act on.

    `cause` is the incoming event that it followed from, or the event itself if it came in or time brought it about.
    With `repeat` set, this worker or an earlier one may already have acted on it: find out before acting again. A
    service without a decider remembers nothing, so `repeat` is never set for it: its effects must do no harm twice.
    `written_at` is the timestamp of the record of the cause; None for what has none yet.
    """

    event: Event
    cause: Event
    position: Position
    repeat: bool
    written_at: datetime | None = None


Effect = Callable[[Sequence[Done]], Awaitable[Sequence[Event]]]
"""Act on the world outside for all events in a batch of the types that it is given for; return what follows.

May be called at the same time for several partitions. Raise `Unreachable` if nothing could be done and all may
be tried again; anything else that is raised stops the worker.
"""


@dataclass(frozen=True)
class Service(Generic[S]):
    """One service, ready to be run.

    `reads` lists the events it wants; others on the same topics pass it by. `judged_last` are those of them that
    are handled after all else in a batch. `effects` may name events that it reads or events that it writes. `others`
    are those that it reads of other services only: its own come back through a topic that it shares, and pass by.
    `bites` are the most of some events in a batch: of those whose effects take long, lest all else wait for them.
    """

    name: str
    version: str
    reads: frozenset[type[Event]]
    judged_last: frozenset[type[Event]] = frozenset()
    decider: Decider[S] | None = None
    effects: Mapping[type[Event], Effect] = field(default_factory=dict)
    others: frozenset[type[Event]] = frozenset()
    bites: Mapping[type[Event], int] = field(default_factory=dict)


AnyService = Service[Any]
