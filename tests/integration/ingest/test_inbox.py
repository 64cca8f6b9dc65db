"""Files dropped into the inbox: taken, answered, moved; refused, repeated, cut off and read again.

Green does not prove it for a network share, where a rename may not be seen at once.
"""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from contracts.events import PlacementSubmitted
from services.ingest.core.mapping import ClientMapping
from services.ingest.csv_file import read
from services.ingest.submitting import FileChanged
from tests.integration.ingest.harness import Ingest, LogPublisher, until
from tests.integration.ingest.test_placing import numbered
from tests.unit.ingest.factories import a_row, as_csv

ROOT = Path(__file__).resolve().parents[3]


def drop(ingest: Ingest, content: str | bytes, name: str = "day.csv") -> Path:
    """Put a file into acme's folder, whole."""
    path = ingest.inbox / f"{name}.part"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    path.rename(ingest.inbox / name)
    return ingest.inbox / name


def answer(ingest: Ingest, name: str = "day.csv", folder: str = "done") -> dict[str, Any]:
    """The acknowledgement of a file."""
    path = ingest.inbox / folder / f"{name}.acknowledgement.json"
    found: dict[str, Any] = json.loads(path.read_text())
    return found


async def settle(ingest: Ingest, name: str = "day.csv", folder: str = "done") -> dict[str, Any]:
    """The acknowledgement, once the file has been moved."""
    await until((ingest.inbox / folder / name).exists)
    return answer(ingest, name, folder)


async def test_a_file_is_loaded_and_answered_with_totals_and_its_rejected_rows(ingest: Ingest) -> None:
    rows = [
        *numbered(60),
        a_row(client_account_number="X1", state="ZZ", email_1="?"),
        a_row(client_account_number="A0"),
    ]
    content = as_csv(rows) + 'only,"two ""cells"""\r\n'
    drop(ingest, content)
    async with ingest.running():
        told = await settle(ingest)
    assert {k: told[k] for k in ("state", "rows", "placed", "rejected", "repeated", "balance_placed", "consumers")} == {
        "state": "loaded",
        "rows": 63,
        "placed": 60,
        "rejected": 2,
        "repeated": 1,
        "balance_placed": "74073.60",
        "consumers": 60,
    }
    assert told["rejected_by_code"] == {"R_CELL_COUNT": 1, "R_EMAIL": 1, "R_STATE": 1}
    assert told["loaded_before"] is False
    with (ingest.inbox / "done" / "day.csv.rejects.csv").open(newline="") as file:
        header, first, second = csv.reader(file)
    assert header == [*a_row(), "reject_line", "reject_codes", "reject_explanations"]
    assert first[:-1] == [*rows[60].values(), "62", "R_STATE R_EMAIL"]
    assert second[:-1] == ["only", 'two "cells"', "64", "R_CELL_COUNT"]
    assert (ingest.inbox / "done" / "day.csv").read_bytes() == content.encode()
    (loaded,) = ingest.loaded()
    assert (loaded.rows, loaded.placed, loaded.rejected, loaded.repeated, loaded.consumers) == (63, 60, 2, 1, 60)
    assert (loaded.file_name, loaded.file_sha256) == ("day.csv", told["sha256"])


async def test_the_example_is_loaded_as_its_readme_says(ingest: Ingest) -> None:
    ingest.chunk_rows = 500
    drop(ingest, (ROOT / "examples" / "placements.csv").read_bytes())
    async with ingest.running():
        told = await settle(ingest)
    planted = (ROOT / "examples" / "README.md").read_text()
    for said, count in (("placed", "placed"), ("rejected", "rejected"), ("recognised as repeated", "repeated")):
        assert f"| to be {said} | {told[count]} |" in planted
    for code, rows in told["rejected_by_code"].items():
        assert f"| `{code}` | {rows} |" in planted
    assert told["consumers"] == len({e.meta.consumer_id for e in ingest.placed()}) < told["placed"]


async def test_the_same_file_again_is_answered_with_its_first_totals_and_places_nothing(ingest: Ingest) -> None:
    content = as_csv([*numbered(5), a_row(balance="x")])
    async with ingest.running():
        drop(ingest, content)
        first = await settle(ingest)
        drop(ingest, content, "again.csv")
        second = await settle(ingest, "again.csv")
        drop(ingest, content)
        third = await settle(ingest, "day.2.csv")
    assert (first["loaded_before"], second["loaded_before"], third["loaded_before"]) == (False, True, True)
    assert second["first_file_name"] == "day.csv"
    for told in (second, third):
        assert {k: told[k] for k in ("batch_id", "rows", "placed", "rejected", "repeated")} == {
            k: first[k] for k in ("batch_id", "rows", "placed", "rejected", "repeated")
        }
    assert len(ingest.events(PlacementSubmitted)) == 6
    assert len(ingest.loaded()) == 1
    assert ingest.outcomes() == {"placed": 5, "rejected": 1}


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (b"\xff\xfe\x00", "F_NOT_UTF8", "line 1 is not UTF-8"),
        ("client,balance\r\n1,2\r\n", "F_HEADER", "unknown columns: 'client'"),
        ("", "F_EMPTY", "a header line is needed"),
        (as_csv([a_row()]) + '"open', "F_QUOTES", "starts at line 3"),
        (b"x" * ((1 << 20) + 1), "F_TOO_LARGE", "larger than 1 MiB"),
    ],
)
async def test_a_file_that_cannot_be_used_is_refused_whole_and_told_why(
    ingest: Ingest, content: str | bytes, code: str, said: str
) -> None:
    ingest.max_file_megabytes = 1
    drop(ingest, content)
    async with ingest.running():
        told = await settle(ingest, folder="refused")
    assert (told["state"], told["code"]) == ("refused", code)
    assert said in told["reason"]
    assert not list(ingest.inbox.glob("*.csv"))
    assert ingest.events(PlacementSubmitted) == []


