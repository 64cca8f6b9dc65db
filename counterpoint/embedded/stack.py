"""A whole stack on this machine: broker, database, simulator and every service, each a process of its own."""

import asyncio
import fcntl
import os
import secrets
import shutil
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import httpx

from chassis.failures import Halted, WrongTopology
from chassis.kafka_topics import ensure_topics
from chassis.settings import PREFIX, load_stack
from chassis.settings import environment as variables
from contracts.access import ADMIN
from counterpoint.embedded import plan, processes
from counterpoint.embedded.admission import admit
from counterpoint.embedded.downloads import Say, cache_directory
from counterpoint.embedded.health import database_fault
from counterpoint.embedded.kafka import Kafka
from counterpoint.embedded.postgres import Postgres
from counterpoint.embedded.postgres import stop as stop_postgres
from counterpoint.embedded.principals import entry, passwords_of, told_to
from counterpoint.embedded.processes import Process
from counterpoint.embedded.state import FILE, StackState, find_state, reached, save_state, settings_of

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0
"""Seconds in which every process must have become ready."""
HEAD_START = 20.0
"""Real seconds for which simulated time stands still while processes start."""


class AlreadyRunning(Halted):
    """There is a stack in this directory, and it runs."""


class Stack:
    """One stack, in a directory that holds all it writes. Several may run side by side, in directories of their own.

    With COUNTERPOINT_KAFKA_BOOTSTRAP or COUNTERPOINT_POSTGRES_DSN in the environment, that broker or database is used
    and none started; with COUNTERPOINT_SMS_TWILIO_URL, that provider. Every setting in the environment reaches the
    processes, and `overrides` win over it.

    Without `clock_start` time is the machine's own, or, where the directory has seen simulated time, goes on from
    there: it never goes back. Simulated time stands still for `head_start` real seconds, counted from the moment when
    services begin to start, and then runs at `clock_rate`.

    A `secure` stack, and one whose data are of a secure one, has a closed broker, and each process a name and a
    password of its own.
    """

    def __init__(
        self,
        directory: Path,
        *,
        clock_start: datetime | None = None,
        clock_rate: float = 1.0,
        head_start: float = HEAD_START,
        say: Say = lambda _: None,
        overrides: Mapping[str, str] | None = None,
        secure: bool = False,
    ) -> None:
        self.directory = directory.resolve()
        self._clock_start = clock_start
        self._clock_rate = clock_rate
        self._head_start = head_start
        self._say = say
        self._overrides = dict(overrides or {})
        self._secure = secure
        self.state = StackState(ingest_api_key="", hash_key="", provider_token="")

    def start(self) -> None:
        """Start everything, and return when all of it is ready; if it cannot be, stop what was started.

        Raises AlreadyRunning, WrongSettings, or Halted with the end of the log of what did not start.
        """
        load_stack()
        given = {k: v for k, v in variables().items() if k.startswith(PREFIX)} | self._overrides
        for folder in ("logs", "inbox"):
            (self.directory / folder).mkdir(parents=True, exist_ok=True)
        with _alone(self.directory):
            self._begin(find_state(self.directory), given)
            try:
                self._start_broker(given)
                self._start_database(given)
                self._start_processes(given)
                self._wait()
            except BaseException:  # whatever it was, a person's impatience too: leave nothing running
                _stop(self.directory, self.state, self._say)
                raise

    def stop(self) -> None:
        """Stop everything; its data stay."""
        stop(self.directory, self._say)

    def _begin(self, previous: StackState | None, given: Mapping[str, str]) -> None:
        if previous is not None and previous.running():
            if previous.whole():
                raise AlreadyRunning(f"a stack runs in {self.directory} already; `counterpoint down` stops it")
            self._say("what is left of the last run is stopped first")
            _stop(self.directory, previous, self._say)
        state = self.state = previous or StackState(
            ingest_api_key=secrets.token_urlsafe(24),
            hash_key=secrets.token_urlsafe(24),
            provider_token=secrets.token_urlsafe(24),
        )
        past = reached(self.directory, previous) if previous is not None and previous.written else None
        start = self._clock_start
        if past is not None and start is not None and start < past:
            raise Halted(
                f"the data in {self.directory} reach to {past:%Y-%m-%d %H:%M} UTC: time cannot start at "
                f"{start:%Y-%m-%d %H:%M}; choose a later start, or begin anew after `counterpoint down --wipe`"
            )
        if start is None and previous is not None and previous.clock_start is not None:
            start = reached(self.directory, previous)
        state.clock_start, state.clock_anchor, state.clock_rate = start, None, self._clock_rate
        state.kafka_passwords = passwords_of(self.directory, previous, given, secure=self._secure)
        state.partitions = settings_of(given).kafka_partitions
        state.processes, state.urls, state.simulator_url, state.stopped_at = [], {}, None, None
        save_state(self.directory, state)

    def _start_broker(self, given: Mapping[str, str]) -> None:
        asked = settings_of(given)
        if asked.kafka_bootstrap is not None:
            self.state.kafka_bootstrap = asked.kafka_bootstrap
            self._say(f"using the broker at {asked.kafka_bootstrap}")
        else:
            kafka = Kafka(
                self.directory / "kafka",
                cache=cache_directory(asked.cache_dir),
                log=self.directory / "logs" / "kafka.log",
                say=self._say,
                admin_password=self.state.kafka_passwords.get(ADMIN),
            )
            self._record(kafka.launch())
            kafka.wait()
            self.state.kafka_bootstrap, self.state.kafka_ca_file = kafka.bootstrap, str(kafka.ca_file)
            self._say(f"broker is up at {kafka.bootstrap}")
        told = dict(given) | {f"{PREFIX}KAFKA_BOOTSTRAP": self.state.kafka_bootstrap} | entry(ADMIN, self.state)
        created = asyncio.run(_topics(told))
        self._say(f"topics are there ({created} new)")
        if others := {name: p for name, p in self.state.kafka_passwords.items() if name != ADMIN}:
            lines = asyncio.run(admit(settings_of(told), others))
            self._say(f"the broker is closed to all but {', '.join(others)} ({lines} grants)")

    def _start_database(self, given: Mapping[str, str]) -> None:
        asked = settings_of(given)
        if asked.postgres_dsn is not None:
            self.state.postgres_dsn = asked.postgres_dsn.get_secret_value()
            if (fault := database_fault(self.state.postgres_dsn)) is not None:
                raise Halted(f"the database of COUNTERPOINT_POSTGRES_DSN {fault}: is it up, and the address right?")
            self._say("using the database of COUNTERPOINT_POSTGRES_DSN")
            return
        database = Postgres(self.directory / "postgres")
        try:
            database.start()
        finally:
            if (process := database.process()) is not None:
                self._record(process)
        self.state.postgres_dsn = database.dsn
        self._say("database is up")

    def _start_processes(self, given: Mapping[str, str]) -> None:
        state = self.state
        if state.clock_start is not None:
            state.clock_anchor = time.time() + self._head_start
        state.environment = plan.shared(state, given)
        state.written = True
        told = settings_of(state.environment)  # somebody may have set a clock of his own
        state.clock_start, state.clock_anchor, state.clock_rate = told.clock_start, told.clock_anchor, told.clock_rate
        everything = state.environment | plan.own(self.directory, state, given)
        names = plan.modules(given)
        addresses = plan.addresses(names, everything)
        state.simulator_url = addresses.pop(plan.SIMULATOR, None)
        state.urls = addresses
        around = {k: v for k, v in variables().items() if not k.startswith(PREFIX)}
        for name, module in names.items():
            self._record(
                processes.start(
                    name,
                    # Not from the directory it starts in, nor from services/: only the root is a place to import from.
                    [sys.executable, "-P", "-m", module],
                    log=self.directory / "logs" / f"{name}.log",
                    environment=around | {"PYTHONPATH": str(ROOT)} | told_to(name, state, everything),
                    directory=self.directory,
                )
            )
        self._say(f"starting {', '.join(names)}")

    def _record(self, process: Process) -> None:
        """Keep what was started at once, so that `down` finds it even if this process is killed."""
        self.state.processes.append(process)
        save_state(self.directory, self.state)

    def _wait(self) -> None:
        state = self.state
        waiting = dict(state.urls) | ({plan.SIMULATOR: state.simulator_url} if state.simulator_url else {})
        began = time.monotonic()
        with httpx.Client(trust_env=False, timeout=2) as client:
            while waiting:
                self._still_alive()
                if time.monotonic() - began > PATIENCE:
                    late = next(p for p in state.processes if p.name in waiting)
                    raise Halted(f"{late.name} was not ready after {PATIENCE:.0f} s; {late.end_of_log()}")
                for name in [n for n, url in waiting.items() if _ready(client, url)]:
                    del waiting[name]
                    self._say(f"{name} is ready ({time.monotonic() - began:.1f} s)")
                time.sleep(0.1)

    def _still_alive(self) -> None:
        for process in self.state.processes:
            if not process.alive():
                raise Halted(f"{process.name} ended while starting; {process.end_of_log()}")


