"""One consumer's days under a plan: what arrives, what the consumer does about it, and what that costs and brings.

Our side is office.py, with the real orchestrator and the real gate. No broker, no codec and no clock: an agenda over
simulated time. Texts are composed and checked as ever; what networks, consumers and agents do is chance by the table
of behaviour.yaml.
"""

from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from msgspec import Struct

from chassis.channel.provider import Rejected
from chassis.personal_links import Signer
from chassis.templates.model import Templates
from chassis.templates.ours import Ours
from chassis.understanding.understand import understand
from contracts.events import (
    ArrangementAgreed,
    ArrangementKind,
    AttemptAccepted,
    AttemptRejected,
    AttemptStarted,
    AttemptStatus,
    AttemptStatusChanged,
    Channel,
    ContactRequested,
    Event,
    FactKind,
    FactLearned,
    Instalment,
    OptedOut,
    OptOutScope,
    PaymentSettled,
    ReasonClass,
    ReplyIntent,
    ReplyReceived,
)
from contracts.ids import AddressId, ArrangementId, AttemptId, DebtId, PaymentId, derived_id
from contracts.text_parts import segments
from counterpoint.simulate.agenda import Agenda
from counterpoint.simulate.behaviour import Behaviour
from counterpoint.simulate.dealings import Dealings
from counterpoint.simulate.expected import digital
from counterpoint.simulate.lived import Lived, Way
from counterpoint.simulate.network import Carried, Reached, carried, is_dead
from counterpoint.simulate.office import NAME, Office, Plan
from counterpoint.simulate.person import DAY, SETTLED, Draws, Mind, draws, person
from counterpoint.simulate.population import Resident, address_of
from counterpoint.simulate.response import Act, Deed, anger, is_noticed, response
from counterpoint.simulate.words import words
from services.compliance.core.rules.rule import RuleSet
from services.sms.service import prepare

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
GRACE = 3
"""So many days after its date an instalment may still come."""
KEYWORD = 0.6
"""Of those who want no more texts, so many write a keyword; the others say it in words, which may be missed."""


class World(Struct, frozen=True):
    """What is the same for every consumer."""

    rules: RuleSet
    zone_data: str
    templates: Templates
    behaviour: Behaviour
    seed: int
    begins: datetime
    ends: datetime


