"""Decides every request of the log again, by the gate's own core, and compares the outcome byte for byte.

A decision needs nothing but the log: what was seen of each topic, the time, the rule pack and the version of the time
zone data all stand in the verdict. Beside verdicts, what they led to on the channels' topics is compared too, and
what the gate published because of facts alone.
"""

import asyncio
from collections.abc import Sequence

from chassis.settings import StackSettings
from contracts.events import Event
from contracts.topics import TOPICS
from counterpoint.audit.approvals import Approvals
from counterpoint.audit.decisions import Decision, Fault, Walk
from counterpoint.audit.difference import differing
from counterpoint.audit.gates import Gates
from counterpoint.audit.history import History, kafka_history
from counterpoint.audit.packs import Pack, Packs, find_packs
from counterpoint.audit.published import SUPPRESSIONS, Published
from counterpoint.audit.spread import spread
from counterpoint.audit.tally import Tally, is_same
from services.compliance.core.decide import approval
from services.compliance.loader import RuleFile
from services.compliance.service import packaged_zone_data

APPROVED = tuple(name for name in TOPICS if name.startswith("counterpoint.approved-"))


class Replay:
    """One partition, decided again."""

    def __init__(self, history: History, partition: int, packs: Packs, zone_data: str) -> None:
        self.tally = Tally()
        self._codec = history.codec
        self._gates = Gates(packs, zone_data)
        self._approvals = Approvals(self._codec, self.tally)
        self._published = Published(self._codec, self._gates, self.tally)
        gate = self._gates.latest
        self._walk = Walk(history, partition, gate, prove=self._gates, published=self._published)

    async def run(self) -> Tally:
        """Everything there is to find."""
        suppressions, *approved = await self._walk.begin((SUPPRESSIONS, *APPROVED))
        await self._published.read(suppressions)
        async for decision in self._walk.decisions():
            self._again(decision)
        waiting = list(self._walk.waiting())
        in_hand = {request.event.meta.event_id for request in waiting}
        for tape in approved:
            await self._approvals.read(tape, in_hand)
        self._approvals.settle()
        for fault in self._walk.faults:
            self.tally.differs(_title(fault), ())
        self._published.settle()
        self.tally.repeats = self._walk.repeats
        self.tally.waiting = len(waiting)
        return self.tally

    def _again(self, decision: Decision) -> None:
        if decision.proven:
            self.tally.decisions += 1
            self._expect(decision, decision.proven[1:])
            return
        gate = self._gates.of(decision.verdict)
        if isinstance(gate, str):
            self.tally.does_not_judge(gate)
            self._expect(decision, _allowed_by(decision))
            return
        self.tally.decisions += 1
        outcomes = gate.decide(state=decision.state, event=decision.asked, context=decision.context)
        verdict = decision.verdict
        if outcomes and self.tally.same(is_same(self._codec, decision.value, verdict, outcomes[0])):
            self._expect(decision, outcomes[1:])
            return
        where = f"{decision.position.topic}[{decision.position.partition}] offset {decision.position.offset}"
        lines = differing(verdict, outcomes[0]) if outcomes else ["decided again: nothing, the contact had been judged"]
        self.tally.differs(f"{where}, contact {verdict.contact_id} of {verdict.meta.consumer_id}", lines)
        self._expect(decision, _allowed_by(decision))

    def _expect(self, decision: Decision, approvals: Sequence[Event]) -> None:
        if approvals:
            self._approvals.expect(approvals, sure=self._walk.is_done_with(decision.request))


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


def replay_share(settings: StackSettings, partitions: Sequence[int], rules: Sequence[RuleFile]) -> list[Tally]:
    """Decide everything on some partitions of a broker again; raises Halted."""
    return asyncio.run(_replay_share(settings, partitions, rules))


async def _replay_share(settings: StackSettings, partitions: Sequence[int], rules: Sequence[RuleFile]) -> list[Tally]:
    zone_data = packaged_zone_data()
    async with kafka_history(settings) as history:
        packs = await find_packs(history, Pack(rules))
        return [await replay_partition(history, partition, packs, zone_data) for partition in partitions]


def replay_all(settings: StackSettings, rules: Sequence[RuleFile], processes: int | None = None) -> Tally:
    """Decide everything on a broker again, with so many processes, or one for each core; raises Halted."""
    found = Tally()
    for part in spread(replay_share, settings, processes, rules):
        found.add(part)
    return found
