"""How events change what is known of a consumer; equal events, late events and repeats change nothing twice."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from contracts.events import (
    AccountPlaced,
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
    PhoneAddress,
    ReasonClass,
    ReplyIntent,
    ReplyReceived,
)
from contracts.ids import ContactId
from services.orchestrator.core.codes import (
    FLAGS,
    LINES,
    PROGRESS_OF_STATUS,
    Consent,
    Line,
    Progress,
    Verdict,
    flag_bits,
    seconds,
)
from services.orchestrator.core.state import (
    MOST_PAYMENTS,
    Account,
    Consumer,
    Inbox,
    Payment,
    Phone,
    Refusal,
    hash_of,
    key_of,
    place_of,
)

_CONSENTS = {None: Consent.UNKNOWN, True: Consent.GIVEN, False: Consent.REFUSED}


def learn(state: Consumer, event: Event) -> Consumer:
    """What is known after an event; the very same record if it says nothing new."""
    fold = _FOLDS.get(type(event))
    return state if fold is None else fold(state, event)


def refused(state: Consumer, channel: str, address_id: str = "") -> bool:
    """Whether the consumer refuses a medium or, in it, an address: an opt-out in the second of an opt-in stands."""
    if not state.refusals:
        return False
    known = {(r.channel, r.address_id): r for r in state.refusals}
    everything, medium, address = (
        known.get(key, _NOTHING_SAID) for key in (("", ""), (channel, ""), (channel, address_id))
    )
    return (
        0 < everything.out >= medium.back
        or 0 < medium.out >= max(medium.back, address.back)
        or 0 < address.out >= max(medium.back, address.back)
    )


_NOTHING_SAID = Refusal("", "")


def _placed(state: Consumer, event: AccountPlaced) -> Consumer:
    zones = tuple(dict.fromkeys((*state.zones, *(z.zone for z in event.zones))))
    state = replace(
        state,
        phones=_with_phones(state.phones, event.phones),
        inboxes=_with_inboxes(state.inboxes, event),
        zones=zones,
        restrictions=state.restrictions | flag_bits(event.flags),
    )
    known = _account(state, event.debt_id)
    if known is not None and known.sequence >= max(1, event.placement_sequence):
        return state
    placed = Account(
        event.debt_id,
        event.current_creditor,
        event.account_last4,
        hundredths(event.balance),
        event.currency,
        seconds(event.meta.occurred_at),
        max(1, event.placement_sequence),
        () if known is None else known.payments,
        event.charged_off_on is not None,
    )
    return replace(_with_account(state, placed), first_name=event.name.first, language=event.language)


def _account(state: Consumer, debt_id: str) -> Account | None:
    return next((a for a in state.accounts if a.debt_id == debt_id), None)


def _with_account(state: Consumer, account: Account) -> Consumer:
    if _account(state, account.debt_id) is None:
        return replace(state, accounts=(*state.accounts, account))
    return replace(state, accounts=tuple(account if a.debt_id == account.debt_id else a for a in state.accounts))


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


def hundredths(amount: Decimal) -> int:
    """Money as it is remembered."""
    return int(amount.scaleb(2))


def _paid(state: Consumer, event: PaymentSettled) -> Consumer:
    account = _account(state, event.debt_id) or Account(event.debt_id)
    key = hash_of(event.payment_id)
    if any(p.key == key for p in account.payments):
        return state
    counts = account.currency in ("", event.currency)
    payment = Payment(key, seconds(event.settled_at), max(0, hundredths(event.amount)) if counts else 0)
    balance, payments = account.balance, (*account.payments, payment)
    if len(payments) > MOST_PAYMENTS:
        oldest, *rest = payments
        balance -= oldest.amount if oldest.at >= account.placed_at else 0
        payments = tuple(rest)
    return _with_account(state, replace(account, balance=balance, payments=payments))


def _opted_out(state: Consumer, event: OptedOut) -> Consumer:
    channel, address_id = event.channel._value_, event.address_id or ""
    if event.scope not in (OptOutScope.ADDRESS, OptOutScope.MEDIUM) or event.channel is Channel.UNKNOWN:
        channel = address_id = ""
    elif event.scope is OptOutScope.MEDIUM:
        address_id = ""
    return _said(state, channel, address_id, out=seconds(event.stated_at))


def _opted_in(state: Consumer, event: OptedIn) -> Consumer:
    # What the consumer says of a time that is still to come would undo a later opt-out.
    back = seconds(min(event.stated_at, event.meta.occurred_at))
    return _said(state, event.channel._value_, event.address_id or "", back=back)


def _said(state: Consumer, channel: str, address_id: str, *, out: int = 0, back: int = 0) -> Consumer:
    known = next((r for r in state.refusals if (r.channel, r.address_id) == (channel, address_id)), None)
    if known is None:
        return replace(state, refusals=(*state.refusals, Refusal(channel, address_id, out, back)))
    said = Refusal(channel, address_id, max(known.out, out), max(known.back, back))
    if said == known:
        return state
    return replace(state, refusals=tuple(said if r is known else r for r in state.refusals))


def _replied(state: Consumer, event: ReplyReceived) -> Consumer:
    at = seconds(event.received_at)
    if event.intent is ReplyIntent.OPT_OUT:
        state = _said(state, "" if event.channel is Channel.UNKNOWN else event.channel._value_, "", out=at)
    return state if at <= state.replied_at else replace(state, replied_at=at)


def _learned(state: Consumer, event: FactLearned) -> Consumer:
    """Remember a restriction. It stays, whatever is said later: to lift one is for a person to decide."""
    flag = FLAGS.get(event.fact._value_.lower().replace("_", "-"), 0)
    over = event.until_at is not None and event.until_at <= event.meta.occurred_at
    if not event.holds or over or state.restrictions & flag == flag:
        return state
    return replace(state, restrictions=state.restrictions | flag)


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
    n = place_of(state.contacts, key_of(contact_id))
    if n is None:
        return state
    known = state.contacts[n]
    contact = replace(known, verdict=known.verdict or verdict, progress=max(known.progress, progress))
    if contact == known:
        return state
    return replace(state, contacts=(*state.contacts[:n], contact, *state.contacts[n + 1 :]))


_FOLDS: dict[type[Event], Callable[[Consumer, Any], Consumer]] = {
    AccountPlaced: _placed,
    PaymentSettled: _paid,
    OptedOut: _opted_out,
    OptedIn: _opted_in,
    ReplyReceived: _replied,
    FactLearned: _learned,
    ContactApproved: _approved,
    ContactDeferred: _deferred,
    ContactVetoed: _vetoed,
    AttemptStarted: _started,
    AttemptInDoubt: _started,
    AttemptAccepted: _accepted,
    AttemptRejected: _rejected,
    AttemptStatusChanged: _status,
}
