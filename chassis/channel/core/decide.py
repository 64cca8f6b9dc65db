"""What every channel decides: one attempt for each approval, up the ladder, and what consumers say is heard once."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from msgspec import Struct, structs

from chassis.channel.core import memory as m
from chassis.channel.core.medium import ACCEPTED, Medium
from chassis.channel.core.memory import Attempt, Memory
from chassis.channel.core.reading import Agreed, Breach, Heard, Read, Report, Said, Stopped
from chassis.channel.core.said import agreed, breached, follows, opted_out
from contracts.events import (
    AttemptAccepted,
    AttemptInDoubt,
    AttemptRejected,
    AttemptStarted,
    AttemptStatus,
    AttemptStatusChanged,
    CallbackKind,
    CallbackReceived,
    Event,
    Meta,
    OptedOut,
    OptOutScope,
    ReasonClass,
)
from contracts.ids import AddressId, AttemptId, ConsumerId, ContactId, EventId, derived_id

UNCONFIRMED = "unconfirmed"
"""Why a provider is asked that may not have an attempt's message at all."""
UNENDED = "no-end-reported"
"""Why a provider is asked that has it, and has not told how it ended: callbacks can be lost."""

AddressOf = Callable[[str], AddressId]
"""The opaque id of an address in its one canonical form."""


class Patience(Struct, frozen=True):
    """When an attempt in doubt is asked after: the pauses before each check, the last one for all further checks.

    `unanswered` is for an attempt of which nothing at all was recorded, which only a bug can bring about. `ends` are
    the pauses before the provider is asked how a message ended that it has taken on; then nobody asks any more.
    """

    pauses: tuple[timedelta, ...]
    unanswered: timedelta
    ends: tuple[timedelta, ...] = ()

    def pause(self, checks: int) -> timedelta:
        """How long to wait after so many checks."""
        return self.pauses[min(checks, len(self.pauses) - 1)]

    def end_at(self, since: int, checks: int) -> int:
        """When to ask how it ended, after so many times of asking; 0 for never. In milliseconds since 1970."""
        return since + self.ends[checks] // timedelta(milliseconds=1) if checks < len(self.ends) else 0


class Moment(Protocol):
    """The part of a context that decisions here need."""

    @property
    def now(self) -> datetime:
        """The time of the decision."""


