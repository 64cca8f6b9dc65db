"""What a stack's directory remembers.

Green does not prove that what it says of processes is so: the test of a whole stack does.
"""

import os
import stat
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chassis.failures import Halted
from counterpoint.embedded import plan
from counterpoint.embedded.processes import Process, born
from counterpoint.embedded.state import (
    FILE,
    StackState,
    environment,
    find_state,
    load_state,
    reached,
    save_state,
    settings,
)

START = datetime(2026, 10, 19, 10, tzinfo=UTC)


def a_state(**values: object) -> StackState:
    """The state of a stack that runs, as this very process."""
    known: dict[str, object] = {
        "ingest_api_key": "key",
        "hash_key": "hash",
        "provider_token": "token",
        "kafka_bootstrap": "127.0.0.1:1",
        "postgres_dsn": "postgresql://127.0.0.1:1/x",
        "partitions": 4,
        "urls": {"sms": "http://127.0.0.1:2"},
        "processes": [Process("sms", os.getpid(), born(os.getpid()) or "", "log")],
    }
    return StackState(**(known | values))  # type: ignore[arg-type]


def test_it_is_kept_whole_and_for_its_owner_only(tmp_path: Path) -> None:
    state = a_state(clock_start=START, clock_anchor=time.time(), clock_rate=60.0)
    save_state(tmp_path, state)
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    assert load_state(tmp_path) == find_state(tmp_path) == state


def test_where_nothing_runs_it_says_so(tmp_path: Path) -> None:
    assert find_state(tmp_path) is None
    with pytest.raises(Halted, match="no stack runs"):
        load_state(tmp_path)
    save_state(tmp_path, a_state(processes=[Process("sms", os.getpid(), "1", "log")]))
    with pytest.raises(Halted, match="no stack runs"):
        load_state(tmp_path)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("{")
    with pytest.raises(Halted, match=FILE):
        find_state(tmp_path)


def test_a_stack_is_whole_while_everything_that_was_started_runs() -> None:
    gone = Process("ingest", os.getpid(), "1", "log")
    assert a_state().whole()
    assert not a_state(processes=[*a_state().processes, gone]).whole()
    assert not a_state(urls={"sms": "", "ingest": ""}).whole()
    assert not a_state(urls={}, processes=[]).whole()


def test_a_command_is_told_where_the_stack_is() -> None:
    state = a_state(clock_start=START, clock_anchor=12.5, clock_rate=60.0)
    state.environment = plan.shared(state, {"COUNTERPOINT_LOG_LEVEL": "debug", "COUNTERPOINT_SMS_CONCURRENCY": "2"})
    told = settings(state)
    assert environment(state)["COUNTERPOINT_KAFKA_BOOTSTRAP"] == told.kafka_bootstrap == "127.0.0.1:1"
    assert told.clock() == state.clock()
    assert told.log_level == "debug"
    assert "COUNTERPOINT_SMS_CONCURRENCY" not in environment(state)


def test_the_processes_of_a_stack_know_each_other(tmp_path: Path) -> None:
    told = plan.own(tmp_path, a_state(), {})
    where = plan.addresses(plan.modules({}), told)
    assert len(set(where.values())) == len(where)
    assert told["COUNTERPOINT_SMS_TWILIO_URL"].startswith(where["simulator"])
    assert told["COUNTERPOINT_SIMULATOR_INBOUND_URL"].startswith(where["sms"])
    assert told["COUNTERPOINT_SIMULATOR_AUTH_TOKEN"] == told["COUNTERPOINT_SMS_AUTH_TOKEN"]


def test_who_brings_a_provider_gets_no_simulator(tmp_path: Path) -> None:
    given = {plan.PROVIDER_URL: "https://provider.test"}
    assert plan.SIMULATOR not in plan.modules(given)
    told = plan.own(tmp_path, a_state(), given)
    assert told[plan.PROVIDER_URL] == "https://provider.test"
    assert not [name for name in told if "SIMULATOR" in name or "ACCOUNT_SID" in name]


def test_time_has_reached_what_its_clock_said_at_the_stop(tmp_path: Path) -> None:
    state = a_state(clock_start=START, clock_anchor=1000.0, clock_rate=60.0)
    state.stopped_at = 1010.0
    assert reached(tmp_path, state) == START + timedelta(minutes=10)
    state.stopped_at = 990.0
    assert reached(tmp_path, state) == START


def test_a_start_that_failed_before_time_began_has_not_moved_it(tmp_path: Path) -> None:
    state = a_state(clock_start=START, clock_anchor=None, clock_rate=60.0, stopped_at=time.time())
    assert reached(tmp_path, state) == START


def test_after_a_crash_time_has_reached_when_the_broker_last_wrote(tmp_path: Path) -> None:
    segment = tmp_path / "kafka" / "data" / "segment.log"
    segment.parent.mkdir(parents=True)
    segment.touch()
    os.utime(segment, (1020.0, 1020.0))
    state = a_state(clock_start=START, clock_anchor=1000.0, clock_rate=60.0)
    assert reached(tmp_path, state) == START + timedelta(minutes=20)
