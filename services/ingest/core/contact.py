"""Reads how a consumer can be reached and where they may be: addresses, numbers, e-mail, time zones."""

import re
from collections.abc import Sequence
from datetime import date

from msgspec.structs import replace

from contracts.events import EmailAddress, PhoneAddress, PostalAddress, ZoneEvidence, ZoneSource
from contracts.ids import AddressId
from services.ingest.core import normalise, phones, places
from services.ingest.core.cells import Cells
from services.ingest.core.columns import EMAILS, PHONES
from services.ingest.core.placement import Hashes

_ZIP = re.compile(r"([0-9]{5})(-?[0-9]{4})?")
_LINE_TYPES = {name: name for name in phones.LINE_TYPES}
_GIVEN_TO: dict[str, str | None] = {"us": "us", "client": "client"}


def postal_address(cells: Cells, hashes: Hashes) -> PostalAddress:
    """The address; all that is wrong with it is remembered in the cells."""
    lines = tuple(line for line in (normalise.street(cells.text(n)) for n in ("address_1", "address_2")) if line)
    city = normalise.street(cells.text("city"))
    state = cells.text("state").upper()
    found = _ZIP.fullmatch(cells.text("postal_code"))
    postal_code = found[1] if found else ""
    if cells.text("country").upper() not in ("", "US", "USA"):
        cells.fault("R_COUNTRY", "country is not US.")
    if state and not places.is_state(state):
        cells.fault("R_STATE", "state is no two-letter code of a state, territory or military region.")
    elif state and found and places.contradicts(postal_code, state):
        cells.fault("R_ZIP_STATE", "postal_code lies neither in the state nor in one that borders on it.")
    if cells.text("postal_code") and not found:
        cells.fault("R_ZIP", "postal_code is neither 12345 nor 12345-6789.")
    address_id = hashes.address_id("post", normalise.mailing(lines, city, state, postal_code))
    return PostalAddress(address_id, lines, city, state, postal_code, "US")


def phone_addresses(cells: Cells, hashes: Hashes) -> tuple[PhoneAddress, ...]:
    """The numbers, each once; where a row has one twice, a refusal of consent outweighs a consent."""
    found: dict[str, PhoneAddress] = {}
    for column in PHONES:
        text = cells.text(column)
        line_type = cells.choice(f"{column}_type", _LINE_TYPES, "R_PHONE_TYPE", "unknown")
        consented = cells.flag(f"{column}_consent")
        consent_to, consented_on = _consent(cells, column, consented)
        checked_on = cells.day(f"{column}_checked_on")
        if not text:
            continue
        phone = phones.parse(text)
        if phone is None:
            cells.fault("R_PHONE", f"{column} is no valid number of the United States, or has an extension.")
            continue
        before = found.get(phone.number)
        said = PhoneAddress(
            hashes.address_id("tel", phone.number),
            phone.number,
            "toll-free" if phone.toll_free else line_type if before is None else before.line_type,
            consented,
            consent_to,
            consented_on,
            checked_on,
        )
        found[phone.number] = said if before is None else _stricter(before, said)
    return tuple(found.values())


def _consent(cells: Cells, column: str, consented: bool | None) -> tuple[str | None, date | None]:
    """To whom consent was given, and on which date."""
    given_to = cells.choice(f"{column}_consent_to", _GIVEN_TO, "R_CONSENT_TO", None)
    given_on = cells.day(f"{column}_consent_on")
    if not consented and (cells.text(f"{column}_consent_to") or cells.text(f"{column}_consent_on")):
        cells.fault("R_CONSENT", f"{column}_consent is not true, and yet it is said to whom or when it was given.")
    elif given_to == "us" and not cells.text(f"{column}_consent_on"):
        cells.fault("R_CONSENT", f"{column}_consent_on is missing: a consent given to us counts from its date.")
    return given_to, given_on


def _stricter(one: PhoneAddress, other: PhoneAddress) -> PhoneAddress:
    """Of two mentions of a number only what both say: a refusal outweighs a consent, and silence takes it away."""
    if one.consented and other.consented:
        to = one.consent_to if one.consent_to == other.consent_to else None
        on = min(one.consented_on, other.consented_on) if one.consented_on and other.consented_on else None
        checked = min(one.checked_on, other.checked_on) if one.checked_on and other.checked_on else None
        return replace(other, consent_to=to, consented_on=on, checked_on=checked)
    consented = False if False in (one.consented, other.consented) else None
    return replace(other, consented=consented, consent_to=None, consented_on=None, checked_on=None)


def email_addresses(cells: Cells, hashes: Hashes) -> tuple[EmailAddress, ...]:
    """The e-mail addresses, each once."""
    found: dict[str, EmailAddress] = {}
    for column in EMAILS:
        text = cells.text(column)
        consented, given_on = cells.flag(f"{column}_consent"), cells.day(f"{column}_consent_on")
        if given_on is not None and not consented:
            cells.fault("R_CONSENT", f"{column}_consent is not true, and yet it is said when it was given.")
        if not text:
            continue
        address = normalise.email(text)
        if address is None:
            cells.fault("R_EMAIL", f"{column} cannot be an e-mail address.")
            continue
        before = found.get(address)
        said = EmailAddress(hashes.address_id("mail", address), address, None, consented, given_on)
        found[address] = said if before is None else _surer(before, said)
    return tuple(found.values())


def _surer(one: EmailAddress, other: EmailAddress) -> EmailAddress:
    """Of two mentions of an address only what both say: a refusal outweighs a consent, and silence takes it away."""
    if one.consented and other.consented:
        on = max(one.consented_on, other.consented_on) if one.consented_on and other.consented_on else None
        return replace(other, consented_on=on)
    return replace(other, consented=False if False in (one.consented, other.consented) else None, consented_on=None)


def zones(postal: Sequence[PostalAddress], numbers: Sequence[PhoneAddress]) -> tuple[ZoneEvidence, ...]:
    """Every zone that the consumer may be in, with what says so; all of the United States if nothing says anything."""
    evidence = [
        _evidence(zone, ZoneSource.POSTAL_ADDRESS, address.address_id)
        for address in postal
        for zone in places.zones_of_address(address.postal_code, address.state)
    ]
    evidence += [
        _evidence(zone, ZoneSource.PHONE_NUMBER, phone.address_id)
        for phone in numbers
        for zone in phones.zones_of_number(phone.number)
    ]
    return tuple(evidence) or tuple(_evidence(z, ZoneSource.ALL_US, None) for z in places.atlas().everywhere)


def _evidence(zone: str, source: ZoneSource, address_id: AddressId | None) -> ZoneEvidence:
    return ZoneEvidence(zone, source, address_id)
