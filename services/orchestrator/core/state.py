"""The record of one consumer: little, as it is kept for a million of them.

Instants are whole seconds since 1970, money is in hundredths. Structures are stored as arrays: add fields at the end,
with a default.
"""

from collections.abc import Sequence
from hashlib import blake2b

import msgspec
from msgspec import Struct

from contracts.ids import AddressId, ConsumerId, ContactId, DebtId, derived_id
from services.orchestrator.core.codes import Progress, Reason, Verdict, instant

NEVER = 0
"""Before everything: no instant is remembered as less than 1."""

MOST_CONTACTS = 12
"""So many contacts are remembered, the newest last: more than any step may try."""

MOST_CHOSEN = 6
"""So many choices are remembered, the newest last."""

MOST_PAYMENTS = 64
"""So many payments of an account are remembered one by one, to know a repeat; older ones are in the balance."""


class Payment(Struct, array_like=True, frozen=True, gc=False):
    """Money that arrived; `key` is its id, shortened."""

    key: int
    at: int
    amount: int


class Account(Struct, array_like=True, frozen=True, gc=False):
    """A debt. While `sequence` is 0 it was not placed with us, and only a payment told of it."""

    debt_id: DebtId
    creditor: str = ""
    last4: str = ""
    balance: int = 0
    currency: str = ""
    placed_at: int = NEVER
    sequence: int = 0
    payments: tuple[Payment, ...] = ()
    charged_off: bool = False

    @property
    def owed(self) -> int:
        """What is left to pay. The balance of a placement knows of payments before it."""
        return max(0, self.balance - sum(p.amount for p in self.payments if p.at >= self.placed_at))


class Phone(Struct, array_like=True, frozen=True, gc=False):
    """A telephone number, by the id of its address; `bad` once a provider said that nothing can reach it."""

    address_id: AddressId
    line: int
    consent: int
    bad: bool = False


class Inbox(Struct, array_like=True, frozen=True, gc=False):
    """An e-mail address or a postal one, by the id of its address; `bad` once nothing can reach it."""

    channel: str
    address_id: AddressId
    bad: bool = False


class Refusal(Struct, array_like=True, frozen=True, gc=False):
    """What the consumer said of a medium, or of one address in it: when last stop, when last start.

    An empty channel is every medium.
    """

    channel: str
    address_id: str
    out: int = NEVER
    back: int = NEVER


class Contact(Struct, array_like=True, frozen=True, gc=False):
    """A contact in brief: at which step and with which address (its place among them), and what became of it.

    `spent` says that the step went on to another number.
    """

    key: int
    at: int
    step: int
    phone: int
    verdict: int = Verdict.NONE
    progress: int = Progress.NONE
    spent: bool = False


class Pending(Struct, array_like=True, frozen=True, gc=False):
    """A timer that was set; its id follows from its number."""

    number: int
    kind: int
    due: int


class Arm(Struct, array_like=True, frozen=True, gc=False):
    """The arm of an experiment that a consumer is in, and how likely that was, in millionths."""

    experiment: str
    name: str
    propensity: int


class Chosen(Struct, array_like=True, frozen=True, gc=False):
    """An option that was chosen, how likely that was in millionths, and until when what counts as a reward of it.

    `number` tells the consumer's questions apart; `rewards` is a set of bits.
    """

    choice: str
    option: str
    bucket: str
    number: int
    at: int
    until: int
    propensity: int
    held_out: bool
    rewards: int
    rewarded: bool = False


class Place(Struct, array_like=True, frozen=True, gc=False):
    """Where a consumer is in a strategy, or how that ended.

    `strategy` is its id with the version that was entered; `cause` the correlation id of the placement that began it.
    `contact` is the key of the contact whose end the step waits for, 0 if it waits for none. `asked` counts the
    contacts that the conversation asked for.
    """

    strategy: str
    cause: str
    entered: int
    step: int = 0
    contact: int = 0
    reason: int = Reason.RUNNING
    asked: int = 0
    arms: tuple[Arm, ...] = ()


class Consumer(Struct, array_like=True, frozen=True, gc=False):
    """All of it. `serial` numbers timers and contacts, so that each gets an id of its own, the same after a crash."""

    accounts: tuple[Account, ...] = ()
    phones: tuple[Phone, ...] = ()
    first_name: str = ""
    language: str = ""
    zones: tuple[str, ...] = ()
    restrictions: int = 0
    refusals: tuple[Refusal, ...] = ()
    replied_at: int = NEVER
    place: Place | None = None
    contacts: tuple[Contact, ...] = ()
    timers: tuple[Pending, ...] = ()
    serial: int = 0
    inboxes: tuple[Inbox, ...] = ()
    chosen: tuple[Chosen, ...] = ()

    @property
    def running(self) -> Place | None:
        """Where the consumer is, if a conversation goes on."""
        place = self.place
        return place if place is not None and place.reason == Reason.RUNNING else None

    def open_accounts(self) -> list[Account]:
        """Accounts on which something is owed."""
        return [a for a in self.accounts if a.owed > 0]

    def payments(self) -> set[int]:
        """Payments that are known, by their keys."""
        return {p.key for a in self.accounts for p in a.payments}

    def contacts_since(self, entered: int) -> list[Contact]:
        """The contacts that were asked for from an instant on, as far as they are remembered."""
        return [c for c in self.contacts if c.at >= entered]


FRESH = Consumer()
_KEY_DIGITS = 17
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Consumer)
encode = _encoder.encode


def decode(encoded: bytes) -> Consumer:
    """The record from bytes; raises ValueError if it is not one."""
    try:
        return _decoder.decode(encoded)
    except msgspec.MsgspecError as error:
        raise ValueError(f"not a consumer's record: {error}") from error


def key_of(identifier: str) -> int:
    """An id in 64 bits: the end of a UUID, which is random or a hash; any other text gives -1, which is nobody's."""
    try:
        return int(identifier[-_KEY_DIGITS:].replace("-", ""), 16)
    except ValueError:
        return -1


def hash_of(identifier: str) -> int:
    """Any id in 64 bits."""
    return int.from_bytes(blake2b(identifier.encode(), digest_size=8).digest(), "big")


def timer_id(consumer_id: ConsumerId, timer: Pending) -> str:
    """The id of a timer."""
    return derived_id(cause=consumer_id, name=f"timer/{timer.number}", at=instant(timer.due))


def contact_id(consumer_id: ConsumerId, number: int, at: int) -> ContactId:
    """The id of the contact of that number."""
    return ContactId(derived_id(cause=consumer_id, name=f"contact/{number}", at=instant(at)))


def place_of(contacts: Sequence[Contact], key: int) -> int | None:
    """Where a contact is among others; None if it is not."""
    for n, contact in enumerate(contacts):
        if contact.key == key:
            return n
    return None
