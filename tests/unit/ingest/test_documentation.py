"""The pages for clients say what the code does.

Green does not prove that they say it well.
"""

from pathlib import Path

from services.ingest.core.columns import COLUMNS, Need
from services.ingest.core.faults import CODES
from services.ingest.csv_file import REFUSALS
from services.ingest.settings import IngestSettings

DOCS = Path(__file__).resolve().parents[3] / "docs"
REFERENCE = (DOCS / "reference" / "placement.md").read_text(encoding="utf-8")
HOW_TO = (DOCS / "how-to" / "send-placements.md").read_text(encoding="utf-8")


def test_every_column_is_described_in_order() -> None:
    rows = [f"| `{c.name}` | {'yes' if c.need is Need.REQUIRED else ''} | {c.holds} |" for c in COLUMNS]
    assert "\n".join(rows) in REFERENCE


def test_every_reject_code_and_refusal_is_described_in_order() -> None:
    for codes in (CODES, REFUSALS):
        assert "\n".join(f"| `{code}` | {meaning} |" for code, meaning in codes.items()) in REFERENCE


def test_every_setting_that_the_pages_name_exists() -> None:
    known = {f"COUNTERPOINT_INGEST_{name.upper()}" for name in IngestSettings.model_fields}
    named = {w.strip("`.,;:()=") for page in (REFERENCE, HOW_TO) for w in page.split() if "COUNTERPOINT_INGEST" in w}
    assert len(named) > 3
    assert named <= known
