"""An ingest of its own for each test."""

import hashlib
from pathlib import Path

import pytest

from tests.integration.ingest.harness import Ingest, a_runtime, fresh_database


@pytest.fixture
def database(postgres: str, request: pytest.FixtureRequest) -> str:
    """An empty database."""
    return fresh_database(postgres, "ingest_" + hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:16])


@pytest.fixture
def ingest(database: str, tmp_path: Path) -> Ingest:
    """Ingest, not running yet."""
    return Ingest(database, tmp_path, a_runtime())
