"""The page of every rule and every fact, from the rule files and the schema."""

import json
from pathlib import Path

from counterpoint.casebook.pages import page
from services.compliance.loader import HOUSE, LAW, load_files

FACTS = Path(__file__).resolve().parents[1] / "schemas" / "types" / "FactKind.avsc"
DETAILS = {
    "CEASED": "how it was said: written, electronic",
    "BANKRUPT": "the chapter",
    "DECEASED": "who represents the estate",
    "DISPUTED": "written, electronic, oral, or client for a dispute that a client reports",
    "NOTICE_SENT": "mail, email, or hand",
    "STATED_LOCATION": "the IANA name of the zone",
    "INCONVENIENT_TIME": "days as a number (Monday 1, Tuesday 2, Wednesday 4 and so on), start, end: `31 15:00 17:00`",
    "INCONVENIENT_PLACE": "home or work",
    "TEXT_CONSENT": "to whom it was given: collector or creditor",
    "EMAIL_CONSENT": "collector, creditor or prior-collector",
    "CALL_CONSENT": "collector or creditor",
    "ROBO_CONSENT": "collector or creditor",
    "ELECTRONIC_CONSENT": "collector",
    "E_SIGN_CONSENT": "collector",
    "TIME_CONSENT": "collector or creditor",
    "CREDITOR_EMAIL_NOTICE": "the last date to opt out, as the ordinal of the proleptic Gregorian calendar",
    "NUMBER_CHECKED": "same, reassigned or no-data",
    "LINE_TYPE": "mobile, landline, voip, toll-free, invalid or unknown",
}
"""What the detail of a fact holds; facts that are not here need none."""


def rules_page() -> str:
    """Every rule with its cases, and the facts that rules ask about."""
    files = sorted(load_files([LAW, HOUSE]), key=lambda f: str(f.content["id"]))
    kinds = [k for k in json.loads(FACTS.read_text(encoding="utf-8"))["symbols"] if k != "UNKNOWN"]
    lines = [
        "# Rules",
        "<!-- Made by `make docs` from the rule files: change them there. -->",
        "",
        f"{len(files)} rules. `counterpoint rules show ID` prints one.",
        "",
        *(page(file) for file in files),
        "## Facts",
        "",
        "What `FactLearned` can say, and what its `detail` holds.",
        "",
        "| fact | detail |",
        "| --- | --- |",
        *(f"| `{kind}` | {DETAILS.get(kind, '')} |" for kind in kinds),
    ]
    return "\n".join(lines) + "\n"
