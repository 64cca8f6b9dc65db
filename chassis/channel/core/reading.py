"""What a callback can say, in words that all channels share; each channel reads the callbacks of its own providers."""

from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec import Struct

from contracts.events import AttemptStatus, CallbackReceived, Channel, FactKind, ReasonClass


class Report(Struct, frozen=True):
    """How far an attempt has come: the one of `attempt_id`, or else the one that the callback's event names."""

    status: AttemptStatus
    rank: int
    provider_id: str
    terminal: bool = False
    reason_class: ReasonClass = ReasonClass.NONE
    code: str | None = None
    attempt_id: str | None = None


class Said(Struct, frozen=True):
    """A consumer wrote or spoke: from which address, in its one canonical form, and in which words.

    `talked` is false where it is not known to have been the consumer, as with a stranger who took the call. `answer_on`
    is the medium in which a link was asked for as the answer.
    """

    message_id: str
    sender: str
    words: str
    talked: bool = True
    answer_on: Channel = Channel.UNKNOWN


class Stopped(Struct, frozen=True):
    """The consumer wants no more of this medium, by a sign that needs no reading: a link, a list, a complaint.

    `sign` is the same for every repeat. `address` is empty where nobody knows which it is.
    """

    sign: str
    address: str
    source: str


class Agreed(Struct, frozen=True):
    """The consumer agreed to a contact that needs it, a call back for instance; `sign` is the same for every repeat."""

    sign: str
    fact: FactKind


class Breach(Struct, frozen=True):
    """A person of ours said what a rule forbids, or not what it wants said; `sign` is the same for every repeat."""

    sign: str
    call_id: str
    rule_id: str
    citation: str
    must: bool
    finding: str
    at: datetime


Heard = Report | Said | Stopped | Agreed | Breach
Read = Callable[[CallbackReceived], Sequence[Heard]]
"""Says what a callback means; total, and quick: nothing for a callback that it does not understand."""
