"""Three consumers in different zones, and the events that happen to them."""

from datetime import datetime, timedelta

from msgspec import Struct

from contracts.events import (
    AccountPlaced,
    AttemptRejected,
    AttemptStarted,
    Channel,
    ContactRequested,
    OptedIn,
    OptedOut,
    OptOutScope,
    ReasonClass,
    ZoneEvidence,
    ZoneSource,
)
from contracts.ids import AddressId, AttemptId, ConsumerId, ContactId, DebtId
from tests.unit.compliance.factories import a_contact_id, a_meta, a_phone, a_request, an_account


class Person(Struct, frozen=True):
    """Who may be contacted, and where they may be."""

    consumer_id: ConsumerId
    address_id: AddressId
    debt_id: DebtId
    zones: tuple[str, ...]


PEOPLE = tuple(
    Person(ConsumerId(f"con-{n:024}"), AddressId(f"tel-{n:024}"), DebtId(f"debt-{n:023}"), zones)
    for n, zones in enumerate(
        (("America/New_York",), ("America/Los_Angeles",), ("America/New_York", "Pacific/Honolulu")), start=1
    )
)


def placed(person: Person, when: datetime) -> AccountPlaced:
    """The person's account."""
    return an_account(
        f"placed-{person.consumer_id}",
        when,
        meta=a_meta("placed", when, person.consumer_id),
        debt_id=person.debt_id,
        phones=(a_phone(person.address_id, when=when),),
        zones=tuple(ZoneEvidence(zone, ZoneSource.POSTAL_ADDRESS, None) for zone in person.zones),
    )


def request(person: Person, name: str, when: datetime) -> ContactRequested:
    """A text to the person."""
    return a_request(
        meta=a_meta(name, when, person.consumer_id),
        contact_id=a_contact_id(name),
        address_id=person.address_id,
        debt_ids=(person.debt_id,),
        not_after=when + timedelta(days=30),
    )


def started(person: Person, contact_id: ContactId, when: datetime) -> AttemptStarted:
    """The channel is about to send."""
    meta = a_meta(f"started-{contact_id}", when, person.consumer_id)
    attempt_id = AttemptId(f"attempt-{contact_id}")
    return AttemptStarted(meta, contact_id, attempt_id, Channel.SMS, person.address_id, "twilio", when)


def rejected(person: Person, contact_id: ContactId, when: datetime) -> AttemptRejected:
    """Nothing was sent."""
    meta = a_meta(f"rejected-{contact_id}", when, person.consumer_id)
    attempt_id = AttemptId(f"attempt-{contact_id}")
    address, reason = person.address_id, ReasonClass.TEMPORARY
    return AttemptRejected(meta, contact_id, attempt_id, Channel.SMS, address, "twilio", "busy", reason, None, when)


def stopped(person: Person, name: str, when: datetime) -> OptedOut:
    """The person says stop."""
    meta = a_meta(name, when, person.consumer_id)
    return OptedOut(meta, Channel.SMS, OptOutScope.MEDIUM, person.address_id, "keyword", when)


def started_again(person: Person, name: str, when: datetime) -> OptedIn:
    """The person takes it back."""
    meta = a_meta(name, when, person.consumer_id)
    return OptedIn(meta, Channel.SMS, person.address_id, "keyword", when)
