"""The canonical check of a row.

Green says that each code is found where it should be, alone; not that a code says all that a client would like to know.
"""

from datetime import date
from decimal import Decimal

import pytest

from services.ingest.core.check import check
from services.ingest.core.columns import CELLS, NOT_TEXT, REQUIRED
from services.ingest.core.faults import CODES
from services.ingest.core.mapping import ClientMapping
from services.ingest.core.placement import Placement
from tests.unit.ingest.factories import CLIENT, HASHES, TODAY, a_placement, a_row, checked, codes_of

WRONG: list[tuple[str, dict[str, str]]] = [
    ("R_CELL_COUNT", {CELLS: "33/34"}),
    ("R_CELL_COUNT", {CELLS: "\x00/\x00"}),
    ("R_UNKNOWN_COLUMN", {"attorny_represented": "true"}),
    ("R_NOT_TEXT", {NOT_TEXT: "phones"}),
    ("R_CONTROL_CHARACTER", {"first_name": "An\x00a"}),
    ("R_CONTROL_CHARACTER", {"city": "Pensa\u202ecola"}),
    ("R_TOO_LONG", {"original_creditor": "B" * 501}),
    *(("R_REQUIRED", {column: " "}) for column in REQUIRED),
    ("R_ACCOUNT_NUMBER", {"client_account_number": "A" * 65}),
    ("R_ACCOUNT_NUMBER", {"client_account_number": "-1"}),
    ("R_ACCOUNT_NUMBER", {"client_account_number": "1;drop"}),
    ("R_SEQUENCE", {"placement_sequence": "0"}),
    ("R_SEQUENCE", {"placement_sequence": "1.5"}),
    ("R_SEQUENCE", {"placement_sequence": "1000"}),
    ("R_DEBT_TYPE", {"debt_type": "mortgage"}),
    ("R_DEBT_TYPE", {"debt_type": "unknown"}),
    ("R_CURRENCY", {"currency": "EUR"}),
    ("R_MONEY", {"balance": "12.345"}),
    ("R_MONEY", {"fees_since": "ten"}),
    ("R_MONEY", {"fees_since": "1,0"}),
    ("R_MONEY", {"fees_since": "1e3"}),
    ("R_MONEY", {"fees_since": "NaN"}),
    ("R_MONEY", {"fees_since": "١٢"}),
    ("R_MONEY_NEGATIVE", {"payments_since": "-15.00"}),
    ("R_MONEY_NEGATIVE", {"payments_since": "(15.00)"}),
    ("R_MONEY_ABSURD", {"balance": "10000000.01"}),
    ("R_MONEY_ABSURD", {"balance": "9" * 40}),
    ("R_BALANCE_ZERO", {"balance": "0.00", "payments_since": "1249.56"}),
    ("R_ITEMIZATION_SUM", {"balance": "1234.57"}),
    ("R_ITEMIZATION_BASIS", {"itemization_basis": "last week"}),
    ("R_DATE", {"itemization_date": "01/31/2025"}),
    ("R_DATE", {"itemization_date": "2025-02-29"}),
    ("R_DATE", {"born_on": "20250101"}),
    ("R_DATE_FUTURE", {"delinquent_on": "2026-10-20"}),
    ("R_DATE_FUTURE", {"born_on": "2080-01-01"}),
    ("R_DATE_ANCIENT", {"charged_off_on": "1949-12-31"}),
    ("R_BIRTH_MINOR", {"born_on": "2008-10-20"}),
    ("R_BIRTH_AGE", {"born_on": "1896-10-19"}),
    ("R_NAME", {"last_name": "---"}),
    ("R_NAME", {"first_name": "4na"}),
    ("R_SSN", {"ssn": "12-345-678"}),
    ("R_SSN", {"ssn": "***-**-3456"}),
    ("R_SSN", {"ssn": "999-99-9999"}),
    ("R_LANGUAGE", {"language": "english"}),
    ("R_COUNTRY", {"country": "CA"}),
    ("R_STATE", {"state": "ZZ"}),
    ("R_ZIP", {"postal_code": "3250"}),
    ("R_ZIP", {"postal_code": "M5V 2T6"}),
    ("R_ZIP_STATE", {"state": "NY"}),
    ("R_PHONE", {"phone_1": "555-0100"}),
    ("R_PHONE", {"phone_1": "+44 20 7946 0018"}),
    ("R_PHONE", {"phone_1": "(416) 555-0100"}),
    ("R_PHONE", {"phone_1": "850-555-0100 x12"}),
    ("R_PHONE_TYPE", {"phone_1_type": "pager"}),
    ("R_CONSENT_TO", {"phone_1_consent_to": "everybody"}),
    ("R_CONSENT", {"phone_1_consent": "false"}),
    ("R_CONSENT", {"phone_1_consent": "", "phone_1_consent_to": ""}),
    ("R_CONSENT", {"phone_1_consent": "", "phone_1_consent_on": ""}),
    ("R_CONSENT", {"phone_1_consent_on": ""}),
    ("R_CONSENT", {"phone_2": "8505550101", "phone_2_consent_to": "client"}),
    ("R_DATE_FUTURE", {"phone_1_consent_on": "2026-10-20"}),
    ("R_DATE_FUTURE", {"phone_1_checked_on": "2026-10-20"}),
    ("R_DATE", {"phone_1_checked_on": "last week"}),
    ("R_EMAIL", {"email_1": "ana@"}),
    ("R_EMAIL", {"email_1": "ana example@example.test"}),
    ("R_FLAG", {"attorney_represented": "maybe"}),
    ("R_FLAG", {"phone_1_consent": "asked", "phone_1_consent_to": "", "phone_1_consent_on": ""}),
]


