"""What is known of a stack: kept in its directory, for the commands that come after `up` and for the next `up`."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from msgspec import Struct

from chassis.clock import Clock
from chassis.failures import Halted
from chassis.settings import PREFIX, StackSettings
from counterpoint.embedded.processes import Process

DEFAULT_DIRECTORY = Path(".counterpoint/stack")
FILE = "stack.json"
OWNER_ONLY = 0o600


class StackState(Struct, kw_only=True):
    """A stack: where everything is, its secrets, its clock, and the processes that were started for it.

    `urls` has every service, `environment` the settings that all processes of the stack share; with passwords of
    principals the broker is closed, and the environment holds those of the auditor, who may read and nothing else.
    The clock is the machine's own if `clock_start` is None. `stopped_at` is the real time of the last orderly stop;
    None while it runs. `written` tells whether a service ever ran, and so whether there are data that time must not
    fall behind.
    """

    ingest_api_key: str
    hash_key: str
    provider_token: str
    kafka_bootstrap: str = ""
    kafka_passwords: dict[str, str] = {}
    kafka_ca_file: str = ""
    postgres_dsn: str = ""
    partitions: int = 0
    urls: dict[str, str] = {}
    simulator_url: str | None = None
    clock_start: datetime | None = None
    clock_anchor: float | None = None
    clock_rate: float = 1.0
    stopped_at: float | None = None
    written: bool = False
    processes: list[Process] = []
    environment: dict[str, str] = {}

    def clock(self) -> Clock:
        """The clock that its processes have."""
        if self.clock_start is None or self.clock_anchor is None:
            return Clock.real()
        return Clock(start=self.clock_start, anchor=self.clock_anchor, rate=self.clock_rate)

    def running(self) -> list[Process]:
        """Those of its processes that still run."""
        return [p for p in self.processes if p.alive()]

    def whole(self) -> bool:
        """Whether every service was started, and nothing that was started has ended."""
        return (
            self.urls.keys() <= {p.name for p in self.processes}
            and bool(self.urls)
            and self.running() == self.processes
        )


def environment(state: StackState) -> dict[str, str]:
    """The settings by which a command, or a service of your own, finds this stack."""
    return dict(state.environment)


def settings(state: StackState) -> StackSettings:
    """The same, for this process."""
    return settings_of(state.environment)


def settings_of(variables: Mapping[str, str]) -> StackSettings:
    """The settings that variables hold; names that belong to a single service are passed over."""
    known = {name: variables.get(f"{PREFIX}{name.upper()}") for name in StackSettings.model_fields}
    return StackSettings.model_validate({name: value for name, value in known.items() if value is not None})


def find_state(directory: Path) -> StackState | None:
    """What is known of the stack in a directory; None if there never was one. Raises Halted if it cannot be read."""
    path = directory / FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=StackState)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        raise Halted(f"{path} cannot be read ({error}): stop its processes by hand and remove the directory") from error


def load_state(directory: Path) -> StackState:
    """What is known of the stack that runs in a directory; raises Halted if none does."""
    state = find_state(directory)
    if state is None or not state.running():
        raise Halted(f"no stack runs in {directory}: start one with `counterpoint up`, or say where with --directory")
    return state


def save_state(directory: Path, state: StackState) -> None:
    """Keep it, whole or not at all, readable by its owner only: it holds keys."""
    new = directory / f"{FILE}.new"
    new.touch(mode=OWNER_ONLY)
    new.write_bytes(msgspec.json.format(msgspec.json.encode(state), indent=2))
    new.replace(directory / FILE)


def reached(directory: Path, state: StackState) -> datetime:
    """How far a stack's time had come when it stopped, or, if it did not stop in order, when its broker last wrote."""
    if state.clock_start is not None and state.clock_anchor is None:
        return state.clock_start  # a start that failed before time began
    stopped = state.stopped_at
    if stopped is None:
        written = [f.stat().st_mtime for f in (directory / "kafka").rglob("*") if f.is_file()]
        stopped = max(written, default=time.time())
    if state.clock_start is None or state.clock_anchor is None:
        return datetime.fromtimestamp(stopped, UTC)
    return state.clock_start + timedelta(seconds=max(0.0, stopped - state.clock_anchor) * state.clock_rate)
