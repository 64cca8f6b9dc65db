"""Counts again what the log says was approved; shares nothing with the gate but the events."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from contracts.events import (
    AttemptRejected,
    AttemptStarted,
    ContactApproved,
    ContactDeferred,
    ContactRequested,
    ContactVetoed,
    Event,
    TextApproved,
)
from contracts.ids import ContactId
from tests.reservation.people import PEOPLE

A_DAY, A_WEEK = 1, 3
"""The house caps on texts, per consumer."""


def over_caps(log: Iterable[Event]) -> list[str]:
    """Every date, and every seven dates, with more texts than a cap allows, in any zone where the consumer may be."""
    events = list(log)
    unsent = {e.contact_id for e in events if isinstance(e, AttemptRejected)}
    begun = {e.contact_id: e.started_at for e in events if isinstance(e, AttemptStarted)}
    times: dict[str, dict[ContactId, datetime]] = defaultdict(dict)
    for e in events:
        if isinstance(e, ContactApproved) and e.contact_id not in unsent:
            times[e.meta.consumer_id][e.contact_id] = begun.get(e.contact_id, e.decided_at)
    found = []
    for person in PEOPLE:
        for zone in person.zones:
            dates = [at.astimezone(ZoneInfo(zone)).date() for at in times[person.consumer_id].values()]
            found += [f"{person.consumer_id} in {zone}: {said}" for said in _over(dates)]
    return found


def _over(dates: Sequence[date]) -> Iterable[str]:
    for first in set(dates):
        on_it = sum(d == first for d in dates)
        if on_it > A_DAY:
            yield f"{on_it} on {first}"
        in_week = sum(first <= d < first + timedelta(days=7) for d in dates)
        if in_week > A_WEEK:
            yield f"{in_week} in seven dates from {first}"


def verdicts_that_differ(log: Iterable[Event]) -> list[ContactId]:
    """Contacts with two verdicts that are not the same; a repeat of the same one is none."""
    seen: dict[ContactId, set[bytes]] = defaultdict(set)
    for e in log:
        if isinstance(e, ContactApproved | ContactDeferred | ContactVetoed):
            seen[e.contact_id].add(e.to_avro())
    return [contact_id for contact_id, said in seen.items() if len(said) > 1]


def without_verdict(log: Iterable[Event]) -> list[ContactId]:
    """Requests that nobody answered."""
    events = list(log)
    asked = {e.contact_id for e in events if isinstance(e, ContactRequested)}
    return sorted(
        asked - {e.contact_id for e in events if isinstance(e, ContactApproved | ContactDeferred | ContactVetoed)}
    )


def lost_approvals(log: Iterable[Event]) -> list[ContactId]:
    """Contacts that hold a place under the caps, and of which no channel has heard."""
    events = list(log)
    reserved = {e.contact_id for e in events if isinstance(e, ContactApproved)}
    return sorted(reserved - {e.contact_id for e in events if isinstance(e, TextApproved)})


def unreserved(log: Iterable[Event]) -> list[ContactId]:
    """Approvals that a channel could act on without a place under the caps: an approval before its verdict."""
    events = list(log)
    return sorted(
        {e.contact_id for e in events if isinstance(e, TextApproved)}
        - {e.contact_id for e in events if isinstance(e, ContactApproved)}
    )


def differing_approvals(log: Iterable[Event]) -> list[ContactId]:
    """Contacts with two approvals that are not the same."""
    said = {(e.contact_id, e.to_avro()) for e in log if isinstance(e, TextApproved)}
    return [contact_id for contact_id, n in Counter(c for c, _ in said).items() if n > 1]
