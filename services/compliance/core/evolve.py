"""How events change what the gate remembers; equal events, late events and repeats change nothing twice."""

from collections.abc import Callable, Iterable
from typing import Any

from msgspec.structs import replace

from contracts.events import (
    AccountPlaced,
    AccountRecalled,
    AccountUpdated,
    AttemptAccepted,
    AttemptInDoubt,
    AttemptRejected,
    AttemptStarted,
    AttemptStatusChanged,
    Channel,
    ContactApproved,
    ContactDeferred,
    ContactVetoed,
    Event,
    FactLearned,
    OptedIn,
    OptedOut,
    OptOutScope,
    PaymentSettled,
    PushSubscribed,
    ReasonClass,
    ReplyIntent,
    ReplyReceived,
    ZoneEvidence,
    ZoneSource,
)
from contracts.ids import ContactId
from services.compliance.core.codes import (
    ALL_DEBTS,
    ANY_CHANNEL,
    ATTEMPTS,
    LOCATION,
    OUTCOME_OF_STATUS,
    PURPOSES,
    STATEMENTS,
    TECHNOLOGIES,
    UNKNOWN_CHANNEL,
    Outcome,
    Place,
    Scope,
    channel_bit,
    seconds,
)
from services.compliance.core.facts import from_placement, learned, paid, recalled, subscribed, updated
from services.compliance.core.jurisdictions import places_of
from services.compliance.core.state import (
    KEPT,
    MOST_HEARD,
    MOST_JUDGED,
    ConsumerState,
    Contact,
    Heard,
    OptIn,
    OptOut,
    contact_key,
    how,
    known_debts,
    place_of,
)
from services.compliance.core.zones import Zone, zone_code

_SOURCES = {
    ZoneSource.UNKNOWN.value: 1,
    ZoneSource.POSTAL_ADDRESS.value: 2,
    ZoneSource.PHONE_NUMBER.value: 4,
    ZoneSource.STATED.value: 8,
    ZoneSource.ALL_US.value: 16,
}
_SCOPES = {OptOutScope.ADDRESS: Scope.ADDRESS, OptOutScope.MEDIUM: Scope.MEDIUM}
MOST_SOURCE = 24
"""So many characters of an opt-out's source are kept."""


def evolve(state: ConsumerState, event: Event, offset: int, written_at: int = 0) -> ConsumerState:
    """What is remembered after an event; `offset` is its own, or that of the event that it is an outcome of.

    `written_at` is when the event came into the log, and so when we learned of it.
    """
    if isinstance(event, FactLearned):
        return learned(state, event, offset, written_at or seconds(event.meta.occurred_at))
    fold = _FOLDS.get(type(event))
    return state if fold is None else fold(state, event, offset)


def _placed(state: ConsumerState, event: AccountPlaced, offset: int) -> ConsumerState:
    zones, evidence = _with_zones(state, event.zones)
    traits = {p.address_id: int(Place.HOME) for p in event.phones if p.line_type == "landline"}
    traits |= {e.address_id: int(Place.WORK) for e in event.emails if e.employer_domain}
    known = replace(
        state,
        zones=zones,
        evidence=evidence,
        addresses=state.addresses | _addresses(event),
        debts=state.debts if event.debt_id in state.debts else (*state.debts, event.debt_id),
        places=tuple(sorted({*state.places, *places_of(event.postal_addresses)})),
        traits=state.traits | traits if traits else state.traits,
    )
    return from_placement(known, event, offset)


def _addresses(event: AccountPlaced) -> dict[str, str]:
    """Every address as its channel needs it, by its id; a postal one as the lines of an envelope."""
    found: dict[str, str] = {p.address_id: p.number for p in event.phones}
    found |= {e.address_id: e.address for e in event.emails}
    for place in event.postal_addresses:
        if place.lines:
            last = f"{place.city}, {place.state} {place.postal_code}"
            found[place.address_id] = "\n".join((*place.lines, last))
    return found


def _with_zones(state: ConsumerState, said: Iterable[ZoneEvidence]) -> tuple[tuple[Zone, ...], tuple[int, ...]]:
    found = dict(zip(state.zones, state.evidence, strict=True))
    for evidence in said:
        zone = zone_code(evidence.zone)
        found[zone] = found.get(zone, 0) | _SOURCES[evidence.source._value_]
    return tuple(found), tuple(found.values())


