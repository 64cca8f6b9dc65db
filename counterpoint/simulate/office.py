"""Our side of one consumer's days: real orchestrators, one or several, and the real gate, event by event, in memory.

    timers, replies, payments, reports ──► orchestrator(s) ──request──► gate ──verdict──► orchestrator(s)
                                                                          └──approval──► channel

One orchestrator that hears everything is one record and one strategy for all channels. Several, of which each hears of
its own channel alone, are channels that share no record: they learn of a payment when their files come.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from contracts.events import (
    AccountPlaced,
    ArrangementAgreed,
    Channel,
    ContactApproved,
    ContactDeferred,
    ContactRequested,
    ContactVetoed,
    Event,
    FindingResult,
    Meta,
    PaymentSettled,
    TimerDue,
    TimerKind,
)
from contracts.ids import ConsumerId, EventId, derived_id
from counterpoint.simulate.agenda import Agenda
from counterpoint.simulate.choices import answered
from counterpoint.simulate.lived import Lived
from services.compliance.core.approvals import CARRIERS, Carrier
from services.compliance.core.decide import Circumstances, Verdict, approval, as_of
from services.compliance.core.decide import decide as judge
from services.compliance.core.evolve import evolve
from services.compliance.core.rules.rule import RuleSet
from services.compliance.core.state import FRESH as NOTHING_KNOWN
from services.orchestrator.core.codes import instant, seconds
from services.orchestrator.core.decide import decide
from services.orchestrator.core.state import FRESH, Pending, timer_id
from services.orchestrator.core.strategy import Strategies

NAME, VERSION = "simulator", "0.2.0"
APART = 1000
"""Orchestrators number their contacts from here on, each from another thousand: ids stay unlike."""
_VERDICTS = (ContactApproved, ContactDeferred, ContactVetoed)
_AGAINST = (FindingResult.VETOED, FindingResult.DEFERRED)
_NOTHING_SEEN = as_of({})


def _nobody(*_: object) -> Event:
    raise AssertionError("a channel that is only simulated hands nothing to a service")


KNOWN_CARRIERS: Mapping[str, Carrier] = {
    Channel.EMAIL.value: Carrier("mail-", _nobody),
    Channel.VOICE.value: Carrier("tel-", _nobody),
    Channel.LETTER.value: Carrier("post-", _nobody),
    **CARRIERS,
}
"""The gate's carriers, and what stands in for those channels that have no service yet."""

Handed = Callable[[datetime, ContactRequested, Event | None, datetime], None]
"""Called with the time, the request, what the gate hands to the channel's service if there is one, and the expiry."""


class Plan(Struct, frozen=True):
    """How a portfolio is worked: by one strategy, or by several that share no record; with the gate or without."""

    desks: Sequence[Strategies]
    gated: bool = True

    @property
    def together(self) -> bool:
        """Whether all channels share a record."""
        return len(self.desks) == 1


class _Desk:
    """One orchestrator with its record of the consumer."""

    def __init__(self, strategies: Strategies, number: int, hears_all: bool) -> None:
        self.strategies = strategies
        self.record = replace(FRESH, serial=number * APART)
        self.channels = None if hears_all else {c for s in strategies.offered for c in s.channels}

    def hears(self, event: Event) -> bool:
        """Whether it learns of an event at all."""
        if isinstance(event, ArrangementAgreed):
            return self.channels is None
        channel: Channel | None = getattr(event, "channel", None)
        return self.channels is None or channel is None or channel.value in self.channels

    def owed(self) -> int:
        """Cents that it believes are owed."""
        return sum(a.owed for a in self.record.accounts)

    def timer(self) -> Pending | None:
        """The timer that is due first."""
        return min(self.record.timers, key=lambda t: t.due, default=None)


