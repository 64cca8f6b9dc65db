"""How events change what is known of a consumer; equal events, late events and repeats change nothing twice."""

from collections.abc import Callable, Iterable
from typing import Any

from msgspec.structs import replace

from contracts.events import (
    AccountPlaced,
    AccountRecalled,
    AccountUpdated,
    ArrangementAgreed,
    ArrangementBroken,
    AttemptAccepted,
    AttemptInDoubt,
    AttemptRejected,
    AttemptStarted,
    AttemptStatusChanged,
    Channel,
    ContactApproved,
    ContactDeferred,
    ContactRequested,
    ContactVetoed,
    Event,
    FactLearned,
    OptedIn,
    OptedOut,
    PaymentFailed,
    PaymentReversed,
    PaymentSettled,
    PhoneAddress,
    PlacementFlags,
    PreferenceStated,
    PushSubscribed,
    ReasonClass,
    ReplyReceived,
)
from contracts.ids import ContactId, DebtId
from services.orchestrator.core import money, statements
from services.orchestrator.core.codes import (
    LINES,
    PROGRESS_OF_STATUS,
    Consent,
    Flag,
    Line,
    Progress,
    Verdict,
    flag_bits,
    seconds,
)
from services.orchestrator.core.coordination import asked_by_others
from services.orchestrator.core.state import (
    Consumer,
    Inbox,
    Phone,
    key_of,
    place_of,
)

_CONSENTS = {None: Consent.UNKNOWN, True: Consent.GIVEN, False: Consent.REFUSED}


def learn(state: Consumer, event: Event) -> Consumer:
    """What is known after an event; the very same record if it says nothing new."""
    fold = _FOLDS.get(type(event))
    return state if fold is None else fold(state, event)


def _placed(state: Consumer, event: AccountPlaced) -> Consumer:
    zones = tuple(dict.fromkeys((*state.zones, *(z.zone for z in event.zones))))
    phones, inboxes = _with_phones(state.phones, event.phones), _with_inboxes(state.inboxes, event)
    if (phones, inboxes, zones) != (state.phones, state.inboxes, state.zones):
        state = replace(state, phones=phones, inboxes=inboxes, zones=zones)
    state = _flagged(state, event.flags, event.debt_id, seconds(event.meta.occurred_at))
    account = money.placed(state, event)
    if account is None:
        return state
    language = event.language if state.preference is None else state.preference.language or event.language
    name = event.name
    return replace(money.with_account(state, account), first_name=name.first, last_name=name.last, language=language)


def _flagged(state: Consumer, flags: PlacementFlags, debt_id: DebtId, at: int) -> Consumer:
    """What a client says that restricts contact: all of it stays, but for a dispute, which can be answered."""
    if flags.disputed:
        state = statements.with_disputes(state, (debt_id,), at, opens=True)
    bits = flag_bits(flags) & ~Flag.DISPUTED
    return replace(state, restrictions=state.restrictions | bits) if bits & ~state.restrictions else state


def _updated(state: Consumer, event: AccountUpdated) -> Consumer:
    at = seconds(event.as_of_at)
    state = _flagged(money.updated(state, event), event.flags, event.debt_id, at)
    if event.risk is not None and at > state.risk_at:
        state = replace(state, risk=max(0, min(event.risk, 100)), risk_at=at)
    if event.language and (state.preference is None or not state.preference.language):
        state = replace(state, language=event.language) if event.language != state.language else state
    return state


def _with_phones(known: tuple[Phone, ...], said: Iterable[PhoneAddress]) -> tuple[Phone, ...]:
    phones = {p.address_id: p for p in known}
    for phone in said:
        line = LINES.get(phone.line_type, Line.UNKNOWN)
        consent = _CONSENTS[phone.consented]
        before = phones.get(phone.address_id)
        if before is not None:
            # What was said of a line stands; of consent, the refusal.
            line, consent = Line(before.line or line), Consent(max(before.consent, consent))
        phones[phone.address_id] = Phone(phone.address_id, line, consent, before is not None and before.bad)
    return tuple(phones.values())


def _with_inboxes(known: tuple[Inbox, ...], said: AccountPlaced) -> tuple[Inbox, ...]:
    inboxes = {i.address_id: i for i in known}
    for email in said.emails:
        inboxes.setdefault(email.address_id, Inbox(Channel.EMAIL.value, email.address_id))
    for place in said.postal_addresses:
        inboxes.setdefault(place.address_id, Inbox(Channel.LETTER.value, place.address_id))
    return tuple(inboxes.values())


