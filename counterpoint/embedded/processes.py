"""Starting, recognising and stopping processes; nothing is ever stopped that was not started here."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

PATIENCE = 15.0
"""Seconds that a process gets to stop by itself."""
WIDTH = 500
_children: dict[tuple[int, str], subprocess.Popen[bytes]] = {}
"""Processes that this one started, by id and birth, until they have ended and been reaped."""


class Process(Struct, frozen=True):
    """A process that was started here; `born` is its start in the kernel's ticks, which tells a re-used id apart."""

    name: str
    pid: int
    born: str
    log: str

    def alive(self) -> bool:
        """Whether it still runs."""
        child = _children.get((self.pid, self.born))
        if child is None:
            return born(self.pid) == self.born
        if child.poll() is None:
            return True
        del _children[self.pid, self.born]
        return False

    def end_of_log(self) -> str:
        """What it said last, for a message about what went wrong."""
        return f"the end of {self.log}:\n{last_lines(Path(self.log))}"

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, if it is still the same process."""
        if self.alive():
            os.kill(self.pid, number)


def born(pid: int) -> str | None:
    """When a process started, in the kernel's ticks; None if there is none or it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] == "Z" else fields[19]


def start(name: str, command: Sequence[str], *, log: Path, environment: Mapping[str, str], directory: Path) -> Process:
    """Start a process of its own session, its output going to `log`."""
    with log.open("ab") as out:
        child = subprocess.Popen(  # noqa: S603 - commands are the project's own
            command,
            stdout=out,
            stderr=out,
            stdin=subprocess.DEVNULL,
            env=dict(environment),
            cwd=directory,
            start_new_session=True,
        )
    process = Process(name, child.pid, born(child.pid) or "", str(log))
    _children[process.pid, process.born] = child
    return process


def stop(process: Process, ask: signal.Signals = signal.SIGTERM) -> None:
    """Ask it to stop; make it stop if it does not."""
    process.send(ask)
    if not _gone(process, PATIENCE):
        process.send(signal.SIGKILL)
        _gone(process, PATIENCE)


def kill(process: Process) -> None:
    """End it at once, without a word."""
    process.send(signal.SIGKILL)
    _gone(process, PATIENCE)


def _gone(process: Process, patience: float) -> bool:
    deadline = time.monotonic() + patience
    while process.alive():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def free_ports(count: int) -> list[int]:
    """Ports of the loopback address that nobody listens on."""
    sockets = [socket.socket() for _ in range(count)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    ports = [int(s.getsockname()[1]) for s in sockets]
    for s in sockets:
        s.close()
    return ports


def last_lines(log: Path, count: int = 8) -> str:
    """The end of a log, for a message about what went wrong; of a long line, as of a traceback, its two ends."""
    if not log.exists():
        return "(no log)"
    lines = log.read_text(errors="replace").splitlines()[-count:]
    return "\n".join(
        line if len(line) <= WIDTH else f"{line[: WIDTH // 2]} ... {line[-WIDTH // 2 :]}" for line in lines
    )
