"""A database of its own for each test."""

import hashlib

import pytest

from tests.integration.sms.harness import fresh_database


@pytest.fixture
def database(postgres: str, request: pytest.FixtureRequest) -> str:
    """An empty database."""
    return fresh_database(postgres, "sms_" + hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:16])
