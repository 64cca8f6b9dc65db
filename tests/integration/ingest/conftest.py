"""An ingest of its own for each test."""

from pathlib import Path

import pytest

from tests.integration.ingest.harness import Ingest, a_runtime


@pytest.fixture
def ingest(database: str, tmp_path: Path) -> Ingest:
    """Ingest, not running yet."""
    return Ingest(database, tmp_path, a_runtime())
