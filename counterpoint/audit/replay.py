"""Decides every request of the log again, by the gate's own core, and compares the outcome byte for byte.

A decision needs nothing but the log: what was seen of each topic, the time, the rule pack and the version of the time
zone data all stand in the verdict. Beside verdicts, what they led to on the channels' topics is compared too.
"""

import asyncio
from collections.abc import Sequence
from enum import Enum

from msgspec import Struct, field
from msgspec.structs import replace

from chassis.codec import Codec
from chassis.failures import InvalidEvent
from chassis.runtime.partition import Incoming
from chassis.settings import StackSettings
from contracts.events import Event
from contracts.ids import EventId
from contracts.topics import TOPICS
from counterpoint.audit.decisions import Decision, Fault, Walk, digest
from counterpoint.audit.difference import differing
from counterpoint.audit.history import History, Tape, kafka_history
from counterpoint.audit.packs import Pack, Packs, find_packs
from services.compliance.core.decide import approval
from services.compliance.loader import RuleFile
from services.compliance.service import Gate, packaged_zone_data

APPROVED = tuple(name for name in TOPICS if name.startswith("counterpoint.approved-"))
MOST_SHOWN = 10


class Shown(Struct, frozen=True):
    """A difference, as a person reads it."""

    title: str
    lines: tuple[str, ...]


