"""Whether every contact goes with the rest of the conversation; where one does not, that is an event with its reason.

Contacts are compared as they are approved and as a provider takes them on: with what was known by then, and with others
of that day. What another service asks for is looked at like what we ask for ourselves.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from contracts.events import (
    AttemptAccepted,
    BreakKind,
    ContactApproved,
    ContactRequested,
    CoordinationBroken,
    Purpose,
)
from contracts.ids import ContactId
from services.orchestrator.core.codes import DAY, Flag, Progress, Reason, Verdict, instant, seconds
from services.orchestrator.core.hours import Zones, plausible
from services.orchestrator.core.state import (
    MOST_OTHERS,
    Account,
    Consumer,
    Contact,
    contact_id,
    hash_of,
    key_of,
    place_of,
)
from services.orchestrator.core.statements import refused
from services.orchestrator.core.turn import NAME, Turn

UNPROMPTED = (Purpose.OUTREACH, Purpose.CONSENT_REQUEST, Purpose.LOCATION, Purpose.UNKNOWN)
"""Purposes of contacts that neither the consumer nor the law asks for: one of them a day is enough."""

OFFER_STANDS = 7 * DAY
"""So long an offer on one channel may not differ from that on another."""

_AFTER = {
    Reason.PAID: BreakKind.AFTER_PAYMENT,
    Reason.NOTHING_OWED: BreakKind.AFTER_PAYMENT,
    Reason.OPTED_OUT: BreakKind.AFTER_OPT_OUT,
    Reason.RESTRICTED: BreakKind.AFTER_DISPUTE,
    Reason.RECALLED: BreakKind.AFTER_RECALL,
}
_REASONS = {
    BreakKind.AFTER_PAYMENT: "It went out after we knew of a payment that should have stopped it.",
    BreakKind.AFTER_DISPUTE: "It went out after we knew of a dispute, or of another restriction.",
    BreakKind.AFTER_OPT_OUT: "It went out after we knew that the consumer had opted out.",
    BreakKind.AFTER_RECALL: "It went out after we knew that the client had recalled a debt that it is about.",
    BreakKind.OVERTAKEN: "Its step was overtaken by an event before it went out.",
    BreakKind.TWO_PURPOSES: "Another contact went out on the same day for another purpose.",
    BreakKind.AMOUNT_DIFFERS: "It states another amount than is owed on its debts.",
    BreakKind.OFFER_DIFFERS: "It offers another amount than a contact by another channel.",
}
Found = tuple[BreakKind, int, Contact | None]
"""A break, since when we knew better, and the other contact that it is about."""


def why(purpose: Purpose, strategy: str) -> int:
    """Why a contact is made, in a number, to compare it with others of a day; 0 for what does not compete with any."""
    if purpose not in UNPROMPTED:
        return 0
    return _number(strategy.partition("@")[0] if purpose is Purpose.OUTREACH else purpose.value)


@lru_cache(maxsize=1024)
def _number(name: str) -> int:
    return 1 + (hash_of(name) >> 33)


def day(zones: Zones, at: int) -> int:
    """The date of an instant where the consumer most likely is, as a number."""
    return _day(plausible(zones)[0], at)


@lru_cache(maxsize=65_536)
def _day(zone: str, at: int) -> int:
    return datetime.fromtimestamp(at, ZoneInfo(zone)).toordinal()


def spoken(state: Consumer) -> Iterator[Contact]:
    """Contacts that may have reached the consumer, ours and others'."""
    for contact in (*state.contacts, *state.others):
        lives = contact.verdict in (Verdict.NONE, Verdict.APPROVED) and contact.progress != Progress.REJECTED
        if lives and not contact.withdrawn:
            yield contact


def is_taken(state: Consumer, what: int, at: int) -> bool:
    """Whether the day of an instant has a contact with another purpose already, anywhere that the consumer may be."""
    if not what or not (state.contacts or state.others):
        return False
    rivals = [c for c in spoken(state) if c.what not in (0, what) and abs(c.at - at) <= DAY]
    return any(_day(zone, c.at) == _day(zone, at) for c in rivals for zone in plausible(state.zones))


def asked_by_others(state: Consumer, event: ContactRequested) -> Consumer:
    """Remember a contact that somebody else asks for."""
    key = key_of(event.contact_id)
    if event.meta.producer == NAME or any(c.key == key for c in state.others):
        return state
    contact = Contact(
        key,
        seconds(event.meta.occurred_at),
        -1,
        -1,
        channel=event.channel.value,
        amount=stated(event.parameters.get("balance", "")),
        what=why(event.purpose, event.strategy_id or event.template_id),
        offer=max(0, stated(event.parameters.get("offer", ""))),
        of=-1,
    )
    newest = sorted((*state.others, contact), key=lambda c: (c.at, c.key))[-MOST_OTHERS:]
    return replace(state, others=tuple(newest)) if contact in newest else state


