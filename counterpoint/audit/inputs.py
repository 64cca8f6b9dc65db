"""What the gate has read of one partition, by consumer, in the order in which the gate took it in."""

from collections import deque
from collections.abc import Mapping, Sequence

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
_TOPICS = {letter: topic for topic, letter in LETTERS.items()}


class Unsound(Exception):
    """A verdict says of itself what the log does not bear out."""


def seen_by(as_of: AsOf) -> dict[str, int]:
    """The next offset of each topic, as the decision knew it."""
    offsets = {
        PLACEMENTS: as_of.placements,
        STATEMENTS: as_of.consumer_statements,
        REQUESTS: as_of.contact_requests,
        ATTEMPTS: as_of.contact_attempts,
        PAYMENTS: as_of.payments,
    }
    return {topic: offset for topic, offset in offsets.items() if offset >= 0}


class Waiting(Struct):
    """What is known of one consumer and not yet taken in: facts by topic, and requests."""

    facts: dict[str, deque[Received]]
    requests: deque[Received]

    def take(self, seen: Mapping[str, int], came: str) -> list[Received]:
        """The facts that a decision had seen and none before it, in the order in which they came; raises Unsound."""
        ready = {topic: _before(seen.get(topic, 0), queue) for topic, queue in self.facts.items() if queue}
        counts = {topic: came.count(letter) for letter, topic in _TOPICS.items() if letter in came}
        if any(count > len(ready.get(topic, ())) for topic, count in counts.items()):
            raise Unsound("it says that it took in facts which are not in the log up to where it had read")
        first: list[Received] = []
        noted: dict[str, deque[Received]] = {}
        for topic, facts in ready.items():
            split = len(facts) - counts.get(topic, 0)
            first += facts[:split]
            noted[topic] = deque(facts[split:])
            for _ in facts:
                self.facts[topic].popleft()
        if len(first) > 1:
            first = in_order(first, frozenset())
        return first + [noted[_TOPICS[letter]].popleft() for letter in came]

    def take_all(self) -> list[Received]:
        """All facts that are left, by (timestamp, topic, offset)."""
        left = [r for queue in self.facts.values() for r in queue]
        self.facts.clear()
        return in_order(left, frozenset())


def _before(offset: int, queue: deque[Received]) -> list[Received]:
    found = []
    for received in queue:
        if received.position.offset >= offset:
            break
        found.append(received)
    return found


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
        wanted = [r for r in batch if self._is_wanted(r)]
        await self._history.codec.prepare([r.value for r in wanted])
        for record in wanted:
            received = self._received(record)
            if received is not None:
                self._keep(received)
        return True

    def _is_wanted(self, record: Incoming) -> bool:
        if self._only is not None and (record.value is None or self._only not in record.value):
            return False
        return (record.topic, record.offset) not in self._set_aside

    def _received(self, record: Incoming) -> Received | None:
        try:
            event = self._history.codec.decode(record.value)
        except InvalidEvent:
            return None  # the gate could not read it either
        if type(event) not in READS or TOPIC_OF[type(event)] != record.topic:
            return None
        return Received(event, Position(record.topic, record.partition, record.offset), record.timestamp)

    def _keep(self, received: Received) -> None:
        consumer_id = received.event.meta.consumer_id
        if self._only is not None and consumer_id.encode() != self._only:
            return
        waiting = self.of(consumer_id)
        if isinstance(received.event, ContactRequested):
            waiting.requests.append(received)
        else:
            waiting.facts.setdefault(received.position.topic, deque()).append(received)

    def of(self, consumer_id: ConsumerId) -> Waiting:
        """What waits of a consumer."""
        found = self.waiting.get(consumer_id)
        if found is None:
            found = self.waiting[consumer_id] = Waiting({}, deque())
        return found


def _offset_of(letter: Incoming) -> Sequence[int]:
    return [int(value) for name, value in letter.headers if name == "dlq_offset"]
