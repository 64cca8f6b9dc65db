"""What a strategy lets its choices spend: so many contacts by a channel within so many days, within what is lawful.

It counts the contacts that the orchestrator asked for and that went out, or still may. The gate counts all there are,
and has the last word: a budget that is larger than the law only leads to contacts that the gate defers or vetoes.
"""

from collections.abc import Sequence

from msgspec import Struct

from services.orchestrator.core.codes import DAY, Progress, Reason, Verdict
from services.orchestrator.core.state import Consumer, Contact


class Cap(Struct, frozen=True):
    """At most so many contacts by a channel within so many days."""

    channel: str
    most: int
    days: int


class Budget(Struct, frozen=True):
    """All caps; a choice that has spent them rests."""

    caps: Sequence[Cap]

    @property
    def days(self) -> int:
        """How many days the planner looks ahead: as far as the longest cap reaches."""
        return max(cap.days for cap in self.caps)

    def left(self, state: Consumer, channel: str, now: int) -> tuple[int, ...]:
        """How many more contacts a channel may make up to the end of today and of each day ahead; () without a cap.

        What was spent comes back when it is as old as the cap is long.
        """
        caps = [cap for cap in self.caps if cap.channel == channel]
        if not caps:
            return ()
        blocked = any(_spent(state, channel, now - cap.days * DAY) >= cap.most for cap in caps)
        long = max(caps, key=lambda cap: cap.days)
        left = [max(0, long.most - _spent(state, channel, now + (n - long.days) * DAY)) for n in range(self.days)]
        return (0, *left[1:]) if blocked else tuple(left)


def _spent(state: Consumer, channel: str, since: int) -> int:
    return sum(contact.channel == channel and contact.at > since and _counts(contact) for contact in state.contacts)


def _counts(contact: Contact) -> bool:
    refused = contact.verdict in (Verdict.DEFERRED, Verdict.VETOED) or contact.withdrawn != Reason.RUNNING
    return not refused and contact.progress != Progress.REJECTED
