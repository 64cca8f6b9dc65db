"""How fast one text channel hands texts to a provider, and takes callbacks in.

    python -m bench.channel

The simulator and the callers run in processes of their own on the same machine. Not measured: Kafka and the database. A
callback counts as taken when its event was given to a publisher that only counts; those of the texts that are sent are
taken by the same process meanwhile.
"""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import httpx

from bench import tables
from chassis.channel.intake import Intake
from chassis.channel.provider import Rejected
from chassis.channel.sending import Channel, Limits
from chassis.channel.twilio_signature import signature
from chassis.clock import Clock
from chassis.health import application, server
from chassis.loop import Loop
from chassis.main import rest_collector
from chassis.service import Done, Position
from contracts.events import AttemptAccepted, AttemptStarted, Meta, TextApproved
from contracts.events import Channel as Medium
from contracts.ids import AddressId, AttemptId, ConsumerId, ContactId, EventId
from counterpoint.embedded.processes import free_ports
from counterpoint.providers.posting import Poster
from services.sms.settings import SmsSettings
from services.sms.twilio import STATUS_PATH, Prepared, Twilio
from services.sms.webhooks import Webhooks

ACCOUNT, TOKEN = "AC" + "5" * 32, "simulated"
TEXTS, BATCH = 6_000, 1_000
CALLBACKS, CALLERS = 10_000, 32


class Counting:
    """A publisher that only counts."""

    def __init__(self) -> None:
        self.events = 0

    async def publish(self, *, events: Any, keys: Any = None) -> None:
        """Count."""
        self.events += len(events)


def _settings(simulator: str, port: int) -> SmsSettings:
    return SmsSettings.model_validate(
        {
            "public_url": f"http://127.0.0.1:{port}",
            "twilio_url": f"{simulator}/twilio",
            "account_sid": ACCOUNT,
            "auth_token": TOKEN,
            "from_numbers": "+18005550100",
        }
    )


def _done(n: int) -> Done:
    now = Clock.real().now()
    meta = Meta(EventId(f"0199f000-0000-7000-8000-{n:012x}"), now, ConsumerId(f"con-{n}"), "story", None, "bench", "0")
    ids = ContactId(f"c-{n}"), AttemptId(f"0199f000-0000-7000-9000-{n:012x}")
    started = AttemptStarted(meta, *ids, Medium.SMS, AddressId(f"tel-{n}"), "twilio", now)
    to = f"+1312555{n % 80 + 100:04}"
    approved = TextApproved(meta, ids[0], AddressId(f"tel-{n}"), to, "t", "en", {}, now + timedelta(hours=1))
    return Done(started, approved, Position("t", 0, n), False)


async def sends(simulator: str, port: int) -> float:
    """Texts a second that one process hands over."""
    clock = Clock.real()
    twilio = Twilio(settings=_settings(simulator, port), directory=SimpleNamespace(), clock=clock)  # type: ignore[arg-type]

    def compose(approved: TextApproved, _: AttemptStarted) -> Prepared | Rejected:
        return Prepared(approved.to, "Hello, this is a text of the length that most of ours have. " * 3)

    limits = Limits(timedelta(seconds=15), timedelta(minutes=10), 10.0, timedelta(minutes=1), 3, 64)
    channel = Channel(provider=twilio, compose=compose, refuses=lambda _: None, clock=clock, limits=limits)
    began = time.perf_counter()
    accepted = 0
    for start in range(0, TEXTS, BATCH):
        told = await channel.send([_done(n) for n in range(start, start + BATCH)])
        accepted += sum(isinstance(event, AttemptAccepted) for event in told)
    took = time.perf_counter() - began
    await twilio.close()
    if accepted != TEXTS:
        raise SystemExit(f"only {accepted} of {TEXTS} were taken")
    return TEXTS / took


