"""The gate's decision on one request: read this first.

What is remembered of the consumer and the rules in force go in, a verdict comes out. Whatever the gate cannot see, it
refuses: these refusals carry ids that begin with `gate.`, and are no rules of law.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from contracts.events import (
    AsOf,
    Channel,
    ContactApproved,
    ContactDeferred,
    ContactRequested,
    ContactVetoed,
    Event,
    Finding,
    FindingResult,
    Meta,
    Purpose,
    Technology,
)
from contracts.ids import AddressId, EventId, RuleId, derived_id
from services.compliance.core.approvals import CARRIERS, Carrier
from services.compliance.core.codes import (
    ALL_DEBTS,
    ATTEMPTS,
    PAYMENTS,
    PLACEMENTS,
    PURPOSES,
    REQUESTS,
    STATEMENTS,
    TECHNOLOGIES,
    Place,
    channel_bit,
    instant,
    seconds,
)
from services.compliance.core.judge import judge
from services.compliance.core.purposes import JUST_OUTREACH, Claim, accepted, call_consent
from services.compliance.core.rules.ask import NO_CONTENT, Ask, one_debt_of, with_groups, zones_at
from services.compliance.core.rules.rule import RuleSet
from services.compliance.core.state import ConsumerState, contact_key, known_debts

NAME = "compliance"
VERSION = "0.1.0"
Verdict = ContactApproved | ContactDeferred | ContactVetoed
_PURPOSE_OF = {code: Purpose(name) for name, code in PURPOSES.items()}
_NO_TECHNOLOGY = TECHNOLOGIES[Technology.UNKNOWN.value]
_VOICE = channel_bit(Channel.VOICE)


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
NO_PLACE = Finding(
    RuleId("gate.place"),
    "12 CFR 1006.104: greater protection is not preempted",
    FindingResult.ALLOWED,
    "Nobody knows where the consumer lives, so the rules of every state and city hold.",
    None,
    (),
)
"""No refusal: it says why rules of many places were asked."""
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
    ask = ask_about(state, request, given.partition, at)
    judgement = judge(ask, rules, at)
    refusals = blind_spots(request, ask, judgement.bound, given.now, carriers)
    findings = (*refusals, *judgement.findings) if refusals else judgement.findings
    if not state.places:
        findings = (*findings, NO_PLACE)
    meta = outcome_meta(request.meta, "verdict", given.now)
    shared = (
        meta,
        request.contact_id,
        request.channel,
        request.address_id,
        request.debt_ids,
        _PURPOSE_OF[ask.purpose.code],
        given.now,
        findings,
        given.as_of,
        rules.digest,
        given.tzdata,
        request.meta.event_id,
    )
    if refusals:
        return ContactVetoed(*shared, refusals[0].rule_id, judgement.standard)
    if judgement.deciding is None:
        expires_at = request.not_after
        if judgement.closes is not None:
            expires_at = min(expires_at, instant(judgement.closes))
        return ContactApproved(
            *shared,
            expires_at,
            None if ask.purpose.answers is None else request.in_reply_to,
            request.person,
            request.technology,
            _is_asked_for(ask, at),
            judgement.conditions,
            judgement.standard,
        )
    if judgement.earliest is None:
        return ContactVetoed(*shared, judgement.deciding.rule_id, judgement.standard)
    later = tuple(f.rule_id for f in judgement.later)
    return ContactDeferred(*shared, judgement.deciding.rule_id, instant(judgement.earliest), later, judgement.standard)


def in_full(verdict: Verdict, standard: Sequence[Finding]) -> tuple[Finding, ...]:
    """Every finding of a verdict, with those that it names by number in `standard`."""
    return (*verdict.findings, *(standard[n] for n in verdict.standard_findings))


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
    return (carriers[request.channel._value_].approve(request, meta, to, verdict.expires_at, verdict.conditions),)


def ask_about(state: ConsumerState, request: ContactRequested, partition: int, at: int) -> Ask:
    """The question that rules are asked about a request."""
    zones, located = zones_at(state, at)
    channel = channel_bit(request.channel)
    groups = one_debt_of(state)
    debts = with_groups(known_debts(state, request.debt_ids), groups)
    purpose = JUST_OUTREACH
    claimed = PURPOSES[request.purpose._value_]
    if claimed != JUST_OUTREACH.code or request.in_reply_to is not None:
        key = 0 if request.in_reply_to is None else contact_key(request.in_reply_to)
        purpose = accepted(state, Claim(claimed, channel, request.address_id, debts, key), zones, at)
    technology = TECHNOLOGIES[request.technology._value_] if channel == _VOICE else _NO_TECHNOLOGY
    return Ask(
        state,
        zones,
        located,
        channel,
        request.address_id,
        debts,
        partition,
        purpose,
        technology,
        request.person,
        state.traits.get(request.address_id, int(Place.CELL)),
        request.content or NO_CONTENT,
        groups,
        bool(channel == _VOICE or purpose is not JUST_OUTREACH or request.person or request.content),
    )


def ask_of(state: ConsumerState, channel: int, address_id: AddressId, at: int) -> Ask:
    """The question whether an address may be used at all."""
    zones, located = zones_at(state, at)
    place = state.traits.get(address_id, int(Place.CELL))
    return Ask(state, zones, located, channel, address_id, ALL_DEBTS, 0, place=place)


def _is_asked_for(ask: Ask, at: int) -> bool:
    return ask.channel == _VOICE and call_consent(ask.state, ask.debts, ask.zones, at) is not None


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