class Office:
    """Everything that we know and do about one consumer; `handed` is called for every contact that may go."""

    def __init__(
        self,
        consumer_id: ConsumerId,
        plan: Plan,
        rules: RuleSet,
        zone_data: str,
        late: timedelta,
        agenda: Agenda,
        handed: Handed,
        lived: Lived,
        log: list[Event] | None,
    ) -> None:
        self._consumer_id = consumer_id
        self._plan = plan
        self._rules = rules
        self._zone_data = zone_data
        self._late = late
        self._agenda = agenda
        self._handed = handed
        self._lived = lived
        self._log = log
        self._gate = NOTHING_KNOWN
        self._written = 0
        self._desks = [_Desk(strategies, n, plan.together) for n, strategies in enumerate(plan.desks)]

    def meta(self, at: datetime, cause: str, name: str) -> Meta:
        """The head of an event that comes from outside."""
        event_id = EventId(derived_id(cause=cause, name=name, at=at))
        return Meta(event_id, at, self._consumer_id, cause, None, NAME, VERSION)

    def wakes_at(self) -> datetime | None:
        """When the next timer is due."""
        return min((instant(t.due) for desk in self._desks if (t := desk.timer())), default=None)

    def wake(self) -> None:
        """Let the timer that is due first come due."""
        waits = [(timer.due, n, timer) for n, desk in enumerate(self._desks) if (timer := desk.timer())]
        _, number, timer = min(waits, key=lambda w: w[:2])
        desk = self._desks[number]
        at, name = instant(timer.due), timer_id(self._consumer_id, timer)
        due = TimerDue(self.meta(at, name, "due"), name, TimerKind.STRATEGY_STEP, at)
        self.write(due)
        self._told(desk, due, at)

    def happens(self, at: datetime, event: Event) -> None:
        """Something happens that is written down: the gate takes note, and so does every orchestrator that hears it."""
        if not isinstance(event, _VERDICTS):  # those the gate has remembered as it gave them
            self.write(event)
            self._gate = evolve(self._gate, event, self._written, seconds(at))
            if isinstance(event, AccountPlaced):
                self._gate = replace(self._gate, addresses=_addresses(event) | self._gate.addresses)
        for desk in self._desks:
            if not desk.hears(event):
                continue
            if isinstance(event, PaymentSettled) and not self._plan.together and self._late:
                self._agenda.note(at + self._late, partial(self._told, desk, event))
            else:
                self._told(desk, event, at)

    def write(self, event: Event) -> None:
        """Note that an event stands in the log."""
        self._written += 1
        if self._log is not None:
            self._log.append(event)

    def is_amiss(self, owed: int, request: ContactRequested) -> bool:
        """Whether a contact speaks of another amount than is owed, in cents."""
        asks = (d for d in self._desks if d.channels is None or request.channel.value in d.channels)
        return any(desk.owed() != owed for desk in asks)

    def _told(self, desk: _Desk, event: Event, at: datetime) -> None:
        outcome = decide(desk.record, event, desk.strategies, seconds(at))
        desk.record = outcome.state
        for request in outcome.requests:
            self._judged(at, request)
        for said in outcome.said:
            self.write(said)
        for made in answered(outcome.said, seconds(at)):
            self.write(made)
            self._told(desk, made, at)

    def _judged(self, at: datetime, request: ContactRequested) -> None:
        self.write(request)
        given = Circumstances(at, 0, _NOTHING_SEEN, self._zone_data)
        verdict = judge(self._gate, request, self._rules, given, KNOWN_CARRIERS)
        self._count(verdict)
        if not self._plan.gated and not isinstance(verdict, ContactApproved):
            verdict = _let_through(verdict, request)
        self.write(verdict)
        self._gate = evolve(self._gate, verdict, self._written, seconds(at))
        self._agenda.note(at, partial(self._verdict, verdict))
        if isinstance(verdict, ContactApproved):
            approved = next(iter(approval(self._gate, verdict, request)), None) if _is_served(request) else None
            if approved is not None:
                self.write(approved)
            self._handed(at, request, approved, verdict.expires_at)

    def _verdict(self, verdict: Verdict, at: datetime) -> None:
        self.happens(at, verdict)

    def _count(self, verdict: Verdict) -> None:
        lived = self._lived
        lived.requested += 1
        if isinstance(verdict, ContactApproved):
            lived.approved += 1
        elif not self._plan.gated:
            lived.approved += 1
            law = [f.rule_id for f in verdict.findings if f.result in _AGAINST and f.rule_id.startswith("us")]
            lived.unlawful[min(law, default="house")] += 1
        elif isinstance(verdict, ContactDeferred):
            lived.deferred[verdict.deciding_rule] += 1
        else:
            lived.vetoed[verdict.deciding_rule] += 1


def _is_served(request: ContactRequested) -> bool:
    return request.channel.value in CARRIERS


def _let_through(verdict: ContactDeferred | ContactVetoed, request: ContactRequested) -> ContactApproved:
    """What goes out where nobody asks a gate."""
    return ContactApproved(
        verdict.meta,
        verdict.contact_id,
        verdict.channel,
        verdict.address_id,
        verdict.debt_ids,
        verdict.purpose,
        verdict.decided_at,
        (),
        verdict.as_of,
        verdict.rule_pack,
        verdict.tzdata,
        verdict.request_id,
        request.not_after,
        technology=request.technology,
    )


def _addresses(event: AccountPlaced) -> dict[str, str]:
    """Addresses of channels that have no service, as the gate will know them."""
    found: dict[str, str] = {e.address_id: e.address for e in event.emails}
    return found | {p.address_id: p.postal_code for p in event.postal_addresses}
