"""Makes synthetic portfolios: `python -m counterpoint.simulate.placements --accounts 2000 --seed 7 > placements.csv`.

Most rows are good; some have a fault that is known (see planted.py), some are there twice. Equal arguments give
equal files.
"""

import argparse
import csv
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import TextIO

from counterpoint.simulate.people import CHECKED_DAYS, CONSENTS, FRESH_DAYS, STALE_DAYS, People, Person
from counterpoint.simulate.planted import FAULTS
from services.ingest.core.columns import COLUMNS, FLAGS

HEADER = tuple(c.name for c in COLUMNS)
AS_OF = date(2025, 6, 30)
"""No date of an account is later."""
HANDED_OVER = date(2026, 10, 19)
"""When the demo begins: dates of consents and checks lie before it, so that a clock that is earlier rejects them."""

LINKED = 0.08
REPEATED = 0.006
EMAIL_CONSENT = 0.7
"""Of e-mail addresses, the share for which consent to us is on record."""
UNSAID = 0.02
RESTRICTED = (("attorney_represented", 0.01), ("bankrupt", 0.007), ("deceased", 0.004), ("ceased", 0.009))
BASES = ("last-statement", "charge-off", "last-payment", "transaction", "judgment")
CREDITORS: dict[str, tuple[str, ...]] = {
    "card": ("Bluewater Bank", "Summit Card Services", "First Meridian Bank"),
    "medical": ("Harborview Hospital", "Lakeside Orthopedics", "Prairie Imaging Center"),
    "auto": ("Roadrunner Auto Finance", "Piedmont Motor Credit"),
    "student": ("Ivywood Student Lending",),
    "telecom": ("Clearline Wireless", "Northstar Broadband"),
    "utility": ("Granite Valley Power", "Tidewater Gas"),
    "rent": ("Oakmont Residential",),
    "government": ("City of Fairhaven Parking",),
    "other": ("Evergreen Fitness Clubs", "Cobalt Furniture"),
}
WEIGHTS = (34, 26, 8, 4, 10, 8, 3, 2, 5)
TYPICAL = {"card": 2400, "medical": 700, "auto": 6800, "student": 5200, "rent": 1900}


@dataclass(frozen=True, slots=True)
class Planted:
    """One row; `code` is the reject code that it must get, REPEATED, or empty for a good one."""

    cells: dict[str, str]
    code: str = ""


def portfolio(*, accounts: int, seed: int) -> list[Planted]:
    """The rows of a portfolio: `accounts` of them, and some a second time."""
    random = Random(seed)  # noqa: S311 - keeps no secret
    people = People(random, AS_OF, HANDED_OVER)
    rows: list[Planted] = []
    known: list[Person] = []
    for number in range(accounts):
        if len(known) > 50 and random.random() < LINKED:
            person = _variant(random.choice(known), random)
        else:
            person = people.draw()
            known.append(person)
        rows.append(Planted(_account(person, number, random)))
    _plant(rows, random)
    for _ in range(round(accounts * REPEATED)):
        at = random.randrange(len(rows))
        while rows[at].code:
            at = random.randrange(len(rows))
        rows.insert(random.randrange(at + 1, len(rows) + 1), Planted(rows[at].cells, "REPEATED"))
    return rows


def _variant(person: Person, random: Random) -> Person:
    """The same person as another creditor writes them: one strong key at least agrees."""
    if not person.ssn or random.random() < 0.5:
        return replace(person, first=person.first.upper(), last=person.last.upper(), middle="", email="")
    return replace(person, born_on=None, middle=random.choice(("", "A", "M")), unit="", lines=person.lines[:1])


def _account(person: Person, number: int, random: Random) -> dict[str, str]:
    (kind,) = random.choices(tuple(CREDITORS), WEIGHTS)
    creditor = random.choice(CREDITORS[kind])
    dates = _dates(random)
    cells = dict.fromkeys(HEADER, "") | {
        "client_account_number": f"{creditor[:2].upper()}-{random.randrange(10**5):05}-{number:06}",
        "placement_sequence": "1",
        "debt_type": kind,
        "original_creditor": creditor,
        "current_creditor": creditor if random.random() < 0.7 else "Pier Street Funding",
        "currency": "USD",
        "first_name": person.first,
        "middle_name": person.middle,
        "last_name": person.last,
        "suffix": person.suffix,
        "born_on": person.born_on.isoformat() if person.born_on else "",
        "ssn": person.ssn,
        "language": person.language,
        "address_1": person.street,
        "address_2": person.unit,
        "city": person.place.city,
        "state": person.place.state,
        "postal_code": person.place.postal_code,
        "country": "US",
        "email_1": person.email,
        **_email_consent(person),
    }
    for i, line in enumerate(person.lines, start=1):
        cells |= line.cells(f"phone_{i}")
    return cells | dates | _money(TYPICAL.get(kind, 380), random) | _flags(random)


def _email_consent(person: Person) -> dict[str, str]:
    """Of the person alone, so that every creditor tells the same."""
    if not person.email:
        return {}
    random = Random(person.email)  # noqa: S311 - keeps no secret
    if random.random() >= EMAIL_CONSENT:
        return {}
    on = HANDED_OVER - timedelta(days=random.randrange(2, 200))
    return {"email_1_consent": "true", "email_1_consent_on": on.isoformat()}


