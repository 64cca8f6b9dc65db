"""The text channel's decisions: start one attempt per approval, move it up the ladder, and hear what consumers say."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct, structs

from contracts.events import (
    AttemptAccepted,
    AttemptInDoubt,
    AttemptRejected,
    AttemptStarted,
    AttemptStatusChanged,
    CallbackKind,
    CallbackReceived,
    Channel,
    Event,
    Meta,
    OptedIn,
    OptedOut,
    OptOutScope,
    ReasonClass,
    ReplyIntent,
    ReplyReceived,
    TextApproved,
)
from contracts.ids import AddressId, AttemptId, ConsumerId, ContactId, EventId, derived_id
from services.sms.core import memory as m
from services.sms.core.form import fields
from services.sms.core.keywords import intent_of
from services.sms.core.memory import Attempt, Memory
from services.sms.core.meta import NAME, VERSION, following
from services.sms.core.status import ACCEPTED, LADDER, TERMINAL, rank_of, reason_class

PROVIDER = "twilio"
UNCONFIRMED = "unconfirmed"
_HIGHEST = {status: max(r for r, s in LADDER.values() if s is status) for status in {s for _, s in LADDER.values()}}


AddressOf = Callable[[str], AddressId]
"""The opaque id of a number in E.164 form."""


class Patience(Struct, frozen=True):
    """When a text in doubt is asked after: the pauses before each check, the last one for all further checks.

    `unanswered` is for an attempt of which nothing at all was recorded, which only a bug can bring about.
    """

    pauses: tuple[timedelta, ...]
    unanswered: timedelta

    def pause(self, checks: int) -> timedelta:
        """How long to wait after so many checks."""
        return self.pauses[min(checks, len(self.pauses) - 1)]


class Moment(Protocol):
    """The part of a context that decisions here need."""

    @property
    def now(self) -> datetime:
        """The time of the decision."""


class TextDecider:
    """What follows from approvals and callbacks."""

    def __init__(self, *, address_of: AddressOf, patience: Patience) -> None:
        self._address_of = address_of
        self._patience = patience

    def fresh(self, *, consumer_id: ConsumerId) -> Memory:
        """Nothing sent, nothing heard."""
        return Memory()

    def decide(self, *, state: Memory, event: Event, context: Moment) -> Sequence[Event]:
        """What follows from an event."""
        if isinstance(event, TextApproved):
            return () if state.tried(event.contact_id) else (_started(event, context.now),)
        if isinstance(event, CallbackReceived):
            if event.kind is CallbackKind.STATUS:
                return self._reported(state, event)
            if event.kind is CallbackKind.INBOUND:
                return self._said(state, event)
        return ()

    def evolve(self, *, state: Memory, event: Event, context: Moment) -> Memory:
        """What is remembered after an event."""
        if isinstance(event, AttemptStarted):
            at = m.milliseconds(event.started_at)
            check_at = at + self._patience.unanswered // timedelta(milliseconds=1)
            return state.with_attempt(event.attempt_id, event.contact_id, event.address_id, at, check_at)
        if isinstance(event, AttemptAccepted | AttemptRejected | AttemptInDoubt | AttemptStatusChanged):
            attempt = state.attempt(event.attempt_id)
            return state if attempt is None else state.with_changed(_moved(attempt, event))
        if isinstance(event, CallbackReceived) and event.kind is CallbackKind.INBOUND:
            return state.with_heard(_message_id(fields(event.body)))
        return state

    def wake_at(self, *, state: Memory) -> datetime | None:
        """When the provider must be asked after a text."""
        return m.instant(state.check_at) if state.check_at else None

    def wake(self, *, state: Memory, consumer_id: ConsumerId, now: datetime) -> Sequence[Event]:
        """Texts in doubt that it is time to ask after; asking is an effect."""
        due = m.milliseconds(now)
        return [
            self._in_doubt(a, state.addresses[a.address], consumer_id, now)
            for a in state.attempts
            if 0 < a.check_at <= due
        ]

    def encode(self, *, state: Memory) -> bytes:
        """The state as bytes."""
        return m.encode(state)

    def decode(self, *, encoded: bytes) -> Memory:
        """The state from bytes."""
        return m.decode(encoded)

    def _in_doubt(self, a: Attempt, address_id: AddressId, consumer_id: ConsumerId, now: datetime) -> AttemptInDoubt:
        attempt_id, contact_id = m.unpack(a.attempt_id), m.unpack(a.contact_id)
        checks = a.checks + 1
        event_id = derived_id(cause=attempt_id, name=f"check/{checks}", at=m.instant(a.check_at))
        return AttemptInDoubt(
            meta=Meta(EventId(event_id), now, consumer_id, contact_id, None, NAME, VERSION),
            contact_id=ContactId(contact_id),
            attempt_id=AttemptId(attempt_id),
            channel=Channel.SMS,
            address_id=address_id,
            provider=PROVIDER,
            reason=UNCONFIRMED,
            next_check_at=now + self._patience.pause(checks),
            checks=checks,
        )

    def _reported(self, state: Memory, event: CallbackReceived) -> Sequence[Event]:
        attempt = state.attempt(event.attempt_id)
        form = fields(event.body)
        found = rank_of(form.get("MessageStatus") or form.get("SmsStatus", ""))
        if attempt is None or found is None or found[0] <= attempt.rank:
            return ()
        rank, status = found
        code = form.get("ErrorCode") or None
        why = reason_class(status, code)
        address_id = state.addresses[attempt.address]
        changed = AttemptStatusChanged(
            meta=following(event.meta, "attempt-status-changed", event.received_at),
            contact_id=ContactId(m.unpack(attempt.contact_id)),
            attempt_id=AttemptId(m.unpack(attempt.attempt_id)),
            channel=Channel.SMS,
            address_id=address_id,
            provider=PROVIDER,
            provider_id=_message_id(form),
            status=status,
            terminal=rank >= TERMINAL,
            reason_class=why,
            provider_code=code,
            reported_at=event.received_at,
        )
        if why is not ReasonClass.OPTED_OUT:
            return (changed,)
        return (changed, _opted_out(event, address_id, "provider"))

    def _said(self, state: Memory, event: CallbackReceived) -> Sequence[Event]:
        form = fields(event.body)
        message_id, text = _message_id(form), form.get("Body", "")
        if state.has_heard(message_id):
            return ()
        address_id = self._address_of(form.get("From", ""))
        said = intent_of(text)
        reply = ReplyReceived(
            meta=following(event.meta, "reply-received", event.received_at),
            channel=Channel.SMS,
            address_id=address_id,
            intent=said.intent,
            text=text,
            provider_id=message_id,
            received_at=event.received_at,
        )
        if said.intent is ReplyIntent.OPT_OUT:
            return (reply, _opted_out(event, address_id, said.source))
        if said.intent is ReplyIntent.OPT_IN:
            meta = following(event.meta, "opted-in", event.received_at)
            return (reply, OptedIn(meta, Channel.SMS, address_id, said.source, event.received_at))
        return (reply,)


def _started(approval: TextApproved, now: datetime) -> AttemptStarted:
    attempt_id = derived_id(cause=approval.contact_id, name="attempt", at=approval.meta.occurred_at)
    return AttemptStarted(
        meta=following(approval.meta, "attempt-started", now),
        contact_id=approval.contact_id,
        attempt_id=AttemptId(attempt_id),
        channel=Channel.SMS,
        address_id=approval.address_id,
        provider=PROVIDER,
        started_at=now,
    )


def _moved(
    attempt: Attempt, event: AttemptAccepted | AttemptRejected | AttemptInDoubt | AttemptStatusChanged
) -> Attempt:
    if isinstance(event, AttemptInDoubt):
        if attempt.settled:
            return attempt
        return structs.replace(attempt, check_at=m.milliseconds(event.next_check_at), checks=event.checks)
    if isinstance(event, AttemptRejected):
        return structs.replace(attempt, check_at=0)
    rank = ACCEPTED if isinstance(event, AttemptAccepted) else _HIGHEST.get(event.status, ACCEPTED)
    return structs.replace(attempt, check_at=0, rank=max(rank, attempt.rank))


def _opted_out(event: CallbackReceived, address_id: AddressId, source: str) -> OptedOut:
    return OptedOut(
        meta=following(event.meta, "opted-out", event.received_at),
        channel=Channel.SMS,
        scope=OptOutScope.MEDIUM,
        address_id=address_id,
        source=source,
        stated_at=event.received_at,
    )


def _message_id(form: dict[str, str]) -> str:
    return form.get("MessageSid") or form.get("SmsSid", "")
