"""The database, by the name that these tests use."""

import pytest


@pytest.fixture
def dsn(database: str) -> str:
    """An empty database."""
    return database
