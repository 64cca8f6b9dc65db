"""The record of one consumer: little, as it is kept for a million of them.

Instants are whole seconds since 1970, money is in hundredths. Structures are stored as arrays: add fields at the end,
with a default.
"""

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b

import msgspec
from msgspec import Struct

from contracts.ids import AddressId, ArrangementId, ConsumerId, ContactId, DebtId, derived_id
from services.orchestrator.core.codes import Progress, Promise, Reason, Verdict, instant

NEVER = 0
"""Before everything: no instant is remembered as less than 1."""

NOWHERE = -1
"""The step of a contact that an earlier version of the strategy asked for, and that this one does not have."""

MOST_CONTACTS = 12
"""So many contacts are remembered, the newest last: more than any step may try."""

MOST_MARKS = 16
"""So many marks are remembered, the newest last."""

MOST_CHOSEN = 6
"""So many choices are remembered, the newest last."""

MOST_PAYMENTS = 64
"""So many payments of an account are remembered one by one, to know a repeat; older ones are in the balance."""

MOST_STATEMENTS = 8
"""So many statements are remembered in brief, the newest last."""

MOST_ARRANGEMENTS = 4
"""So many arrangements are remembered, the newest last."""

MOST_OTHERS = 4
"""So many contacts are remembered that others asked for."""


class Payment(Struct, array_like=True, frozen=True, gc=False):
    """Money that arrived; `key` is its id, shortened. It may be taken back, even before we hear that it arrived."""

    key: int
    at: int
    amount: int
    back: bool = False


class Account(Struct, array_like=True, frozen=True, gc=False):
    """A debt. While `sequence` is 0 it was not placed with us, and only a payment told of it.

    `original` is to whom it was first owed, where that is somebody else; `itemized` the itemization date (days since
    1970), what was owed then, and interest and fees since.
    """

    debt_id: DebtId
    creditor: str = ""
    last4: str = ""
    balance: int = 0
    currency: str = ""
    placed_at: int = NEVER
    sequence: int = 0
    payments: tuple[Payment, ...] = ()
    charged_off: bool = False
    balance_at: int = NEVER
    due_on: int = NEVER
    recalled_at: int = NEVER
    original: str = ""
    itemized: tuple[int, int, int, int] | None = None

    @property
    def known_at(self) -> int:
        """When the balance was as it is here: it knows of the payments before."""
        return max(self.placed_at, self.balance_at)

    @property
    def recalled(self) -> bool:
        """Whether the client has taken it back since it was placed."""
        return self.recalled_at != NEVER and self.recalled_at >= self.placed_at

    @property
    def owed(self) -> int:
        """What is left to pay to us."""
        if not self.payments:
            return 0 if self.recalled else max(0, self.balance)
        if self.recalled:
            return 0
        known_at = self.known_at
        return max(0, self.balance - sum(p.amount for p in self.payments if p.at >= known_at and not p.back))


class Instalment(Struct, array_like=True, frozen=True, gc=False):
    """A part of an arrangement; its date is a number of days since 1970."""

    due_on: int
    amount: int


class Arrangement(Struct, array_like=True, frozen=True, gc=False):
    """What was agreed, and how it stands; `met` counts the instalments that are paid, from the first on."""

    arrangement_id: ArrangementId
    kind: str
    debts: tuple[DebtId, ...]
    currency: str
    agreed_at: int
    grace: int
    instalments: tuple[Instalment, ...]
    state: int = Promise.OPEN
    met: int = 0


class Dispute(Struct, array_like=True, frozen=True, gc=False):
    """When a debt was last disputed, and when that was last answered; 0 is every debt."""

    debt: int
    said: int = NEVER
    answered: int = NEVER


class Statement(Struct, array_like=True, frozen=True, gc=False):
    """What the consumer said or did, in brief."""

    at: int
    what: int
    channel: str


