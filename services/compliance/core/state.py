"""What the gate remembers of one consumer: little, as it is kept for a million of them.

Instants are whole seconds since 1970. Structures are stored as arrays: add fields at the end, with a default.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

import msgspec
from msgspec import Struct

from contracts.events import CountedEvent
from contracts.ids import DebtId
from services.compliance.core.codes import ALL_DEBTS, ATTEMPTS, DAY, REQUESTS, STATEMENTS, TOPICS, Outcome, instant
from services.compliance.core.zones import Zone

KEPT = 35 * DAY
"""How long a contact is remembered; no rule may count further back."""

MOST_JUDGED = 32
"""So many refused requests are remembered, to recognise a repeat; approved ones are among the contacts."""

MOST_HEARD = 8
"""So many messages of the consumer's are remembered, to be answered."""

LAST_DEBT = 62
"""Debts beyond this many share one place: they are counted together, which can only make the gate stricter."""

ContactKey = int | str
"""A contact's id, shortened."""


class Contact(Struct, array_like=True, frozen=True, gc=False):
    """A contact that was approved, or a call that the consumer made.

    `channel` is a bit, `debts` a set of bits; `how` is made by the function of that name. `offset` is that of the
    request while it is only reserved, then that of the event that says it was begun.
    """

    key: ContactKey
    at: int
    debts: int
    channel: int
    purpose: int
    outcome: int
    offset: int
    how: int = 1
    person: str = ""
    reply_to: ContactKey = 0

    def counted(self, partition: int) -> CountedEvent:
        """The contact as evidence."""
        return CountedEvent(_TOPIC_OF[self.outcome], partition, self.offset, instant(self.at))

    @property
    def place(self) -> int:
        """Where the address reaches the consumer."""
        return self.how & 7

    @property
    def technology(self) -> int:
        """How a call was made."""
        return self.how >> 3 & 7

    @property
    def consented(self) -> bool:
        """Whether it was a call that the consumer had asked for."""
        return bool(self.how & ASKED_FOR)


ASKED_FOR = 64


def how(place: int, technology: int, consented: bool) -> int:
    """Where, by what means and with what consent a contact was made, in one number."""
    return place | technology << 3 | (ASKED_FOR if consented else 0)


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


class Fact(Struct, array_like=True, frozen=True, gc=False):
    """Something that rules ask about: since when it is so, until when (0: no end), and when we learned of it.

    `debts` is a set of bits, `address_id` is empty where no address is meant, `topic` is a place in TOPICS. `holds` is
    false where it is known not to be so, which is more than not to know.
    """

    kind: int
    since: int
    until: int
    learned: int
    debts: int
    address_id: str
    detail: str
    topic: int
    offset: int
    holds: bool = True

    def counted(self, partition: int) -> CountedEvent:
        """What told us, as evidence."""
        return CountedEvent(TOPICS[self.topic], partition, self.offset, instant(self.since))

    def is_so(self, at: int) -> bool:
        """Whether it was so at an instant, as far as we know."""
        return self.holds and self.since <= at and (self.until == 0 or at < self.until)


class Heard(Struct, array_like=True, frozen=True, gc=False):
    """A message of the consumer's, which may be answered once, on `answer_on` if they asked for that."""

    key: ContactKey
    at: int
    channel: int
    address_id: str
    answer_on: int = 0


class ConsumerState(Struct, array_like=True, frozen=True, gc=False):
    """All of it. `zones` and `evidence` go together: what each zone was derived from is a set of bits.

    `addresses` gives the number to an address's id; `traits` say where one reaches the consumer, if not on a cell.
    `contacts` are sorted, newest first. `places` are the jurisdictions whose rules protect the consumer. `came` is the
    order of the facts since the last verdict, as it is recorded in the next one.
    """

    zones: tuple[Zone, ...] = ()
    evidence: tuple[int, ...] = ()
    addresses: dict[str, str] = {}
    debts: tuple[str, ...] = ()
    contacts: tuple[Contact, ...] = ()
    opt_outs: tuple[OptOut, ...] = ()
    opt_ins: tuple[OptIn, ...] = ()
    facts: tuple[Fact, ...] = ()
    judged: tuple[ContactKey, ...] = ()
    heard: tuple[Heard, ...] = ()
    places: tuple[str, ...] = ()
    traits: dict[str, int] = {}
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
