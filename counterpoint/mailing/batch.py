"""An outbox of letters as one file to hand over, with control totals: none is lost on the way, none printed twice."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from msgspec import Struct
from pypdf import PdfReader

HANDED_OVER = "handed-over"
COLUMNS = ("file", "pages", "sha256", "attempt", "contact", "consumer", "story", "event")
"""Of the manifest. The mail house fills in the last: mailed, returned, failed."""


class Totals(Struct, frozen=True):
    """What is in a batch; `check` is a hash over the hashes of its letters, in order."""

    batch: str
    letters: int
    pages: int
    sheets: int
    check: str


def gather(outbox: Path, now: datetime) -> Totals | None:
    """Gather what is in the outbox into `<outbox>/handed-over/<batch>.zip`; None if nothing is there.

    The letters move beside the file once it is whole. A run that was cut off is done again by the next.
    """
    letters = sorted(outbox.glob("*.pdf"))
    if not letters:
        return None
    name = f"letters-{now:%Y%m%dT%H%M%SZ}"
    folder = outbox / HANDED_OVER / name
    folder.mkdir(parents=True, exist_ok=True)
    rows = [_row(letter) for letter in letters]
    totals = Totals(
        batch=name,
        letters=len(rows),
        pages=sum(int(row[1]) for row in rows),
        sheets=sum((int(row[1]) + 1) // 2 for row in rows),
        check=sha256("".join(row[2] for row in rows).encode()).hexdigest(),
    )
    partial = outbox / HANDED_OVER / f".{name}.partial"
    with ZipFile(partial, "w", ZIP_STORED) as whole:
        for letter in letters:
            whole.writestr(ZipInfo(letter.name, now.timetuple()[:6]), letter.read_bytes())
        whole.writestr(ZipInfo("manifest.csv", now.timetuple()[:6]), _manifest(rows))
        whole.writestr(ZipInfo("totals.json", now.timetuple()[:6]), json.dumps(_told(totals), indent=2))
    partial.rename(outbox / HANDED_OVER / f"{name}.zip")
    for letter in letters:
        letter.with_suffix(".json").rename(folder / letter.with_suffix(".json").name)
        letter.rename(folder / letter.name)
    return totals


def _row(letter: Path) -> tuple[str, ...]:
    content = letter.read_bytes()
    ids: dict[str, str] = json.loads(letter.with_suffix(".json").read_text(encoding="utf-8"))
    pages = str(len(PdfReader(io.BytesIO(content)).pages))
    named = (ids[name] for name in ("attempt", "contact", "consumer", "story"))
    return (letter.name, pages, sha256(content).hexdigest(), *named, "")


def _manifest(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    return out.getvalue()


def _told(totals: Totals) -> dict[str, str | int]:
    return {name: getattr(totals, name) for name in totals.__struct_fields__}