class Tally(Struct):
    """What a replay found; `not_judged` counts by reason the decisions that cannot be made again here."""

    decisions: int = 0
    differences: int = 0
    repeats: int = 0
    approvals: int = 0
    waiting: int = 0
    by_content: int = 0
    other_version: int = 0
    not_judged: dict[str, int] = field(default_factory=dict)
    shown: list[Shown] = field(default_factory=list)

    def differs(self, title: str, lines: Sequence[str]) -> None:
        """Count a difference; the first of them are kept to be shown."""
        self.differences += 1
        if len(self.shown) < MOST_SHOWN:
            self.shown.append(Shown(title, tuple(lines)))

    def add(self, other: "Tally") -> None:
        """Take in what was found elsewhere."""
        for name in ("decisions", "differences", "repeats", "approvals", "waiting", "by_content", "other_version"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for reason, count in other.not_judged.items():
            self.not_judged[reason] = self.not_judged.get(reason, 0) + count
        self.shown = [*self.shown, *other.shown][:MOST_SHOWN]


class Same(Enum):
    """In what sense two events are the same."""

    IN_EVERY_BYTE = 1
    BUT_FOR_VERSION = 2
    """Another version of the gate wrote it, and put its own version into it."""
    IN_CONTENT = 3
    """An earlier schema wrote it, so that no byte can be compared."""


def is_same(codec: Codec, value: bytes, recorded: Event, again: Event) -> Same | None:
    """Whether what was decided again is what the log holds; `recorded` is `value`, read."""
    if codec.encode(again) == value:
        return Same.IN_EVERY_BYTE
    if type(recorded) is not type(again):
        return None
    again = replace(again, meta=replace(again.meta, producer_version=recorded.meta.producer_version))
    encoded, todays = codec.encode(again), codec.encode(recorded)
    if encoded == value:
        return Same.BUT_FOR_VERSION
    return Same.IN_CONTENT if todays != value and todays == encoded else None


class Gates:
    """The gate as it was for each verdict: under the same rules, with the same time zone data."""

    def __init__(self, packs: Packs, zone_data: str) -> None:
        self._packs = packs
        self._zone_data = zone_data
        self._gates: dict[str, Gate | None] = {}
        self.current = Gate(packs.current.rules, zone_data)

    def of(self, decision: Decision) -> Gate | str:
        """The gate, or why there is none."""
        verdict = decision.verdict
        if verdict.tzdata != self._zone_data:
            return (
                f"made with time zone data {verdict.tzdata}, and {self._zone_data} is installed: "
                f"install the tzdata package of {verdict.tzdata} to judge them again"
            )
        if verdict.rule_pack not in self._gates:
            pack = self._packs.get(verdict.rule_pack)
            self._gates[verdict.rule_pack] = None if pack is None else Gate(pack.rules, self._zone_data)
        return self._gates[verdict.rule_pack] or (
            f"made under rule pack {verdict.rule_pack}, which is neither on disk nor in the log: "
            "give its folders with --rules"
        )


class Replay:
    """One partition, decided again."""

    def __init__(self, history: History, partition: int, packs: Packs, zone_data: str) -> None:
        self._codec: Codec = history.codec
        self._partition = partition
        self._gates = Gates(packs, zone_data)
        self._walk = Walk(history, partition, self._gates.current)
        self._expected: dict[EventId, bytes] = {}
        self._optional: set[EventId] = set()
        self._found: dict[EventId, bytes] = {}
        self.tally = Tally()

    async def run(self) -> Tally:
        """Everything there is to find."""
        tapes = await self._walk.begin(APPROVED)
        async for decision in self._walk.decisions():
            self._again(decision)
        for topic, tape in zip(APPROVED, tapes, strict=True):
            await self._approvals(topic, tape)
        missing = [event_id for event_id in self._expected if event_id not in self._optional]
        for event_id in missing:
            self.tally.differs(f"an approval never reached its channel (event {event_id})", ())
        for fault in self._walk.faults:
            self.tally.differs(_title(fault), ())
        self.tally.repeats = self._walk.repeats
        self.tally.waiting = sum(1 for _ in self._walk.waiting())
        return self.tally

    def _again(self, decision: Decision) -> None:
        gate = self._gates.of(decision)
        if isinstance(gate, str):
            self.tally.not_judged[gate] = self.tally.not_judged.get(gate, 0) + 1
            self._expect(decision, _allowed_by(decision))
            return
        self.tally.decisions += 1
        outcomes = gate.decide(state=decision.state, event=decision.request.event, context=decision.context)
        if outcomes and self._is_same(decision.value, decision.verdict, outcomes[0]):
            self._expect(decision, outcomes[1:])
            return
        verdict = decision.verdict
        where = f"{decision.position.topic}[{self._partition}] offset {decision.position.offset}"
        lines = differing(verdict, outcomes[0]) if outcomes else ["decided again: nothing, the contact had been judged"]
        self.tally.differs(f"{where}, contact {verdict.contact_id} of {verdict.meta.consumer_id}", lines)
        self._expect(decision, _allowed_by(decision))

    def _is_same(self, value: bytes, recorded: Event, again: Event) -> bool:
        how = is_same(self._codec, value, recorded, again)
        self.tally.other_version += how is Same.BUT_FOR_VERSION
        self.tally.by_content += how is Same.IN_CONTENT
        return how is not None

    # -- what verdicts led to --------------------------------------------------------------------------------------

    def _expect(self, decision: Decision, approvals: Sequence[Event]) -> None:
        for event in approvals:
            self._expected[event.meta.event_id] = self._codec.encode(event)
            if not self._walk.is_done_with(decision.request):
                self._optional.add(event.meta.event_id)

    async def _approvals(self, topic: str, tape: Tape) -> None:
        in_hand = {request.event.meta.event_id for request in self._walk.waiting()}
        while batch := await tape.more():
            await self._codec.prepare([r.value for r in batch])
            for record in batch:
                self._compare(topic, record, in_hand)

    def _compare(self, topic: str, record: Incoming, in_hand: set[EventId]) -> None:
        where = f"{topic}[{self._partition}] offset {record.offset}"
        value = record.value or b""
        try:
            event = self._codec.decode(value)
        except InvalidEvent as fault:
            self.tally.differs(f"{where}: cannot be read, {fault.reason}", ())
            return
        event_id = event.meta.event_id
        before = self._found.get(event_id)
        if before is not None:
            if before != digest(value):
                self.tally.differs(f"{where}: an approval was repeated, and not with the same bytes", ())
            return
        self._found[event_id] = digest(value)
        expected = self._expected.pop(event_id, None)
        if expected is None:
            if event.meta.causation_id not in in_hand:
                self.tally.differs(f"{where}: an approval that no verdict in the log allows (event {event_id})", ())
            return
        self.tally.approvals += 1
        if expected != value:
            again = self._codec.decode(expected)
            if not self._is_same(value, event, again):
                self.tally.differs(where, differing(event, again))


def _allowed_by(decision: Decision) -> Sequence[Event]:
    """What a verdict must have led to, as it stands in the log."""
    try:
        return approval(decision.state, decision.verdict, decision.asked)
    except LookupError:
        return ()  # it approves what nobody placed with us


def _title(fault: Fault) -> str:
    where = f"{fault.position.topic}[{fault.position.partition}] offset {fault.position.offset}"
    contact = f", contact {fault.contact_id}" if fault.contact_id else ""
    return f"{where}{contact}: {fault.wrong.value}" + (f" ({fault.said})" if fault.said else "")


async def replay_partition(history: History, partition: int, packs: Packs, zone_data: str) -> Tally:
    """Decide everything on one partition again."""
    return await Replay(history, partition, packs, zone_data).run()


def replay_share(settings: StackSettings, partitions: Sequence[int], rules: Sequence[RuleFile]) -> Tally:
    """Decide everything on some partitions of a broker again; raises Halted."""
    return asyncio.run(_replay_share(settings, partitions, rules))


async def _replay_share(settings: StackSettings, partitions: Sequence[int], rules: Sequence[RuleFile]) -> Tally:
    found = Tally()
    zone_data = packaged_zone_data()
    async with kafka_history(settings) as history:
        packs = await find_packs(history, Pack(rules))
        for partition in partitions:
            found.add(await replay_partition(history, partition, packs, zone_data))
    return found
