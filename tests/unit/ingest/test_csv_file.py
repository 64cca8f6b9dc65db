"""Reading CSV files, good and bad.

Green does not prove that a bad file is answered to its client: the tests with a database do.
"""

import tracemalloc
from pathlib import Path

import pytest

from services.ingest import csv_file
from services.ingest.core.columns import CELLS
from services.ingest.core.mapping import ClientMapping
from services.ingest.csv_file import Inspected, Refusal, inspect, read
from tests.unit.ingest.factories import a_file, a_row, as_csv

MOST = 1 << 20
HEADER = ",".join(a_row())
LINE = ",".join(a_row().values())


def inspected(folder: Path, content: bytes | str, mapping: ClientMapping | None = None) -> Inspected | Refusal:
    """What is said of a file with this content."""
    return inspect(a_file(folder, content), mapping or ClientMapping(), most_bytes=MOST)


def rows_of(folder: Path, content: bytes | str) -> list[tuple[int, int, dict[str, str]]]:
    """Number, line and fields of each row."""
    path = a_file(folder, content)
    found = inspect(path, ClientMapping(), most_bytes=MOST)
    rows = [(r.number, r.line, dict(r.fields)) for r in read(path, ClientMapping())]
    assert isinstance(found, Inspected), found
    assert found.rows == len(rows)
    return rows


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_reads_rows_whatever_ends_their_lines_and_whatever_stands_before(
    tmp_path: Path, newline: str, mark: bytes
) -> None:
    content = mark + newline.join([HEADER, LINE, LINE]).encode()
    assert rows_of(tmp_path, content) == [(1, 2, a_row()), (2, 3, a_row())]


def test_a_quoted_newline_belongs_to_its_cell_and_lines_are_counted_in_the_file(tmp_path: Path) -> None:
    content = as_csv([a_row(address_1='"12 Main St\r\nRear, ""B"""'), a_row()])
    first, second = rows_of(tmp_path, content)
    assert first[2]["address_1"] == '12 Main St\r\nRear, "B"'
    assert (first[1], second[1]) == (2, 4)


def test_lines_with_nothing_in_them_are_no_rows(tmp_path: Path) -> None:
    content = f"\n{HEADER}\n\n{LINE}\n{',' * 10}\n   \n{LINE}\n\n"
    assert [(n, line) for n, line, _ in rows_of(tmp_path, content)] == [(1, 4), (2, 7)]


@pytest.mark.parametrize(("line", "count"), [(f"{LINE},more", 1), (LINE.rpartition(",")[0], -1), ("just one", None)])
def test_a_row_of_the_wrong_width_keeps_none_of_its_cells(tmp_path: Path, line: str, count: int | None) -> None:
    width = len(a_row())
    ((_, _, fields),) = rows_of(tmp_path, f"{HEADER}\n{line}\n")
    assert fields == {CELLS: f"{1 if count is None else width + count}/{width}"}


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (b"", "F_EMPTY", "empty"),
        (b"\xef\xbb\xbf\n\n", "F_EMPTY", "empty"),
        (f"{HEADER}\n{LINE}\nMar".encode() + "ía".encode("latin-1"), "F_NOT_UTF8", "line 3 is not UTF-8 (byte 0xed)"),
        (f"{HEADER}\n{LINE}\n".encode() + "í".encode()[:1], "F_NOT_UTF8", "line 3 ends in the middle of a character"),
        (HEADER.encode("utf-16"), "F_NOT_UTF8", "line 1 is not UTF-8 (byte 0xff)"),
        ("balance,balance,colour", "F_HEADER", "line 1: unknown columns: 'colour'; duplicate columns: 'balance'"),
        (HEADER.replace("balance,", ""), "F_HEADER", "missing columns: balance"),
        (f'{HEADER}\n{LINE}\n"never closed\n{LINE}\n', "F_QUOTES", "line 3 cannot be read: a quotation mark is opened"),
        (f'{HEADER}\n{LINE}\n"a"b,{LINE}\n', "F_QUOTES", "the row that starts at line 3"),
        (f'{HEADER}\n"{"x" * 140_000}",\n', "F_QUOTES", "longer than 131,072 characters"),
        (b"\x00" * 64, "F_HEADER", "unknown columns"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "F_NOT_UTF8", "line 1 is not UTF-8 (byte 0x89)"),
        (b"x" * (MOST + 1), "F_TOO_LARGE", "larger than 1 MiB"),
    ],
)
def test_refuses_a_file_that_cannot_be_trusted_and_says_where(
    tmp_path: Path, content: bytes | str, code: str, said: str
) -> None:
    found = inspected(tmp_path, content)
    assert isinstance(found, Refusal)
    assert found.code == code
    assert said in found.reason
    assert code in csv_file.REFUSALS


@pytest.mark.parametrize("before", [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1])
def test_finds_the_line_of_a_bad_byte_across_the_chunks_that_are_read(tmp_path: Path, before: int) -> None:
    content = b"a\n" * (before // 2) + b"b" * (before % 2) + "é".encode() + "\n\né".encode("latin-1")
    found = inspect(a_file(tmp_path, content), ClientMapping(), most_bytes=1 << 30)
    assert isinstance(found, Refusal)
    assert f"line {before // 2 + 3} " in found.reason


def test_refuses_a_line_that_never_ends(tmp_path: Path) -> None:
    found = inspect(a_file(tmp_path, HEADER + "\n" + "x," * 600_000), ClientMapping(), most_bytes=1 << 30)
    assert found == Refusal("F_LINE_TOO_LONG", "line 2 is longer than 1 MiB")


def test_a_mapping_may_name_another_delimiter(tmp_path: Path) -> None:
    content = as_csv([a_row()], delimiter=";")
    assert isinstance(inspected(tmp_path, content, ClientMapping(delimiter=";")), Inspected)
    refused = inspected(tmp_path, content)
    assert isinstance(refused, Refusal)
    assert "semicolons" in refused.reason


def test_equal_content_has_an_equal_digest_and_other_content_another(tmp_path: Path) -> None:
    one, same, other = (inspected(tmp_path, as_csv([a_row(suffix=s)])) for s in ("Jr", "Jr", "Sr"))
    assert one == same != other


def test_a_file_of_any_size_is_read_in_little_memory(tmp_path: Path) -> None:
    """A file of 16 MB, whose rows take at least that much, is read in a quarter of it."""
    path = a_file(tmp_path, HEADER + "\n" + f"{LINE}\n" * (16_000_000 // len(LINE)))
    tracemalloc.start()
    found = inspect(path, ClientMapping(), most_bytes=1 << 30)
    count = sum(1 for _ in read(path, ClientMapping()))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(found, Inspected)
    assert found.rows == count
    assert peak < 5_000_000
