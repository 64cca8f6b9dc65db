"""How long from a placement on its topic to the request at the provider, while nothing else happens.

Run: python -m bench.latency [--texts N]. A whole stack on a clock of rate 1 that shows a weekday's noon; accounts are
handed over one at a time, each after the text for the one before is out. Both ends are on the machine's own time: the
record's timestamp, and the instant at which the simulator had received the request.
"""

import argparse
import asyncio
import math
import re
import signal
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from bench import tables
from chassis.kafka_client import connection as broker
from chassis.settings import PREFIX
from counterpoint.commands.load import connection
from counterpoint.embedded.stack import ROOT, Stack
from counterpoint.embedded.state import settings
from counterpoint.recount.evidence import Evidence
from counterpoint.recount.gather import gather
from counterpoint.simulate.placements import portfolio

NOON = datetime(2026, 10, 20, 17, tzinfo=UTC)
"""A Tuesday, one in the afternoon in New York and ten in the morning in Los Angeles."""
FRESH = (NOON - timedelta(days=50)).date().isoformat()
EASTERN = {"CT", "DE", "GA", "MA", "MD", "ME", "NC", "NH", "NJ", "NY", "OH", "PA", "RI", "SC", "VA", "VT", "WV"}
HOPS = ("PlacementSubmitted", "AccountPlaced", "ContactRequested", "TextApproved", "AttemptStarted")
WINDOW, AT_ONCE = re.compile(r"window: \{.*\}"), re.compile(r"spread: \w+")
ALL_DAY = 'window: {opens: "08:00", closes: "21:00", spread: 0m}'
PATIENCE, BETWEEN = 5.0, 0.05


def rows(texts: int) -> list[dict[str, str]]:
    """So many good rows of people in the East with a mobile number and fresh consent to us."""
    cells = (row.cells for row in portfolio(accounts=texts * 12, seed=11) if not row.code)
    wanted = [
        c
        for c in cells
        if c["state"] in EASTERN
        and (c["phone_1_type"], c["phone_1_consent_to"]) == ("mobile", "us")
        and max(c["phone_1_consent_on"], c["phone_1_checked_on"]) >= FRESH
    ]
    by_number = {c["phone_1"]: c for c in wanted if not any(c[flag] == "true" for flag in c if flag.endswith("ed"))}
    return list(by_number.values())[:texts]


def strategies(folder: Path) -> Path:
    """The demo's strategy, but everybody's turn is now."""
    text = (ROOT / "examples" / "strategies" / "three-weeks.yaml").read_text(encoding="utf-8")
    folder.mkdir()
    (folder / "three-weeks.yaml").write_text(AT_ONCE.sub("spread: 0m", WINDOW.sub(ALL_DAY, text)), encoding="utf-8")
    return folder


def hand_over(stack: Stack, cells: Sequence[dict[str, str]]) -> None:
    """One account after the other; the next when the text is out, or when it is clear that none comes."""
    state = stack.state
    with (
        connection(url=state.urls["ingest"], key=state.ingest_api_key, client="acme") as to,
        httpx.Client(base_url=state.simulator_url or "", trust_env=False) as network,
    ):
        for row in cells:
            before = network.get("/_sim/status").json()["messages"]
            to.post("/v1/placements", json=row).raise_for_status()
            deadline = time.monotonic() + PATIENCE
            while network.get("/_sim/status").json()["messages"] == before and time.monotonic() < deadline:
                time.sleep(BETWEEN)
            time.sleep(BETWEEN)


def measured(evidence: Evidence) -> list[dict[str, str | int | float]]:
    """From each event of a story to the request at the provider: half, 99 of a hundred, and the longest, in ms."""
    sent = {text.consumer_id: text.requested_at for text in evidence.texts}
    table: list[dict[str, str | int | float]] = []
    for hop in HOPS:
        spans = []
        for record in evidence.log.of(hop):
            consumer_id = record.consumer_id
            if consumer_id in sent:
                spans.append((sent[consumer_id] - record.written_at) / timedelta(milliseconds=1))
        if spans:
            spans.sort()
            table.append(
                {
                    "from": hop,
                    "texts": len(spans),
                    "p50 ms": spans[len(spans) // 2],
                    "p99 ms": spans[math.ceil(len(spans) * 0.99) - 1],
                    "longest ms": spans[-1],
                }
            )
    return table


def main() -> None:
    """Measure, and keep the results."""
    parser = argparse.ArgumentParser(prog="python -m bench.latency", description=__doc__)
    parser.add_argument("--texts", type=int, default=200, help="so many accounts")
    asked = parser.parse_args()
    where = tables.machine()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # who is told to stop stops the stack too
    with tempfile.TemporaryDirectory(prefix="counterpoint-", ignore_cleanup_errors=True) as folder:
        stack = Stack(
            Path(folder) / "stack",
            clock_start=NOON,
            head_start=0.0,
            overrides={f"{PREFIX}ORCHESTRATOR_STRATEGIES": str(strategies(Path(folder) / "strategies"))},
            say=print,
        )
        stack.start()
        try:
            hand_over(stack, rows(asked.texts))
            state = stack.state
            evidence = gather(
                directory=stack.directory,
                connection=broker(settings(state)),
                postgres_dsn=state.postgres_dsn,
                settled=state.clock().now(),
                rate=1.0,
            )
            table = measured(asyncio.run(evidence))
        finally:
            stack.stop()
    notes = ["From the timestamp of the record to the instant at which the simulator had received the request."]
    tables.keep("latency", "A placement on its topic, to the request at the provider", where, table, notes)


if __name__ == "__main__":
    main()
