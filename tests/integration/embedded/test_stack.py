"""A whole stack as `counterpoint up` runs it: broker, database, simulator and every service as processes.

Green does not prove that contacts are lawful, nor that they arrive: the demo and the journeys do that.
"""

import asyncio
import json
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest
from aiokafka import AIOKafkaProducer
from typer.testing import CliRunner

from chassis.channel.twilio_signature import signature
from chassis.failures import Halted
from chassis.kafka_client import connection as broker
from contracts.topics import SERVICES
from counterpoint.cli import application
from counterpoint.commands.load import connection, load_file
from counterpoint.embedded import processes
from counterpoint.embedded.plan import ACCOUNT
from counterpoint.embedded.stack import AlreadyRunning, Stack, stop, wipe
from counterpoint.embedded.state import StackState, find_state, load_state, save_state, settings
from tests.unit.ingest.factories import a_file, a_row, as_csv

START = datetime(2026, 10, 19, 16, tzinfo=UTC)
RATE = 600.0


def a_stack(folder: Path, said: list[str] | None = None, **overrides: str) -> Stack:
    """A stack on simulated time."""
    prefixed = {f"COUNTERPOINT_{name.upper()}": value for name, value in overrides.items()}
    say = (said if said is not None else []).append
    return Stack(folder, clock_start=START, clock_rate=RATE, say=say, overrides=prefixed)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder that PostgreSQL's own user may enter."""
    with TemporaryDirectory(prefix="counterpoint-", ignore_cleanup_errors=True) as directory:
        yield Path(directory)


@pytest.fixture(scope="module")
def up(folder: Path) -> Iterator[Path]:
    """The folder of a stack that runs."""
    stack = a_stack(folder / "up")
    stack.start()
    yield stack.directory
    everything = load_state(stack.directory).processes
    stack.stop()
    assert not [p.name for p in everything if p.alive()]


def run(verb: str, *arguments: str) -> tuple[int, str]:
    """A verb's exit code and all that it prints."""
    result = CliRunner().invoke(application(verb), [verb, *arguments])
    return result.exit_code, result.output


def load(directory: Path, file: Path) -> dict[str, object]:
    """Load a file into the stack; gives its totals."""
    state = load_state(directory)
    with connection(url=state.urls["ingest"], key=state.ingest_api_key, client="acme") as to:
        return load_file(to, file, lambda _: None)


def test_everything_runs_answers_and_is_healthy(up: Path) -> None:
    code, shown = run("status", "--directory", str(up))
    assert code == 0, shown
    assert {p.name for p in load_state(up).processes} == {"kafka", "postgres", "simulator", *SERVICES}
    for name in SERVICES:
        assert name in shown
    assert "simulated time: 2026-10-19" in shown
    assert {f.stem for f in (up / "logs").iterdir()} == {"kafka", "simulator", *SERVICES}


def test_what_nobody_can_use_is_listed_with_its_place_and_nothing_that_it_says(up: Path) -> None:
    state = load_state(up)
    asyncio.run(write_nonsense(state))
    query = "attempt=a-1&contact=c-1&consumer=con-1&story=s-1"
    form = {"AccountSid": ACCOUNT, "MessageSid": "SM" + "0" * 32, "MessageStatus": "delivered", "To": "+13125550101"}
    url = f"{state.urls['sms']}/twilio/status?{query}"
    headers = {"X-Twilio-Signature": signature(state.provider_token, url, list(form.items()))}
    assert httpx.post(url, data=form, headers=headers, trust_env=False).status_code == httpx.codes.NO_CONTENT
    said = {"from": "+13125550102", "to": "+18005550100", "body": "who is this"}
    assert httpx.post(f"{state.simulator_url}/_sim/inbound", json=said, trust_env=False).is_success
    deadline = time.monotonic() + 30
    wanted = {"unreadable message", "callback for nobody", "message from nobody"}
    while True:
        code, shown = run("parked", "--json", "--directory", str(up))
        found = {each["kind"]: each for each in json.loads(shown)}
        if found.keys() == wanted or time.monotonic() > deadline:
            break
    assert code == 0
    assert set(found) == wanted
    assert {each["count"] for each in found.values()} == {1}
    assert found["unreadable message"]["places"][0]["topic"] == "counterpoint.provider-callbacks.v1"
    assert found["message from nobody"]["where"] == "table sms.parked"
    code, shown = run("parked", "--directory", str(up))
    assert "3 things are set aside" in shown
    assert not any(word in shown for word in ("5550101", "5550102", "who is this", "con-1"))


