"""Letters handed to a mail house. A green run does not prove that a mail house can use them."""

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest

from counterpoint.mailing.batch import gather
from counterpoint.mailing.report import NotRead, lines
from services.letter.page import printed

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def fill(outbox: Path, count: int) -> None:
    for n in range(count):
        ids = {"attempt": f"a{n}", "contact": f"c{n}", "consumer": f"con-{n}", "story": f"s{n}"}
        (outbox / f"a{n}.json").write_text(json.dumps(ids))
        pages = printed("<p>word</p>" * (1 + 40 * n), title="A letter", language="en", back=())
        (outbox / f"a{n}.pdf").write_bytes(pages)


def test_a_batch_holds_every_letter_once_with_totals_that_can_be_checked(tmp_path: Path) -> None:
    fill(tmp_path, 3)
    totals = gather(tmp_path, NOW)
    assert totals is not None
    with ZipFile(tmp_path / "handed-over" / f"{totals.batch}.zip") as whole:
        rows = list(csv.DictReader(io.StringIO(whole.read("manifest.csv").decode())))
        told = json.loads(whole.read("totals.json"))
        assert {row["file"] for row in rows} == {n for n in whole.namelist() if n.endswith(".pdf")}
    assert (
        (totals.letters, totals.pages)
        == (3, sum(int(row["pages"]) for row in rows))
        == (told["letters"], told["pages"])
    )
    assert totals.sheets == sum((int(row["pages"]) + 1) // 2 for row in rows)
    assert gather(tmp_path, NOW) is None
    assert len(list(tmp_path.rglob("a*.pdf"))) == 3


def test_a_report_is_the_manifest_with_a_word_for_each_letter(tmp_path: Path) -> None:
    fill(tmp_path, 2)
    totals = gather(tmp_path, NOW)
    assert totals is not None
    with ZipFile(tmp_path / "handed-over" / f"{totals.batch}.zip") as whole:
        manifest = whole.read("manifest.csv").decode().splitlines()
    file = tmp_path / "report.csv"
    file.write_text("\n".join([manifest[0], manifest[1] + "Returned", manifest[2]]))
    [line] = lines(file)
    assert (line.ids["attempt"], line.event) == ("a0", "letter.returned_to_sender")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("attempt,event\na,mailed\n", "has no column contact"),
        ("attempt,contact,consumer,story,event\na,c,k,s,eaten\n", "line 2: 'eaten' is none of mailed"),
    ],
)
def test_a_report_that_cannot_be_understood_is_refused_whole(tmp_path: Path, content: str, why: str) -> None:
    file = tmp_path / "report.csv"
    file.write_text(content)
    with pytest.raises(NotRead, match=why):
        lines(file)
