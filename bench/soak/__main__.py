"""`make soak`: 100,000 contacts, a worker killed every ten seconds; exits 1 if one was doubled or lost.

    python -m bench.soak [--contacts 3000] [--every 10] [--workers 2] [--keep DIRECTORY]

Approvals come from here and not from the gate, which other chaos tests kill: what is tried is everything after it.
"""

import argparse
import logging
import sys
import tempfile
import time
from pathlib import Path

import uvloop

from bench import tables
from bench.soak.soak import EACH, Found, soak
from bench.soak.world import RATE

CONTACTS, EVERY, WORKERS = 100_000, 10.0, 2
SHOWN = 10


def main() -> None:
    """Run it and write the table."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--contacts", type=int, default=CONTACTS, help="how many contacts are approved")
    arguments.add_argument("--every", type=float, default=EVERY, help="seconds between two kills")
    arguments.add_argument("--workers", type=int, default=WORKERS, help="how many processes of the channel there are")
    arguments.add_argument("--minutes", type=float, default=float("inf"), help="after which no more is approved")
    arguments.add_argument("--seed", type=int, default=int(time.time()), help="which worker is killed when")
    arguments.add_argument("--keep", type=Path, help="an empty directory in which everything stays, logs among it")
    given = arguments.parse_args()
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    where = tables.machine()
    with tempfile.TemporaryDirectory(prefix="counterpoint-", ignore_cleanup_errors=True) as temporary:
        directory = given.keep or Path(temporary)
        directory.mkdir(parents=True, exist_ok=True)
        found = uvloop.run(
            soak(
                contacts=given.contacts,
                every=given.every,
                workers=given.workers,
                seed=given.seed,
                directory=directory,
                say=_say,
                most_seconds=given.minutes * 60,
            )
        )
    _faults(found)
    if given.contacts == CONTACTS:
        tables.keep("soak", "Contacts under every fault, workers killed", where, rows(found), notes(found, given))
    else:
        for row in rows(found):
            _say("  ".join(f"{name} {value}" for name, value in row.items()))
        for note in notes(found, given):
            _say(note)
    sys.exit(0 if found.clean else 1)


def rows(found: Found) -> list[tables.Row]:
    """The table."""
    return [
        {
            "contacts": found.contacts,
            "texts at the provider": found.sent,
            "kills": found.kills,
            "restarts": found.restarts,
            "door shut": found.doors,
            "doubts settled": found.doubted,
            "ends asked for": found.asked_for_their_end,
            "double contacts": str(found.doubled),
            "lost outcomes": str(found.lost),
            "minutes": round(found.seconds / 60, 1),
        }
    ]


def notes(found: Found, given: argparse.Namespace) -> list[str]:
    """What is to be known beside it."""
    unsent = ", ".join(f"{reason} {n:,}" for reason, n in found.not_sent.most_common())
    faults = ", ".join(f"{kind} {n:,}" for kind, n in sorted(found.faults.items()))
    return [
        f"{given.workers} workers of the text channel, one killed every {given.every:g} s; seed {given.seed}; a clock "
        f"{RATE:g} times as fast as real time; {EACH} contacts for a consumer.",
        f"Not sent, for a reason that the log has: {unsent}.",
        f"Faults: {faults}.",
        *(f"{check.name}: {check.looked_at:,} looked at, {len(check.faults):,} faults." for check in found.checks),
    ]


def _faults(found: Found) -> None:
    for check in found.checks:
        for fault in check.faults[:SHOWN]:
            _say(f"{check.name}: {fault.key} {fault.what}")


def _say(text: str) -> None:
    print(time.strftime("%H:%M:%S"), text, flush=True)


if __name__ == "__main__":
    main()