async def _topics(told: Mapping[str, str]) -> int:
    """Create topics, and wait until the broker knows of all that it has created."""
    created, deadline = 0, time.monotonic() + 20
    while True:
        try:
            return created + await ensure_topics(settings_of(told))
        except WrongTopology:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.2)


def _ready(client: httpx.Client, url: str) -> bool:
    try:
        return client.get(f"{url}/readyz").is_success
    except httpx.TransportError:
        return False


def stop(directory: Path, say: Say) -> bool:
    """Stop the stack in a directory, by its own processes and no others; says whether any ran."""
    state = find_state(directory)
    if state is None:
        return False
    with _alone(directory):
        return _stop(directory, state, say)


def wipe(directory: Path) -> None:
    """Remove a stopped stack with all its data; raises Halted if the directory holds no stack."""
    if not (directory / FILE).exists():
        raise Halted(f"{directory} holds no stack: nothing is removed")
    shutil.rmtree(directory)


def _stop(directory: Path, state: StackState, say: Say) -> bool:
    running = state.running()
    foundations = [p for p in running if p.name in ("kafka", "postgres")]
    services = [p for p in running if p not in foundations]
    for process in services:
        process.send(signal.SIGTERM)
    for process in services:
        processes.stop(process)
        say(f"{process.name} has stopped")
    for process in reversed(foundations):
        (stop_postgres if process.name == "postgres" else processes.stop)(process)
        say(f"{process.name} has stopped")
    if state.stopped_at is None:
        state.stopped_at = time.time() if running else None
    state.processes = []
    save_state(directory, state)
    return bool(running)


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """Keep other commands from starting or stopping the same stack meanwhile."""
    handle = os.open(directory / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Halted(f"another command is starting or stopping the stack in {directory}: wait for it") from None
    else:
        yield
    finally:
        os.close(handle)
