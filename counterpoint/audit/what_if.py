"""Judges the decisions of the log by another rule pack, and gathers what would have been decided otherwise.

Each decision is judged on the history as it was. What would have followed from a different decision, contacts that
were not made or were made besides, is not simulated: later decisions still see the contacts that really happened.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct, field

from chassis.settings import StackSettings
from contracts.events import ContactApproved, ContactDeferred, ContactVetoed, Event
from contracts.ids import ConsumerId, ContactId
from counterpoint.audit.decisions import Decision, Walk
from counterpoint.audit.history import History, kafka_history
from counterpoint.audit.packs import Pack
from services.compliance.loader import RuleFile
from services.compliance.service import Gate, packaged_zone_data

MOST_EXAMPLES = 3


class Example(Struct, frozen=True):
    """One decision that flips, and why."""

    contact_id: ContactId
    consumer_id: ConsumerId
    decided_at: datetime
    reason: str


class Flip(Struct):
    """Decisions that flip in the same way: from one answer to another, for the same rule."""

    was: str
    now: str
    rule: str
    count: int = 0
    examples: list[Example] = field(default_factory=list)

    def add(self, count: int, examples: Sequence[Example]) -> None:
        """Count more of them; the earliest are the examples."""
        self.count += count
        self.examples = sorted([*self.examples, *examples], key=lambda e: (e.decided_at, e.contact_id))[:MOST_EXAMPLES]


class Outlook(Struct):
    """What another pack would have made of the history.

    `other_reason` counts decisions that stay what they are for another rule, `other_time` deferrals that would end at
    another time, `passed_over` contacts that the other pack's gate would have found judged already.
    """

    rule_pack: str
    decisions: int = 0
    same: int = 0
    other_reason: int = 0
    other_time: int = 0
    passed_over: int = 0
    flips: list[Flip] = field(default_factory=list)

    def add(self, other: "Outlook") -> None:
        """Take in what was found elsewhere."""
        for name in ("decisions", "same", "other_reason", "other_time", "passed_over"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for flip in other.flips:
            self.flip(flip.was, flip.now, flip.rule).add(flip.count, flip.examples)

    def flip(self, was: str, now: str, rule: str) -> Flip:
        """The decisions that flip in one way."""
        for known in self.flips:
            if (known.was, known.now, known.rule) == (was, now, rule):
                return known
        self.flips.append(Flip(was, now, rule))
        return self.flips[-1]


def answer(verdict: Event) -> str:
    """A verdict in a word."""
    return type(verdict).__name__.removeprefix("Contact").lower()


def decided_by(verdict: Event) -> str:
    """The rule that decided; empty for an approval."""
    return verdict.deciding_rule if isinstance(verdict, ContactDeferred | ContactVetoed) else ""


def reason_of(verdict: Event) -> str:
    """What the rule that decided says."""
    if not isinstance(verdict, ContactApproved | ContactDeferred | ContactVetoed):
        return ""
    rule = decided_by(verdict)
    return next((f.reason for f in verdict.findings if f.rule_id == rule), "")


def compare(outlook: Outlook, decision: Decision, gate: Gate) -> None:
    """Judge one decision by the other pack."""
    outcomes = gate.decide(state=decision.state, event=decision.asked, context=decision.context)
    outlook.decisions += 1
    if not outcomes:
        outlook.passed_over += 1
        return
    old, new = decision.verdict, outcomes[0]
    was, now = answer(old), answer(new)
    if was != now:
        rule = " instead of ".join(filter(None, (decided_by(new), decided_by(old))))
        stricter = old if isinstance(new, ContactApproved) else new
        example = Example(old.contact_id, old.meta.consumer_id, old.decided_at, reason_of(stricter))
        outlook.flip(was, now, rule).add(1, (example,))
    elif decided_by(old) != decided_by(new):
        outlook.other_reason += 1
    elif isinstance(old, ContactDeferred) and isinstance(new, ContactDeferred) and old.earliest_at != new.earliest_at:
        outlook.other_time += 1
    else:
        outlook.same += 1


async def judge_partition(
    history: History, partition: int, pack: Pack, zone_data: str, since: datetime | None, until: datetime | None
) -> Outlook:
    """Judge the decisions on one partition that were made from an instant up to another."""
    gate = Gate(pack.rules, zone_data)
    walk = Walk(history, partition, gate)
    await walk.begin()
    outlook = Outlook(pack.rules.digest)
    async for decision in walk.decisions():
        at = decision.verdict.decided_at
        if (since is None or at >= since) and (until is None or at < until):
            compare(outlook, decision, gate)
    return outlook


def judge_share(
    settings: StackSettings,
    partitions: Sequence[int],
    rules: Sequence[RuleFile],
    since: datetime | None,
    until: datetime | None,
) -> list[Outlook]:
    """Judge the decisions on some partitions of a broker; raises Halted."""
    return asyncio.run(_judge_share(settings, partitions, rules, since, until))


async def _judge_share(
    settings: StackSettings,
    partitions: Sequence[int],
    rules: Sequence[RuleFile],
    since: datetime | None,
    until: datetime | None,
) -> list[Outlook]:
    pack, zone_data = Pack(rules), packaged_zone_data()
    async with kafka_history(settings) as history:
        return [await judge_partition(history, p, pack, zone_data, since, until) for p in partitions]
