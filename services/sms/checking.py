"""Numbers are looked up before they are texted: ahead of time where there is consent, at the latest before a text.

What Lookup says enters the log as facts, by which the gate judges texts and automated calls alike; and a text that the
gate had approved before does not go. Where Lookup gives no answer no text goes either.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import structlog

from chassis import metrics
from chassis.channel.provider import Answer, Finding, LockedOut, Provider, Rejected, Unsent
from chassis.clock import Clock
from chassis.failures import Unreachable
from chassis.host import Publisher
from chassis.retry import Backoff
from chassis.service import Done, Effect
from contracts.events import AccountPlaced, AttemptInDoubt, AttemptStarted, Event, OptedIn, PhoneAddress, ReasonClass
from contracts.ids import AddressId, ConsumerId
from services.sms.checks import Check, Checks
from services.sms.core.lookup import Found, ask_again, barred, facts
from services.sms.lookups import AT_A_TIME, Lookups, Refused, Unanswered
from services.sms.twilio import Prepared

PAUSE = 1.0
"""Real seconds between looks for numbers that it is time to ask about."""
CLAIM = 300.0
"""Real seconds for which a number is one worker's to ask about; one that had no answer is asked again after them."""

log = structlog.get_logger()


class Checking:
    """Asks Lookup about numbers, and tells the log; `days` is how long an answer holds."""

    def __init__(self, *, checks: Checks, lookups: Lookups, publisher: Publisher, clock: Clock, days: float) -> None:
        self._checks = checks
        self._lookups = lookups
        self._publisher = publisher
        self._clock = clock
        self._days = timedelta(days=days)
        self._asking: set[tuple[AddressId, ConsumerId]] = set()

    def after(self, enter: Effect) -> Effect:
        """The effect of placements: `enter`, and then numbers with consent are to be asked about."""

        async def placed(done: Sequence[Done]) -> Sequence[Event]:
            events = [d.event for d in done if isinstance(d.event, AccountPlaced)]
            await self._checks.enter(check for event in events for check in self._consented(event))
            return await enter(done)

        return placed

    async def renewed(self, done: Sequence[Done]) -> Sequence[Event]:
        """The effect of consents that consumers give by text: what was found before is of no account."""
        for event in (d.event for d in done):
            if isinstance(event, OptedIn) and event.address_id is not None:
                at = event.stated_at
                await self._checks.renew(event.address_id, event.meta.consumer_id, at.date(), at)
        return ()

    def _consented(self, placed: AccountPlaced) -> Sequence[Check]:
        at, consumer_id = placed.meta.occurred_at, placed.meta.consumer_id
        return [
            Check(p.address_id, consumer_id, p.number, p.consented_on or at.date(), self._first(p, at))
            for p in placed.phones
            if p.consented
        ]

    def _first(self, phone: PhoneAddress, at: datetime) -> datetime:
        """When a number is first asked about: at once, unless a client has just done so and knows the line."""
        if phone.checked_on is None or phone.line_type in ("", "unknown"):
            return at
        return max(at, _noon(phone.checked_on) + self._days)

    async def look(self, attempt: AttemptStarted, number: str) -> Answer | None:
        """Why a text is not to go to a number now; None if it may.

        Where Lookup had to be asked first, the text is as one that was not sent: it is looked at again as a whole.
        """
        address_id, consumer_id = attempt.address_id, attempt.meta.consumer_id
        try:
            known = await self._checks.of(address_id, consumer_id)
            now = self._clock.now()
            if known is not None and known.ask_at > now:
                why = None if known.found is None else barred(known.found)
                return None if why is None else Rejected(why, ReasonClass.PERMANENT_ADDRESS)
            if (address_id, consumer_id) in self._asking:
                return Unsent("number-being-checked", 0.0)
            found = await self.ask(known or Check(address_id, consumer_id, number, None, now))
        except Unreachable:
            return Unsent("number-not-checked")
        if isinstance(found, Refused):
            return LockedOut(found.reason)
        return Unsent("number-not-checked" if isinstance(found, Unanswered) else "number-checked-first", 0.0)

    async def ask(self, check: Check) -> Found | Unanswered | Refused:
        """Ask about a number, tell the log, and keep the answer; raises Unreachable."""
        key = check.address_id, check.consumer_id
        self._asking.add(key)
        try:
            return await self._asked(check)
        finally:
            self._asking.discard(key)

    async def _asked(self, check: Check) -> Found | Unanswered | Refused:
        found = await self._lookups.ask(check.number, check.verified_on)
        if not isinstance(found, Found):
            metrics.NUMBERS_CHECKED.labels("refused" if isinstance(found, Refused) else "unanswered").inc()
            return found
        now = self._clock.now()
        await self._publisher.publish(events=list(facts(found, check.address_id, check.consumer_id, now)))
        await self._checks.answered(check, found, now, ask_again(found, now, self._days))
        metrics.NUMBERS_CHECKED.labels("textable" if barred(found) is None else "barred").inc()
        return found

    async def run(self) -> None:
        """Ask about numbers when it is time, until cancelled."""
        backoff = Backoff()
        while True:
            try:
                now = self._clock.now()
                due = await self._checks.claim(now, now + self._clock.simulated(CLAIM), AT_A_TIME)
                answers = await asyncio.gather(*map(self.ask, due))
            except Unreachable:
                await asyncio.sleep(backoff.next())
                continue
            backoff = Backoff()
            for refused in (a for a in answers if isinstance(a, Refused)):
                log.error("numbers.not_checked", reason=refused.reason)
            if len(due) < AT_A_TIME:
                await asyncio.sleep(PAUSE)


class Checked:
    """A provider that is handed no text to a number that was not looked up."""

    def __init__(self, provider: Provider[Prepared], checking: Checking) -> None:
        self._provider = provider
        self._checking = checking

    async def send(self, *, message: Prepared, attempt: AttemptStarted, time_left: timedelta) -> Answer:
        """Hand a text over, if nothing that is known of the number speaks against it."""
        refused = await self._checking.look(attempt, message.to)
        return refused or await self._provider.send(message=message, attempt=attempt, time_left=time_left)

    async def find(self, *, attempt: AttemptStarted | AttemptInDoubt) -> Finding:
        """Say whether the provider has the text of an attempt."""
        return await self._provider.find(attempt=attempt)


def _noon(day: date) -> datetime:
    """An instant that is on a date in every zone of the United States."""
    return datetime(day.year, day.month, day.day, 18, tzinfo=UTC)