class Preference(Struct, array_like=True, frozen=True, gc=False):
    """How the consumer would rather be contacted, each part with when it was said; hours are seconds of the day."""

    channel: str = ""
    channel_at: int = NEVER
    language: str = ""
    language_at: int = NEVER
    opens: int = 0
    closes: int = 0
    hours_at: int = NEVER


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

    `spent` says that the step went on to another number. `number` is that from which its id follows, `of` the
    conversation that asked, `amount` what it says is owed, `what` why it is made, as contacts of one day are compared.
    `withdrawn` is what came in between, and when we knew.
    """

    key: int
    at: int
    step: int
    phone: int
    verdict: int = Verdict.NONE
    progress: int = Progress.NONE
    spent: bool = False
    number: int = 0
    of: int = 0
    channel: str = ""
    amount: int = -1
    what: int = 0
    withdrawn: int = Reason.RUNNING
    withdrawn_at: int = NEVER
    offer: int = 0


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


class Held(Struct, array_like=True, frozen=True, gc=False):
    """A contact that waits for a person: its id follows from `number` and `at`."""

    number: int
    at: int
    released: bool = False


class Place(Struct, array_like=True, frozen=True, gc=False):
    """Where a consumer is in a strategy, or how that ended.

    `number` counts the consumer's conversations; `paused` are the restrictions that it waits for to go.
    `strategy` is its id with the version that was entered; `cause` the correlation id of the placement that began it.
    `contact` is the key of the contact whose end the step waits for, 0 if it waits for none. `asked` counts the
    contacts that the conversation asked for; `held` is one that a person must release before it is asked for.
    """

    strategy: str
    cause: str
    entered: int
    step: int = 0
    contact: int = 0
    reason: int = Reason.RUNNING
    asked: int = 0
    arms: tuple[Arm, ...] = ()
    number: int = 0
    paused: int = 0
    held: Held | None = None


class Consumer(Struct, array_like=True, frozen=True, gc=False):
    """All of it. `timers` are the conversation's, `watches` those of arrangements; `interrupted` are conversations that
    may go on when the one that runs has ended, the innermost last. `earlier` counts contacts that are forgotten,
    `others` those that others asked for. `serial` and `begun` number timers and contacts, and conversations, for good.
    """

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
    arrangements: tuple[Arrangement, ...] = ()
    watches: tuple[Pending, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    statements: tuple[Statement, ...] = ()
    preference: Preference | None = None
    risk: int = -1
    risk_at: int = NEVER
    failed_at: int = NEVER
    reply_id: str = ""
    earlier: int = 0
    begun: int = 0
    interrupted: tuple[Place, ...] = ()
    others: tuple[Contact, ...] = ()
    segments: tuple[str, ...] = ()
    last_name: str = ""
    sorted_by: int = 0
    marks: tuple[str, ...] = ()
    reply_address: str = ""

    @property
    def entered(self) -> int:
        """When the conversation began that goes on, or was the last."""
        return NEVER if self.place is None else self.place.entered

    @property
    def running(self) -> Place | None:
        """Where the consumer is, if a conversation goes on."""
        place = self.place
        return place if place is not None and place.reason == Reason.RUNNING else None

    def open_accounts(self) -> list[Account]:
        """Accounts on which something is owed."""
        if not self.arrangements:
            return [a for a in self.accounts if a.owed > 0]
        settled = self.settled()
        return [a for a in self.accounts if a.owed > 0 and a.debt_id not in settled]

    def address_of(self, contact: Contact) -> AddressId:
        """The address that a contact goes to."""
        known: tuple[Phone | Inbox, ...] = self.phones if contact.channel in ("SMS", "VOICE") else self.inboxes
        return known[contact.phone].address_id if 0 <= contact.phone < len(known) else AddressId("")

    def settled(self) -> set[DebtId]:
        """Debts of which a settlement was kept: the rest of them is not asked for any more."""
        kept = (a for a in self.arrangements if a.kind == "SETTLEMENT" and a.state == Promise.KEPT)
        return {debt_id for a in kept for debt_id in a.debts}

    def payments(self) -> set[int]:
        """Payments that are known and stand, by their keys."""
        return {p.key for a in self.accounts for p in a.payments if not p.back}

    def due(self) -> tuple[Pending, ...]:
        """Every timer that is set: the conversation's, and those that arrangements need."""
        return (*self.timers, *self.watches) if self.watches else self.timers

    def contacts_since(self, entered: int) -> list[Contact]:
        """The conversation's contacts that were asked for from an instant on, as far as they are remembered."""
        number = 0 if self.place is None else self.place.number
        return [c for c in self.contacts if c.at >= entered and c.of == number]


def stated_amount(accounts: Sequence[Account]) -> int:
    """What a contact about accounts says is owed; -1 if that is no one sum."""
    if len(accounts) == 1:
        return accounts[0].owed
    return sum(a.owed for a in accounts) if len({a.currency for a in accounts}) == 1 else -1


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
    return _timer_id(consumer_id, timer.number, timer.due)


@lru_cache(maxsize=16_384)
def _timer_id(consumer_id: ConsumerId, number: int, due: int) -> str:
    return derived_id(cause=consumer_id, name=f"timer/{number}", at=instant(due))


def contact_id(consumer_id: ConsumerId, number: int, at: int) -> ContactId:
    """The id of the contact of that number."""
    return ContactId(derived_id(cause=consumer_id, name=f"contact/{number}", at=instant(at)))


def place_of(contacts: Sequence[Contact], key: int) -> int | None:
    """Where a contact is among others; None if it is not."""
    for n, contact in enumerate(contacts):
        if contact.key == key:
            return n
    return None
