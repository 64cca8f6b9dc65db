"""Which stacks are closed, and who gets which password.

Green does not prove that anything is kept out: tests/integration/secure does.
"""

from itertools import pairwise
from pathlib import Path

import pytest

from chassis.failures import Halted
from contracts.access import ADMIN, AUDITOR, grants, principals
from counterpoint.commands.acls import commands
from counterpoint.embedded.principals import PASSWORD, USERNAME, entry, passwords_of, told_to
from counterpoint.embedded.state import StackState


def a_state(passwords: dict[str, str]) -> StackState:
    return StackState(ingest_api_key="", hash_key="", provider_token="", kafka_passwords=passwords)


def test_a_stack_is_open_unless_asked_and_stays_closed_once_it_is(tmp_path: Path) -> None:
    assert passwords_of(tmp_path, None, {}, secure=False) == {}
    first = passwords_of(tmp_path, None, {}, secure=True)
    assert first.keys() == {ADMIN, *principals()}
    assert len(set(first.values())) == len(first)
    assert passwords_of(tmp_path, a_state(first), {}, secure=False) == first


def test_a_new_principal_gets_a_password_and_the_others_keep_theirs(tmp_path: Path) -> None:
    first = passwords_of(tmp_path, None, {}, secure=True)
    older = {name: password for name, password in first.items() if name != "sms"}
    again = passwords_of(tmp_path, a_state(older), {}, secure=True)
    assert again.keys() == first.keys()
    assert older.items() <= again.items()


def test_a_broker_that_was_open_is_not_closed(tmp_path: Path) -> None:
    (tmp_path / "kafka" / "data").mkdir(parents=True)
    with pytest.raises(Halted, match="made without --secure"):
        passwords_of(tmp_path, a_state({}), {}, secure=True)


def test_a_broker_of_somebody_else_is_not_closed_by_us(tmp_path: Path) -> None:
    with pytest.raises(Halted, match=r"COUNTERPOINT_KAFKA_BOOTSTRAP is set.*secure-a-cluster"):
        passwords_of(tmp_path, None, {"COUNTERPOINT_KAFKA_BOOTSTRAP": "broker.test:9093"}, secure=True)


def test_a_process_is_told_its_own_password_and_one_without_grants_none() -> None:
    state = a_state({"sms": "one", AUDITOR: "two"})
    everything = entry(AUDITOR, state) | {"COUNTERPOINT_LOG_LEVEL": "info"}
    told = told_to("sms", state, everything)
    assert (told[USERNAME], told[PASSWORD], told["COUNTERPOINT_LOG_LEVEL"]) == ("sms", "one", "info")
    assert told_to("simulator", state, everything) == {"COUNTERPOINT_LOG_LEVEL": "info"}
    assert told_to("sms", a_state({}), {"COUNTERPOINT_LOG_LEVEL": "info"}) == {"COUNTERPOINT_LOG_LEVEL": "info"}


def test_the_commands_give_each_grant_once() -> None:
    words = [line.split() for line in commands(grants())]
    given = [
        (line[line.index("--allow-principal") + 1], line[line.index("--operation") + 1], kind, name)
        for line in words
        for kind, name in pairwise(line)
        if kind in ("--topic", "--group")
    ]
    wanted = {(f"User:{g.principal}", g.operation.value.title(), f"--{g.resource.value}", g.name) for g in grants()}
    assert set(given) == wanted
    assert len(given) == len(wanted)