class ChannelDecider:
    """What follows from approvals and callbacks on one channel; `read` says what its providers' callbacks mean."""

    def __init__(self, *, medium: Medium, read: Read, address_of: AddressOf, patience: Patience) -> None:
        self._medium = medium
        self._read = read
        self._address_of = address_of
        self._patience = patience

    def fresh(self, *, consumer_id: ConsumerId) -> Memory:
        """Nothing sent, nothing heard."""
        return Memory()

    def decide(self, *, state: Memory, event: Event, context: Moment) -> Sequence[Event]:
        """What follows from an event."""
        if isinstance(event, self._medium.approved):
            return self._approved(state, event, context.now)
        if isinstance(event, CallbackReceived):
            return [outcome for heard in self._read(event) for outcome in self._follows(state, event, heard)]
        return ()

    def evolve(self, *, state: Memory, event: Event, context: Moment) -> Memory:
        """What is remembered after an event."""
        if isinstance(event, AttemptStarted):
            at = m.milliseconds(event.started_at)
            check_at = at + self._patience.unanswered // timedelta(milliseconds=1)
            return state.with_attempt(event.attempt_id, event.contact_id, event.address_id, at, check_at)
        if isinstance(event, AttemptAccepted | AttemptRejected | AttemptInDoubt | AttemptStatusChanged):
            attempt = state.attempt(event.attempt_id)
            return state if attempt is None else state.with_changed(self._moved(attempt, event))
        if isinstance(event, CallbackReceived) and event.kind is CallbackKind.INBOUND:
            for heard in self._read(event):
                state = state if isinstance(heard, Report) else state.with_heard(_sign(heard))
        return state

    def wake_at(self, *, state: Memory) -> datetime | None:
        """When the provider must be asked after an attempt."""
        return m.instant(state.check_at) if state.check_at else None

    def wake(self, *, state: Memory, consumer_id: ConsumerId, now: datetime) -> Sequence[Event]:
        """Attempts in doubt that it is time to ask after; asking is an effect."""
        due = m.milliseconds(now)
        return [
            self._doubted(a, state.addresses[a.address], consumer_id, now)
            for a in state.attempts
            if 0 < a.check_at <= due
        ]

    def encode(self, *, state: Memory) -> bytes:
        """The state as bytes."""
        return m.encode(state)

    def decode(self, *, encoded: bytes) -> Memory:
        """The state from bytes."""
        return m.decode(encoded)

    def _approved(self, state: Memory, approval: Any, now: datetime) -> Sequence[Event]:
        if state.at_contact(approval.contact_id) is not None:
            return ()
        attempt_id = derived_id(cause=approval.contact_id, name="attempt", at=approval.meta.occurred_at)
        started = AttemptStarted(
            meta=self._medium.following(approval.meta, "attempt-started", now),
            contact_id=approval.contact_id,
            attempt_id=AttemptId(attempt_id),
            channel=self._medium.channel,
            address_id=approval.address_id,
            provider=self._medium.provider,
            started_at=now,
        )
        return (started,)

    def _doubted(self, a: Attempt, address_id: AddressId, consumer_id: ConsumerId, now: datetime) -> AttemptInDoubt:
        attempt_id, contact_id = m.unpack(a.attempt_id), m.unpack(a.contact_id)
        checks = a.checks + 1
        name = f"{'end' if a.settled else 'check'}/{checks}"
        event_id = derived_id(cause=attempt_id, name=name, at=m.instant(a.check_at))
        next_end = self._patience.end_at(m.milliseconds(now), checks) or m.milliseconds(now)
        return AttemptInDoubt(
            meta=Meta(EventId(event_id), now, consumer_id, contact_id, None, self._medium.name, self._medium.version),
            contact_id=ContactId(contact_id),
            attempt_id=AttemptId(attempt_id),
            channel=self._medium.channel,
            address_id=address_id,
            provider=self._medium.provider,
            reason=UNENDED if a.settled else UNCONFIRMED,
            next_check_at=m.instant(next_end) if a.settled else now + self._patience.pause(checks),
            checks=checks,
        )

    def _follows(self, state: Memory, event: CallbackReceived, heard: Heard) -> Iterator[Event]:
        if isinstance(heard, Report):
            yield from self._reported(state, event, heard)
        elif state.has_heard(_sign(heard)):
            return
        elif isinstance(heard, Said):
            yield from self._said(event, heard)
        elif isinstance(heard, Agreed):
            yield agreed(self._medium, event, heard.fact)
        elif isinstance(heard, Breach):
            yield breached(self._medium, event, heard)
        else:
            yield from self._stopped(state, event, heard)

    def _reported(self, state: Memory, event: CallbackReceived, report: Report) -> Iterator[Event]:
        attempt = state.attempt(report.attempt_id or event.attempt_id) or state.at_contact(event.contact_id)
        if attempt is None or report.rank <= attempt.rank:
            return
        address_id = state.addresses[attempt.address]
        yield AttemptStatusChanged(
            meta=self._medium.following(event.meta, "attempt-status-changed", event.received_at),
            contact_id=ContactId(m.unpack(attempt.contact_id)),
            attempt_id=AttemptId(m.unpack(attempt.attempt_id)),
            channel=self._medium.channel,
            address_id=address_id,
            provider=event.provider,
            provider_id=report.provider_id,
            status=report.status,
            terminal=report.terminal,
            reason_class=report.reason_class,
            provider_code=report.code,
            reported_at=event.received_at,
        )
        if report.reason_class is ReasonClass.OPTED_OUT:
            yield self._opted_out(event, address_id, "provider")

    def _said(self, event: CallbackReceived, said: Said) -> Iterator[Event]:
        return follows(self._medium, event, self._address_of(said.sender), said)

    def _stopped(self, state: Memory, event: CallbackReceived, stopped: Stopped) -> Iterator[Event]:
        attempt = state.attempt(event.attempt_id) or state.at_contact(event.contact_id)
        known = None if attempt is None else state.addresses[attempt.address]
        address_id = self._address_of(stopped.address) if stopped.address else known
        yield self._opted_out(event, address_id, stopped.source)

    def _opted_out(self, event: CallbackReceived, address_id: AddressId | None, source: str) -> OptedOut:
        return opted_out(self._medium, event, address_id, scope=OptOutScope.MEDIUM, source=source)

    def _moved(
        self, attempt: Attempt, event: AttemptAccepted | AttemptRejected | AttemptInDoubt | AttemptStatusChanged
    ) -> Attempt:
        if isinstance(event, AttemptInDoubt):
            if attempt.settled is not (event.reason == UNENDED):
                return attempt
            over = attempt.settled and event.checks >= len(self._patience.ends)
            check_at = 0 if over else m.milliseconds(event.next_check_at)
            return structs.replace(attempt, check_at=check_at, checks=event.checks)
        if isinstance(event, AttemptRejected):
            return structs.replace(attempt, check_at=0)
        if isinstance(event, AttemptAccepted):
            rank, at, ended = ACCEPTED, event.accepted_at, False
        else:
            rank, at, ended = self._rank(event.status), event.reported_at, event.terminal
        check_at, checks = attempt.check_at, attempt.checks
        if ended:
            check_at = 0
        elif not attempt.settled:  # from now on its end is waited for
            check_at, checks = self._patience.end_at(m.milliseconds(at), 0), 0
        return structs.replace(attempt, check_at=check_at, checks=checks, rank=max(rank, attempt.rank))

    def _rank(self, status: AttemptStatus) -> int:
        return self._medium.ranks.get(status, ACCEPTED)


def _sign(heard: Said | Stopped | Agreed | Breach) -> str:
    return heard.message_id if isinstance(heard, Said) else heard.sign
