"""Synthetic portfolios.

Green does not prove that they look like any real portfolio: the rates are invented.
"""

import io
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from counterpoint.simulate.people import places
from counterpoint.simulate.placements import Planted, describe, portfolio, write
from counterpoint.simulate.planted import FAULTS
from services.ingest.core.check import check
from services.ingest.core.faults import CODES
from services.ingest.core.mapping import ClientMapping
from services.ingest.core.placement import Placement
from services.ingest.core.places import atlas
from services.ingest.csv_file import read
from tests.unit.ingest.factories import CLIENT, HASHES

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "examples" / "placements.csv"
NOT_IN_A_FILE = {"R_BATCH", "R_ROW_NUMBER", "R_NOT_TEXT", "R_UNKNOWN_COLUMN"}


@pytest.fixture(scope="module")
def example() -> list[Planted]:
    """The portfolio of the example."""
    return portfolio(accounts=2000, seed=7)


def test_the_committed_example_is_what_its_command_makes(example: list[Planted]) -> None:
    made = io.StringIO(newline="")
    write(example, made)
    assert EXAMPLE.read_bytes() == made.getvalue().encode()
    beside = (ROOT / "examples" / "README.md").read_text(encoding="utf-8")
    assert beside == describe(example, accounts=2000, seed=7)


def test_the_command_writes_the_same_bytes_to_the_standard_output() -> None:
    command = [sys.executable, "-m", "counterpoint.simulate.placements", "--accounts", "80", "--seed", "3"]
    made = io.StringIO(newline="")
    write(portfolio(accounts=80, seed=3), made)
    assert subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout == made.getvalue().encode()


def test_ingest_finds_in_each_row_what_was_planted_and_nothing_else(example: list[Planted]) -> None:
    seen = set()
    for planted, row in zip(example, read(EXAMPLE, ClientMapping()), strict=True):
        found = check(
            fields=row.fields, client_id=CLIENT, mapping=ClientMapping(), today=date(2026, 10, 19), hashes=HASHES
        )
        if isinstance(found, Placement):
            assert planted.code == ("REPEATED" if found.debt_id in seen else ""), row.number
            seen.add(found.debt_id)
        else:
            assert [f.code for f in found] == [planted.code], row.number


def test_every_code_that_a_row_of_a_file_can_have_is_planted(example: list[Planted]) -> None:
    assert {code for code, _, _ in FAULTS} == CODES.keys() - NOT_IN_A_FILE
    assert {row.code for row in example} == {*CODES.keys() - NOT_IN_A_FILE, "REPEATED", ""}
    rejected = sum(row.code not in ("", "REPEATED") for row in example)
    assert 0.04 < rejected / len(example) < 0.06


def test_good_rows_cover_every_zone_of_the_country(example: list[Planted]) -> None:
    zone_of = {place.postal_code: place.zone for place in places()}
    covered = {zone_of[row.cells["postal_code"]] for row in example if not row.code}
    assert set(atlas().everywhere) <= covered


def test_nothing_can_be_anybodys(example: list[Planted]) -> None:
    good = [row.cells for row in example if row.code in ("", "REPEATED")]
    numbers = {cells[f"phone_{i}"] for cells in good for i in (1, 2, 3)} - {""}
    assert len(numbers) > 1500
    assert all(re.fullmatch(r"\([2-9][0-9]{2}\) 555-01[0-9]{2}", number) for number in numbers)
    assert all(re.fullmatch(r"9[0-9]{2}-[1-4][0-9]-[0-9]{4}|", cells["ssn"]) for cells in good)
    assert all(cells["email_1"].endswith(".test") or not cells["email_1"] for cells in good)


def test_some_people_owe_twice_and_some_share_a_number(example: list[Planted]) -> None:
    good = [row.cells for row in example if not row.code]
    ssns = [cells["ssn"] for cells in good if cells["ssn"]]
    assert 80 < len(ssns) - len(set(ssns)) < 250
    owners: dict[str, set[str]] = {}
    for cells in good:
        owners.setdefault(cells["phone_1"], set()).add(cells["last_name"].casefold())
    assert sum(len(names) > 1 for number, names in owners.items() if number) > 20


@pytest.mark.parametrize("accounts", [0, 1, 59, 61])
def test_a_small_portfolio_is_as_good(accounts: int) -> None:
    rows = portfolio(accounts=accounts, seed=1)
    assert sum(row.code != "REPEATED" for row in rows) == accounts


def test_other_seeds_draw_other_people() -> None:
    assert portfolio(accounts=5, seed=1) != portfolio(accounts=5, seed=2)
