"""A database of its own for each test."""

import hashlib

import pytest

from tests.integration.reporting.harness import fresh_database


@pytest.fixture
def dsn(postgres: str, request: pytest.FixtureRequest) -> str:
    """An empty database."""
    return fresh_database(postgres, "reporting_" + hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:16])
