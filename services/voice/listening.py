"""Listens to what our own people say, as it is written down, and holds it to the rules; no words are kept anywhere."""

import re
from collections.abc import Sequence

import structlog
from msgspec import Struct

from chassis import metrics
from chassis.clock import Clock
from chassis.host import Publisher
from chassis.understanding.words import plain
from contracts.events import CallbackKind, CallbackReceived, ReplyIntent
from contracts.ids import AttemptId, ConsumerId, ContactId
from services.voice.core.medium import MEDIUM, PROVIDER
from services.voice.core.place import Place
from services.voice.core.report import breach
from services.voice.core.talk import STOPPED, Found, Line, Rules, findings, marks
from services.voice.records import Records

_STOPS = frozenset({ReplyIntent.OPT_OUT, ReplyIntent.CEASE})
_SENTENCE = re.compile(r"[.!?;]+")

log = structlog.get_logger()


class Heard(Struct, frozen=True):
    """A line as Twilio wrote it down; `ours` is what our own person said, and the last one has no words."""

    number: int
    words: str = ""
    ours: bool = False
    last: bool = False


class Listening:
    """Holds talks to the rules; a rule is told of once in a call."""

    def __init__(self, *, rules: Rules, records: Records, publisher: Publisher, clock: Clock) -> None:
        self._rules = rules
        self._records = records
        self._publisher = publisher
        self._clock = clock

    async def heard(self, call: str, place: Place, heard: Heard, intents: frozenset[ReplyIntent]) -> int:
        """Take in a line, and tell the log which rules are now broken; says how many are new. Raises Unreachable.

        What was found is marked as told after it is in the log. So after a crash between the two it is told again, and
        the channel's decider takes it for the repeat that it is.
        """
        line = Line(heard.number, self._marks(heard, intents), self._clock.now(), heard.last)
        lines, told = await self._records.line(call, line)
        new = [f for f in findings(self._rules, lines, verified=place.verified) if f.rule.id not in told]
        if not new:
            return 0
        if place.consumer:
            await self._publisher.publish(events=[self._event(call, place, found) for found in new])
        for rule_id in await self._records.told(call, [found.rule.id for found in new]):
            metrics.CALL_FINDINGS.labels(rule_id).inc()
            log.warning("call.finding", rule=rule_id, known_consumer=bool(place.consumer))
        return len(new)

    def _marks(self, heard: Heard, intents: frozenset[ReplyIntent]) -> frozenset[str]:
        if heard.ours:
            return marks(self._rules, sentences(heard.words))
        return frozenset({STOPPED} if intents & _STOPS else ())

    def _event(self, call: str, place: Place, found: Found) -> CallbackReceived:
        cause = f"{call}/{found.rule.id}"
        return CallbackReceived(
            meta=MEDIUM.first(cause, "finding", found.at, ConsumerId(place.consumer), place.story or None),
            provider=PROVIDER,
            kind=CallbackKind.INBOUND,
            contact_id=ContactId(place.contact) if place.outbound else None,
            attempt_id=AttemptId(place.attempt) if place.outbound else None,
            body=breach(call, found),
            received_at=found.at,
        )


def sentences(words: str) -> Sequence[str]:
    """Words, sentence by sentence, as rules read them."""
    return [plain(sentence) for sentence in _SENTENCE.split(words)]