def stated(amount: str) -> int:
    """An amount as a contact states it, in hundredths; -1 where it states none that can be read."""
    digits = amount.replace("$", "").replace(",", "").strip()
    whole, point, cents = digits.partition(".")
    if not whole.isascii() or not whole.isdigit() or (point and not (cents.isdigit() and len(cents) == 2)):
        return -1
    return int(whole) * 100 + int(cents or 0)


def watch(turn: Turn, before: Consumer, notice: int) -> None:
    """Say what is wrong with a contact that was just approved, or that a provider has taken on.

    `notice` is how many seconds word takes to reach the channels: within it, nobody could have known better.
    """
    event = turn.event
    if not isinstance(event, (ContactApproved, AttemptAccepted)) or turn.state is before:
        return
    key = key_of(event.contact_id)
    contacts = turn.state.contacts if not turn.state.others else (*turn.state.contacts, *turn.state.others)
    n = place_of(contacts, key)
    if n is None:
        return
    contact = contacts[n]
    if isinstance(event, AttemptAccepted) and not contact.withdrawn:
        return
    made_at = seconds(event.accepted_at if isinstance(event, AttemptAccepted) else event.decided_at)
    if isinstance(event, AttemptAccepted):
        found: Iterable[Found] = _withdrawn(contact)
    elif contact.withdrawn:
        return
    else:
        found = _approved(turn.state, contact, event)
    for kind, known_at, other in found:
        if other is not None or made_at > known_at + notice:
            turn.says(_broken(turn, event, contact, kind, (known_at, made_at, other)))


def _withdrawn(contact: Contact) -> Iterator[Found]:
    """What was withdrawn, and is made all the same."""
    if contact.withdrawn and contact.progress in (Progress.ACCEPTED, Progress.DELIVERED):
        yield _AFTER.get(Reason(contact.withdrawn), BreakKind.OVERTAKEN), contact.withdrawn_at, None


def _approved(state: Consumer, contact: Contact, event: ContactApproved) -> Iterator[Found]:
    for other in spoken(state) if len(state.contacts) + len(state.others) > 1 else ():
        if other.key == contact.key or other.verdict != Verdict.APPROVED:
            continue
        compete = contact.what and other.what not in (0, contact.what)
        if compete and day(state.zones, other.at) == day(state.zones, contact.at):
            yield BreakKind.TWO_PURPOSES, other.at, other
        offers = contact.offer and other.offer not in (0, contact.offer) and other.channel != contact.channel
        if offers and abs(contact.at - other.at) <= OFFER_STANDS:
            yield BreakKind.OFFER_DIFFERS, other.at, other
    if event.purpose in UNPROMPTED:
        yield from _against_what_is_known(state, contact, event)


def _against_what_is_known(state: Consumer, contact: Contact, event: ContactApproved) -> Iterator[Found]:
    accounts = [a for a in state.accounts if a.debt_id in event.debt_ids]
    if any(a.recalled for a in accounts):
        yield BreakKind.AFTER_RECALL, max(a.recalled_at for a in accounts), None
    if state.restrictions & Flag.DISPUTED:
        yield BreakKind.AFTER_DISPUTE, max((d.said for d in state.disputes), default=0), None
    if refused(state, event.channel.value, event.address_id):
        yield BreakKind.AFTER_OPT_OUT, max(r.out for r in state.refusals), None
    settled = state.settled() if state.arrangements else ()
    owed = sum(a.owed for a in accounts if a.debt_id not in settled)
    if any(a.recalled for a in accounts):
        return
    if accounts and not owed:
        yield BreakKind.AFTER_PAYMENT, _changed_at(accounts), None
    elif contact.amount not in (-1, owed) and len(accounts) == len(event.debt_ids):
        yield BreakKind.AMOUNT_DIFFERS, _changed_at(accounts), None


def _changed_at(accounts: Iterable[Account]) -> int:
    """When what is owed changed last."""
    return max(max(a.known_at, max((p.at for p in a.payments), default=0)) for a in accounts)


def _broken(
    turn: Turn,
    event: ContactApproved | AttemptAccepted,
    contact: Contact,
    kind: BreakKind,
    times: tuple[int, int, Contact | None],
) -> CoordinationBroken:
    known_at, made_at, other = times
    return CoordinationBroken(
        turn.following(event.contact_id, f"break/{kind.value}"),
        event.contact_id,
        event.channel,
        kind,
        _REASONS[kind],
        None if other is None else _id_of(turn, other),
        instant(max(1, known_at)),
        instant(made_at),
    )


def _id_of(turn: Turn, contact: Contact) -> ContactId | None:
    """The id of one of our contacts; of others' only a part is kept."""
    return contact_id(turn.consumer_id, contact.number, contact.at) if contact.number else None
