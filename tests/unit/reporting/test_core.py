"""What the read model makes of events: nothing personal in the open part, one standing for each attempt.

A green run does not prove that the database merges by the same rules: tests/integration/reporting does.
"""

import itertools
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from contracts.events import (
    AttemptAccepted,
    AttemptInDoubt,
    AttemptRejected,
    AttemptStarted,
    AttemptStatus,
    AttemptStatusChanged,
    CallbackReceived,
    Event,
    PlacementSubmitted,
    ReplyReceived,
)
from services.reporting.core.attempts import LADDER, AttemptRow, attempt_row, merge
from services.reporting.core.personal import divide
from services.reporting.core.rows import Stored, rows_of
from tests.examples import all_examples, examples, personal

ATTEMPTS: list[type[Event]] = [AttemptStarted, AttemptAccepted, AttemptRejected, AttemptInDoubt, AttemptStatusChanged]
EXAMPLES = all_examples()


def names(value: Any) -> set[str]:
    """Every field name at any depth."""
    if isinstance(value, dict):
        return set(value).union(*(names(inner) for inner in value.values()))
    return set().union(*map(names, value)) if isinstance(value, list) else set()


def as_kept(value: Any) -> Any:
    """As the database has it."""
    return msgspec.json.decode(msgspec.json.encode(value))


def joined(one: Any, other: Any) -> Any:
    """The two parts as one again."""
    if isinstance(one, dict) and isinstance(other, dict):
        return {k: joined(one[k], other[k]) if k in one and k in other else (one | other)[k] for k in {**one, **other}}
    if isinstance(one, list):
        return [joined(a, b) for a, b in zip(one, other, strict=True)]
    return one


@pytest.mark.parametrize("case", EXAMPLES)
def test_nothing_that_a_schema_marks_is_in_the_open_part(case: str) -> None:
    event = EXAMPLES[case]
    opened, _ = (as_kept(part) for part in divide(event))
    assert not names(opened) & personal(type(event))


@pytest.mark.parametrize("case", EXAMPLES)
def test_both_parts_are_the_whole_event(case: str) -> None:
    event = EXAMPLES[case]
    opened, secret = (as_kept(part) for part in divide(event))
    whole = as_kept(event)
    del whole["meta"]
    if isinstance(event, PlacementSubmitted | CallbackReceived):
        assert secret == {}
        assert names(opened) < names(whole)
    else:
        assert joined(opened, secret) == whole


def test_every_status_has_its_place_on_the_ladder() -> None:
    assert {status.value for status in AttemptStatus} <= LADDER.keys()


@st.composite
def attempt_rows(draw: st.DrawFn) -> AttemptRow:
    kind = draw(st.sampled_from(ATTEMPTS))
    event: Any = draw(st.sampled_from(list(examples(kind).values())))
    if isinstance(event, AttemptStatusChanged):
        event = structs.replace(event, status=draw(st.sampled_from(AttemptStatus)))
    offset = draw(st.integers(0, 20))
    if isinstance(event, AttemptStarted):
        event = structs.replace(event, started_at=event.started_at + timedelta(seconds=offset))
    row = attempt_row(event, 0, offset)
    assert row is not None
    return structs.replace(row, attempt_id="a", contact_id="c", consumer_id="p", channel="SMS", address_id="t")


def of_one_log(rows: list[AttemptRow]) -> list[AttemptRow]:
    """Only one record can stand at an offset."""
    return list({row.offset: row for row in rows}.values())


@given(st.lists(attempt_rows(), min_size=1, max_size=4).map(of_one_log))
def test_an_attempt_stands_where_it_stands_whatever_the_order_and_however_often(rows: list[AttemptRow]) -> None:
    found = {merged(order) for order in itertools.permutations(rows)} | {merged([*rows, *rows])}
    assert len(found) == 1


def merged(rows: Any) -> AttemptRow:
    """All of them in one."""
    first, *others = rows
    for row in others:
        first = merge(first, row)
    row_again: AttemptRow = first
    return row_again


def test_a_batch_has_one_row_for_each_key_and_every_record() -> None:
    batch = [Stored(event, 0, offset, None) for offset, event in enumerate([*EXAMPLES.values()] * 2)]
    rows = rows_of(batch)
    assert len(rows.events) == len(batch)
    assert len({(r.topic, r.partition, r.offset) for r in rows.events}) == len(batch)
    for table, key in ((rows.requests, "contact_id"), (rows.verdicts, "contact_id"), (rows.attempts, "attempt_id")):
        keys = [getattr(row, key) for row in table]
        assert keys == sorted(set(keys))
        assert keys


def test_an_event_about_no_consumer_has_none() -> None:
    (event,) = rows_of([Stored(next(iter(examples(PlacementSubmitted).values())), 0, 0, None)]).events
    (reply,) = rows_of([Stored(next(iter(examples(ReplyReceived).values())), 0, 0, None)]).events
    assert event.consumer_id is None
    assert reply.consumer_id
