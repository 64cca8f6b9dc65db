"""What the gate has read of one partition, by consumer, in the order in which the gate took it in."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from msgspec import Struct

from chassis.failures import InvalidEvent
from chassis.runtime.partition import Incoming, Received, in_order
from chassis.service import Position
from contracts.events import AsOf, ContactRequested
from contracts.ids import ConsumerId
from contracts.topics import TOPIC_OF, TOPICS
from counterpoint.audit.history import History, Tape, whole
from services.compliance.core.codes import ATTEMPTS, PAYMENTS, PLACEMENTS, REQUESTS, STATEMENTS
from services.compliance.core.decide import NAME
from services.compliance.core.order import LETTERS
from services.compliance.service import FACTS

READS = FACTS | {ContactRequested}
SOURCES = tuple(sorted({TOPIC_OF[kind] for kind in READS}))
TOPICS_SEEN = (PLACEMENTS, STATEMENTS, REQUESTS, ATTEMPTS, PAYMENTS)
TOO_FEW = "it says that it took in facts which are not in the log up to where it had read"


class Unsound(Exception):
    """A verdict says of itself what the log does not bear out."""


def seen_by(as_of: AsOf) -> dict[str, int]:
    """The next offset of each topic, as the decision knew it."""
    offsets = (
        as_of.placements,
        as_of.consumer_statements,
        as_of.contact_requests,
        as_of.contact_attempts,
        as_of.payments,
    )
    return {topic: offset for topic, offset in zip(TOPICS_SEEN, offsets, strict=True) if offset >= 0}


class Waiting(Struct):
    """What is known of one consumer and not yet taken in: facts by topic, and requests."""

    facts: dict[str, deque[Received]]
    requests: deque[Received]

    def first_request(self, offset: int) -> Received:
        """The next request, if it is the one at an offset; raises Unsound."""
        if not self.requests or self.requests[0].position.offset != offset:
            raise Unsound("it answers a request whose turn has not come, or is over")
        return self.requests[0]

    def ready(self, seen: Mapping[str, int], came: str) -> list[Received]:
        """The facts that a decision had seen and none before it, in the order in which they came; raises Unsound."""
        facts = {topic: _before(seen.get(topic, 0), queue) for topic, queue in self.facts.items() if queue}
        noted: dict[str, Iterator[Received]] = {}
        first: list[Received] = []
        for topic, there in facts.items():
            count = came.count(LETTERS[topic])
            if count > len(there):
                raise Unsound(TOO_FEW)
            first += there[: len(there) - count]
            noted[LETTERS[topic]] = iter(there[len(there) - count :])
        if len(first) > 1:
            first = in_order(first, frozenset())
        try:
            return first + [next(noted[letter]) for letter in came]
        except (LookupError, StopIteration):
            raise Unsound(TOO_FEW) from None

    def take(self, facts: Iterable[Received]) -> None:
        """Let go of facts that were ready."""
        for fact in facts:
            self.facts[fact.position.topic].popleft()

    def orders(self, most: int) -> list[list[Received]]:
        """At most so many orders in which the facts that are left may have come; (timestamp, topic, offset) first."""
        queues = [list(queue) for queue in self.facts.values() if queue]
        if not queues:
            return []
        likeliest = in_order([r for queue in queues for r in queue], frozenset())
        return [likeliest, *islice(_merged(queues), most - 1)] if len(queues) > 1 else [likeliest]

    def take_all(self) -> list[Received]:
        """All facts that are left, by (timestamp, topic, offset)."""
        left = [r for queue in self.facts.values() for r in queue]
        self.facts.clear()
        return in_order(left, frozenset())


def _merged(queues: Sequence[Sequence[Received]]) -> Iterator[list[Received]]:
    """Every order that leaves each queue in its own."""
    left = [queue for queue in queues if queue]
    if not left:
        yield []
    for n, queue in enumerate(left):
        others = [*left[:n], queue[1:], *left[n + 1 :]]
        yield from ([queue[0], *rest] for rest in _merged(others))


def _before(offset: int, queue: deque[Received]) -> list[Received]:
    if queue[-1].position.offset < offset:
        return list(queue)
    return [r for r in queue if r.position.offset < offset]


class Inputs:
    """Reads the topics side by side, each as far as is asked for; with `only`, of one consumer alone."""

    def __init__(self, history: History, partition: int, only: ConsumerId | None = None) -> None:
        self._history = history
        self._partition = partition
        self._only = None if only is None else only.encode()
        self._tapes: dict[str, Tape] = {}
        self._read: dict[str, int] = {}
        self._set_aside: set[tuple[str, int]] = set()
        self.waiting: dict[ConsumerId, Waiting] = {}

    async def open(self) -> None:
        """Begin to read; learn which records the gate has set aside, and so never took in."""
        for topic in SOURCES:
            self._tapes[topic] = await self._history.tape(topic, self._partition)
            self._read[topic] = 0
            async for batch in whole(self._history, TOPICS[topic].dead_letters(NAME), self._partition):
                self._set_aside |= {(topic, offset) for record in batch for offset in _offset_of(record)}

    def has_reached(self, seen: Mapping[str, int]) -> bool:
        """Whether each topic is read up to an offset."""
        return all([self._read[topic] >= offset for topic, offset in seen.items()])

    async def reach(self, seen: Mapping[str, int]) -> None:
        """Read each topic up to an offset, or as far as it goes; raises Unsound if one does not reach so far."""
        short = ""
        for topic, offset in seen.items():
            while self._read[topic] < offset:
                if not await self._read_on(topic):
                    short = f"it says that it had read {topic} up to offset {offset}, which is not there"
                    break
        if short:
            raise Unsound(short)

    async def reach_end(self) -> None:
        """Read all that there is."""
        for topic in SOURCES:
            while await self._read_on(topic):
                pass

    async def _read_on(self, topic: str) -> bool:
        batch = await self._tapes[topic].more()
        if not batch:
            return False
        self._read[topic] = batch[-1].offset + 1
        wanted = [r for r in batch if self._is_wanted(r)] if self._only or self._set_aside else batch
        await self._history.codec.prepare([r.value for r in wanted])
        for record in wanted:
            self._keep(record)
        return True

    def _is_wanted(self, record: Incoming) -> bool:
        if self._only is not None and (record.value is None or self._only not in record.value):
            return False
        return (record.topic, record.offset) not in self._set_aside

    def _keep(self, record: Incoming) -> None:
        try:
            event = self._history.codec.decode(record.value)
        except InvalidEvent:
            return  # the gate could not read it either
        kind, topic, consumer_id = type(event), record.topic, event.meta.consumer_id
        if kind not in READS or TOPIC_OF[kind] != topic:
            return
        if self._only is not None and consumer_id.encode() != self._only:
            return
        received = Received(event, Position(topic, record.partition, record.offset), record.timestamp)
        waiting = self.of(consumer_id)
        if topic == REQUESTS:
            waiting.requests.append(received)
        elif topic in waiting.facts:
            waiting.facts[topic].append(received)
        else:
            waiting.facts[topic] = deque((received,))

    def of(self, consumer_id: ConsumerId) -> Waiting:
        """What waits of a consumer."""
        found = self.waiting.get(consumer_id)
        if found is None:
            found = self.waiting[consumer_id] = Waiting({}, deque())
        return found


def _offset_of(letter: Incoming) -> Sequence[int]:
    return [int(value) for name, value in letter.headers if name == "dlq_offset"]