def _opted_out(state: ConsumerState, event: OptedOut, offset: int) -> ConsumerState:
    scope = _SCOPES.get(event.scope, Scope.EVERYTHING)
    said = OptOut(
        scope=int(scope),
        channel=channel_bit(event.channel),
        address_id=event.address_id or "",
        since=seconds(event.stated_at),
        source=event.source[:MOST_SOURCE],
        topic=STATEMENTS,
        offset=offset,
    )
    return _refuse(state, said)


def _refuse(state: ConsumerState, said: OptOut) -> ConsumerState:
    """Remember an opt-out, in the widest sense that it may have."""
    if said.channel == UNKNOWN_CHANNEL:
        said = replace(said, scope=int(Scope.EVERYTHING))
    elif said.scope == Scope.ADDRESS and not said.address_id:
        said = replace(said, scope=int(Scope.MEDIUM))
    for known in state.opt_outs:
        if (known.scope, known.channel, known.address_id) == (said.scope, said.channel, said.address_id):
            if known.since >= said.since:
                return state
            others = tuple(o for o in state.opt_outs if o is not known)
            return replace(state, opt_outs=(*others, said))
    return replace(state, opt_outs=(*state.opt_outs, said))


def _opted_in(state: ConsumerState, event: OptedIn, offset: int) -> ConsumerState:
    # What the consumer says of a time that is still to come would undo a later opt-out.
    since = seconds(min(event.stated_at, event.meta.occurred_at))
    return _let(state, OptIn(channel_bit(event.channel), event.address_id or "", since))


def _let(state: ConsumerState, said: OptIn) -> ConsumerState:
    same = [i for i in state.opt_ins if (i.channel, i.address_id) == (said.channel, said.address_id)]
    if same and same[0].since >= said.since:
        return state
    return replace(state, opt_ins=(*(i for i in state.opt_ins if i not in same), said))


def _subscribed(state: ConsumerState, event: PushSubscribed, offset: int) -> ConsumerState:
    """A browser that takes notifications: an address, the consent to use it, and an end to what refused it before."""
    at = seconds(min(event.subscribed_at, event.meta.occurred_at))
    known = state.addresses | {event.address_id: f"{event.endpoint} {event.public_key} {event.secret}"}
    free = _let(replace(state, addresses=known), OptIn(channel_bit(Channel.PUSH), event.address_id, at))
    return subscribed(free, event.address_id, at, offset)


def _replied(state: ConsumerState, event: ReplyReceived, offset: int) -> ConsumerState:
    at = seconds(event.received_at)
    key, channel = contact_key(event.meta.event_id), channel_bit(event.channel)
    if all(h.key != key for h in state.heard):
        asked = 0 if event.answer_on is Channel.UNKNOWN else channel_bit(event.answer_on)
        heard = Heard(key, at, channel, event.address_id, asked)
        newest = sorted((*state.heard, heard), key=lambda h: h.at)
        state = replace(state, heard=tuple(newest[-MOST_HEARD:]))
    if event.channel is Channel.VOICE and event.talked:  # about debts that nobody noted it counts for all
        debts = known_debts(state, event.debt_ids) or ALL_DEBTS
        return _remember(state, Contact(key, at, debts, channel, 0, int(Outcome.CALLED_US), offset))
    if event.intent is ReplyIntent.OPT_OUT:
        return _refuse(state, OptOut(int(Scope.MEDIUM), channel, event.address_id, at, "reply", STATEMENTS, offset))
    return state


def _approved(state: ConsumerState, event: ContactApproved, offset: int) -> ConsumerState:
    """Reserve: from here on the contact counts."""
    contact = Contact(
        contact_key(event.contact_id),
        seconds(event.decided_at),
        known_debts(state, event.debt_ids) or ALL_DEBTS,
        channel_bit(event.channel),
        PURPOSES[event.purpose._value_],
        int(Outcome.RESERVED),
        offset,
        how(
            state.traits.get(event.address_id, int(Place.CELL)),
            TECHNOLOGIES[event.technology._value_],
            event.consented,
        ),
        event.person,
        0 if event.in_reply_to is None else contact_key(event.in_reply_to),
    )
    return _remember(state, contact)


def _remember(state: ConsumerState, contact: Contact) -> ConsumerState:
    contacts = state.contacts
    if place_of(contacts, contact.key) is not None:
        return state
    oldest = contact.at - KEPT
    if contacts and contacts[-1].at < oldest:
        contacts = tuple(c for c in contacts if c.at >= oldest or c.purpose == LOCATION)
    if contacts and contacts[0].at > contact.at:
        return replace(state, contacts=_newest_first((contact, *contacts)))
    return replace(state, contacts=(contact, *contacts))


