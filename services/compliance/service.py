"""The gate's wiring: facts change what is remembered, requests get verdicts, and approved ones go to their channel."""

import zoneinfo
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import tzdata  # type: ignore[import-untyped]  # it has no types, and one constant

from chassis import metrics
from chassis.host import Assembly, Host
from chassis.service import Context, Done, Service
from contracts.events import (
    AccountPlaced,
    AccountRecalled,
    AccountUpdated,
    ApprovalWithdrawn,
    AttemptAccepted,
    AttemptInDoubt,
    AttemptRejected,
    AttemptStarted,
    AttemptStatusChanged,
    ContactApproved,
    ContactDeferred,
    ContactRequested,
    ContactVetoed,
    ContactWithdrawn,
    Event,
    FactLearned,
    OptedIn,
    OptedOut,
    PaymentSettled,
    PushSubscribed,
    ReplyReceived,
)
from contracts.ids import ConsumerId
from services.compliance.core.codes import seconds
from services.compliance.core.decide import NAME, VERSION, Circumstances, approval, as_of, decide, outcome_meta
from services.compliance.core.evolve import evolve
from services.compliance.core.late import review
from services.compliance.core.order import begun_anew, noted
from services.compliance.core.rules.rule import RuleSet
from services.compliance.core.state import FRESH, ConsumerState, contact_key, decode, encode, is_judged
from services.compliance.core.suppressions import changes
from services.compliance.keeper import Keeper
from services.compliance.loader import HOUSE, LAW, load_pack
from services.compliance.settings import ComplianceSettings

FACTS: frozenset[type[Event]] = frozenset(
    {
        AccountPlaced,
        AccountRecalled,
        AccountUpdated,
        AttemptAccepted,
        AttemptInDoubt,
        AttemptRejected,
        AttemptStarted,
        AttemptStatusChanged,
        FactLearned,
        OptedIn,
        OptedOut,
        PaymentSettled,
        PushSubscribed,
        ReplyReceived,
    }
)
VERDICTS = frozenset({ContactApproved, ContactDeferred, ContactVetoed})
MAY_BAR = (
    AccountPlaced,
    AccountUpdated,
    AttemptRejected,
    AttemptStatusChanged,
    FactLearned,
    OptedIn,
    OptedOut,
    PushSubscribed,
    ReplyReceived,
)
"""Facts after which an address may be barred, or free again."""


class Gate:
    """The decider: reserves as it approves, so that no two requests can take the same place."""

    def __init__(self, rules: RuleSet, zone_data: str) -> None:
        self._rules = rules
        self._zone_data = zone_data

    def use(self, rules: RuleSet) -> None:
        """Judge by other rules from now on."""
        self._rules = rules

    def fresh(self, *, consumer_id: ConsumerId) -> ConsumerState:
        """Nothing is known."""
        return FRESH

    def decide(self, *, state: ConsumerState, event: Event, context: Context) -> Sequence[Event]:
        """A verdict on a request that has had none; what channels must hear after a fact."""
        if isinstance(event, ContactRequested):
            return self._judge(state, event, context)
        if isinstance(event, ContactWithdrawn):
            return (_taken_back(event, context.now),)
        if isinstance(event, MAY_BAR):
            after = evolve(state, event, context.position.offset, seconds(context.written_at))
            said = changes(state, after, event, self._rules, context.now)
            if isinstance(event, FactLearned | OptedOut):
                place = (context.position.partition, context.position.offset)
                return (*said, *review(state, after, event, self._rules, seconds(context.written_at), place))
            return said
        return ()

    def _judge(self, state: ConsumerState, request: ContactRequested, context: Context) -> Sequence[Event]:
        if is_judged(state, contact_key(request.contact_id)):
            return ()
        seen = as_of(context.as_of, state.came)
        given = Circumstances(context.now, context.position.partition, seen, self._zone_data)
        verdict = decide(state, request, self._rules, given)
        return (verdict, *approval(state, verdict, request))

    def evolve(self, *, state: ConsumerState, event: Event, context: Context) -> ConsumerState:
        """What is remembered after an event."""
        after = evolve(state, event, context.position.offset, seconds(context.written_at))
        if type(event) in FACTS:
            return noted(after, context.position.topic)
        return begun_anew(after) if type(event) in VERDICTS else after

    def wake_at(self, *, state: ConsumerState) -> datetime | None:
        """Never: time alone changes nothing here."""
        return None

    def wake(self, *, state: ConsumerState, consumer_id: ConsumerId, now: datetime) -> Sequence[Event]:
        """Nothing."""
        return ()

    def encode(self, *, state: ConsumerState) -> bytes:
        """The state as bytes."""
        return encode(state)

    def decode(self, *, encoded: bytes) -> ConsumerState:
        """The state from bytes; raises ValueError if it is not one."""
        return decode(encoded)


def service(rules: RuleSet, gate: Gate | None = None) -> Service[ConsumerState]:
    """The gate under these rules, as a runtime drives it."""
    return Service(
        name=NAME,
        version=VERSION,
        reads=FACTS | {ContactRequested, ContactWithdrawn},
        judged_last=frozenset({ContactRequested}),
        decider=gate or Gate(rules, packaged_zone_data()),
        effects={ContactApproved: _count, ContactDeferred: _count, ContactVetoed: _count},
    )


def _taken_back(event: ContactWithdrawn, now: datetime) -> ApprovalWithdrawn:
    """What a channel must hear of a contact that was withdrawn, approved or not: it depends on nothing remembered."""
    return ApprovalWithdrawn(
        outcome_meta(event.meta, "withdrawal", now),
        event.channel,
        event.address_id,
        event.contact_id,
        event.reason,
        event.not_after,
    )


async def _count(done: Sequence[Done]) -> Sequence[Event]:
    """Count verdicts that are safely in the log, each once."""
    first = [d.event for d in done if not d.repeat]
    for (kind, rule), count in Counter((type(e).__name__, getattr(e, "deciding_rule", "")) for e in first).items():
        metrics.VERDICTS.labels(kind.removeprefix("Contact").lower(), rule).inc(count)
    return ()


def packaged_zone_data() -> str:
    """Use the time zone data that is installed with us, not the machine's own; give back its version."""
    zoneinfo.reset_tzpath(())
    return str(tzdata.IANA_VERSION)


async def build(own: ComplianceSettings, host: Host) -> Assembly:
    """Everything that runs in the gate's process; raises WrongRules."""
    folders, zone_data = [LAW, own.house_rules or HOUSE], packaged_zone_data()
    pack = load_pack(folders)
    gate = Gate(pack.rules, zone_data)
    keeper = Keeper(folders=folders, host=host, zone_data=zone_data, use=gate.use)
    await keeper.announce(pack)
    return Assembly(service=service(pack.rules, gate), tasks=(keeper.keep,))
