"""Ingest on anything at all: normalising twice is normalising once, every row and every file gets an answer.

Green does not prove that the answer is the one a person would give: tests/unit/ingest does, for rows made by hand.
"""

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given
from hypothesis import strategies as st

from contracts.ids import ConsumerId
from services.ingest.core import normalise, phones, ssn
from services.ingest.core.check import check
from services.ingest.core.columns import COLUMNS, MARKS
from services.ingest.core.faults import CODES
from services.ingest.core.identity import resolve
from services.ingest.core.mapping import ClientMapping, header_faults
from services.ingest.core.placement import Placement
from services.ingest.core.places import contradicts, is_zone, zones_of_address
from services.ingest.core.request import Unreadable, rows
from services.ingest.csv_file import REFUSALS, Inspected, inspect, read
from tests.unit.ingest.factories import CLIENT, HASHES, TODAY, a_row, as_csv

ODD = st.text(max_size=30) | st.sampled_from(
    [
        "",
        " ",
        "0",
        "-1",
        "1e9",
        "NaN",
        "$1,000.00",
        "2025-13-01",
        "9999-12-31",
        "true",
        "ZZ",
        "\x00",
        "\u202e",
        "ﬀ",
        "İ",
    ]
)
COLUMN = st.sampled_from([c.name for c in COLUMNS]) | st.text(max_size=8) | st.sampled_from(sorted(MARKS))


@given(st.text())
@example("ﬁ  ß İ")
def test_normalising_twice_is_normalising_once(value: str) -> None:
    for form in (normalise.text, normalise.street, normalise.matching):
        assert form(form(value)) == form(value)


@given(st.text() | st.emails())
def test_an_accepted_e_mail_address_is_its_own_normal_form(value: str) -> None:
    address = normalise.email(value)
    assert address is None or normalise.email(address) == address


@given(st.from_regex(r"\(?[2-9][0-9]{2}\)?[-. ]?555[-. ]?01[0-9]{2}", fullmatch=True) | ODD)
def test_an_accepted_number_is_its_own_normal_form_and_its_zones_are_known(value: str) -> None:
    phone = phones.parse(value)
    if phone is not None:
        assert phones.parse(phone.number) == phone
        zones = phones.zones_of_number(phone.number)
        assert sorted(set(zones)) == list(zones)
        assert all(is_zone(zone) for zone in zones)


@given(ODD | st.from_regex("[0-9]{3}-?[0-9]{2}-?[0-9]{4}", fullmatch=True))
def test_a_sealed_social_security_number_is_never_the_number_and_sealing_twice_is_sealing_once(value: str) -> None:
    sealed = ssn.seal(value, HASHES.keyed)
    assert ssn.seal(sealed, HASHES.keyed) == sealed
    assert sealed in ("", ssn.UNUSABLE) or sealed.startswith(ssn.SEALED)


@given(st.dictionaries(COLUMN, ODD, max_size=60))
def test_any_row_is_a_placement_or_is_told_what_is_wrong(changes: dict[str, str]) -> None:
    found = check(fields=a_row() | changes, client_id=CLIENT, mapping=ClientMapping(), today=TODAY, hashes=HASHES)
    if isinstance(found, Placement):
        i = found.itemization
        total = i.amount + i.interest_since + i.fees_since - i.payments_since - i.credits_since
        assert total == found.balance > 0
        assert found.zones
        assert len(set(found.zones)) == len(found.zones)
        assert all(is_zone(e.zone) for e in found.zones)
    else:
        assert found
        assert {f.code for f in found} <= CODES.keys()
        assert len(set(found)) == len(found)


@given(st.dictionaries(st.sampled_from([c.name for c in COLUMNS]), ODD, max_size=4))
def test_each_fault_of_a_row_is_found_whatever_else_is_wrong(changes: dict[str, str]) -> None:
    """A fault that one changed cell has alone is there in company too, unless it needs the other cells to be right."""
    needs_others = {"R_ITEMIZATION_SUM", "R_BALANCE_ZERO", "R_ZIP_STATE", "R_CONSENT"}

    def codes(cells: dict[str, str]) -> set[str]:
        found = check(fields=a_row() | cells, client_id=CLIENT, mapping=ClientMapping(), today=TODAY, hashes=HASHES)
        return set() if isinstance(found, Placement) else {f.code for f in found}

    together = codes(changes)
    for column, value in changes.items():
        assert codes({column: value}) - needs_others <= together


STATES = st.sampled_from(["AK", "AZ", "FL", "HI", "IN", "KY", "ND", "NY", "TN", "TX", "PR", "GU", "AE"])


@given(st.from_regex("[0-9]{5}", fullmatch=True), STATES)
def test_every_address_that_is_accepted_has_its_zones_or_is_military(postal_code: str, state: str) -> None:
    zones = zones_of_address(postal_code, state)
    assert sorted(set(zones)) == list(zones)
    if not contradicts(postal_code, state):
        assert zones or state == "AE"


@given(
    st.binary(max_size=400)
    | st.text(max_size=200).map(str.encode)
    | st.lists(st.dictionaries(COLUMN, ODD)).map(repr).map(str.encode)
)
@example(b"\xef\xbb\xbf")
@example(b'"')
@example(b"\r\r\n\n")
def test_any_bytes_are_a_file_with_rows_or_are_refused_with_a_reason(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "any.csv"
        for whole in (content, as_csv([a_row()]).encode() + content):
            path.write_bytes(whole)
            found = inspect(path, ClientMapping(), most_bytes=1 << 20)
            if isinstance(found, Inspected):
                with closing(read(path, ClientMapping())) as lines:
                    assert [r.number for r in lines] == list(range(1, found.rows + 1))
            else:
                assert found.code in REFUSALS
                assert found.reason


@given(st.lists(st.text(max_size=10) | COLUMN, max_size=300))
def test_any_header_is_usable_or_is_told_what_is_wrong(header: list[str]) -> None:
    faults = header_faults(header, ClientMapping())
    assert all(faults)
    assert faults or {c.strip().casefold() for c in header} >= {c.name for c in COLUMNS if c.need.value == "required"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | COLUMN, inner, max_size=3),
)


@given(JSON)
def test_any_json_has_rows_or_is_told_what_is_wrong(document: object) -> None:
    found = rows(document)
    if isinstance(found, Unreadable):
        assert found.reason
    else:
        assert [r.number for r in found] == list(range(1, len(found) + 1))
        assert all(isinstance(part.encode(), bytes) for r in found for pair in r.fields.items() for part in pair)


KEYS = st.lists(
    st.sampled_from([f"{kind}:{n}" for kind in ("ssn", "person") for n in range(4)]), max_size=2, unique=True
)


@given(
    st.lists(KEYS, max_size=12),
    st.dictionaries(st.sampled_from(["ssn:0", "person:1"]), st.just(ConsumerId("con-known"))),
)
def test_identity_does_not_depend_on_where_a_portfolio_is_cut(
    people: list[list[str]], known: dict[str, ConsumerId]
) -> None:
    """One large batch or many small ones: the same consumers."""
    everyone = [(*keys, f"debt:{i}") for i, keys in enumerate(people)]
    together = resolve(everyone, known, HASHES.keyed).consumers
    remembered = dict(known)
    apart: list[ConsumerId] = []
    for keys in everyone:
        found = resolve([keys], remembered, HASHES.keyed)
        remembered |= found.added
        apart += found.consumers
    assert list(together) == apart