def _subscribed(state: Consumer, event: PushSubscribed) -> Consumer:
    """A browser that takes notifications; the newest is the one that the consumer is likely to use, and comes first."""
    if any(i.address_id == event.address_id for i in state.inboxes):
        return state
    return replace(state, inboxes=(Inbox(Channel.PUSH.value, event.address_id), *state.inboxes))


def _approved(state: Consumer, event: ContactApproved) -> Consumer:
    return _came_to(state, event.contact_id, verdict=Verdict.APPROVED)


def _deferred(state: Consumer, event: ContactDeferred) -> Consumer:
    return _came_to(state, event.contact_id, verdict=Verdict.DEFERRED)


def _vetoed(state: Consumer, event: ContactVetoed) -> Consumer:
    return _came_to(state, event.contact_id, verdict=Verdict.VETOED)


def _started(state: Consumer, event: AttemptStarted | AttemptInDoubt) -> Consumer:
    return _came_to(state, event.contact_id, progress=Progress.STARTED)


def _accepted(state: Consumer, event: AttemptAccepted) -> Consumer:
    return _came_to(state, event.contact_id, progress=Progress.ACCEPTED)


def _rejected(state: Consumer, event: AttemptRejected) -> Consumer:
    state = _reached(state, event.address_id, event.reason_class)
    return _came_to(state, event.contact_id, progress=Progress.REJECTED)


def _status(state: Consumer, event: AttemptStatusChanged) -> Consumer:
    state = _reached(state, event.address_id, event.reason_class)
    return _came_to(state, event.contact_id, progress=PROGRESS_OF_STATUS.get(event.status._value_, Progress.ACCEPTED))


def _reached(state: Consumer, address_id: str, reason: ReasonClass) -> Consumer:
    """Remember of an address that nothing can reach it."""
    if reason is not ReasonClass.PERMANENT_ADDRESS:
        return state
    addresses: tuple[Phone | Inbox, ...] = (*state.phones, *state.inboxes)
    if not any(a.address_id == address_id and not a.bad for a in addresses):
        return state
    return replace(
        state,
        phones=tuple(replace(p, bad=True) if p.address_id == address_id else p for p in state.phones),
        inboxes=tuple(replace(i, bad=True) if i.address_id == address_id else i for i in state.inboxes),
    )


def _came_to(
    state: Consumer, contact_id: ContactId, *, verdict: int = Verdict.NONE, progress: int = Progress.NONE
) -> Consumer:
    """A contact has come so far, or further already; of two verdicts the first counts."""
    key = key_of(contact_id)
    n = place_of(state.contacts, key)
    if n is None:
        return _others_came_to(state, key, verdict, progress) if state.others else state
    known = state.contacts[n]
    if (known.verdict or not verdict) and known.progress >= progress:
        return state
    contact = replace(known, verdict=known.verdict or verdict, progress=max(known.progress, progress))
    return replace(state, contacts=(*state.contacts[:n], contact, *state.contacts[n + 1 :]))


def _others_came_to(state: Consumer, key: int, verdict: int, progress: int) -> Consumer:
    others = tuple(
        replace(c, verdict=c.verdict or verdict, progress=max(c.progress, progress)) if c.key == key else c
        for c in state.others
    )
    return state if others == state.others else replace(state, others=others)


_FOLDS: dict[type[Event], Callable[[Consumer, Any], Consumer]] = {
    AccountPlaced: _placed,
    AccountUpdated: _updated,
    AccountRecalled: money.recalled,
    PaymentSettled: money.paid,
    PaymentFailed: money.failed,
    PaymentReversed: money.reversed_,
    ArrangementAgreed: money.agreed,
    ArrangementBroken: money.broken,
    OptedOut: statements.opted_out,
    OptedIn: statements.opted_in,
    ReplyReceived: statements.replied,
    FactLearned: statements.learned,
    PreferenceStated: statements.preferred,
    PushSubscribed: _subscribed,
    ContactRequested: asked_by_others,
    ContactApproved: _approved,
    ContactDeferred: _deferred,
    ContactVetoed: _vetoed,
    AttemptStarted: _started,
    AttemptInDoubt: _started,
    AttemptAccepted: _accepted,
    AttemptRejected: _rejected,
    AttemptStatusChanged: _status,
}