@pytest.mark.parametrize(("code", "changes"), WRONG, ids=lambda v: v if isinstance(v, str) else "/".join(v))
def test_rejects_a_row_for_one_reason_alone(code: str, changes: dict[str, str]) -> None:
    assert codes_of(**changes) == [code]


def test_every_code_that_a_row_can_have_is_tried() -> None:
    of_the_batch = {"R_BATCH", "R_ROW_NUMBER"}
    assert {code for code, _ in WRONG} == CODES.keys() - of_the_batch


def test_reports_every_failure_most_important_first_and_repeats_no_value() -> None:
    wrong = {
        "balance": "-77777.678",
        "state": "QQ",
        "phone_1": "8505550",
        "email_1": "secret@",
        "ssn": "98765",
        "debt_type": "",
    }
    found = checked(**wrong)
    assert not isinstance(found, Placement)
    assert [f.code for f in found] == ["R_REQUIRED", "R_MONEY", "R_SSN", "R_STATE", "R_PHONE", "R_EMAIL"]
    said = " ".join(f.explanation for f in found)
    assert not [value for value in wrong.values() if value and value in said]


def test_an_empty_row_is_told_every_missing_column_in_one_sentence() -> None:
    found = check(fields={}, client_id=CLIENT, mapping=ClientMapping(), today=TODAY, hashes=HASHES)
    assert not isinstance(found, Placement)
    assert [f.code for f in found] == ["R_REQUIRED"]
    assert all(column in found[0].explanation for column in REQUIRED)


def test_reads_what_clients_write_in_many_ways() -> None:
    p = a_placement(
        balance="$1,234.56",
        debt_type=" Card ",
        itemization_basis="CHARGE_OFF",
        state="fl",
        postal_code="32501-1234",
        first_name="  Ana   María ",
        email_1="Ana@Example.TEST",
        phone_1="+1 850.555.0100",
        attorney_represented="N",
        placement_sequence="",
        currency="",
        language="",
        country="usa",
    )
    assert p.balance == Decimal("1234.56")
    assert p.debt_type.value == "CARD"
    assert p.itemization.basis.value == "CHARGE_OFF"
    assert (p.postal_addresses[0].state, p.postal_addresses[0].postal_code) == ("FL", "32501")
    assert p.name.first == "Ana María"
    assert p.emails[0].address == "ana@example.test"
    assert p.phones[0].number == "+18505550100"
    assert p.flags.attorney_represented is False
    assert (p.placement_sequence, p.currency, p.language) == (1, "USD", "en")