class Life:
    """Lives one consumer's days; `log`, if given, gets every event as it stands in the log."""

    def __init__(self, resident: Resident, plan: Plan, world: World, log: list[Event] | None = None) -> None:
        self._world = world
        self._b = world.behaviour
        self._placements = resident.placements
        self._language = resident.placements[0].language
        self._key = f"{world.seed}/{resident.consumer_id}"
        self._mind = Mind(person(world.seed, resident.consumer_id, self._b), self._b)
        self._agenda = Agenda()
        self._together = plan.together
        self._tried: Counter[Channel] = Counter()
        self._said = 0
        self._sent_on: dict[Channel, int] = {}
        self.lived = Lived(placed=sum(int(p.balance.scaleb(2)) for p in resident.placements))
        self._office = Office(
            consumer_id=resident.consumer_id,
            plan=plan,
            rules=world.rules,
            zone_data=world.zone_data,
            late=self._b["apart.days"] * DAY,
            agenda=self._agenda,
            handed=self._handed,
            lived=self.lived,
            log=log,
        )
        self._dealings = Dealings(
            key=self._key,
            mind=self._mind,
            behaviour=self._b,
            together=plan.together,
            lived=self.lived,
            agenda=self._agenda,
            owed={p.debt_id: p.balance for p in resident.placements},
            begins=world.begins,
            paid=self._paid,
            promised=self._promises,
        )

    def live(self) -> Lived:
        """Let everything come, timers among it, in order of time."""
        for placed in self._placements:
            self._comes(placed.meta.occurred_at, placed)
        self._facts()
        self._own_accord()
        while True:
            timer, other = self._office.wakes_at(), self._agenda.next_at()
            first = min((t for t in (timer, other) if t is not None), default=None)
            if first is None or first >= self._world.ends:
                break
            if timer is not None and timer == first and timer != other:
                self._office.wake()
            else:
                at, action = self._agenda.take()
                action(at)
        self.lived.cost += self.lived.minutes / 60 * self._b["price.agent"]
        return self.lived

    def _comes(self, at: datetime, event: Event) -> None:
        self._agenda.note(at, lambda now: self._office.happens(now, event))

    def _facts(self) -> None:
        """Which e-mail addresses may be used: the client tells us with the placement."""
        if not self._mind.who.reads_email:
            return
        at = self._world.begins
        for address_id in dict.fromkeys(e.address_id for p in self._placements for e in p.emails):
            meta = self._office.meta(at, address_id, "consent")
            since = at - 30 * DAY
            said = FactLearned(meta, FactKind.EMAIL_CONSENT, True, "collector", (), address_id, since, None, "client")
            self._comes(at, said)

    def _own_accord(self) -> None:
        chance = draws(self._key, "unasked")
        if self._mind.who.pays:
            self.lived.expected += self._b["unasked.pay"]
        if self._mind.who.pays and chance[0] < self._b["unasked.pay"]:
            at = self._world.begins + chance[1] * (self._world.ends - self._world.begins)
            self._agenda.note(at, partial(self._dealings.pay, Way.PORTAL, chance))

    def _handed(self, at: datetime, request: ContactRequested, approved: Event | None, expires_at: datetime) -> None:
        """A contact may go: its channel sends it."""
        attempt_id = AttemptId(derived_id(cause=request.contact_id, name="attempt", at=at))
        common = request.contact_id, attempt_id, request.channel, request.address_id, NAME
        started = AttemptStarted(self._office.meta(at, attempt_id, "started"), *common, at)
        self._comes(at, started)
        message = None
        if request.channel is Channel.SMS:
            message = prepare(self._world.templates, OURS, address_of, approved, started)
        if at + MARGIN >= expires_at:
            message = Rejected("expired", ReasonClass.EXPIRED)
        if isinstance(message, Rejected):
            meta = self._office.meta(at, attempt_id, "rejected")
            self._comes(at, AttemptRejected(meta, *common, message.reason, message.reason_class, None, at))
            return
        self._comes(at, AttemptAccepted(self._office.meta(at, attempt_id, "accepted"), *common, attempt_id, at))
        self._sends(at, request, 1 if message is None else segments(message.body))
        channel = request.channel
        self._tried[channel] += 1
        chance = draws(self._key, channel.value, self._tried[channel])
        line = draws(self._world.seed, request.address_id, "line")
        patience = self._mind.patience(channel, at)
        if self._dealings.could_pay(at) and not is_dead(channel, self._b, line):
            mood = self._mind.mood(channel, at)
            self.lived.expected += digital(channel, self._b, mood, patience, together=self._together)
        found = carried(channel, self._b, line, chance, patience)
        later = at + found.after
        meta = self._office.meta(later, attempt_id, "status")
        status = AttemptStatusChanged(meta, *common, attempt_id, found.status, True, found.reason, None, later)
        reminder = "due_on" in request.parameters
        self._agenda.note(later, partial(self._arrives, found, status, chance, reminder))

    def _sends(self, at: datetime, request: ContactRequested, parts: int) -> None:
        """Count a contact that goes out, what it costs, and whether it should have."""
        lived, channel = self.lived, request.channel
        lived.sent[channel.value] += 1
        lived.sent_on.append((at - self._world.begins) // DAY)
        if channel is not Channel.VOICE:
            price = {Channel.SMS: "price.text", Channel.EMAIL: "price.email"}.get(channel, "price.letter")
            lived.cost += parts * self._b[price]
        owed = self._dealings.owed()
        last = lived.payments[-1].day if lived.payments else None
        today = (at - self._world.begins) // DAY
        if owed == 0 or (last is not None and today - last < SETTLED // DAY):
            lived.breaks["after a payment"] += 1
        elif self._mind.promised_for is not None and "due_on" not in request.parameters:
            lived.breaks["before a promised date"] += 1
        if any(c is not channel and day == today for c, day in self._sent_on.items()):
            lived.breaks["two channels on one day"] += 1
        if self._office.is_amiss(owed, request):
            lived.breaks["another amount than is owed"] += 1
        self._sent_on[channel] = today

    def _arrives(
        self, found: Carried, status: AttemptStatusChanged, chance: Draws, reminder: bool, at: datetime
    ) -> None:
        self._office.happens(at, status)
        channel, b = status.channel, self._b
        if status.status is AttemptStatus.DELIVERED or found.reached is Reached.CONSUMER:
            self.lived.delivered[channel.value] += 1
        if channel is Channel.VOICE:
            self._rings(found, status.address_id, chance, reminder, at)
        elif found.reached is Reached.INBOX and is_noticed(channel, b, chance):
            self.lived.noticed += 1
            mood = self._mind.notice(channel, at, reminder=reminder)
            self._plans(response(channel, b, mood, chance), channel, status.address_id, at)

    def _rings(self, found: Carried, address_id: AddressId, chance: Draws, reminder: bool, at: datetime) -> None:
        """A call was placed: an agent's minutes, and perhaps a conversation."""
        b, lived = self._b, self.lived
        before = lived.minutes
        if found.reached is Reached.CONSUMER:
            lived.noticed += 1
            lived.talks += 1
            mood = self._mind.notice(Channel.VOICE, at, reminder=reminder)
            self._dealings.talks(at, Channel.VOICE)
            self._notes(at, Channel.VOICE, address_id, called=False)
            self._plans(anger("call.stop", b, mood, chance), Channel.VOICE, address_id, at)
        elif found.reached is Reached.SOMEBODY_ELSE:
            lived.minutes += b["minutes.wrong"]
        else:
            lived.minutes += b["minutes.unanswered"]
            self._mind.miss(at)
            if found.reached is Reached.MACHINE:
                mood = self._mind.mood(Channel.VOICE, at)
                self._plans(response(Channel.VOICE, b, mood, chance), Channel.VOICE, address_id, at)
        lived.cost += (lived.minutes - before) * b["price.call"]

    def _plans(self, acts: list[Act], channel: Channel, address_id: AddressId, at: datetime) -> None:
        for act in acts:
            self._agenda.note(at + act.after, partial(self._does, act.deed, channel, address_id))

    def _does(self, deed: Deed, channel: Channel, address_id: AddressId, at: datetime) -> None:
        if deed is Deed.VISIT:
            if self._dealings.visits(at):
                self._notes(at, Channel.PORTAL, address_id)
        elif deed in (Deed.REPLY, Deed.CALL):
            self._asks(at, channel if deed is Deed.REPLY else Channel.VOICE, address_id)
        elif deed is Deed.CHEQUE:
            if self._dealings.could_pay(at):
                self._dealings.pay(Way.CHEQUE, draws(self._key, "cheque"), at)
        elif deed is Deed.STOP:
            self._stops(at, channel, address_id)
        else:
            self._complains(at)

    def _asks(self, at: datetime, channel: Channel, address_id: AddressId) -> None:
        """The consumer writes or calls, and an agent answers."""
        if channel is Channel.VOICE:
            self.lived.calls_in += 1
            self.lived.talks += 1
        else:
            self.lived.replies += 1
        self._dealings.talks(at, channel)
        self._notes(at, channel, address_id)

    def _notes(self, at: datetime, channel: Channel, address_id: AddressId, *, called: bool = True) -> None:
        """A reply, or what an agent or the portal notes of a dealing: that is how orchestrators hear of it."""
        body = self._words("question" if self._said % 2 else "answer") if channel is Channel.SMS else ""
        self._heard(at, channel, address_id, ReplyIntent.OTHER, body, called)

    def _heard(
        self, at: datetime, channel: Channel, address_id: AddressId, intent: ReplyIntent, body: str, called: bool = True
    ) -> None:
        self._said += 1
        meta = self._office.meta(at, f"{self._key}/{self._said}", "reply")
        reply = ReplyReceived(meta, channel, address_id, intent, body, meta.event_id, at, talked=called)
        self._office.happens(at, reply)

    def _words(self, meaning: str) -> str:
        ways = words(meaning, self._language)
        return ways[int(draws(self._key, "words", self._said)[0] * len(ways))]

    def _stops(self, at: datetime, channel: Channel, address_id: AddressId) -> None:
        source = "said"
        if channel is Channel.SMS:
            keyword = draws(self._key, "stop")[0] < KEYWORD
            body = self._words("stop-keyword" if keyword else "stop-plain")
            heard = understand(body)
            self._heard(at, channel, address_id, heard.intent, body)
            if heard.intent is not ReplyIntent.OPT_OUT:
                return
            source = heard.source
        self.lived.opted_out[channel.value] = 1
        meta = self._office.meta(at, f"{self._key}/{self._said}", "opted-out")
        self._office.happens(at, OptedOut(meta, channel, OptOutScope.MEDIUM, address_id, source, at))

    def _complains(self, at: datetime) -> None:
        self.lived.complaints += 1
        if draws(self._key, "cease", self.lived.complaints)[0] >= self._b["anger.cease"]:
            return
        self.lived.ceased = 1
        meta = self._office.meta(at, self._key, "cease")
        self._office.happens(at, FactLearned(meta, FactKind.CEASED, True, "", (), None, at, None, "letter"))

    def _promises(self, at: datetime, debt_id: DebtId, amount: Decimal, due: datetime) -> None:
        """What is promised is noted as an arrangement, by whoever heard it."""
        meta = self._office.meta(at, f"{self._key}/{self.lived.promises}", "agreed")
        parts = (Instalment(due.date(), amount),)
        about = ArrangementId(meta.event_id), ArrangementKind.PROMISE, (debt_id,), "USD", parts
        self._office.happens(at, ArrangementAgreed(meta, *about, GRACE, NAME, at))

    def _paid(self, at: datetime, debt_id: DebtId, amount: Decimal, method: str) -> None:
        meta = self._office.meta(at, f"{debt_id}/{len(self.lived.payments)}", "paid")
        self._office.happens(at, PaymentSettled(meta, PaymentId(meta.event_id), debt_id, amount, "USD", method, at))