async def write_nonsense(state: StackState) -> None:
    """A record that nobody can read."""
    producer = AIOKafkaProducer(**broker(settings(state)))
    await producer.start()
    try:
        await producer.send_and_wait("counterpoint.provider-callbacks.v1", b"nonsense", key=b"con-1")
    finally:
        await producer.stop()


def test_started_twice_it_says_that_it_runs(up: Path) -> None:
    before = load_state(up)
    with pytest.raises(AlreadyRunning, match="already"):
        Stack(up).start()
    assert load_state(up) == before


def test_what_ends_is_seen_and_the_next_start_brings_all_back_with_its_data_and_its_time(
    up: Path, tmp_path: Path
) -> None:
    file = a_file(tmp_path, as_csv([a_row()]))
    first = load(up, file)
    state = load_state(up)
    reached, broker = state.clock().now(), state.kafka_bootstrap
    processes.kill(next(p for p in state.processes if p.name == "compliance"))
    code, shown = run("status", "--directory", str(up))
    assert code == 1
    assert "has ended" in shown
    Stack(up, clock_rate=RATE).start()
    again = load_state(up)
    assert again.kafka_bootstrap == broker
    assert again.clock().now() >= reached
    assert run("status", "--directory", str(up))[0] == 0
    assert load(up, file) == first | {"loaded_before": True}


def test_a_process_that_cannot_start_is_reported_and_nothing_is_left_running(folder: Path, up: Path) -> None:
    stack = a_stack(folder / "broken", sms_from_numbers="nobody")
    with pytest.raises(Halted, match=r"(?s)sms ended while starting.*COUNTERPOINT_SMS_FROM_NUMBERS"):
        stack.start()
    state = find_state(stack.directory)
    assert state is not None
    assert state.processes == []
    with pytest.raises(httpx.TransportError):
        httpx.get(state.urls["ingest"], trust_env=False)
    assert load_state(up).whole()  # a stack beside it is not touched
    code, shown = run("down", "--wipe", "--directory", str(stack.directory))
    assert (code, stack.directory.exists()) == (0, False), shown


def test_time_that_a_stack_has_seen_does_not_come_again(tmp_path: Path) -> None:
    state = StackState(ingest_api_key="", hash_key="", provider_token="", written=True, stopped_at=time.time())
    save_state(tmp_path, state)
    with pytest.raises(Halted, match="choose a later start"):
        Stack(tmp_path, clock_start=datetime(2020, 1, 1, tzinfo=UTC)).start()
    assert not stop(tmp_path, lambda _: None)


def test_a_folder_without_a_stack_is_not_removed(tmp_path: Path) -> None:
    with pytest.raises(Halted, match="nothing is removed"):
        wipe(tmp_path)
    assert tmp_path.exists()


def test_an_interrupted_start_leaves_nothing_running(folder: Path) -> None:
    def interrupt(line: str) -> None:
        if line.startswith("starting"):
            signal.raise_signal(signal.SIGINT)

    stack = Stack(folder / "interrupted", say=interrupt)
    with pytest.raises(KeyboardInterrupt):
        stack.start()
    state = find_state(stack.directory)
    assert state is not None
    assert state.processes == []
    assert state.stopped_at is not None
    assert state.stopped_at <= time.time()