@pytest.mark.parametrize("calls", [0, 1, 2, 3])
async def test_a_crash_in_the_middle_of_a_file_is_mended_by_reading_it_again(ingest: Ingest, calls: int) -> None:
    drop(ingest, as_csv([*numbered(130), a_row(balance="x"), a_row(client_account_number="A0")]))
    ingest.publisher = LogPublisher(calls_left=calls)
    async with ingest.running():
        await until(lambda: ingest.publisher.calls_left == 0)
        assert not (ingest.inbox / "done").exists()
    ingest.publisher = LogPublisher()
    async with ingest.running():
        told = await settle(ingest)
    assert (told["rows"], told["placed"], told["rejected"], told["repeated"]) == (132, 130, 1, 1)
    assert told["loaded_before"] is False
    assert len(ingest.events(PlacementSubmitted)) == 132
    assert len(ingest.placed()) == 130
    assert len(ingest.loaded()) == 1


async def test_a_file_that_is_still_written_is_left_alone(ingest: Ingest) -> None:
    async with ingest.running():
        (ingest.inbox / "later.csv.part").write_text("client")
        (ingest.inbox / ".hidden.csv").write_text("client")
        drop(ingest, as_csv([a_row()]))
        await settle(ingest)
    assert sorted(p.name for p in ingest.inbox.iterdir()) == [".hidden.csv", "done", "later.csv.part"]


async def test_a_file_that_changes_after_it_was_inspected_is_refused(ingest: Ingest, tmp_path: Path) -> None:
    """The counts differ; the batch stays open, and nothing is said to be whole that is not."""
    path = tmp_path / "growing.csv"
    path.write_text(as_csv(numbered(3)))
    assembly = await ingest.assemble()
    from services.ingest.database import Database
    from services.ingest.submitting import Submitting
    from tests.unit.ingest.factories import CLIENT, HASHES

    database = Database(ingest.dsn, connections=3)
    await database.open()
    submitting = Submitting(
        database=database,
        publisher=ingest.publisher,
        clock=ingest.runtime.clock,
        keyed=HASHES.keyed,
        mappings={},
        chunk_rows=2,
        most_bytes=1 << 20,
    )
    known = await submitting.register(submitting.batch(CLIENT, "0" * 64, path.name), "file")
    with pytest.raises(FileChanged):
        await submitting.submit_file(known, path, 4)
    await ingest.runtime.run()
    await database.close()
    await assembly.close()
    assert ingest.loaded() == []


async def test_files_of_two_clients_are_two_batches(ingest: Ingest) -> None:
    content = as_csv([a_row()])
    other = ingest.inbox.parent / "zenith"
    other.mkdir()
    (other / "day.csv").write_text(content)
    drop(ingest, content)
    async with ingest.running():
        await settle(ingest)
        await until((other / "done" / "day.csv").exists)
    assert {(e.client_id, e.placed) for e in ingest.loaded()} == {("acme", 1), ("zenith", 1)}


async def test_a_client_with_a_mapping_sends_its_own_columns(ingest: Ingest) -> None:
    """The rejects come back in the client's own columns too."""
    from tests.unit.ingest.test_mapping import HARBORVIEW

    folder = ingest.inbox.parent / "harborview"
    folder.mkdir()
    (folder / "day.csv").write_text(as_csv([HARBORVIEW, HARBORVIEW | {"Acct No": "HV-8", "Amount Due": "81.00"}]))
    async with ingest.running():
        await until((folder / "done" / "day.csv").exists)
    told = json.loads((folder / "done" / "day.csv.acknowledgement.json").read_text())
    assert (told["placed"], told["rejected"], told["mapping_version"]) == (1, 1, 1)
    (row,) = read(folder / "done" / "day.csv.rejects.csv", ClientMapping())
    assert (row.fields["Acct No"], row.fields["reject_line"]) == ("HV-8", "3")


async def test_social_security_numbers_are_neither_in_the_log_nor_in_the_database(ingest: Ingest) -> None:
    drop(ingest, as_csv([a_row(), a_row(client_account_number="A2", ssn="900 98 7654", state="ZZ")]))
    async with ingest.running():
        await settle(ingest)
    written = [part or b"" for log in ingest.runtime.broker.records.values() for r in log for part in (r.key, r.value)]
    assert len(written) > 6
    for secret in (b"900-12-3456", b"900123456", b"900 98 7654", b"900987654"):
        assert not [w for w in written if secret in w]
    import psycopg

    with psycopg.connect(ingest.dsn) as connection:
        tables = connection.execute(
            "select table_name from information_schema.tables where table_schema = 'ingest'"
        ).fetchall()
        assert len(tables) >= 7
        for (table,) in tables:
            for (row,) in connection.execute(f"select t::text from ingest.{table} t").fetchall():
                assert "900123456" not in row
                assert b"900-12-3456".hex() not in row
