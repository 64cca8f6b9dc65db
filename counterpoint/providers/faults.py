"""The plan of what goes wrong: chosen for each request by count or by chance, from a seed."""

from enum import Enum
from random import Random

from msgspec import Struct


class Kind(Enum):
    """What can go wrong. "Created" means that the message exists and takes its course all the same."""

    TIMEOUT_CREATED = "timeout-created"
    """No answer for `seconds`."""
    TIMEOUT = "timeout"
    """No answer for `seconds`, and nothing is created."""
    ERROR = "500"
    ERROR_CREATED = "500-created"
    UNAVAILABLE = "503"
    TOO_MANY = "429"
    UNAUTHORIZED = "401"
    GONE = "410"
    """Push services: the browser takes no more."""
    RESET = "reset"
    """The request is read, then the connection is reset."""
    RESET_CREATED = "reset-created"
    HALF = "half-created"
    """The answer breaks off in its body."""
    SLOW = "slow"
    """The answer comes after `seconds`."""
    CALLBACK_FIRST = "callback-first"
    """All callbacks are made before the request is answered."""
    CALLBACK_TWICE = "callback-twice"
    CALLBACK_LATE = "callback-late"
    """Callbacks come `seconds` later."""
    CALLBACK_LOST = "callback-lost"
    CALLBACK_FORGED = "callback-forged"
    """Beside each callback comes one with the same body and a wrong signature, which says that it failed."""
    CALLBACK_STALE = "callback-stale"
    """Before each callback comes the same one, truly signed, with a time that is long past."""
    CALLBACK_UNKNOWN = "callback-unknown"
    """Beside each callback comes one about something that nobody knows."""
    CALLBACK_STRANGE = "callback-strange"
    """Beside each callback come words and fields that nobody foresaw, and bytes that are no text."""
    CALLBACK_HUGE = "callback-huge"
    """Beside each callback comes one of 10 MB."""
    CALLBACK_ALTERED = "callback-altered"
    """Payments only: each callback, truly signed, tells of another amount."""


class Operation(Enum):
    """Which requests a fault is for."""

    SEND = "send"
    LIST = "list"
    LOOKUP = "lookup"
    ANY = "any"


ABOUT_CALLBACKS = frozenset(kind for kind in Kind if kind.value.startswith("callback-"))


class Fault(Struct, frozen=True, forbid_unknown_fields=True):
    """A fault for the `next` so many requests, or for each with the chance `rate`; `seconds` are real ones.

    `retry_after` is what an answer of 429 or 503 gives as Retry-After, sense or not.
    """

    kind: Kind
    operation: Operation = Operation.SEND
    next: int = 0
    rate: float = 0.0
    seconds: float = 30.0
    retry_after: str | None = None


class Plan:
    """The faults in force; the first that applies to a request is chosen."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._random = Random(seed)  # noqa: S311 - chance, not secrecy
        self._faults: list[Fault] = []
        self._left: list[int] = []
        self.chosen: dict[str, int] = {}

    def set(self, faults: list[Fault]) -> None:
        """Replace the plan; an empty one ends all faults."""
        self._random = Random(self._seed)  # noqa: S311 - chance, not secrecy
        self._faults = faults
        self._left = [f.next for f in faults]

    def choose(self, operation: Operation) -> Fault | None:
        """What goes wrong with this request."""
        for i, fault in enumerate(self._faults):
            if fault.operation in (operation, Operation.ANY) and self._applies(i, fault):
                self.chosen[fault.kind.value] = self.chosen.get(fault.kind.value, 0) + 1
                return fault
        return None

    def _applies(self, i: int, fault: Fault) -> bool:
        if self._left[i] > 0:
            self._left[i] -= 1
            return True
        return fault.rate > 0 and self._random.random() < fault.rate
