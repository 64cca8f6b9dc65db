"""One consumer's days under one strategy: the real orchestrator and the real gate, event by event, in memory.

    timers, replies, payments, reports ──► orchestrator ──request──► gate ──verdict──► orchestrator
                                                                       └──approval──► network ──► consumer

No broker, no codec and no clock: an event queue over simulated time. The text channel composes and checks each text
as ever; what the network and the consumer make of it is chance by the table of behaviour.py, drawn for each number
and text by itself, so that two strategies meet the same people in the same mood.
"""

import heapq
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from msgspec import Struct, field

from chassis.channel.provider import Rejected
from chassis.personal_links import Signer
from chassis.templates.model import Templates
from chassis.templates.ours import Ours
from chassis.understanding.understand import understand
from contracts.events import (
    AttemptAccepted,
    AttemptRejected,
    AttemptStarted,
    AttemptStatus,
    AttemptStatusChanged,
    Channel,
    ContactApproved,
    ContactDeferred,
    ContactRequested,
    ContactVetoed,
    Event,
    Meta,
    OptedOut,
    OptOutScope,
    PaymentSettled,
    ReasonClass,
    ReplyIntent,
    ReplyReceived,
    TextApproved,
    TimerDue,
    TimerKind,
)
from contracts.ids import AddressId, AttemptId, DebtId, EventId, PaymentId, derived_id
from contracts.text_parts import segments
from counterpoint.simulate.behaviour import Behaviour
from counterpoint.simulate.choices import answered
from counterpoint.simulate.consumers import Act, Pay, Say, on_text, pays_of_own_accord, unasked
from counterpoint.simulate.population import Resident, address_of
from services.compliance.core.decide import Circumstances, approval, as_of
from services.compliance.core.decide import decide as judge
from services.compliance.core.evolve import evolve
from services.compliance.core.rules.rule import RuleSet
from services.compliance.core.state import FRESH as NOTHING_KNOWN
from services.orchestrator.core.codes import instant, seconds
from services.orchestrator.core.decide import decide
from services.orchestrator.core.state import FRESH, timer_id
from services.orchestrator.core.strategy import Strategies
from services.sms.service import prepare

NAME, VERSION = "simulator", "0.1.0"
OURS = Ours(
    collector="Counterpoint Recovery",
    voicemail_name="Counterpoint",
    collector_phone="+1 800-555-0100",
    collector_address="Counterpoint Recovery, PO Box 100, Springfield, IL 62701",
    license_number="CA 10123-99",
    signer=Signer("https://pay.example.test", b"nobody follows these links", 30),
)
MARGIN = timedelta(minutes=1)
"""What is handed over must have so much time left; a network is never slower here."""
SLOWEST = 50
CENT = Decimal("0.01")
_SEEN = as_of({})
_VERDICTS = (ContactApproved, ContactDeferred, ContactVetoed)


class World(Struct, frozen=True):
    """What is the same for every consumer."""

    rules: RuleSet
    zone_data: str
    templates: Templates
    behaviour: Behaviour
    seed: int
    begins: datetime
    ends: datetime


class Lived(Struct):
    """What came of one consumer: money in cents, days counted from 0."""

    placed: int = 0
    requested: int = 0
    approved: int = 0
    deferred: Counter[str] = field(default_factory=Counter)
    vetoed: Counter[str] = field(default_factory=Counter)
    sent_on: list[int] = field(default_factory=list)
    segments: int = 0
    delivered: int = 0
    replies: int = 0
    opted_out: int = 0
    paid_on: list[tuple[int, int]] = field(default_factory=list)


