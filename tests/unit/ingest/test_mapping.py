"""Clients' own columns, and the mapping files that describe them.

Green does not prove that a mapping says what its client means: only a look at their first file does.
"""

from pathlib import Path

import pytest

from services.ingest.core.check import check
from services.ingest.core.mapping import ClientMapping, canonical_cells, header_faults
from services.ingest.core.placement import Placement
from services.ingest.loader import DIRECTORY, WrongMapping, load_mapping, load_mappings
from tests.unit.ingest.factories import CLIENT, HASHES, TODAY, a_row

CANONICAL = list(a_row())

HARBORVIEW = {
    "Acct No": "HV-7",
    "Patient First": "Ana",
    "Patient Last": "Example",
    "DOB": "02/29/1980",
    "Social": "900123456",
    "Street": "12 Main St",
    "City": "Seattle",
    "St": "WA",
    "Zip": "98101",
    "Home Phone": "206-555-0100",
    "Cell Phone": "206-555-0101",
    "Text OK": "Y",
    "Amount Due": "$80.00",
    "Statement Date": "01/31/2025",
    "Statement Amount": "100.00",
    "Interest": "0",
    "Fees": "0",
    "Paid": "20.00",
    "Adjustments": "0",
    "Represented": "ATTY",
    "Preferred Language": "Spanish",
    "Ward": "3 West",
}


def test_the_canonical_header_needs_no_mapping() -> None:
    assert header_faults(CANONICAL, ClientMapping()) == []


def test_case_and_spaces_of_a_header_do_not_matter() -> None:
    assert header_faults([f" {c.upper()} " for c in CANONICAL], ClientMapping()) == []


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ([*CANONICAL, "attorny_represented"], "unknown columns: 'attorny_represented'"),
        ([*CANONICAL, "City"], "duplicate columns: 'city'"),
        ([c for c in CANONICAL if c not in ("balance", "state")], "missing columns: balance, state"),
        ([*CANONICAL, " "], f"columns without a name: '{len(CANONICAL) + 1}'"),
        ([";".join(CANONICAL)], "separated by semicolons"),
        ([f"c{i}" for i in range(201)], "at most 200"),
        ([f"c{i}" for i in range(20)], "and 15 more"),
    ],
)
def test_names_what_is_wrong_with_a_header(header: list[str], said: str) -> None:
    assert said in "; ".join(header_faults(header, ClientMapping()))


def test_a_clients_own_file_becomes_a_canonical_placement() -> None:
    mapping = load_mapping(DIRECTORY / "harborview.yaml")
    assert header_faults(list(HARBORVIEW), mapping) == []
    p = check(fields=HARBORVIEW, client_id=CLIENT, mapping=mapping, today=TODAY, hashes=HASHES)
    assert isinstance(p, Placement), p
    assert p.debt_type.value == "MEDICAL"
    assert p.original_creditor == "Harborview Hospital"
    assert (p.born_on, p.language) == (p.born_on.replace(1980, 2, 29) if p.born_on else None, "es")
    assert p.flags.attorney_represented is True
    assert [(x.number, x.line_type, x.consented) for x in p.phones] == [
        ("+12065550100", "landline", None),
        ("+12065550101", "mobile", True),
    ]


def test_a_value_that_is_there_outweighs_a_fixed_one() -> None:
    cells, faults = canonical_cells(
        {"language": "fr", "suffix": " "}, ClientMapping(fixed={"language": "es", "suffix": "Jr"})
    )
    assert (cells["language"], cells["suffix"], faults) == ("fr", "Jr", [])


def test_every_mapping_that_comes_with_the_service_is_whole() -> None:
    assert set(load_mappings([DIRECTORY])) == {path.stem for path in DIRECTORY.glob("*.yaml")}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("client: [", "expected the node content"),
        ("client: acme", "'version' is a required property"),
        ("client: other\nversion: 1", "must be called other.yaml"),
        ("client: acme\nversion: 1\ncolumns: {Amt: amount}", "'amount' is no column of ours"),
        ("client: acme\nversion: 1\ncolumns: {A: city, B: city}", "two of their columns become 'city'"),
        ("client: acme\nversion: 1\ncolumns: {A: city}\nignore: [a]", "'a' is both mapped and ignored"),
        ("client: acme\nversion: 1\ndates: ['%m/%d/%y']", "dates/0"),
        ("client: acme\nversion: 1\ndates: ['%m/%m/%Y']", "year, month and day once"),
        ("client: acme\nversion: 1\ndelimeter: ';'", "'delimeter' was unexpected"),
        ("client: acme\nversion: one", "'one' is not of type 'integer'"),
    ],
)
def test_a_mapping_that_cannot_be_meant_stops_the_start_and_says_why(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "acme.yaml"
    path.write_text(content)
    with pytest.raises(WrongMapping) as caught:
        load_mapping(path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)


def test_two_mappings_of_one_client_stop_the_start(tmp_path: Path) -> None:
    (tmp_path / "harborview.yaml").write_text("client: harborview\nversion: 9")
    with pytest.raises(WrongMapping, match="another mapping for client harborview"):
        load_mappings([DIRECTORY, tmp_path])


def test_a_folder_of_mappings_that_is_none_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(WrongMapping, match="no folder"):
        load_mappings([tmp_path / "nowhere"])