async def calls(url: str) -> None:
    """Post callbacks as fast as they are taken, and print how long each took, in milliseconds."""
    took: list[float] = []

    async def caller(numbers: range) -> None:
        poster = Poster()
        for n in numbers:
            address = f"{url}{STATUS_PATH}?attempt=a-{n}&contact=c-{n}&consumer=con-{n}"
            form = {"AccountSid": ACCOUNT, "MessageSid": f"SM{n:032x}", "MessageStatus": "delivered"}
            signed = signature(TOKEN, address, form.items())
            headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signed}
            began = time.perf_counter()
            status = await poster.post(address, body=urlencode(form).encode(), headers=headers, connect=5, read=15)
            took.append((time.perf_counter() - began) * 1000)
            if status != 204:
                raise SystemExit(f"answered {status}")
        poster.close()

    began = time.perf_counter()
    await asyncio.gather(*(caller(range(start, CALLBACKS, CALLERS)) for start in range(CALLERS)))
    took.sort()
    rate = CALLBACKS / (time.perf_counter() - began)
    print(rate, took[len(took) // 2], took[int(len(took) * 0.99)])


@asynccontextmanager
async def listening(simulator: str, port: int) -> AsyncIterator[None]:
    """The channel's port, open for callbacks."""
    ground: Any = SimpleNamespace(intake=Intake(label="sms", timeout=10.0))
    own, clock, publisher = _settings(simulator, port), Clock.real(), Counting()
    hooks = Webhooks(settings=own, ground=ground, publisher=publisher, clock=clock, gone=lambda _: None, ways=None)
    app = application(service="sms", ready=lambda: None, routes=hooks.routes())
    web = server(app=app, host="127.0.0.1", port=port)
    serving = asyncio.create_task(web.serve())
    while not web.started:  # noqa: ASYNC110 - uvicorn tells nobody
        await asyncio.sleep(0.01)
    yield
    web.should_exit = True
    await serving


async def callbacks(port: int) -> tuple[float, float, float]:
    """How many one process takes in a second, and how long half of them and 99 of 100 wait at most, in milliseconds."""
    command = (sys.executable, "-m", "bench.channel", "--calls", f"http://127.0.0.1:{port}")
    caller = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    out, _ = await caller.communicate()
    rate, half, most = (float(word) for word in out.split())
    return rate, half, most


async def main() -> None:
    """Measure both, and write it down."""
    where = tables.machine()
    simulated, port = free_ports(2)
    simulator = f"http://127.0.0.1:{simulated}"
    settings = (f"COUNTERPOINT_SIMULATOR_HTTP_PORT={simulated}", "COUNTERPOINT_LOG_LEVEL=error")
    process = await asyncio.create_subprocess_exec(
        "/usr/bin/env", *settings, sys.executable, "-m", "counterpoint.providers"
    )
    try:
        await _up(simulator)
        rest_collector()
        async with listening(simulator, port):
            began = time.process_time()
            taken, half, most = await callbacks(port)
            between = time.process_time()
            sent = await sends(simulator, port)
            per_text, per_callback = time.process_time() - between, between - began
    finally:
        process.terminate()
        await process.wait()
    own = "own processor ms each"
    text: dict[str, str | int | float] = {
        "what": "texts handed over, 64 calls at a time",
        "wanted/s": 500,
        "measured/s": sent,
    }
    callback: dict[str, str | int | float] = {"what": "callbacks taken", "wanted/s": 2000, "measured/s": taken}
    rows: list[tables.Row] = [
        text | {"p50 ms": "", "p99 ms": "", own: per_text * 1000 / TEXTS},
        callback | {"p50 ms": half, "p99 ms": most, own: per_callback * 1000 / CALLBACKS},
    ]
    notes = [f"{TEXTS:,} texts, {CALLBACKS:,} callbacks from {CALLERS} callers; wanted of callbacks: p99 under 50 ms."]
    notes.append("A text's processor time holds its two callbacks; simulator and callers share the cores.")
    tables.keep("channel", "One text channel's process", where, rows, notes)


async def _up(simulator: str) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        for _ in range(300):
            try:
                await client.get(f"{simulator}/healthz")
            except httpx.HTTPError:
                await asyncio.sleep(0.1)
            else:
                return
    raise SystemExit("the simulator does not answer")


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.run(calls(sys.argv[2]) if sys.argv[1:2] == ["--calls"] else main())
