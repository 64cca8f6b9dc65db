"""The gate's decision on one request: read this first.

What is remembered of the consumer and the rules in force go in, a verdict comes out. Whatever the gate cannot see, it
refuses: these refusals carry ids that begin with `gate.`, and are no rules of law.
"""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from contracts.events import (
    AsOf,
    ContactApproved,
    ContactDeferred,
    ContactRequested,
    ContactVetoed,
    Event,
    Finding,
    FindingResult,
    Meta,
)
from contracts.ids import AddressId, EventId, RuleId, derived_id
from services.compliance.core.approvals import CARRIERS, Carrier
from services.compliance.core.codes import (
    ATTEMPTS,
    PAYMENTS,
    PLACEMENTS,
    REQUESTS,
    STATEMENTS,
    channel_bit,
    instant,
    seconds,
)
from services.compliance.core.judge import judge
from services.compliance.core.rules.rule import Ask, RuleSet
from services.compliance.core.state import ConsumerState, known_debts
from services.compliance.core.zones import plausible

NAME = "compliance"
VERSION = "0.1.0"
Verdict = ContactApproved | ContactDeferred | ContactVetoed


class Circumstances(Struct, frozen=True, gc=False):
    """Under which a decision is made, and what it records: with the log they are all that a replay needs.

    `partition` is where the consumer's events are; `tzdata` is the version of the time zone data.
    """

    now: datetime
    partition: int
    as_of: AsOf
    tzdata: str


def _refusal(name: str, reason: str) -> Finding:
    return Finding(RuleId(f"gate.{name}"), "policy: closed when blind", FindingResult.VETOED, reason, None, ())


NO_RULES = _refusal("rules", "No rule in force limits contacts by this channel, so none may be made.")
NO_CHANNEL = _refusal("channel", "The channel is not known.")
NO_SERVICE = _refusal("service", "No channel service carries contacts by this channel.")
NO_ADDRESS = _refusal("address", "The address is not one that was placed with us for this consumer and channel.")
NO_DEBT = _refusal("debt", "A debt that the contact is about was not placed with us for this consumer.")
TOO_LATE = _refusal("time", "The contact has lost its point: the time after which it must not be made has come.")


def decide(
    state: ConsumerState,
    request: ContactRequested,
    rules: RuleSet,
    given: Circumstances,
    carriers: Mapping[str, Carrier] = CARRIERS,
) -> Verdict:
    """Say whether this contact may go out, and show which rules were asked.

    Every rule is asked and the strictest answer wins, so the order of rules never matters. A rule that cannot be
    evaluated counts as a refusal.
    """
    at = seconds(given.now)
    ask = ask_of(
        state, channel_bit(request.channel), request.address_id, given.partition, known_debts(state, request.debt_ids)
    )
    judgement = judge(ask, rules, at)
    refusals = blind_spots(request, ask, judgement.bound, given.now, carriers)
    findings = (*refusals, *judgement.findings) if refusals else judgement.findings
    meta = outcome_meta(request.meta, "verdict", given.now)
    shared = (
        meta,
        request.contact_id,
        request.channel,
        request.address_id,
        request.debt_ids,
        request.purpose,
        given.now,
        findings,
        given.as_of,
        rules.digest,
        given.tzdata,
        request.meta.event_id,
    )
    if refusals:
        return ContactVetoed(*shared, refusals[0].rule_id)
    if judgement.deciding is None:
        expires_at = request.not_after
        if judgement.closes is not None:
            expires_at = min(expires_at, instant(judgement.closes))
        return ContactApproved(*shared, expires_at)
    if judgement.earliest is None:
        return ContactVetoed(*shared, judgement.deciding.rule_id)
    return ContactDeferred(*shared, judgement.deciding.rule_id, instant(judgement.earliest))


def blind_spots(
    request: ContactRequested, ask: Ask, bound: bool, now: datetime, carriers: Mapping[str, Carrier]
) -> list[Finding]:
    """What the gate would have to know of a request, and does not."""
    found = []
    carrier = carriers.get(request.channel._value_)
    if carrier is None:
        found.append(NO_SERVICE if request.channel._value_ != "UNKNOWN" else NO_CHANNEL)
    elif request.address_id not in ask.state.addresses or not request.address_id.startswith(carrier.addresses):
        found.append(NO_ADDRESS)
    if not ask.debts:
        found.append(NO_DEBT)
    if request.not_after <= now:
        found.append(TOO_LATE)
    if not bound:
        found.append(NO_RULES)
    return found


def approval(
    state: ConsumerState, verdict: Verdict, request: ContactRequested, carriers: Mapping[str, Carrier] = CARRIERS
) -> tuple[Event, ...]:
    """What tells the channel to send an approved contact; nothing for any other verdict."""
    if not isinstance(verdict, ContactApproved):
        return ()
    to = state.addresses[request.address_id]
    meta = outcome_meta(request.meta, "approval", verdict.decided_at)
    return (carriers[request.channel._value_].approve(request, meta, to, verdict.expires_at),)


def ask_of(state: ConsumerState, channel: int, address_id: AddressId, partition: int, debts: int) -> Ask:
    """The question that rules are asked."""
    zones = plausible(state.zones)
    return Ask(state, zones, zones == state.zones, channel, address_id, debts, partition)


def as_of(seen: Mapping[str, int], came: str = "") -> AsOf:
    """How much of the log was seen, from the next offset of each topic, and the order in which facts of it came."""
    known = seen.get
    return AsOf(
        known(PLACEMENTS, -1),
        known(STATEMENTS, -1),
        known(REQUESTS, -1),
        known(ATTEMPTS, -1),
        known(PAYMENTS, -1),
        came,
    )


def outcome_meta(cause: Meta, name: str, now: datetime) -> Meta:
    """The head of an event that follows from another; the same for the same cause, name and time."""
    return Meta(
        EventId(derived_id(cause=cause.event_id, name=name, at=now)),
        now,
        cause.consumer_id,
        cause.correlation_id,
        cause.event_id,
        NAME,
        VERSION,
    )