class Life:
    """Lives one consumer's days; `log`, if given, gets every event as it stands in the log."""

    def __init__(
        self, resident: Resident, strategies: Strategies, world: World, log: list[Event] | None = None
    ) -> None:
        self._resident = resident
        self._strategies = strategies
        self._world = world
        self._log = log
        self._record, self._gate = FRESH, NOTHING_KNOWN
        self._coming: list[tuple[datetime, int, Event | Act]] = []
        self._numbered = 0
        self._texts: Counter[str] = Counter()
        self._arrived: Counter[str] = Counter()
        self._debts: Mapping[str, DebtId] = resident.debts
        self._owed = {p.debt_id: p.balance for p in resident.placements}
        self.lived = Lived(placed=sum(_cents(p.balance) for p in resident.placements))

    def live(self) -> Lived:
        """Let everything come, timers among it, in order of time."""
        for placed in self._resident.placements:
            self._comes(placed.meta.occurred_at, placed)
        self._own_accord()
        while (due := self._next()) is not None and due[0] < self._world.ends:
            at, what = due
            if isinstance(what, Event):
                self._happens(at, what)
            elif isinstance(what, Say):
                self._says(what)
            elif isinstance(what, Pay):
                self._pays(what)
        return self.lived

    def _own_accord(self) -> None:
        """Nobody needs a text for it, and most consumers have one number: the first speaks for all."""
        world, rates = self._world, self._world.behaviour.percent
        for household in list(self._resident.households.values())[:1]:
            span = world.seed, household, world.begins, world.ends
            self._acts(unasked(*span, rates["writes-unasked"]))
            self._acts(pays_of_own_accord(*span, rates["pays-unasked"]))

    def _acts(self, acts: Sequence[Act]) -> None:
        for act in acts:
            self._comes(act.at.replace(microsecond=0), act)

    def _comes(self, at: datetime, what: Event | Act) -> None:
        self._numbered += 1
        heapq.heappush(self._coming, (at, self._numbered, what))

    def _next(self) -> tuple[datetime, Event | Act] | None:
        timer = min(self._record.timers, key=lambda t: t.due, default=None)
        if timer is not None and (not self._coming or instant(timer.due) < self._coming[0][0]):
            due_at = instant(timer.due)
            name = timer_id(self._resident.consumer_id, timer)
            return due_at, TimerDue(self._meta(due_at, name, "due"), name, TimerKind.STRATEGY_STEP, due_at)
        if not self._coming:
            return None
        at, _, what = heapq.heappop(self._coming)
        return at, what

    def _meta(self, at: datetime, cause: str, name: str) -> Meta:
        event_id = EventId(derived_id(cause=cause, name=name, at=at))
        return Meta(event_id, at, self._resident.consumer_id, cause, None, NAME, VERSION)

    def _write(self, event: Event) -> None:
        self._numbered += 1
        if self._log is not None:
            self._log.append(event)

    def _happens(self, at: datetime, event: Event) -> None:
        """An event comes: a fact to the gate, and to the orchestrator anything; what that asks for is judged."""
        if not isinstance(event, _VERDICTS):  # those the gate has remembered as it gave them
            self._write(event)
            self._gate = evolve(self._gate, event, self._numbered, seconds(at))
        outcome = decide(self._record, event, self._strategies, seconds(at))
        self._record = outcome.state
        for request in outcome.requests:
            self._judged(at, request)
        for made in answered(outcome.said, seconds(at)):
            self._comes(at, made)
        if isinstance(event, AttemptStatusChanged) and event.status is AttemptStatus.DELIVERED:
            self._reads(at, event.address_id)

    def _judged(self, at: datetime, request: ContactRequested) -> None:
        self._write(request)
        given = Circumstances(at, 0, _SEEN, self._world.zone_data)
        verdict = judge(self._gate, request, self._world.rules, given)
        approvals = approval(self._gate, verdict, request)
        self._write(verdict)
        self._gate = evolve(self._gate, verdict, self._numbered, seconds(at))
        self.lived.requested += 1
        if isinstance(verdict, ContactApproved):
            self.lived.approved += 1
        elif isinstance(verdict, ContactDeferred):
            self.lived.deferred[verdict.deciding_rule] += 1
        else:
            self.lived.vetoed[verdict.deciding_rule] += 1
        self._comes(at, verdict)
        for approved in approvals:
            self._write(approved)
            assert isinstance(approved, TextApproved), "texts are what strategies ask for here"
            self._send(at, approved)

    def _send(self, at: datetime, approved: TextApproved) -> None:
        contact_id, address_id = approved.contact_id, approved.address_id
        attempt_id = AttemptId(derived_id(cause=contact_id, name="attempt", at=at))
        common = contact_id, attempt_id, Channel.SMS, address_id, NAME
        started = AttemptStarted(self._meta(at, attempt_id, "started"), *common, at)
        self._comes(at, started)
        message = prepare(self._world.templates, OURS, address_of, approved, started)
        if at + MARGIN >= approved.expires_at:
            message = Rejected("expired", ReasonClass.EXPIRED)
        if isinstance(message, Rejected):
            meta = self._meta(at, attempt_id, "rejected")
            self._comes(at, AttemptRejected(meta, *common, message.reason, message.reason_class, None, at))
            return
        self._comes(at, AttemptAccepted(self._meta(at, attempt_id, "accepted"), *common, attempt_id, at))
        self.lived.segments += segments(message.body)
        self.lived.sent_on.append(self._day(at))
        later, status, reason = self._carried(at, approved.to)
        meta = self._meta(later, attempt_id, "status")
        self._comes(later, AttemptStatusChanged(meta, *common, attempt_id, status, True, reason, None, later))

    def _carried(self, at: datetime, number: str) -> tuple[datetime, AttemptStatus, ReasonClass]:
        """What the network makes of a text, and when it says so."""
        seed, rates = self._world.seed, self._world.behaviour.percent
        self._texts[number] += 1
        chance = Random(f"{seed}/{number}/{self._texts[number]}/carried")  # noqa: S311 - chance, not secrecy
        later = at + timedelta(seconds=chance.randrange(2, SLOWEST))
        if Random(f"{seed}/{number}/line").random() * 100 < rates["number-dead"]:  # noqa: S311 - as above
            return later, AttemptStatus.UNDELIVERED, ReasonClass.PERMANENT_ADDRESS
        if chance.random() * 100 < rates["text-lost"]:
            return later, AttemptStatus.UNDELIVERED, ReasonClass.TEMPORARY
        return later, AttemptStatus.DELIVERED, ReasonClass.NONE

    def _reads(self, at: datetime, address_id: AddressId) -> None:
        """A text arrived: whether anybody acts on it, and how."""
        self.lived.delivered += 1
        household, world = self._resident.households[address_id], self._world
        self._arrived[household.phone] += 1
        number = self._arrived[household.phone]
        acts = on_text(world.seed, household, number, at, world.behaviour.habits)
        attention = (world.behaviour.percent["still-read"] / 100) ** (number - 1)
        mood = Random(f"{world.seed}/{household.phone}/{number}/mood")  # noqa: S311 - chance, not secrecy
        stops = any(isinstance(act, Say) and act.meaning == "stop" for act in acts)
        if stops or mood.random() < attention:
            self._acts(acts)

    def _says(self, said: Say) -> None:
        at, address_id = said.at.replace(microsecond=0), address_of(said.phone)
        heard = understand(said.body)
        name = f"{said.phone}/{self._numbered}"
        self.lived.replies += 1
        meta = self._meta(at, name, "reply")
        self._happens(at, ReplyReceived(meta, Channel.SMS, address_id, heard.intent, said.body, meta.event_id, at))
        if heard.intent is ReplyIntent.OPT_OUT:
            self.lived.opted_out = 1
            meta = self._meta(at, name, "opted-out")
            self._happens(at, OptedOut(meta, Channel.SMS, OptOutScope.MEDIUM, address_id, heard.source, at))

    def _pays(self, paid: Pay) -> None:
        """Nobody pays more than is left."""
        at, debt_id = paid.at.replace(microsecond=0), self._debts[paid.account_number]
        amount = min(paid.amount, self._owed[debt_id])
        if amount < CENT:
            return
        self._owed[debt_id] -= amount
        self.lived.paid_on.append((self._day(at), _cents(amount)))
        meta = self._meta(at, f"{debt_id}/{self._numbered}", "paid")
        self._happens(at, PaymentSettled(meta, PaymentId(meta.event_id), debt_id, amount, "USD", paid.method, at))

    def _day(self, at: datetime) -> int:
        return (at - self._world.begins) // timedelta(days=1)


def _cents(amount: Decimal) -> int:
    return int(amount.scaleb(2))