def _dates(random: Random) -> dict[str, str]:
    itemized = AS_OF - timedelta(days=random.randrange(20, 500))
    delinquent = itemized - timedelta(days=random.randrange(30, 210))
    charged_off = itemized if random.random() < 0.6 else None
    return {
        "itemization_date": itemized.isoformat(),
        "itemization_basis": "charge-off" if charged_off else random.choice(BASES),
        "delinquent_on": delinquent.isoformat(),
        "charged_off_on": charged_off.isoformat() if charged_off else "",
    }


def _money(typical: int, random: Random) -> dict[str, str]:
    """Amounts that add up, in cents until they are written."""
    amount = max(2500, round(typical * 100 * random.lognormvariate(0, 0.7)))
    interest = random.randrange(0, amount // 8) if random.random() < 0.6 else 0
    fees = random.randrange(0, 6000) if random.random() < 0.4 else 0
    payments = random.randrange(0, amount // 3) if random.random() < 0.3 else 0
    credits_ = random.randrange(0, amount // 10) if random.random() < 0.1 else 0
    parts = {
        "balance": amount + interest + fees - payments - credits_,
        "itemization_amount": amount,
        "interest_since": interest,
        "fees_since": fees,
        "payments_since": payments,
        "credits_since": credits_,
    }
    return {name: f"{cents // 100}.{cents % 100:02}" for name, cents in parts.items()}


def _flags(random: Random) -> dict[str, str]:
    flags = {name: "" if random.random() < UNSAID / len(FLAGS) else "false" for name in FLAGS}
    drawn = random.random()
    for name, share in RESTRICTED:
        if 0 <= drawn < share:
            flags[name] = "true"
        drawn -= share
    return flags


def _plant(rows: list[Planted], random: Random) -> None:
    """Spoil some rows: none of those first of their zone, so that every zone stays in the portfolio."""
    free = random.sample(range(min(60, len(rows)), len(rows)), max(0, len(rows) - 60))
    for code, often, plant in FAULTS:
        for _ in range(round(often * len(rows) / 2000)):
            if free:
                at = free.pop()
                rows[at] = Planted(plant(rows[at].cells, random), code)


def write(rows: Sequence[Planted], file: TextIO) -> None:
    """Write a portfolio as CSV."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(row.cells.values() for row in rows)


def describe(rows: Sequence[Planted], *, accounts: int, seed: int) -> str:
    """What is planted, as the text that stands beside the file."""
    codes = Counter(row.code for row in rows)
    good, repeated = codes.pop(""), codes.pop("REPEATED", 0)
    table = "\n".join(f"| `{code}` | {count} |" for code, count in sorted(codes.items()))
    return f"""# examples/placements.csv

{len(rows):,} rows of people who do not exist, over every time zone of the United States. Made, byte for byte, by

    python -m counterpoint.simulate.placements --accounts {accounts} --seed {seed} > examples/placements.csv
    python -m counterpoint.simulate.placements --accounts {accounts} --seed {seed} --describe > examples/README.md

Telephone numbers are NXX-555-0100 to 0199, e-mail domains end in `.test`, social security numbers begin with 9 and
have a group that nobody is given. Rates are invented. Columns and codes: `docs/reference/placement.md`.

Consent is what texts hang on. Of the telephone numbers, about

| share | what is on record of consent to texts |
| --- | --- |
{_consents()}

Consents and checks lie before {HANDED_OVER}, when the demo's clock begins, and hold for 60 dates (12 CFR
1006.6(d)(5)). On the demo's clock some run out within its three weeks; on a clock that is two months later all of
them have. Then the gate refuses every text by `us.consent.texts` and says that the consent is too old, as it should:
to see texts go, write newer dates into the file.

| rows | |
| --- | --- |
| to be placed | {good} |
| to be rejected | {sum(codes.values())} |
| to be recognised as repeated | {repeated} |
| in all | {len(rows)} |

Of the rows to be rejected, each has one fault:

| code | rows |
| --- | --- |
{table}
"""


def _consents() -> str:
    fresh, stale, checked = (f"{least} to {most} days" for least, most in (FRESH_DAYS, STALE_DAYS, CHECKED_DAYS))
    said = {
        "fresh": f"given to us {fresh} before",
        "renewed": f"given to us {stale} before, and the number checked {checked} before",
        "stale": f"given to us {stale} before, and nothing since",
        "client": "given to the client, not to us",
        "refused": "refused",
    }
    rows = [(CONSENTS[name], text) for name, text in said.items()]
    return "\n".join(f"| {share:.0%} | {text} |" for share, text in (*rows, (1 - sum(CONSENTS.values()), "nothing")))


def main() -> None:
    """Write a portfolio, or what is planted in it, to the standard output."""
    parser = argparse.ArgumentParser(prog="python -m counterpoint.simulate.placements", description=__doc__)
    parser.add_argument("--accounts", type=int, default=2000, help="how many accounts")
    parser.add_argument("--seed", type=int, default=7, help="equal seeds give equal files")
    parser.add_argument("--describe", action="store_true", help="say what is planted instead")
    asked = parser.parse_args()
    rows = portfolio(accounts=asked.accounts, seed=asked.seed)
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    if asked.describe:
        sys.stdout.write(describe(rows, accounts=asked.accounts, seed=asked.seed))
    else:
        write(rows, sys.stdout)


if __name__ == "__main__":
    main()