def _newest_first(contacts: Iterable[Contact]) -> tuple[Contact, ...]:
    return tuple(sorted(contacts, key=lambda c: -c.at))


def _refused(state: ConsumerState, event: ContactDeferred | ContactVetoed, offset: int) -> ConsumerState:
    key = contact_key(event.contact_id)
    if key in state.judged:
        return state
    return replace(state, judged=(*state.judged, key)[-MOST_JUDGED:])


def _started(state: ConsumerState, event: AttemptStarted, offset: int) -> ConsumerState:
    return _begun(state, event, seconds(event.started_at), Outcome.STARTED, offset)


def _accepted(state: ConsumerState, event: AttemptAccepted, offset: int) -> ConsumerState:
    return _begun(state, event, seconds(event.accepted_at), Outcome.ACCEPTED, offset)


def _begun(
    state: ConsumerState, event: AttemptStarted | AttemptAccepted, at: int, outcome: Outcome, offset: int
) -> ConsumerState:
    key = contact_key(event.contact_id)
    if place_of(state.contacts, key) is not None:
        return _came_to(state, event.contact_id, outcome, at, offset)
    if state.contacts and at < state.contacts[0].at - KEPT:
        return state  # a repeat of what was forgotten long ago
    # Nobody asked us, and yet it was made: it counts, for every debt.
    channel = channel_bit(event.channel)
    counts_as = ANY_CHANNEL if channel == UNKNOWN_CHANNEL else channel
    return _remember(state, Contact(key, at, ALL_DEBTS, counts_as, 0, int(outcome), offset))


def _in_doubt(state: ConsumerState, event: AttemptInDoubt, offset: int) -> ConsumerState:
    return _came_to(state, event.contact_id, Outcome.STARTED, seconds(event.meta.occurred_at), offset)


def _rejected(state: ConsumerState, event: AttemptRejected, offset: int) -> ConsumerState:
    """Release the slot: nothing was sent."""
    at = seconds(event.rejected_at)
    if event.reason_class is ReasonClass.OPTED_OUT and event.provider_code is not None:
        # Without a provider's code it was the channel's last look at our own suppressions, and says nothing new.
        state = _found_out(state, event, at, offset)
    return _came_to(state, event.contact_id, Outcome.REJECTED, at, offset)


def _status(state: ConsumerState, event: AttemptStatusChanged, offset: int) -> ConsumerState:
    at = seconds(event.reported_at)
    if event.reason_class is ReasonClass.OPTED_OUT:
        state = _found_out(state, event, at, offset)
    return _came_to(state, event.contact_id, OUTCOME_OF_STATUS[event.status._value_], at, offset)


def _found_out(
    state: ConsumerState, event: AttemptRejected | AttemptStatusChanged, at: int, offset: int
) -> ConsumerState:
    """The provider knows of an opt-out that we had not heard of."""
    channel = channel_bit(event.channel)
    return _refuse(state, OptOut(int(Scope.MEDIUM), channel, event.address_id, at, "provider", ATTEMPTS, offset))


def _came_to(state: ConsumerState, contact_id: ContactId, outcome: Outcome, at: int, offset: int) -> ConsumerState:
    """A contact has come so far, or further already."""
    n = place_of(state.contacts, contact_key(contact_id))
    if n is None or state.contacts[n].outcome >= outcome:
        return state
    contact = state.contacts[n]
    if contact.outcome == Outcome.RESERVED:
        # The date that counts is that of the contact itself, not of the promise that it may be made.
        contact = replace(contact, at=at, offset=offset)
    contact = replace(contact, outcome=int(outcome))
    return replace(state, contacts=_newest_first((*state.contacts[:n], contact, *state.contacts[n + 1 :])))


_FOLDS: dict[type[Event], Callable[[ConsumerState, Any, int], ConsumerState]] = {
    AccountPlaced: _placed,
    AccountRecalled: recalled,
    AccountUpdated: updated,
    OptedOut: _opted_out,
    OptedIn: _opted_in,
    ReplyReceived: _replied,
    ContactApproved: _approved,
    ContactDeferred: _refused,
    ContactVetoed: _refused,
    PaymentSettled: paid,
    PushSubscribed: _subscribed,
    AttemptStarted: _started,
    AttemptAccepted: _accepted,
    AttemptInDoubt: _in_doubt,
    AttemptRejected: _rejected,
    AttemptStatusChanged: _status,
}