def test_what_the_client_did_not_say_is_unknown_and_not_false() -> None:
    p = a_placement(
        attorney_represented="", phone_1_consent="", phone_1_consent_to="", phone_1_consent_on="", phone_1_type=""
    )
    assert p.flags.attorney_represented is None
    assert p.flags.ceased is None
    assert p.phones[0].consented is None
    assert p.phones[0].line_type == "unknown"


def test_equal_addresses_have_equal_ids_however_they_are_written() -> None:
    one, other = a_placement(), a_placement(phone_1="850 555 0100", address_1="12 MAIN ST.", email_1="ANA@example.test")
    assert one.phones == other.phones
    assert one.emails == other.emails
    assert one.postal_addresses[0].address_id == other.postal_addresses[0].address_id
    assert one.debt_id == other.debt_id


def test_a_number_given_twice_is_kept_once_with_the_stricter_consent() -> None:
    p = a_placement(phone_2="8505550100", phone_2_consent="no", phone_3="8505550101")
    assert [(x.number, x.consented) for x in p.phones] == [("+18505550100", False), ("+18505550101", None)]


def test_a_consent_is_not_spread_to_a_mention_without_one() -> None:
    p = a_placement(phone_2="8505550100", phone_2_consent="")
    assert p.phones[0].consented is None


def test_says_to_whom_consent_was_given_and_when_and_when_the_number_was_checked() -> None:
    (phone,) = a_placement().phones
    assert (phone.consented, phone.consent_to) == (True, "us")
    assert (phone.consented_on, phone.checked_on) == (date(2026, 9, 30), date(2026, 10, 18))


def test_a_row_without_the_columns_of_consent_is_a_placement() -> None:
    row = {name: value for name, value in a_row().items() if "_consent_" not in name and "_checked_" not in name}
    found = check(fields=row, client_id=CLIENT, mapping=ClientMapping(), today=TODAY, hashes=HASHES)
    assert isinstance(found, Placement)
    (phone,) = found.phones
    assert (phone.consented, phone.consent_to, phone.consented_on, phone.checked_on) == (True, None, None, None)


def test_consent_to_the_client_may_be_without_a_date() -> None:
    (phone,) = a_placement(phone_1_consent_to="Client", phone_1_consent_on="").phones
    assert (phone.consent_to, phone.consented_on) == ("client", None)


def test_of_a_number_given_twice_only_what_both_mentions_say_is_kept() -> None:
    again = {"phone_2": "8505550100", "phone_2_consent": "true"}
    (both,) = a_placement(**again, phone_2_consent_to="us", phone_2_consent_on="2026-09-01").phones
    assert (both.consent_to, both.consented_on, both.checked_on) == ("us", date(2026, 9, 1), None)
    (other,) = a_placement(**again, phone_2_consent_to="client").phones
    assert (other.consented, other.consent_to, other.consented_on) == (True, None, None)


def test_a_toll_free_number_is_known_as_one_whatever_the_client_says() -> None:
    assert a_placement(phone_1="800-555-0100").phones[0].line_type == "toll-free"


def test_the_social_security_number_is_nowhere_in_the_placement() -> None:
    p = a_placement()
    assert p.ssn_hash
    assert "3456" not in str(p).replace(p.ssn_hash, "")


@pytest.mark.parametrize(
    ("born_on", "codes"), [("2008-10-19", []), ("2008-10-20", ["R_BIRTH_MINOR"]), ("1896-10-20", [])]
)
def test_counts_age_to_the_day(born_on: str, codes: list[str]) -> None:
    assert codes_of(born_on=born_on) == codes


def test_somebody_born_on_a_leap_day_comes_of_age() -> None:
    found = check(
        fields=a_row(born_on="2008-02-29", phone_1_consent_on="2026-01-31", phone_1_checked_on=""),
        client_id=CLIENT,
        mapping=ClientMapping(),
        today=date(2026, 3, 1),
        hashes=HASHES,
    )
    assert isinstance(found, Placement)


def test_a_zip_code_across_the_border_of_a_state_is_accepted() -> None:
    """Fort Campbell's 42223 is listed in Kentucky, and half of its houses stand in Tennessee."""
    assert codes_of(postal_code="42223", state="TN") == []
