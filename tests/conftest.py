"""What every test may use: a fixed time, and a real broker, database and registry, started once for those that ask."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from hypothesis import HealthCheck, settings

from counterpoint.embedded.downloads import cache_directory
from counterpoint.embedded.kafka import Kafka
from counterpoint.embedded.postgres import Postgres
from counterpoint.embedded.registry import Registry
from tests.databases import fresh_database

settings.register_profile("ci", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ci")


@pytest.fixture
def now() -> datetime:
    """A fixed instant, a Monday noon in New York."""
    return datetime(2026, 10, 19, 16, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """A broker that all tests share: use topics or consumer groups of your own."""
    kafka = Kafka(tmp_path_factory.mktemp("kafka"), cache=cache_directory(None))
    kafka.start()
    yield kafka
    kafka.stop()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a database that all tests share: use schemas or rows of your own.

    Its data lie outside pytest's own directory, which every other pytest of this machine closes to PostgreSQL's user.
    """
    with TemporaryDirectory(prefix="counterpoint-", ignore_cleanup_errors=True) as directory:
        server = Postgres(Path(directory) / "data")
        server.start()
        with psycopg.connect(server.dsn, autocommit=True) as connection:  # the machine does not lose power in a test
            connection.execute("alter system set fsync = off")
            connection.execute("select pg_reload_conf()")
        yield server.dsn
        server.stop()


@pytest.fixture
def database(postgres: str, request: pytest.FixtureRequest) -> str:
    """An empty database of the test's own."""
    name = "test_" + hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:16]
    return fresh_database(postgres, name)


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A schema registry that all tests share."""
    server = Registry(tmp_path_factory.mktemp("registry"), cache=cache_directory(None))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[Kafka]:
    """A broker of the test's own, to be killed or paused."""
    kafka = Kafka(tmp_path / "kafka", cache=cache_directory(None))
    kafka.start()
    yield kafka
    kafka.resume()
    kafka.stop()
