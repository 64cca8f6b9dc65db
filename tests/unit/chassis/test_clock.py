"""The time, real or simulated.

Green does not prove that two machines agree on the time: they need the same clock of their own.
"""

import time
from datetime import UTC, datetime, timedelta

import pytest

from chassis.clock import Clock, milliseconds

START = datetime(2026, 10, 19, 10, tzinfo=UTC)


def test_time_stands_still_until_its_anchor() -> None:
    clock = Clock(start=START, anchor=time.time() + 3600, rate=15_000)
    assert clock.now() == clock.now() == START


def test_from_its_anchor_on_time_runs_at_its_rate() -> None:
    clock = Clock(start=START, anchor=time.time() - 10, rate=3600)
    assert START + timedelta(hours=10) <= clock.now() < START + timedelta(hours=100)


def test_spans_are_converted_both_ways() -> None:
    clock = Clock(start=START, anchor=0.0, rate=60)
    assert clock.real_seconds(timedelta(hours=1)) == pytest.approx(60)
    assert clock.simulated(60) == timedelta(hours=1)


def test_kafka_gets_whole_milliseconds() -> None:
    assert milliseconds(START + timedelta(microseconds=1999)) == milliseconds(START) + 1


def test_the_real_clock_is_the_machines() -> None:
    before = datetime.now(UTC)
    assert timedelta(milliseconds=-1) < Clock.real().now() - before < timedelta(seconds=60)
