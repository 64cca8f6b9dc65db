"""What every test may use."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("ci", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ci")


@pytest.fixture
def now() -> datetime:
    """A fixed instant, a Monday noon in New York."""
    return datetime(2026, 10, 19, 16, 0, tzinfo=UTC)
