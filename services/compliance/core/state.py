"""What the gate remembers of one consumer: little, as it is kept for a million of them.

Instants are whole seconds since 1970. Structures are stored as arrays: add fields at the end, with a default.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

import msgspec
from msgspec import Struct

from contracts.events import CountedEvent
from contracts.ids import DebtId
from services.compliance.core.codes import ALL_DEBTS, ATTEMPTS, DAY, REQUESTS, STATEMENTS, Outcome, instant
from services.compliance.core.zones import Zone

KEPT = 35 * DAY
"""How long a contact is remembered; no rule may count further back."""

MOST_JUDGED = 32
"""So many refused requests are remembered, to recognise a repeat; approved ones are among the contacts."""

LAST_DEBT = 62
"""Debts beyond this many share one place: they are counted together, which can only make the gate stricter."""

ContactKey = int | str
"""A contact's id, shortened."""


class Contact(Struct, array_like=True, frozen=True, gc=False):
    """A contact that was approved, or a call that the consumer made.

    `channel` is a bit, `debts` a set of bits. `offset` is that of the request while it is only reserved, then that of
    the event that says it was begun.
    """

    key: ContactKey
    at: int
    debts: int
    channel: int
    purpose: int
    outcome: int
    offset: int

    def counted(self, partition: int) -> CountedEvent:
        """The contact as evidence."""
        return CountedEvent(_TOPIC_OF[self.outcome], partition, self.offset, instant(self.at))


class OptOut(Struct, array_like=True, frozen=True, gc=False):
    """The consumer said stop; `address_id` is empty where no address was named."""

    scope: int
    channel: int
    address_id: str
    since: int
    source: str
    topic: str
    offset: int

    def counted(self, partition: int) -> CountedEvent:
        """The opt-out as evidence."""
        return CountedEvent(self.topic, partition, self.offset, instant(self.since))


class OptIn(Struct, array_like=True, frozen=True, gc=False):
    """The consumer took an opt-out back, for an address or, with none named, for a medium."""

    channel: int
    address_id: str
    since: int


class Stop(Struct, array_like=True, frozen=True, gc=False):
    """A client told us something that bars contact."""

    flag: int
    since: int
    topic: str
    offset: int

    def counted(self, partition: int) -> CountedEvent:
        """The placement that said so, as evidence."""
        return CountedEvent(self.topic, partition, self.offset, instant(self.since))


class ConsumerState(Struct, array_like=True, frozen=True, gc=False):
    """All of it. `zones` and `evidence` go together: what each zone was derived from is a set of bits.

    `addresses` gives the number to an address's id. `contacts` are sorted, newest first. `came` is the
    order of the facts since the last verdict, as it is recorded in the next one.
    """

    zones: tuple[Zone, ...] = ()
    evidence: tuple[int, ...] = ()
    addresses: dict[str, str] = {}
    debts: tuple[str, ...] = ()
    contacts: tuple[Contact, ...] = ()
    opt_outs: tuple[OptOut, ...] = ()
    opt_ins: tuple[OptIn, ...] = ()
    stops: tuple[Stop, ...] = ()
    judged: tuple[ContactKey, ...] = ()
    came: str = ""


_TOPIC_OF = tuple(
    {Outcome.RESERVED: REQUESTS, Outcome.CALLED_US: STATEMENTS}.get(outcome, ATTEMPTS) for outcome in Outcome
)
FRESH = ConsumerState()
_HALF = (1 << 64) - 1
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(ConsumerState)
encode = _encoder.encode


def decode(encoded: bytes) -> ConsumerState:
    """The state from bytes; raises ValueError if it is not one."""
    try:
        return _decoder.decode(encoded)
    except msgspec.MsgspecError as error:
        raise ValueError(f"not a consumer's state: {error}") from error


@lru_cache(maxsize=8192)
def contact_key(contact_id: str) -> ContactKey:
    """A contact's id in nine bytes, if it is a UUID: its halves laid over each other are all but unique."""
    if len(contact_id) != 36:
        return contact_id
    try:
        whole = int(contact_id.replace("-", ""), 16)
    except ValueError:
        return contact_id
    return (whole ^ whole >> 64) & _HALF


def known_debts(state: ConsumerState, debt_ids: Iterable[DebtId]) -> int:
    """The set of these debts as bits; every debt if none is named, 0 if one of them was never placed with us."""
    places = state.debts
    found = 0
    for debt_id in debt_ids:
        if debt_id not in places:
            return 0
        found |= 1 << min(places.index(debt_id), LAST_DEBT)
    return found or ALL_DEBTS


def is_judged(state: ConsumerState, key: ContactKey) -> bool:
    """Whether a request of this contact has had its verdict."""
    return key in state.judged or place_of(state.contacts, key) is not None


def place_of(contacts: Sequence[Contact], key: ContactKey) -> int | None:
    """Where a contact is among others; None if it is not."""
    for n, contact in enumerate(contacts):
        if contact.key == key:
            return n
    return None
